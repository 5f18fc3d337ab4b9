"""JSON as the hook reads and writes it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.header import read_header
from memory_state.core.jsontext import decode_json, encode_json, encode_json_event, json_fallback, json_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
SCRAPS = st.text(st.sampled_from(list("[]{}\",:\\ \t\n0123456789-+.eEtrufalsn'/bdD8é\x00\x7f")), max_size=12)

NOT_JSON = (
    "", " ", "nul", "True", "'a'", '"a', '"a\nb"', '"\\x41"', '"\\u12"', '"\\u1_23"', "01", "+1", ".5", "1.",
    "1e", "0x1f", "1_000", "-", "NaN", "Infinity", "-Infinity", "[1,]", "[,1]", "[1 2]", "[", "{", '{"a"}',
    '{"a":}', "{a: 1}", '{"a": 1,}', "{1: 2}", "1 2", '"a" "b"', "// 1", "1 # one", "\ufeff1", "\u00a01",
    '{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', "[" * 100_000, "1\u0662", "\u0661",
)  # fmt: skip


@pytest.mark.parametrize("text", NOT_JSON)
def test_anything_but_json_is_a_value_error(text: str) -> None:
    """What RFC 8259 does not allow, and a key that comes twice, is refused with ValueError alone."""
    with pytest.raises(ValueError, match=r"."):
        decode_json(text)


@pytest.mark.parametrize("text", NOT_JSON)
def test_the_fallback_refuses_the_same(text: str) -> None:
    """Without the C scanner, nothing is read that the C scanner refuses."""
    stripped = text.strip(" \t\n\r")
    with pytest.raises((ValueError, RecursionError)):  # noqa: PT012 - the end is part of the answer
        _, end = json_fallback(stripped, 0)
        if end != len(stripped):
            raise ValueError("more text")


@given(SCRAPS)
@settings(deadline=None)
def test_reading_agrees_with_json_or_refuses(text: str) -> None:
    """A text that is read has the value that the standard library gives it."""
    try:
        value = decode_json(text)
    except ValueError:
        return
    assert repr(value) == repr(json.loads(text))


@given(VALUES)
@settings(deadline=None)
def test_what_is_written_is_read_back_equal_by_everyone(value: object) -> None:
    """Our reader, the standard library, PyYAML and the header reader give the written value."""
    text = encode_json(value)
    assert "\n" not in text
    assert decode_json(text) == value
    assert json.loads(text) == value
    assert yaml.load(f"key: {text}\n", yaml.SafeLoader) == {"key": value}
    assert read_header(f"---\nkey: {text}\n---\n") == {"key": value}


@given(VALUES)
@settings(deadline=None)
def test_event_json_is_read_back_equal_and_has_no_backtick(value: object) -> None:
    """The JSON of an event line fits into a Markdown code span and keeps its value."""
    text = encode_json_event(value)
    assert "`" not in text
    assert "\n" not in text
    assert decode_json(text) == value


@given(st.dictionaries(st.text(max_size=4), st.one_of(VALUES, st.text(max_size=9)), max_size=5))
@settings(deadline=None)
def test_event_json_is_the_same_whichever_way_it_is_written(value: dict[str, object]) -> None:
    """What is written at once when nothing needs an escape is what is written value by value."""
    assert encode_json_event(value) == json_text(value, ",", ":").replace("`", "\\u0060")


@pytest.mark.parametrize(
    "text", ['"', "\\", "`", "a\nb", "\u2028", '","b":"', "\ufeff", "é", "", "\U000e0041"]
)
def test_a_text_that_needs_an_escape_gets_it_as_key_and_as_value(text: str) -> None:
    """One such text among plain ones is enough."""
    for value in ({"a": 1, "b": text, "c": "x"}, {"a": 1, text: "b"}, {"a": [text], "b": {"c": text}}):
        assert decode_json(encode_json_event(value)) == value
        assert encode_json_event(value) == json_text(value, ",", ":").replace("`", "\\u0060")


def test_values_are_written_with_spaces_between() -> None:
    """A person reads lists and maps with a space after each comma and colon."""
    value = {"a": 1, "b": ["x", True, None], "c": {}, "d": ("é", "\\", '"')}
    assert encode_json(value) == '{"a": 1, "b": ["x", true, null], "c": {}, "d": ["é", "\\\\", "\\""]}'


def test_event_values_are_written_compactly() -> None:
    """An event line spends no bytes on spaces, and escapes the backtick."""
    assert encode_json_event({"a": [1, 2], "b": "`x`"}) == '{"a":[1,2],"b":"\\u0060x\\u0060"}'


@pytest.mark.parametrize(
    ("character", "written"),
    [
        ("\x00", "\\u0000"), ("\t", "\\u0009"), ("\n", "\\u000a"), ("\x1b", "\\u001b"), ("\x7f", "\\u007f"),
        ("\x85", "\\u0085"), ("\x9f", "\\u009f"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"),
        ("\ufeff", "\\ufeff"), ("\ufffe", "\\ufffe"), ("\uffff", "\\uffff"), ("é", "é"), ("日", "日"),
        ("😀", "😀"), ("\U000e0041", "\U000e0041"),
    ],
)  # fmt: skip
def test_only_printable_and_astral_characters_stay_raw(character: str, written: str) -> None:
    """Every other character is escaped, as YAML would change or refuse it."""
    assert encode_json(character) == f'"{written}"'


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), b"x", {1}, {1: "a"}, {None: 1}, object(), "\ud83d", ["\udc00"], {"\ud800": 1}],
)
def test_values_that_json_or_yaml_lack_are_refused(value: object) -> None:
    """Floats, bytes, sets, keys that are no text, and lone surrogates raise ValueError."""
    with pytest.raises(ValueError, match=r"."):
        encode_json(value)
    with pytest.raises(ValueError, match=r"."):
        encode_json_event(value)


@pytest.mark.parametrize("value", [10**18, -(10**18), [[10**18]], {"k" * 101: 1}, [{"a": {"k" * 101: 1}}]])
def test_values_beyond_the_limits_of_a_header_are_refused(value: object) -> None:
    """Integers have at most 18 digits and keys at most 100 characters."""
    with pytest.raises(ValueError, match=r"18 digits|100 characters"):
        encode_json(value)


def test_sixteen_levels_are_written_and_seventeen_refused() -> None:
    """Lists and maps nest at most 16 deep."""
    deep: object = []
    for _ in range(15):
        deep = [deep]
    assert encode_json(deep) == "[" * 16 + "]" * 16
    with pytest.raises(ValueError, match="16 levels"):
        encode_json([deep])


def test_a_value_that_holds_itself_is_refused() -> None:
    """A cycle ends in ValueError, not in a crash."""
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(ValueError, match="16 levels"):
        encode_json(cycle)
    with pytest.raises(ValueError, match="too deeply"):
        encode_json_event(cycle)


def test_floats_and_surrogate_escapes_are_read() -> None:
    """A client's payload may hold any legal JSON."""
    assert decode_json(' {"t": 1.5, "e": 1e3, "s": "\\ud83d", "p": "\\ud83d\\ude00"}\r\n') == {
        "t": 1.5,
        "e": 1000.0,
        "s": "\ud83d",
        "p": "😀",
    }


def test_reading_works_on_an_interpreter_without_the_c_scanner() -> None:
    """A missing `_json` costs time, not correctness."""
    program = """
import sys
sys.modules["_json"] = None
from memory_state.core.jsontext import decode_json
print(decode_json('{"a": [1, "\\\\u00e9", null], "b": -2.5}'))
for bad in ('{"a": 1, "a": 2}', "NaN", '"\\\\u1_23"', "[1", "1 2"):
    try:
        print("read", decode_json(bad))
    except ValueError:
        print("refused")
"""
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "{'a': [1, 'é', None], 'b': -2.5}\n" + "refused\n" * 5


def test_bad_json_is_refused_where_the_json_package_is_not_loaded() -> None:
    """The C scanner cannot name its error then; the caller still sees ValueError."""
    program = """
import sys
from memory_state.core.jsontext import decode_json
assert "json" not in sys.modules
for bad in ('{"a" 1}', '"a', "[1", "", "nul", "[" * 100000):
    try:
        print("read", decode_json(bad))
    except ValueError:
        print("refused")
"""
    run = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "refused\n" * 6
