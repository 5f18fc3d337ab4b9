"""Front matter as the hook reads it: YAML says the same, or it is refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory_state.core.header import HeaderRefused, read_header, split_header

REFUSED = (
    # words and numbers that YAML takes for something else
    "yes", "no", "Yes", "NO", "on", "Off", "y", "N", "~", "Null", "NULL", "True", "FALSE", ".nan", ".inf",
    "-.INF", "1e3", "1E5", "1e400", "1.0", "-0.5", "3.10", "012", "0o17", "0x1f", "0b1", "1_000", "+1", "-",
    "12:30:45", "1:20", "2026-11-20", "2026-11-20T10:00:00Z", "1234567890123456789", "-1234567890123456789",
    # other YAML forms
    "", "   ", "|", ">-", "!!binary aGk=", "!!str x", "!x", "&a x", "*a", "? x", "- x", "'a'", "a: b",
    "a b", "a:b",
    "word # comment", '"a" # comment', "1 # one", "[a, b]", "{a: 1}", "{a}", "[1, 2", "[1,]", '["a":1]',
    "[01]",
    "[1.5]", "[yes]", "{1: 2}", "@x", "`x`", "%x", "=", "<<", "...", "---", "a,", "é", "_a",
    # strings that JSON and YAML read differently, or one of them not at all
    '"\\ud83d\\ude00"', '"\\ud83d"', '["\\uDC00"]', '"\\x41"', '"\\0"', '"\\N"', '"\\e"', '"a', 'a"',
    '"a""b"', '"',
    '"a" "b"', '"\t"', '"a\tb"', "a\tb", '"\x00"', '"\x07"', '"\x1b"', '"\x7f"', '"\x80"', '"\x85"', '"\x9f"',
    '"\u2028"', '"\u2029"', '"\ufeff"', '"\ufffe"', '"\uffff"', '"\ud800"', '"a\rb"',
    # objects that YAML merges, cuts or overwrites
    '{"a": 1, "a": 2}', '{"a": {"b": 1, "b": 1}}', '{"a"' + " " * 1100 + ": 1}", '{"' + "k" * 101 + '": 1}',
    "[" * 17 + "]" * 17, "[1234567890123456789]", "w" * 101, '{"a": 1} # c', "{\t}",
)  # fmt: skip

DEEP: list[object] = []
for _ in range(15):
    DEEP = [DEEP]

READ: tuple[tuple[str, object], ...] = (
    ("true", True), ("false", False), ("null", None), ("0", 0), ("-0", 0), ("7", 7), ("-42", -42),
    ("999999999999999999", 10**18 - 1), ('""', ""), ('"no"', "no"), ('"2026-11-20"', "2026-11-20"),
    ('"12:30:45"', "12:30:45"), ('"a: b # c"', "a: b # c"), ('"&a *b !c"', "&a *b !c"), ('"012"', "012"),
    ("word", "word"), ("in_progress", "in_progress"), ("a-b-", "a-b-"), ("e3", "e3"), ("NaN", "NaN"),
    ("  word  ", "word"), ('"\\u0041\\n\\t\\/\\b\\f\\r\\\\\\""', 'A\n\t/\b\f\r\\"'), ('"\\u2028"', "\u2028"),
    ('"\\\\ud83d"', "\\ud83d"), ('"é日😀\xa0"', "é日😀\xa0"), ("[]", []), ("{}", {}), ("[ 1 , 2 ]", [1, 2]),
    ('["a","b"]', ["a", "b"]), ("[true,false,null,-1]", [True, False, None, -1]), ('{"a":1}', {"a": 1}),
    ('{"<<": {"a": 1}, "=": 2, "": 3}', {"<<": {"a": 1}, "=": 2, "": 3}), ("[" * 16 + "]" * 16, DEEP),
    ('{"a": [{"b": "]"}, "}"]}', {"a": [{"b": "]"}, "}"]}), ('["' + " " * 200 + '"]', [" " * 200]),
)  # fmt: skip

CANONICAL = """---
schema: 1
title: "Add login"
status: in_progress
parent: null
allow: ["read", "shell(git *)"]
# a comment: with a colon

context: {"autonomy": "L3", "n": [1, {"a": true}]}
event: 17
---
# Body
"""

KEYS = st.sampled_from(
    ["a", "b", "title", "a-b", "A_1", "yes", "null", "on", "1", "-a", "_a", '"a"', "'a'", "a b", "<<", "?",
     "é", " a",
     "- a", "#a", "%a", "", "a:b", "...", "---", "true", "~", "&a", "!a", "[a]", "{a", "a.b"],
)  # fmt: skip
SEPARATORS = st.sampled_from([": ", ": ", ": ", ":  ", ":", ":\t", " : ", " "])
LINE_ENDS = st.sampled_from(
    ["\n", "\n", "\n", "\n", "\r\n", "\r\r\n", "\r", "\n\n", " \n", "\t\n", "\n# c\n", "\n # c\n",
     "\n  x\n", "\n- x\n",
     "\x85", "\u2028", "\n\t\n", "\n---x\n", "\n<<<<<<< a\n", "\n=======\n"],
)  # fmt: skip
JSON_SCRAPS = st.text(
    st.sampled_from(list("[]{}\",:\\ 0123456789-+.eEtrufalsnd'#&*!|>%@~<=?\t\x85\xa0\u2028\ufeffé😀\ud800")),
    max_size=10,
)
SOURCES = st.sampled_from(REFUSED) | st.sampled_from([source for source, _ in READ]) | JSON_SCRAPS
HEADERS = st.lists(st.tuples(KEYS, SEPARATORS, SOURCES, LINE_ENDS).map("".join), max_size=5).map("".join)


def assert_yaml_agrees(text: str) -> None:
    """PyYAML gives the values that the strict reader gives, types and order included."""
    try:
        values = read_header(text)
    except HeaderRefused:
        return
    start, stop, _ = split_header(text)
    assert repr(yaml.load(text[start:stop], yaml.SafeLoader)) == repr(values)


@given(HEADERS)
@settings(deadline=None)
def test_structured_text_agrees_with_yaml_or_is_refused(header: str) -> None:
    """Lines made of every form of key, separator, value and line end never disagree."""
    assert_yaml_agrees(f"---\n{header}---\n")


@given(SOURCES)
@settings(deadline=None)
def test_any_value_agrees_with_yaml_or_is_refused(source: str) -> None:
    """One value between two harmless lines never disagrees."""
    assert_yaml_agrees(f"---\nbefore: 1\nkey: {source}\nafter: word\n---\n")


@given(
    st.lists(
        st.tuples(st.integers(4, len(CANONICAL) - 12), st.characters() | st.sampled_from(':,"\n #-[]{}\\'))
    ),
    st.booleans(),
)
@settings(deadline=None)
def test_a_damaged_header_agrees_with_yaml_or_is_refused(damage: list[tuple[int, str]], insert: bool) -> None:  # noqa: FBT001 - drawn
    """Characters put into a good header, or over its own, never make the readers disagree."""
    text = CANONICAL
    for at, character in damage:
        text = text[:at] + character + text[at if insert else at + 1 :]
    assert_yaml_agrees(text)


@given(st.text())
@example("---\n---\n")
@example("---\nkey: value\n---")
@settings(deadline=None)
def test_any_text_is_read_or_refused(header: str) -> None:
    """Whatever stands in a file, HeaderRefused is the only error."""
    assert_yaml_agrees(header)
    assert_yaml_agrees(f"---\n{header}\n---\n")


@pytest.mark.parametrize("source", REFUSED)
def test_a_hostile_value_is_refused_with_its_line(source: str) -> None:
    """What YAML reads differently, or only YAML reads, is left to YAML, and the line is named."""
    with pytest.raises(HeaderRefused) as refused:
        read_header(f"---\nschema: 1\nkey: {source}\nafter: 2\n---\n")
    assert refused.value.line == 3


@pytest.mark.parametrize(("source", "value"), READ)
def test_a_plain_value_is_read(source: str, value: object) -> None:
    """JSON values and plain words mean what YAML says."""
    text = f"---\nkey: {source}\n---\n"
    assert read_header(text) == {"key": value}
    assert_yaml_agrees(text)


@pytest.mark.parametrize(
    "line",
    ["key", "key:", "key:1", "key :1", " key: 1", "\tkey: 1", "- 1", "- key: 1", "? key", '"key": 1',
     "'key': 1", "1: 2",
     "-key: 1", "_key: 1", "a.b: 1", "a b: 1", "kéy: 1", "no: 1", "Null: 1", "<<: {}", "&a key: 1",
     "!t key: 1", "[a]: 1",
     "{", "}", "...", "--- ", "----", "---x", "%YAML 1.1", " # comment", " ", "\t", "<<<<<<< HEAD", "=======",
     ">>>>>>> theirs", "||||||| base", "schema: 2", "key: 1\r\r", "a: 1\rb: 2", "# \x85b: 2",
     "# \u2028b: 2", "k" * 101 + ": 1"],
)  # fmt: skip
def test_a_line_of_any_other_form_is_refused(line: str) -> None:
    """Indentation, lists, odd keys, keys that come twice, markers and odd line breaks are refused."""
    with pytest.raises(HeaderRefused) as refused:
        read_header(
            f"---\nschema: 1\n{line}\n\n---\n" if line != "key: 1\r" else "---\nschema: 1\nkey: 1\r\r\n---\n"
        )
    assert refused.value.line == 3


def test_a_canonical_header_is_read_in_order() -> None:
    """Comments and blank lines are passed over; values keep their order and types."""
    values = read_header(CANONICAL)
    assert list(values.items()) == [
        ("schema", 1),
        ("title", "Add login"),
        ("status", "in_progress"),
        ("parent", None),
        ("allow", ["read", "shell(git *)"]),
        ("context", {"autonomy": "L3", "n": [1, {"a": True}]}),
        ("event", 17),
    ]


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    """A file from Windows has the same values."""
    assert read_header("\ufeff" + CANONICAL.replace("\n", "\r\n")) == read_header(CANONICAL)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("---\na: 1\n---\nbody", (4, 9, 13)),
        ("\ufeff---\na: 1\n---\n", (5, 10, 14)),
        ("---\r\na: 1\r\n---\r\nbody", (5, 11, 16)),
        ("---\na: 1\n---", (4, 9, 12)),
        ("---\n---\n", (4, 4, 8)),
        ("---\na: |\n ---\n----\n---\n---\n", (4, 19, 23)),
    ],
)
def test_a_header_is_cut_at_its_fences(text: str, places: tuple[int, int, int]) -> None:
    """Only a line of exactly three hyphens is a fence."""
    assert split_header(text) == places


@pytest.mark.parametrize(
    "text",
    ["", "---", "---\n", "a: 1\n", "# Title\n---\n---\n", " ---\na: 1\n---\n", "--- \na: 1\n---\n",
     "----\na: 1\n----\n",
     "---\na: 1\n--- \n", "---\na: 1\n----\n", "---\na: 1\n ---\n", "---\ra: 1\r---\r", "\n---\na: 1\n---\n",
     "\ufeff\ufeff---\na: 1\n---\n", "+++\na = 1\n+++\n", "---\na: 1\n...\n", "---\na: 1\n---\r"],
)  # fmt: skip
def test_a_missing_fence_is_refused(text: str) -> None:
    """A text without both fences has no header."""
    with pytest.raises(HeaderRefused, match="exactly ---"):
        split_header(text)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "# only a comment\n",
        'a: "' + "x" * 32768 + '"\n',
        'a: "' + "é" * 16384 + '"\n',
        "# c\n" * 2001,
        "".join(f"k{number}: 1\n" for number in range(201)),
        "a: [" + "1, " * 985 + "1]\n",
    ],
)
def test_a_header_beyond_its_limits_is_refused(header: str) -> None:
    """No key, more than 32 KiB, 2,000 lines, 200 keys or some 980 items is left to the YAML reader."""
    with pytest.raises(HeaderRefused):
        read_header(f"---\n{header}---\n")


def test_a_header_at_its_limits_is_read() -> None:
    """200 keys with comments between are fine."""
    header = "".join(f"k{number}: {number}\n# c\n" for number in range(200))
    assert read_header(f"---\n{header}---\n")["k199"] == 199
    assert read_header(f'---\na: "{"x" * 32762}"\n---\n')["a"] == "x" * 32762
    assert read_header("---\na: [" + "1, " * 984 + "1]\n---\n")["a"] == [1] * 985
