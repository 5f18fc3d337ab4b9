"""Times as they stand in files."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.clock import days_since_epoch, format_time, parse_time, whole_seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1795168800.123, "2026-11-20T10:00:00.123Z"),
        (1795168800.0, "2026-11-20T10:00:00.000Z"),
        (1795168800.9999, "2026-11-20T10:00:01.000Z"),
        (1709164800.5, "2024-02-29T00:00:00.500Z"),
        (4102444799.999, "2099-12-31T23:59:59.999Z"),
    ],
)
def test_time_is_rfc_3339_in_utc(seconds: float, text: str) -> None:
    """A moment is written with its milliseconds and `Z`, and Python reads the same moment."""
    assert format_time(seconds) == text
    assert abs(datetime.fromisoformat(text).timestamp() - seconds) <= 0.0005


def test_whole_seconds_drop_the_fraction() -> None:
    """The shorter form is the longer one cut, and has no effect on itself."""
    assert whole_seconds("2026-11-20T10:00:00.999Z") == "2026-11-20T10:00:00Z"
    assert whole_seconds("2026-11-20T10:00:00Z") == "2026-11-20T10:00:00Z"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 4102444799999))
def test_time_is_read_back_to_the_millisecond(milliseconds: int) -> None:
    """Writing what was read gives the same text, for every millisecond of this century."""
    text = format_time(milliseconds / 1000)
    assert format_time(parse_time(text)) == text
    assert round(parse_time(text) * 1000) == milliseconds


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_texts_sort_as_their_times(first: float, second: float) -> None:
    """An earlier moment never has the later text."""
    texts = [format_time(first), format_time(second)]
    assert (first <= second and texts[0] <= texts[1]) or (first > second and texts[0] >= texts[1])


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-11-20", "2026-11-20T10:00:00", "2026-11-20T10:00:00+00:00", "2026-11-20 10:00:00Z",
        "2026-11-20t10:00:00z", "2026-11-20T10:00:00.1Z", "2026-11-20T10:00:00.123456Z",
        "2026/11/20T10:00:00Z", "2026-11-20T10.00.00Z", "20x6-11-20T10:00:00Z", "2_26-11-20T10:00:00Z",
        " 026-11-20T10:00:00Z", "+026-11-20T10:00:00Z", "2026-13-20T10:00:00Z", "2026-00-20T10:00:00Z",
        "2026-11-20T10:00:   infZ", "2026-11-20T10:00:00,123Z", "\uff12\uff10\uff12\uff16-11-20T10:00:00Z",
        "2026-11-20T10:00:00Z\n", "2026-11-20T10:00:00.123Z ",
    ],
)  # fmt: skip
def test_other_forms_are_no_times(text: str) -> None:
    """Only the two forms that we write are read; anything else is a ValueError."""
    with pytest.raises(ValueError, match="not a time"):
        parse_time(text)


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1970, 1, 1), datetime(2400, 1, 1)))
def test_days_agree_with_the_calendar(moment: datetime) -> None:
    """Leap years, centuries and month ends are those of the Gregorian calendar."""
    days = days_since_epoch(moment.year, moment.month, moment.day)
    assert days == calendar.timegm(moment.date().timetuple()) // 86400
    assert parse_time("1970-01-01T00:00:00Z") == datetime(1970, 1, 1, tzinfo=UTC).timestamp()
