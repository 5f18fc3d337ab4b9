"""What is told while something takes its time, and to whom."""

from __future__ import annotations

import io
import sys
import threading
from contextlib import suppress

import pytest

from memory_state.cli.context import Call, Options
from memory_state.cli.progress import ticking, told


class Terminal(io.StringIO):
    """A terminal that remembers what was written, and says when something was."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        """It is one."""
        return True

    def write(self, text: str) -> int:
        """Keep it."""
        count = super().write(text)
        self.written.set()
        return count


def test_what_takes_its_time_is_told_and_gone_afterwards() -> None:
    """The line is blank when it is over."""
    terminal = Terminal()
    with ticking(terminal, "reading", patience=0.01):
        assert terminal.written.wait(30)
    *_, last, blank, end = terminal.getvalue().split("\r")
    assert last == "reading … 0 s"
    assert (blank, end) == (" " * len(last), "")


def test_what_is_quick_is_not_told() -> None:
    """Not a character."""
    terminal = Terminal()
    with ticking(terminal, "reading", patience=30):
        pass
    assert terminal.getvalue() == ""


def test_an_error_ends_it_too() -> None:
    """The line is blank before the error is told."""
    terminal = Terminal()
    with suppress(OSError), ticking(terminal, "reading", patience=0.01):
        assert terminal.written.wait(30)
        raise OSError("gone")
    assert terminal.getvalue().endswith("\r")


@pytest.mark.parametrize(
    ("options", "stream", "threads"),
    [
        (Options(), Terminal(), 1), (Options(), io.StringIO(), 0), (Options(quiet=True), Terminal(), 0),
        (Options(plain=True), Terminal(), 0), (Options(json=True), Terminal(), 0),
    ],
)  # fmt: skip
def test_who_is_told(
    monkeypatch: pytest.MonkeyPatch, options: Options, stream: io.StringIO, threads: int
) -> None:
    """A person at a terminal, unless they asked for quiet, plain lines or JSON."""
    monkeypatch.setattr(sys, "stderr", stream)
    call = Call((), {}, lambda: 0.0, "memory-state")
    call.options = options
    before = threading.active_count()
    with told(call, "reading"):
        assert threading.active_count() - before == threads
