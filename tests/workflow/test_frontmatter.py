"""Front matter that people edit: read with line numbers, changed in place."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Broken
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.jsontext import encode_json
from memory_state.workflow.frontmatter import Parsed, is_same, parse, set_values
from memory_state.workflow.model import Problem
from memory_state.workflow.yamltext import first_reading

DOCUMENTS = Path(__file__).parent.parent / "documents"

PEOPLE = """---
# a comment
title:   'Old'     # kept
phase: plan
  # indented comment
empty:
tags: # of the tool
  - read   # first
  - edit

# before nested
nested:
  phase: other
  deep: {phase: "x"}
text: |
  phase: no key

long: one
  two # after
last: "z"
---
# Body

phase: plan
"""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | TEXTS
VALUES = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS), max_size=3)
)
SOURCES = st.sampled_from(
    [
        "plan", "'it''s'", '"a # b"', "",
        "~", "42", "no", "2026-11-20", "[a, 'b']", "{a: {b: 1}}", "one\n  two",
        '"one\n  two"', "|\n  text: x\n\n  more", ">-\n  folded", "|+\n  kept\n\n", "\n  - a # c\n  - b: 1",
        "\n  inner: 1\n  # c\n  other:\n    - x", "\n- a\n- b",
        '"\\u2028 é 😀"', '"a\x85 b"', "\n  [a,\n  b]",
    ]
)  # fmt: skip
COMMENTS = st.sampled_from(["", "", " ", "  # comment", " # é😀"])
BETWEEN = st.sampled_from(["", "", "\n", "# comment\n", "# phase: no key\n\n"])
BODIES = st.sampled_from(["", "# Body\n", "phase: plan\n---\nx", "text\r\nmore", "no newline"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document with keys k0, k1 …, and the lines that belong to each key with what stands before it."""
    parts: list[str] = []
    for number in range(draw(st.integers(1, 5))):
        source = draw(SOURCES)
        comment = "" if "\n" in source else draw(COMMENTS)
        parts.append(f"{draw(BETWEEN)}k{number}: {source}{comment}\n")
    head, tail = "---\n", "---" + draw(st.sampled_from(["", "\n"]))
    body = draw(BODIES) if tail.endswith("\n") else ""
    parts = [head, *parts, tail]
    if draw(st.booleans()):
        parts = [part.replace("\n", "\r\n") for part in parts]
    if draw(st.booleans()):
        parts[0] = "\ufeff" + parts[0]
    parts[-1] += body
    return "".join(parts), parts


def as_json(parsed: Parsed) -> dict[str, object]:
    """A parsed file in the form of the file pairs."""
    return {
        "values": parsed.values,
        "lines": {"/".join(map(str, path)): line for path, line in parsed.lines.items()},
        "body": parsed.body,
        "body_line": parsed.body_line,
        "problems": [f"{problem.line}: {problem.message}" for problem in parsed.problems],
    }


@pytest.mark.parametrize("name", ["front-matter-canonical", "front-matter-people", "front-matter-problems"])
def test_a_file_is_read_as_its_pair_says(name: str) -> None:
    """Values, lines, body and problems are those of the JSON file beside the Markdown file."""
    text = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
    expected = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    strict = expected.pop("strict")
    assert as_json(parse(text)) == expected
    if strict:
        assert read_header(text) == expected["values"]
    else:
        with pytest.raises(HeaderRefused):
            read_header(text)


@pytest.mark.parametrize("name", ["front-matter-canonical", "front-matter-people", "front-matter-problems"])
def test_crlf_and_a_byte_order_mark_change_neither_values_nor_lines(name: str) -> None:
    """A file from Windows says the same in the same lines."""
    text = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
    expected = parse(text)
    assert parse("\ufeff" + text.replace("\n", "\r\n")) == expected._replace(
        body=expected.body.replace("\n", "\r\n")
    )


@given(
    st.dictionaries(st.from_regex(r"[a-m][a-m0-9_-]{0,8}", fullmatch=True), VALUES, min_size=1, max_size=6)
)
@settings(deadline=None)
def test_what_the_hook_reads_is_read_the_same(values: dict[str, object]) -> None:
    """The strict reader and this one agree on every header that we write."""
    text = "---\n" + "".join(f"{key}: {encode_json(value)}\n" for key, value in values.items()) + "---\n"
    parsed = parse(text)
    assert parsed.problems == ()
    assert is_same(parsed.values, values)
    assert is_same(read_header(text), values)


@given(st.text() | st.text(st.sampled_from(list("ab01:-[]{}\"'#&*!|>%@`~<=?, \t\r\n\\\0\x85\ufeff\ud800"))))
@settings(deadline=None)
def test_no_text_raises(header: str) -> None:
    """Whatever a person writes, problems come back as values with a line of the file."""
    for text in (header, f"---\n{header}\n---\nbody"):
        parsed = parse(text)
        lines = text.count("\n") + 1
        assert all(0 <= problem.line <= lines for problem in parsed.problems)
        assert all(1 <= line <= lines for line in parsed.lines.values())


@pytest.mark.parametrize(
    "text", ["", "# Title\n", "\ufeff# Title\n", "---\ntitle: x\n", "----\na: 1\n----\n"]
)
def test_a_text_without_front_matter_is_all_body(text: str) -> None:
    """There is one problem, in line 1, and nothing else."""
    parsed = parse(text)
    assert (parsed.values, parsed.lines, parsed.body_line) == ({}, {}, 1)
    assert parsed.body == text.removeprefix("\ufeff")
    assert [problem.line for problem in parsed.problems] == [1]


def test_text_without_front_matter_costs_no_yaml() -> None:
    """A plan that is Markdown alone is read without the library."""
    code = (
        "import sys; from memory_state.workflow.frontmatter import parse; "
        "print(parse('# A plan\\n').problems[0].message, 'yaml' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "the text does not begin with a line of exactly --- False\n"


def test_a_document_read_again_is_not_parsed_again() -> None:
    """One command reads the same document many times over; what one reader does to its values, none sees."""
    text = "---\nlist: [a, {b: c}]  # loose\nname: d\n---\n"
    first = parse(text)
    parsed = first_reading.cache_info().misses
    assert isinstance(first.values["list"], list)
    first.values["list"][1]["b"] = "other"
    first.values["name"] = "other"
    assert parse(text).values == {"list": ["a", {"b": "c"}], "name": "d"}
    assert first_reading.cache_info().misses == parsed


def test_front_matter_may_be_empty() -> None:
    """No key is no problem of the form."""
    assert parse("---\n# none\n---\nbody") == Parsed({}, {}, "body", 4, ())


@pytest.mark.parametrize(
    ("header", "line", "message"),
    [
        ("a: 1\nb: &x 1", 3, "anchors and aliases"),
        ("a: 1\nb: *x", 3, "anchors and aliases"),
        ("b: [1, *x]", 2, "anchors and aliases"),
        ("? &x a\n: 1", 2, "anchors and aliases"),
        ("a: !!binary aGk=", 2, "tags (!)"),
        ("a: 1\nb:\n  - !x y", 4, "tags (!)"),
        ("a: ! x", 2, "tags (!)"),
        ("a: 1\n<<: {b: 1}", 3, "merge keys"),
        ("a: 1\na: 2", 3, "the key a comes twice, first in line 2"),
        ("a: {b: 1, c: 2,\n  b: 3}", 3, "the key b comes twice"),
        ("a: 1\n1: 2", 3, "a key that is no text"),
        ("a: {[b]: 1}", 2, "a key that is no text"),
        ("null: 1", 2, "a key that is no text"),
        ("a: 1\nb: 1234567890123456789", 3, "more than 18 digits"),
        ('a: "\\ud800"', 2, "surrogate"),
        ('{"\\ud800": 1}', 2, "a key that is no text"),
        ("a: 1\n<<<<<<< HEAD\nb: 1", 3, "merge-conflict marker"),
        ("a: 1\n=======\r\nb: 1", 3, "merge-conflict marker"),
        ("a: 1\n>>>>>>> x", 3, "merge-conflict marker"),
        ("a: 1\n" + " " * 33 + "b", 3, "indented by more than 32"),
        ("a: 1\nb: \0", 3, "NUL"),
        ("a: 1\nb: \x07", 3, "U+0007"),
        ("a: \ud800", 2, "U+D800"),
        ("a: 1\n\tb: 2", 3, "not YAML: while scanning"),
        ("a: 1\nb: [1", 4, "not YAML"),
        ("a: b: c", 2, "mapping values are not allowed here"),
        ("- a\n- b", 2, "`key: value` lines"),
        ("text", 2, "`key: value` lines"),
        ("# c\n\n~", 4, "`key: value` lines"),
        ("a: 1\n--- \nb: 2", 3, "another document"),
        ('a: "\\UFFFFFFFF"', 2, "not YAML"),
        ('a: "\\U00110000"', 2, "not YAML"),
        ("%YAML 1." + "9" * 5000 + "\n--- ", 2, "not YAML"),
        ("\n".join(f"k{n}: 1" for n in range(201)), 2, "more than 200 keys"),
        ("a: " + "[" * 17, 2, "16 levels"),
        ("a: [" + "1," * 5000 + "]", 2, "more than 1934 values; shorten it, or write it below the front"),
        ("# c\n" * 2000, 1, "more than 2000 lines; shorten it, or write it below the front matter"),
        ("a: " + "x" * 32765, 1, "larger than 32768 bytes; shorten it, or write it below the front matter"),
        ("a: 1\u2028b: 1\nc: *x", 3, "anchors and aliases"),
    ],
)
def test_a_problem_names_its_line(header: str, line: int, message: str) -> None:
    """What is not read is told with the line it stands in, and no path."""
    problem = parse(f"---\n{header}\n---\n").problems[0]
    assert (problem.path, problem.line) == ("", line)
    assert message in problem.message


@pytest.mark.parametrize(("items", "rest", "most"), [(2271, 1, 2275), (508, 31744, 512)])
def test_the_longer_a_header_the_fewer_values_are_read(items: int, rest: int, most: int) -> None:
    """Bytes and values cost time: 4,549 bytes leave room for 2,275 values, 32,767 for 512."""
    header = f"---\na: [{'1,' * items}{'x' * rest}]\n---\n"
    assert parse(header).problems == ()
    (problem,) = parse(header.replace("[", "[1,")).problems
    assert problem.message.startswith(f"more than {most} values; ")


def test_a_conflict_around_the_fence_is_named() -> None:
    """A merge that touched the first line is no missing front matter."""
    text = "<<<<<<< HEAD\n---\na: 1\n---\n"
    assert parse(text).problems == (
        Problem("", 1, "a merge-conflict marker: keep one of the two versions", 1),
    )


@pytest.mark.parametrize(
    "header",
    ["[" * 65000, "{" * 65000, "- " * 32000, "? " * 32000, "k: [" + "[]," * 20000 + "]",
     "k: 1" + ":59" * 20000,
     "a: &a [x]\n" + "".join(f"a{n}: &a{n} [*a,*a,*a]\n" for n in range(900)), "k: " + "a " * 32000],
)  # fmt: skip
def test_hostile_text_is_answered_soon(header: str) -> None:
    """Nesting, repetition and expansion cost no more than their size."""
    started = time.process_time()
    parse(f"---\n{header}\n---\n")
    assert time.process_time() - started < 5


@given(documents(), st.lists(st.tuples(st.integers(0, 6), VALUES), max_size=3))
@settings(deadline=None)
def test_only_the_lines_of_changed_keys_are_touched(
    document: tuple[str, list[str]], wishes: list[tuple[int, object]]
) -> None:
    """The wanted values are there, all other values too, and the text of the other keys is the same."""
    text, parts = document
    before = parse(text)
    assert before.problems == ()
    changes = {f"k{number}": value for number, value in wishes}
    result = set_values(text, changes)
    after = parse(result)
    assert after.problems == ()
    assert is_same(after.values, {**before.values, **changes})
    assert after.body == before.body
    position = 0
    for number, part in enumerate(parts[:-1], -1):
        key = f"k{number}"
        if key not in changes or is_same(before.values[key], changes[key]):
            assert part in result[position:]
            position = result.index(part, position) + len(part)
    assert result.endswith(parts[-1])


@given(documents())
@settings(deadline=None)
def test_equal_values_change_no_byte(document: tuple[str, list[str]]) -> None:
    """Setting what is there already gives the very same text."""
    text, _ = document
    assert set_values(text, parse(text).values) == text


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"title": "New"}, "title:   'Old'     # kept\n", 'title:   "New"     # kept\n'),
        ({"phase": "build"}, "phase: plan\n  # indented", 'phase: "build"\n  # indented'),
        ({"empty": None}, "", ""),
        ({"empty": 0}, "empty:\n", "empty: 0\n"),
        (
            {"tags": ["x"]},
            "tags: # of the tool\n  - read   # first\n  - edit\n\n# bef",
            'tags: ["x"]\n\n# bef',
        ),
        ({"nested": {"a": 1}}, 'nested:\n  phase: other\n  deep: {phase: "x"}\n', 'nested: {"a": 1}\n'),
        ({"text": "t"}, "text: |\n  phase: no key\n\n", 'text: "t"\n\n'),
        ({"long": True}, "long: one\n  two # after\n", "long: true # after\n"),
        ({"new": ["ü"], "more": None}, 'last: "z"\n---\n', 'last: "z"\nnew: ["ü"]\nmore: null\n---\n'),
        ({"title": "New", "last": "y"}, "", None),
    ],
)
def test_a_value_is_changed_in_place(changes: dict[str, object], old: str, new: str | None) -> None:
    """The key's line keeps its spacing and comment; a block value becomes one line; all else stays."""
    if new is None:
        expected = PEOPLE.replace("'Old'", '"New"').replace('last: "z"', 'last: "y"')
    else:
        expected = PEOPLE.replace(old, new, 1) if old else PEOPLE
    assert set_values(PEOPLE, changes) == expected
    assert set_values(PEOPLE.replace("\n", "\r\n"), changes) == expected.replace("\n", "\r\n")
    assert set_values("\ufeff" + PEOPLE[:-1], changes) == "\ufeff" + expected[:-1]


def test_a_value_of_another_type_is_changed() -> None:
    """The text "42" is not the number 42, and 1 is not true."""
    assert set_values('---\na: "42"\nb: 1\n---', {"a": 42, "b": True}) == "---\na: 42\nb: true\n---"


def test_a_key_is_added_to_front_matter_without_keys() -> None:
    """Comments stay above the first key."""
    assert set_values("---\n# c\n---\nbody", {"a": "x"}) == '---\n# c\na: "x"\n---\nbody'


def test_an_indented_mapping_keeps_its_margin() -> None:
    """A new key stands below the others."""
    assert set_values("---\n  a: 1\n---\n", {"b": 2}) == "---\n  a: 1\n  b: 2\n---\n"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("# no front matter\n", {"a": 1}),
        ("---\na: 1\na: 2\n---\n", {"a": 3}),
        ("---\na: &x 1\nb: *x\n---\n", {"a": 3}),
        ("---\na: [1\n---\n", {"a": 3}),
        ("---\n{a: 1}\n---\n", {"b": 2}),
        ("---\n{a, b: 1}\n---\n", {"a": 2}),
        ("---\na: 1\n---\n", {"a: b": 2}),
        ("---\na: 1\n---\n", {"b\nc": 2}),
        ("---\na: 1\n---\n", {"7": 2}),
        ("---\na: 1\n---\n", {"b": "x" * 32768}),
    ],
)
def test_what_cannot_be_changed_safely_is_refused(text: str, changes: dict[str, object]) -> None:
    """Unreadable front matter, odd keys and forms without room for a line raise Broken."""
    with pytest.raises(Broken):
        set_values(text, changes)


def test_a_value_that_is_no_json_is_refused() -> None:
    """A float has no form that every reader takes."""
    with pytest.raises(ValueError, match="number"):
        set_values("---\na: 1\n---\n", {"a": 1.5})
