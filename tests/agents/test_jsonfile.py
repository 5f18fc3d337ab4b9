"""Entries of ours in a person's JSON file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.agents.jsonfile import Undo, insert_item, items_at, remove_items
from tests.agents.layouts import files

PATHS = st.sampled_from([("a",), ("a", "b"), ("hooks", "Stop"), ("a/b", "a~", "")])
MARKED = st.fixed_dictionaries({"ours": st.lists(st.text(max_size=3) | st.integers(), max_size=2)})


def is_marked(item: object) -> bool:
    """Whether an item is one of `MARKED`."""
    return isinstance(item, dict) and "ours" in item


def merged(text: str, path: tuple[str, ...], items: list[object]) -> object:
    """The value that a text should have once `items` are appended at `path`."""
    root = json.loads(text.strip("\ufeff \t\r\n") or "{}")
    place = root
    for key in path[:-1]:
        place = place.setdefault(key, {})
    place.setdefault(path[-1], []).extend(items)
    return root


@settings(max_examples=300, deadline=None)
@given(st.data(), PATHS, st.lists(MARKED, min_size=1, max_size=3))
def test_removal_is_the_exact_inverse_of_insertion(
    data: st.DataObject, path: tuple[str, ...], items: list[dict[str, object]]
) -> None:
    """Whatever the layout, inserting gives the merged value and removing the text before, byte for byte."""
    text = data.draw(files(path))
    wired, record = text, Undo()
    for item in items:
        wired, undo = insert_item(wired, path, item)
        record = undo | record
    assert json.loads(wired.removeprefix("\ufeff")) == merged(text, path, list(items))
    kept = json.loads(json.dumps(record))
    assert remove_items(wired, path, is_marked, kept) == text


@settings(max_examples=200, deadline=None)
@given(st.data(), PATHS, MARKED)
def test_without_a_record_the_rest_keeps_its_value(
    data: st.DataObject, path: tuple[str, ...], item: dict[str, object]
) -> None:
    """Removing without the undo value is stable: what remains takes the entry and loses it again."""
    wired, _ = insert_item(data.draw(files(path)), path, item)
    bare = remove_items(wired, path, is_marked)
    again, undo = insert_item(bare, path, item)
    assert items_at(again, path)[-1] == item
    assert remove_items(again, path, is_marked, undo) == bare


EDITS = {
    "two spaces": (
        '{\n  "a": [\n    1\n  ]\n}\n',
        '{\n  "a": [\n    1,\n    {\n      "ours": 1\n    }\n  ]\n}\n',
    ),
    "four spaces": (
        '{\n    "b": 1\n}\n',
        '{\n    "b": 1,\n    "a": [\n        {\n            "ours": 1\n        }\n    ]\n}\n',
    ),
    "tabs and CRLF, no last newline": (
        '{\r\n\t"b": 1\r\n}',
        '{\r\n\t"b": 1,\r\n\t"a": [\r\n\t\t{\r\n\t\t\t"ours": 1\r\n\t\t}\r\n\t]\r\n}',
    ),
    "one line": ('{"b": 1, "a": [2]}', '{"b": 1, "a": [2, {"ours": 1}]}'),
    "one tight line": ('{"b":1}', '{"b":1,"a":[{"ours":1}]}'),
    "a list on one line in a spread file": (
        '{\n  "a": [1, 2],\n  "b": 3\n}\n',
        '{\n  "a": [1, 2, {"ours": 1}],\n  "b": 3\n}\n',
    ),
    "commas before": (
        '{\n    "b": 1\n  , "c": 2\n}\n',
        '{\n    "b": 1\n  , "c": 2,\n  "a": [\n      {\n          "ours": 1\n      }\n  ]\n}\n',
    ),
    "nothing yet": ("", '{\n  "a": [\n    {\n      "ours": 1\n    }\n  ]\n}\n'),
}


@pytest.mark.parametrize(("before", "after"), EDITS.values(), ids=EDITS)
def test_new_lines_follow_the_file(before: str, after: str) -> None:
    """An entry takes the indentation, line ends and spacing of the file around it."""
    assert insert_item(before, ("a",), {"ours": 1})[0] == after


def test_undo_names_what_was_empty() -> None:
    """The undo value holds the inside of the container that was empty, or the whole of a blank file."""
    assert insert_item('{"hooks": { }}', ("hooks", "a/b"), 1)[1] == {"/hooks": " "}
    assert insert_item('{"a~": [\n]}', ("a~",), 1)[1] == {"/a~0": "\n"}
    assert insert_item('{"b": 1}', ("hooks", "Stop"), 1)[1] == {}
    assert insert_item("\n", ("a",), 1)[1] == {"": "", "file": "\n"}


def test_emptied_containers_go_unless_they_were_empty_before() -> None:
    """Without an undo value emptied containers are deleted; with one they stay as they were."""
    text = '{"b": 1, "hooks": {"Stop": [{"ours": 1}]}}'
    assert remove_items(text, ("hooks", "Stop"), is_marked) == '{"b": 1}'
    assert remove_items(text, ("hooks", "Stop"), is_marked, {"/hooks": " "}) == '{"b": 1, "hooks": { }}'
    assert remove_items('{"a": [{"ours": 1}]}\n', ("a",), is_marked) == "{}\n"


def test_what_came_later_stays() -> None:
    """Items that somebody put around ours keep their bytes, whichever side they are on."""
    text = '{"a": [{"ours": 1}, 2, {"ours": 2},\n 3 , 4, {"ours": 3} ]}'
    assert remove_items(text, ("a",), is_marked) == '{"a": [2,\n 3 , 4 ]}'


def test_a_file_that_grew_is_not_blanked() -> None:
    """The undo value of a blank file counts only while nothing else is in it."""
    text = '{\n  "a": [{"ours": 1}],\n  "model": "opus"\n}\n'
    assert remove_items(text, ("a",), is_marked, {"file": "", "": ""}) == '{\n  "model": "opus"\n}\n'


def test_an_undo_value_cannot_bring_content() -> None:
    """A damaged undo value restores white space at most."""
    text = '{"a": [{"ours": 1}]}'
    assert remove_items(text, ("a",), is_marked, {"/a": '"evil"'}) == '{"a": []}'
    assert remove_items(text, ("a",), is_marked, {"file": '{"evil": 1}'}) == ""


def test_nothing_of_ours_means_nothing_changes() -> None:
    """Removal leaves a file without our entries alone, empty containers and missing ones included."""
    for text in ('{"a": []}', '{"b": {}}', '{"a": {"0": 1}}', "{}", "", " \n"):
        assert remove_items(text, ("a",), is_marked) == text


def test_another_shape_is_refused_with_its_line() -> None:
    """Where the path meets a value of another kind the sentence names it and its line."""
    with pytest.raises(ValueError, match=r'^line 2: "hooks" should be an object$'):
        insert_item('{\n "hooks": []}', ("hooks", "Stop"), 1)
    with pytest.raises(ValueError, match=r'^line 3: "hooks.Stop" should be an array$'):
        insert_item('{\n "hooks": {\n "Stop": null}}', ("hooks", "Stop"), 1)
    with pytest.raises(ValueError, match=r"^line 1: the file should be an object$"):
        insert_item("[]", ("hooks",), 1)


def test_items_inside_items_have_a_path_too() -> None:
    """An array index on the path reaches into an item."""
    text = '{"a": [0, {"b": [1, {"ours": 1}]}]}'
    assert remove_items(text, ("a", 1, "b"), is_marked) == '{"a": [0, {"b": [1]}]}'


def test_what_is_no_json_is_not_written() -> None:
    """NaN has no JSON form, so the insertion is refused."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        insert_item("{}", ("a",), float("nan"))
