"""Writing down a fault of ours, so that it can be looked at later."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time
from memory_state.core.layout import fault_log
from memory_state.core.redaction import redact_end

if TYPE_CHECKING:
    from collections.abc import Sequence


TRACEBACK_LIMIT = 8000


def traceback_text(fault: BaseException) -> str:
    """The traceback of a fault."""
    from traceback import format_exception

    return "".join(format_exception(fault))


def write_fault(memory: str, arguments: Sequence[str], fault: BaseException) -> str | None:
    """Append a fault to the memory path's log; gives where, None when the log can not be written.

    Of the arguments only the first is kept: the others may hold what somebody wants to keep private.
    """
    path = fault_log(memory)
    told = redact_end(traceback_text(fault), TRACEBACK_LIMIT)
    text = f"{format_time(time.time())} {' '.join(arguments[:1])}\n{told}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with os.fdopen(descriptor, "wb") as log:
        log.write(text.encode("utf-8", "backslashreplace"))
    return path
