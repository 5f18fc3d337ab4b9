"""Times as they stand in files: RFC 3339, UTC, with `Z`."""

from __future__ import annotations

import time

TIME_FORMS = ("9999-99-99T99:99:99.999Z", "9999-99-99T99:99:99Z")


def format_time(seconds: float) -> str:
    """Millisecond precision: `2026-11-20T10:00:00.123Z`; `seconds` count from the epoch."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{thousandths:03d}Z"


def whole_seconds(moment: str) -> str:
    """The same moment without its fraction: `2026-11-20T10:00:00Z`."""
    return moment[:19] + "Z"


def parse_time(moment: str) -> float:
    """Seconds since the epoch of a time in one of our two forms; ValueError for anything else."""
    form = "".join(["9" if "0" <= c <= "9" else c for c in moment])
    if form not in TIME_FORMS or not 1 <= int(moment[5:7]) <= 12:
        raise ValueError(f"not a time: {moment!r}")
    year, month, day = int(moment[0:4]), int(moment[5:7]), int(moment[8:10])
    of_day = int(moment[11:13]) * 3600 + int(moment[14:16]) * 60 + float(moment[17:-1])
    return days_since_epoch(year, month, day) * 86400.0 + of_day


def days_since_epoch(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar.

    `calendar.timegm` would do, but its import costs more than a whole gate. The year is counted
    from March, so that the leap day is its last one.
    """
    year -= month <= 2
    era_day = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + era_day - 719468
