"""Durations and stored text as people read them."""

from __future__ import annotations

import pytest

from memory_state.core.text import column_text
from memory_state.reports.wording import (
    counted,
    diagram_text,
    duration_text,
    markdown_text,
    moment_text,
    share_text,
)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0s"), (99, "0s"), (100, "0.1s"), (12_340, "12.3s"), (59_999, "59.9s"), (60_000, "1m"),
        (61_000, "1m 01s"), (3_599_999, "59m 59s"), (3_600_000, "1h"), (7_500_000, "2h 05m"),
        (86_399_999, "23h 59m"), (86_400_000, "1d"), (30 * 86_400_000 + 3 * 3_600_000, "30d 03h"),
    ],
)  # fmt: skip
def test_durations_show_their_two_largest_units(milliseconds: int, text: str) -> None:
    """They are cut, never rounded up: a minute is written when it is over."""
    assert duration_text(milliseconds) == text


def test_moments_keep_their_milliseconds() -> None:
    """A moment is written as the log writes it."""
    assert moment_text(1_795_168_800_123) == "2026-11-20T10:00:00.123Z"


def test_shares_and_counts() -> None:
    """Percent of nothing is nothing; one thing is not many."""
    assert [share_text(1, 3), share_text(3, 3), share_text(0, 0)] == [" 33 %", "100 %", "  0 %"]
    assert [counted(1, "time"), counted(2, "time"), counted(0, "box", "boxes")] == [
        "1 time", "2 times", "0 boxes",
    ]  # fmt: skip


def test_text_means_nothing_in_markdown() -> None:
    """Neither tags nor tables, links, emphasis or mathematics; control characters are shown."""
    text = "<script>a|b</script> `x` *y* [z](u) # $\\pi$ \x1b[31m\nnew"
    assert markdown_text(text) == (
        "\\<script\\>a\\|b\\</script\\> \\`x\\` \\*y\\* \\[z\\](u) \\# \\$\\\\pi\\$ \\\\x1b\\[31m new"
    )


def test_text_names_a_bar_in_a_diagram() -> None:
    """What ends a name or begins a directive is left out; something always remains."""
    assert diagram_text('a: b; %%{init} "c" #35;') == "a b init c 35"
    assert diagram_text(":;") == "-"


def test_text_in_a_column_has_no_tab() -> None:
    """A column ends where its tab is."""
    assert column_text("a\tb\nc\x07") == "a b c\\x07"
