"""Strict JSON with the place of every value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.agents.jsontree import Node, positions
from tests.agents.layouts import SPACES, VALUES


def accepted(text: str) -> Node | None:
    """The tree of a text, None where it is refused."""
    try:
        return positions(text)
    except ValueError:
        return None


def check_places(text: str, node: Node) -> None:
    """Assert that the source of every value reads as that value."""
    assert json.loads(text[node.start : node.end]) == node.value
    for member in node.members:
        check_places(text, member.node)


@settings(max_examples=200, deadline=None)
@given(SPACES, VALUES, SPACES)
def test_every_value_is_found_where_it_stands(before: str, value: str, after: str) -> None:
    """The tree has the value that the standard library reads, and each part its own source."""
    text = before + value + after
    root = positions(text)
    assert root.value == json.loads(text)
    check_places(text, root)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.data())
def test_damaged_text_is_read_as_the_standard_library_reads_it(value: str, data: st.DataObject) -> None:
    """With one character changed, the text is refused, or means what the standard library says."""
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from(["", ",", ":", "]", "}", '"', "1", "\x00"]))
    text = value[:at] + other + value[at + 1 :]
    root = accepted(text)
    assert root is None or root.value == json.loads(text)


def test_members_know_where_they_start() -> None:
    """A member of an object starts at its key, an item of an array at its value."""
    root = positions('\ufeff{ "a": [ 1, "x"] }')
    (first,) = root.members
    assert (root.kind, root.start, root.end) == ("object", 1, 19)
    assert (first.key, first.start, first.node.kind, first.node.start) == ("a", 3, "array", 8)
    assert [(m.key, m.start, m.node.value) for m in first.node.members] == [(0, 10, 1), (1, 13, "x")]


REFUSED = {
    "": "line 1: this is no JSON (Expecting value)",
    '{\n"a": 1,\n"a": 2}': 'line 3: the key "a" stands twice in one object',
    '{"a": 1,}': "line 1: a key in double quotes is expected",
    "[1,\n]": "line 2: this is no JSON (Expecting value)",
    "{a: 1}": "line 1: a key in double quotes is expected",
    '{"a"\r\n1}': 'line 2: a colon is expected after the key "a"',
    '{"a": 1 "b": 2}': "line 1: a comma or } is expected",
    "[1 2]": "line 1: a comma or ] is expected",
    "{}\n{}": "line 2: there is more after the JSON value",
    "[NaN]": "line 1: this is no JSON (NaN is no JSON value)",
    "[01]": "line 1: a comma or ] is expected",
    '{"a": // why\n1}': "line 1: this is no JSON (Expecting value)",
    "[\n" + "1" * 5000 + "]": "line 2: this is no JSON (Exceeds the limit (4300 digits)",
    "[" * 65 + "]" * 65: "line 1: objects and arrays go deeper than 64 levels",
    '{"a":\n' * 65 + "1" + "}" * 65: "line 65: objects and arrays go deeper than 64 levels",
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=range(len(REFUSED)))
def test_refusals_name_the_line(text: str, sentence: str) -> None:
    """What strict JSON does not allow is refused with its line and a sentence."""
    with pytest.raises(ValueError, match=r"^line \d+: ") as caught:
        positions(text)
    assert str(caught.value).startswith(sentence)


def test_sixty_four_levels_are_read() -> None:
    """The deepest nesting that is read is 64 levels."""
    assert positions("[" * 64 + "]" * 64).end == 128
