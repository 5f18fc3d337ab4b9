"""Durations, moments and stored text as people read them, in a terminal, in Markdown and in a diagram."""

from __future__ import annotations

from memory_state.core.clock import format_time
from memory_state.core.text import one_line

UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
TEXT_LIMIT = 200
NAME_LIMIT = 100
# What Markdown or HTML could take for its own.
MARKED = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>|#~&$"})
# What ends a name in a Mermaid diagram, or begins a directive.
UNNAMED = str.maketrans(dict.fromkeys(':;#,%"{}[]()<>`|\\', " "))


def duration_text(milliseconds: int) -> str:
    """A duration in its two largest units: `2h 05m`, `1m 30s`, below a minute `12.3s`."""
    if milliseconds < 60_000:
        tenths = milliseconds // 100
        return f"{tenths // 10}.{tenths % 10}s" if tenths % 10 else f"{tenths // 10}s"
    seconds = milliseconds // 1000
    at = next(at for at, (_, size) in enumerate(UNITS) if seconds >= size)
    (unit, size), (small, part) = UNITS[at], UNITS[at + 1]
    rest = seconds % size // part
    return f"{seconds // size}{unit} {rest:02}{small}" if rest else f"{seconds // size}{unit}"


def moment_text(milliseconds: int) -> str:
    """A moment as RFC 3339, UTC, with milliseconds."""
    return format_time(milliseconds / 1000)


def clock_text(milliseconds: int) -> str:
    """A moment to the second, for a column: `2026-11-20 10:00:00`."""
    return moment_text(milliseconds)[:19].replace("T", " ")


def share_text(part: int, whole: int) -> str:
    """A part of a whole in percent, rounded down, right-aligned; nothing of nothing is 0."""
    return f"{100 * part // whole if whole else 0:>3} %"


def counted(number: int, one: str, more: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def shown_text(text: str) -> str:
    """Stored text for a terminal: visible, in one line."""
    return one_line(text, TEXT_LIMIT)


def markdown_text(text: str) -> str:
    """Stored text for Markdown: in one line, and nothing in it means anything."""
    return shown_text(text).translate(MARKED)


def diagram_text(text: str) -> str:
    """Stored text as a name in a Mermaid diagram: without what means something there."""
    return one_line(shown_text(text).translate(UNNAMED), NAME_LIMIT) or "-"
