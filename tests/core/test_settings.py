"""Settings in the form that needs no TOML parser: read as TOML reads them, or refused."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory_state.core.settings import read_settings

PLAIN = """# where it is kept
memory_path = ".state dir"

save_interval = 60
  tracked=true
durability = "process"
empty = ""
path = "C:\\\\x\\ty \\"quoted\\" = # no comment é 日本 😀"
zero = 0
off = false
"""

LEFT_TO_TOML = (
    "[table]", "a.b = 1", '"a" = 1', "A = 1", "a-b = 1", "a", "= 1", "a =", "a = 'x'", 'a = """x"""',
    "a = 1.5", "a = -1", "a = +1", "a = 1_000", "a = 0x10", "a = 01", "a = 1 # one", 'a = "x" # one',
    'a = "x" "y"', 'a = "x', 'a = "', "a = [1]", "a = {}", "a = 2026-11-20", "a = inf", "a = True",
    "a = null", 'a = "\\u0041"', 'a = "\\/"', 'a = "\\x41"', 'a = "\\ud800"', "a = 1\na = 2", "é = 1",
    "\ufeffa = 1", 'a = "x\ty"', 'a = "\x7f"', 'a = "\x00"', "a = 1\rb = 2", "\ta = 1", "a = \t1",
    "# \x00", "# \x7f", "a = ²", "a = \u0661",
)  # fmt: skip


def by_toml(text: str) -> dict[str, object] | None:
    """What Python's TOML parser reads; None when it refuses."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def test_plain_settings_are_read() -> None:
    """Texts, whole numbers and booleans, comments and blank lines: as TOML reads them."""
    found = read_settings(PLAIN)
    assert found == {
        "memory_path": ".state dir",
        "save_interval": 60,
        "tracked": True,
        "durability": "process",
        "empty": "",
        "path": 'C:\\x\ty "quoted" = # no comment é 日本 😀',
        "zero": 0,
        "off": False,
    }
    assert found == tomllib.loads(PLAIN)


def test_line_ends_of_windows_are_fine() -> None:
    """CRLF ends a line, and is no part of a value."""
    assert read_settings('a = "x"\r\n\r\n# c\r\nb = 1\r\n') == {"a": "x", "b": 1}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "   \n"])
def test_no_settings_are_fine(text: str) -> None:
    """A file may say nothing."""
    assert read_settings(text) == {}


@pytest.mark.parametrize("text", LEFT_TO_TOML)
def test_anything_else_is_left_to_toml(text: str) -> None:
    """What this reader does not surely understand is a ValueError, never a guess."""
    with pytest.raises(ValueError, match=r".+"):
        read_settings(text)


LINES = st.lists(
    st.one_of(
        st.sampled_from(LEFT_TO_TOML),
        st.builds(
            "{} = {}".format,
            st.sampled_from(["a", "b_c", "memory_path", "x1", "_", "9"]),
            st.one_of(
                st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map('"{}"'.format),
                st.text('"\\/ntbfru0 1#\r\x7f\x1f', max_size=10).map('"{}"'.format),
                st.text("0123456789truefals-_.+", max_size=6),
            ),
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map("#{}".format),
    ),
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(LINES)
@example(['a = "\\f\\b\\r\\n"'])
@example(["# \x0b"])
@example(["#\r"])
def test_agrees_with_toml_or_refuses(lines: list[str]) -> None:
    """What is read here, a TOML parser reads as the very same values."""
    text = "\n".join(lines)
    try:
        found = read_settings(text)
    except ValueError:
        return
    assert found == by_toml(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb\n", "line 2 is no plain setting: b"),
        ("a = 1\na = 2", "line 2 is no plain setting: a = 2"),
        ("# c\n\na = \t1", "line 3 holds a control character"),
    ],
)
def test_what_is_not_read_is_told_with_its_line(text: str, message: str) -> None:
    """Counted from 1."""
    with pytest.raises(ValueError, match=message):
        read_settings(text)
