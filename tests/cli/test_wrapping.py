"""Wrapping between words at the terminal's width."""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from memory_state.cli.wrapping import hung, reflowed, wrapped


@given(st.text("ab-\t\n\u00a0\u2003\x1b  ", max_size=40), st.integers(20, 40))
def test_a_text_that_fits_is_what_wrapping_makes_of_it(text: str, width: int) -> None:
    """The short way for a text that fits and the long one give the same lines."""
    assert wrapped(text, width) == textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def test_a_text_hangs_beside_its_head() -> None:
    """Further lines begin below the first; no word is cut."""
    assert hung("  [x] plan  ", "one two three four five", 32) == (
        "  [x] plan  one two three four\n            five"
    )


def test_a_head_without_text_ends_without_blanks() -> None:
    """Nothing to say leaves no blanks at the end of the line."""
    assert hung("  [ ] plan  ", "", 80) == "  [ ] plan"


def test_a_long_word_stays_whole() -> None:
    """A path is never cut, so that it can be copied."""
    path = "/home/ada/" + "deep/" * 10
    assert wrapped(f"{path} is missing", 30) == [path, "is missing"]


def test_a_paragraph_is_wrapped_anew_when_it_is_too_wide() -> None:
    """Its lines are joined first, so that none is left with a single word."""
    text = "Read the code that it touches\nand the tests\n\nThen write"
    assert reflowed(text, 24) == [
        "Read the code that it",
        "touches and the tests",
        "",
        "Then write",
    ]


def test_a_text_that_fits_stays_as_it_is() -> None:
    """Where the terminal is wide enough the author's own lines stand."""
    assert reflowed("Read the code\nand the tests", 24) == ["Read the code", "and the tests"]


def test_lists_code_and_tables_are_left_alone() -> None:
    """Markdown that means something by its lines keeps them, however narrow the terminal."""
    lines = [
        "- one item that is longer than the width",
        "1. another item that is longer than it",
        "    indented code that is longer than the width",
        "```sh",
        "a command that is longer than the width of it",
        "and its second line",
        "```",
        "| a | row of a table that is longer |",
    ]
    assert reflowed("\n".join(lines), 24) == lines
