"""Front matter of the plain kind."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.jsontext import encode_json
from memory_state.core.plainheader import plain_header, read_plain_header

TEXTS = st.text(st.sampled_from('ab "\\,[]{}:#\n\r\t0é\u2028\0'), max_size=12)
VALUES = st.none() | st.booleans() | st.integers(0, 10**19) | TEXTS | st.lists(TEXTS, max_size=4)


def test_plain_values() -> None:
    """Texts, their lists, whole numbers and constants are read without more."""
    text = '---\na: "x y"\nb: ["read", "edit(docs/**)"]\nc: []\nd: 12\ne: 0\nf: null\ng: true\nh: ""\n---\n'
    assert plain_header(text) == {
        "a": "x y", "b": ["read", "edit(docs/**)"], "c": [], "d": 12, "e": 0, "f": None, "g": True, "h": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "---\n---\n", "---\na: 1\n", "a: 1\n---\n", "---\na: 1\n---", "---\r\na: 1\r\n---\r\n",
        "---\na: 01\n---\n", '---\na: "x\n---\n', '---\na: "x" # y\n---\n', '---\na: ["x", 1]\n---\n',
        '---\na: ["x","y"]\n---\n', '---\na: "x\\ny"\n---\n', "---\na: b\n---\n", "---\na: {}\n---\n",
        "---\na: -1\n---\n", "---\na:\n---\n", "---\na: 1234567890123456789\n---\n",
        "---\na: \N{ARABIC-INDIC DIGIT THREE}\n---\n", "---\na: 1\na: 2\n---\n",
        '---\n"a": 1\n---\n', "---\nyes: 1\n---\n",
        '---\n: "x"\n---\n', '---\na: "x\x7f"\n---\n', '---\na: "\N{LINE SEPARATOR}"\n---\n',
        "---\n\na: 1\n---\n", "---\n# x\na: 1\n---\n",
    ],
)  # fmt: skip
def test_anything_else_is_not_plain(text: str) -> None:
    """It is left to the strict reader, which reads or refuses it."""
    assert plain_header(text) is None
    try:
        expected = read_header(text)
    except HeaderRefused as refused:
        with pytest.raises(HeaderRefused, match=f"^{refused.line and 'line'} {refused.line}"):
            read_plain_header(text)
    else:
        assert read_plain_header(text) == expected


@given(st.dictionaries(st.sampled_from(["a", "phase", "allow", "x-y"]), VALUES, min_size=1))
def test_what_we_write_reads_the_same(values: dict[str, object]) -> None:
    """The quick reader gives the strict one's values, or none."""
    lines = []
    for key, value in values.items():
        with contextlib.suppress(ValueError):
            lines.append(f"{key}: {encode_json(value)}\n")
    text = f"---\n{''.join(lines)}---\n"
    found = plain_header(text)
    if found is not None:
        assert found == read_header(text)


@given(st.text(st.sampled_from('ab: "\\,[]{}#\n\r01é'), max_size=30))
def test_any_text_that_both_read_reads_the_same(body: str) -> None:
    """No text has two meanings."""
    text = f"---\na: 1\n{body}\n---\n"
    found = plain_header(text)
    with contextlib.suppress(HeaderRefused):
        assert found in (None, read_header(text))
