"""Plain JSON, read without a scanner: the same value as `json`, or the strict reader is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.core.jsontext import decode_json
from memory_state.core.plainjson import plain_json, read_json

PAYLOADS = sorted((Path(__file__).parent.parent / "payloads").glob("*Tool*.json"))
TEXTS = st.one_of(st.text(max_size=12), st.text(alphabet='a"\\/\n\t\r{}[],: \0\1\u2028é', max_size=8))
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def outcome(read: object, text: str) -> object:
    """What a reader gives, in a form that tells 1 from true; its refusal."""
    try:
        return repr(read(text))  # type: ignore[operator]  # any reader
    except ValueError:
        return "refused"


SPACING = st.sampled_from([None, (",", ":"), (" , ", " : ")])


@given(VALUES, SPACING, st.sampled_from([True, False]))
def test_values_are_those_of_json(value: object, spacing: tuple[str, str] | None, raw: object) -> None:
    """Whatever `json` writes is read as it was."""
    text = json.dumps(value, separators=spacing, ensure_ascii=not raw)
    assert outcome(read_json, text) == outcome(decode_json, text)


@given(st.text(alphabet='{}[]",:\\/ntru0123456789.-e aflsé\n\0\1', max_size=24))
def test_any_text_is_read_or_refused_as_json_does(text: str) -> None:
    """No text is taken that the strict reader refuses, and none is read otherwise."""
    assert outcome(read_json, text) == outcome(decode_json, text)


@given(VALUES, st.data())
def test_cut_and_changed_texts_are_refused_as_json_does(value: object, data: st.DataObject) -> None:
    """A text that was cut, or in which a character was exchanged, means to both the same."""
    text = json.dumps(value, ensure_ascii=False)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(['"', "\\", ",", ":", "}", "]", "0", " ", "\t"]))
    for changed in (text[:at], text[:at] + other + text[at + 1 :]):
        assert outcome(read_json, changed) == outcome(decode_json, changed)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: str(path.stem))
def test_recorded_payloads_are_plain(path: Path) -> None:
    """What a client sent is read without the scanner."""
    value = json.loads(path.read_text(encoding="utf-8"))
    for text in (json.dumps(value), json.dumps(value, separators=(",", ":"), ensure_ascii=False)):
        assert plain_json(text) == value


@pytest.mark.parametrize("number", [*range(32), 0x7F, 0x85, 0xAD, 0x2028, 0xFEFF, 0xD83D, 0xE000, 0xE0041])
def test_any_raw_character_is_read_or_refused_as_json_does(number: int) -> None:
    """Only control characters are refused; one beyond them is read, printable or not."""
    text = f'{{"a": "b{chr(number)}c"}}'
    assert outcome(read_json, text) == outcome(decode_json, text)
    assert (outcome(plain_json, text) == "refused") == (number < 32 or number == 0xD83D)


@pytest.mark.parametrize(
    "text",
    ["", "01", "-1", "1.5", '"\\u0041"', '"\\x"', '{"a": 1, "a": 2}', '["a",]', '{"a":1,}', "[1 ,2]", "nul",
     '"a', '["a" "b"]', '{"a" 1}', "{1: 2}", "[" * 20 + "]" * 20, '"a"b', '"\t"', "٣", "1" * 19],
)  # fmt: skip
def test_the_rest_is_not_plain(text: str) -> None:
    """What is rare, doubtful or wrong is left to the strict reader."""
    with pytest.raises((ValueError, IndexError)):
        plain_json(text)
