"""The command line: parse, ask the Workspace, print."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import NoReturn


GARBAGE = 20_000  # objects made before Python looks for cycles among them; importing makes no garbage


def program() -> NoReturn:
    """The program as it is installed: `main`, then the end of the process without clearing up.

    To take some hundred modules apart takes as long as an interpreter's start.
    """
    gc.set_threshold(GARBAGE)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


def main(
    arguments: Sequence[str] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.time,
    program: str | None = None,
) -> int:
    """Run one command; gives the exit code.

    `arguments` default to the process's own, `environment` to its environment; `clock` gives seconds
    since the epoch; `program` is the command as it can be run here, found out when it is not given.
    """
    environment = os.environ if environment is None else environment
    if tuple(sys.argv[1:] if arguments is None else arguments) == ("statusline",):
        from memory_state.cli.bar import print_line

        return print_line(environment, sys.stdin)
    from memory_state.cli.context import Call
    from memory_state.cli.endings import end_on_termination, run

    if arguments is None:
        end_on_termination()
        arguments = sys.argv[1:]
    return run(Call(tuple(arguments), environment, clock, program))
