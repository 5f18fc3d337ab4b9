"""Stored text on its way to a terminal or a model."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.text import one_line, visible_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, naïve 日本 😀", "plain text, naïve 日本 😀"),
        ("a\nb\tc", "a\nb\tc"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\x08\x7f\0", "a\\x0db\\x08\\x7f\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("in\u200bvis\ufeffible", "in\\u200bvis\\ufeffible"),
        ("\U000e0041\U000e0042", "\\U000e0041\\U000e0042"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_steers_or_hides_is_written_out(text: str, shown: str) -> None:
    """Control, bidirectional, zero-width and tag characters become escapes, the rest stays."""
    assert visible_text(text) == shown


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_result_is_safe_to_print(text: str) -> None:
    """Whatever comes in, every character that goes out is printable, a newline or a tab."""
    assert all(each.isprintable() or each in "\n\t" for each in visible_text(text))


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("a  b\n\nc\td", 80, "a b c d"),
        ("12345", 5, "12345"),
        ("123456", 5, "1234…"),
        ("", 5, ""),
        (" \n ", 5, ""),
        ("a\x1bb", 80, "a\\x1bb"),
        ("a\u2028b\x85c", 80, "a b c"),
        ("日本語テキスト", 4, "日本語…"),
    ],
)
def test_one_line_is_one_line(text: str, limit: int, line: str) -> None:
    """Blanks and line breaks become one space, and what is too long ends in an ellipsis."""
    assert one_line(text, limit) == line


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(1, 40))
def test_one_line_keeps_its_limit(text: str, limit: int) -> None:
    """No text is longer than its limit or has a line break."""
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
