"""One setting changed in a TOML file that a person wrote."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Misused
from memory_state.core.settings import read_settings
from memory_state.workspace.tomlsplice import set_key

CHANGES = [
    ("", "a = 5\n"),
    ("b = 1\n", "b = 1\na = 5\n"),
    ("b = 1", "b = 1\na = 5\n"),
    ("b = 1\r\n", "b = 1\r\na = 5\r\n"),
    ("# why\na = 1\nb = 2\n", "# why\na = 5\nb = 2\n"),
    ("a = 1", "a = 5"),
    ("a = 1\r\nb = 2\r\n", "a = 5\r\nb = 2\r\n"),
    ("  a=1  # half a minute\n", "  a = 5  # half a minute\n"),
    ('a = "x # y" # z\n', "a = 5 # z\n"),
    ('"a" = 1\n', "a = 5\n"),
    ("a = [ # one\n  1,\n]\nb = 2\n", "a = 5\nb = 2\n"),
    ('b = """\na = 1\n"""\n', 'b = """\na = 1\n"""\na = 5\n'),
    ('b = """\na = 1\n"""\na = 2\n', 'b = """\na = 1\n"""\na = 5\n'),
    ("b = 1\n\n# about t\n[t]\na = 1\n", "b = 1\na = 5\n\n# about t\n[t]\na = 1\n"),
    ("[t]\na = 1\n", "a = 5\n[t]\na = 1\n"),
    ("[t]\r\na = 1\r\n", "a = 5\r\n[t]\r\na = 1\r\n"),
    ("a = 1\n[t]\na = 1\n", "a = 5\n[t]\na = 1\n"),
    ("b = 1 # \u2028 a = 1\n", "b = 1 # \u2028 a = 1\na = 5\n"),
]


@pytest.mark.parametrize(("text", "changed"), CHANGES)
def test_only_the_setting_changes(text: str, changed: str) -> None:
    """Its line is changed in place, or one is added where TOML reads it at the top level."""
    assert set_key(text, "a", 5) == changed


@pytest.mark.parametrize("value", ["", "make test", 'say "hi"', "C:\\x", "a # b", "é 日本 😀", 0, 7])
def test_value_is_read_back(value: str | int) -> None:
    """Texts and numbers come back as they were, by both readers."""
    text = set_key("b = 1\n", "a", value)
    assert tomllib.loads(text) == read_settings(text) == {"b": 1, "a": value}


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "\x7f", "\ud800"])
def test_value_that_needs_more_than_a_line_is_refused(value: str) -> None:
    """A control character or half a character has no place in a plain line."""
    with pytest.raises(Misused, match="one line"):
        set_key("", "a", value)


@pytest.mark.parametrize("text", ["a =", "a = 1\na = 2\n", "\ufeffa = 1\n"])
def test_broken_file_is_left_alone(text: str) -> None:
    """What no TOML parser reads is not changed."""
    with pytest.raises(ValueError, match=r".+"):
        set_key(text, "a", 5)


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "# c",
            "b = 1",
            'c = "x"',
            "a = 1",
            "  a = 2 # d",
            "[t]",
            "a = 3",
            'd = """',
            '"""',
            "e = [",
            "]",
        ]
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]))
def test_nothing_else_changes_its_meaning(lines: list[str], newline: str, end: str) -> None:
    """Whatever the file holds: the other values stay, and the plain form stays plain."""
    text = newline.join(lines) + end
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    changed = set_key(text, "a", "new")
    assert tomllib.loads(changed) == {**before, "a": "new"}
    if not set(lines) - {"", "# c", "b = 1", 'c = "x"', "a = 1", "a = 3"}:
        assert read_settings(changed) == {**before, "a": "new"}
