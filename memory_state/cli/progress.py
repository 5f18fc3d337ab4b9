"""A word on the terminal while something takes its time: what is done, and for how long."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from memory_state.cli.context import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.cli.context import Call

PATIENCE = 1.0
"""Seconds until the first word, and between two."""


@contextmanager
def told(call: Call, what: str) -> Iterator[None]:
    """Tell on stderr, where that is a terminal, what takes more than a second; gone when it is over.

    Nothing with --quiet, --plain or --json.
    """
    options = call.options
    if options.quiet or options.plain or options.json or not is_terminal(sys.stderr):
        yield
        return
    with ticking(sys.stderr, what):
        yield


@contextmanager
def ticking(stream: TextIO, what: str, patience: float = PATIENCE) -> Iterator[None]:
    """Write what is done and the seconds so far over one line of a stream, again and again."""
    over = threading.Event()
    ticker = threading.Thread(target=tick, args=(stream, what, patience, over), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        over.set()
        ticker.join()


def tick(stream: TextIO, what: str, patience: float, over: threading.Event) -> None:
    """The words, until it is over; then the line is blank again."""
    began, shown = time.monotonic(), ""
    while not over.wait(patience):
        shown = f"{what} … {int(time.monotonic() - began)} s"
        stream.write(f"\r{shown}")
        stream.flush()
    if shown:
        stream.write(f"\r{' ' * len(shown)}\r")
        stream.flush()
