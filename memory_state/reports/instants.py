"""Times of a log as milliseconds since the epoch."""

from __future__ import annotations

from functools import lru_cache

from memory_state.core.clock import parse_time


@lru_cache(maxsize=1024)
def minute_start(moment: str) -> int | None:
    """The milliseconds from the epoch to a minute, given up to its last colon; None when it is none.

    Events lie close together: the minutes of a million of them are parsed once each.
    """
    return milliseconds(moment + "00Z")


def milliseconds(moment: str) -> int | None:
    """A time of the log since the epoch; None when it is no time."""
    try:
        return round(parse_time(moment) * 1000)
    except ValueError:
        return None
