"""The command line: parse, ask the Workspace, print."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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
    from memory_state.cli.context import Call, known_program
    from memory_state.cli.endings import end_on_termination, run

    if arguments is None:
        end_on_termination()
        arguments = sys.argv[1:]
    call = Call(tuple(arguments), environment, clock, program or known_program(environment, sys.argv[0]))
    return run(call)
