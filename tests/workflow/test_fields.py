"""The free fields: what each takes, and the one event of a change."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.fields import checked_context, checked_fields, edited
from memory_state.workflow.machine import Draft, end
from tests.workflow.examples import FEATURE, entered


def test_fields_are_taken() -> None:
    """Right values pass, texts without outer blanks; what is optional may be taken away."""
    given = {"title": " Log in ", "issue_number": 42, "plan_file": "docs/plan.md", "branch_name": None}
    assert checked_fields(given) == given | {"title": "Log in"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"issue_number": "abc"}, "issue_number: must be a whole number, not the text 'abc'"),
        ({"issue_number": 0}, "issue_number: must be from 1 to 1000000000000, not 0"),
        ({"title": None}, "title: must be a text, not nothing"),
        ({"title": ""}, "title: the text is empty"),
        ({"branch_name": "a\nb"}, "branch_name: the text must be one line"),
        ({"plan_file": "../x"}, "plan_file: '../x' must not leave the project with .."),
        ({"context": None}, "context: must be a mapping, not nothing"),
        (
            {"context": {"_a": 1}},
            "context: the context has the key '_a': keys that begin with _ are internal",
        ),
        ({"context": {1: 1}}, "context: the context can not be written: a key must be a str, not a int"),
        ({"isue_number": 1}, "a workflow has no field 'isue_number'; did you mean 'issue_number'?"),
        ({"colour": "red"}, "a workflow has no field 'colour'; extra data belongs in context"),
        ({"allow": ["*"]}, "a workflow has no field 'allow'; extra data belongs in context"),
    ],
)
def test_wrong_fields_are_named(fields: dict[str, object], sentence: str) -> None:
    """A wrong value is told with its field, an unknown field with the nearest."""
    with pytest.raises(Misused) as caught:
        checked_fields(fields)
    assert caught.value.sentence.startswith(sentence)


@pytest.mark.parametrize("character", ["x", "é", "漢", "`", "\u202e", "😀"])
def test_a_context_is_limited_in_bytes(character: str) -> None:
    """However a character is written in document and log, a context that passes fits into both."""
    with pytest.raises(Misused, match="at most 4096 fit"):
        checked_context({"a": character * 4096})
    assert checked_context({"a": character * 600}) == {"a": character * 600}


def test_a_context_is_what_a_file_gives_back() -> None:
    """A tuple becomes the list that it will be read as."""
    assert checked_context({"a": ({"b": (1, 2)},)}) == {"a": [{"b": [1, 2]}]}


def test_a_change_is_one_event() -> None:
    """Only what differs is in it; contexts merge, and None takes a key away."""
    state = entered(FEATURE, issue_number=42, context={"a": 1, "b": 2}).state
    fields = {"title": "Log in", "issue_number": 42, "context": {"b": None, "c": [3]}}
    assert edited(state, fields) == (
        Draft("document.edited", "-", {"fields": {"title": "Log in", "context": {"a": 1, "c": [3]}}}),
    )


def test_no_change_is_no_event() -> None:
    """Fields that stand so already leave no trace; true is not 1."""
    state = entered(FEATURE, context={"a": 1}).state
    assert edited(state, {"title": "Add login", "context": {"a": 1}, "branch_name": None}) == ()
    assert edited(state, {"context": {"a": True}}) != ()


def test_a_merged_context_must_fit_too() -> None:
    """Two contexts that fit may be too large together."""
    state = entered(FEATURE, context={"a": "x" * 3000}).state
    with pytest.raises(Misused, match="at most 4096 fit"):
        edited(state, {"context": {"b": "x" * 3000}})


def test_all_fields_must_fit_into_one_event() -> None:
    """Together they are limited as well: an event is one line of 8 KiB."""
    wide = "`" * 200
    fields = {"title": wide, "branch_name": wide, "plan_file": wide * 2, "context": {"a": "`" * 660}}
    with pytest.raises(Misused, match="at most 7680 fit into one change"):
        edited(entered(FEATURE).state, fields)


def test_an_ended_workflow_keeps_its_fields() -> None:
    """What has ended is looked at."""
    run = entered(FEATURE)
    with pytest.raises(Refused, match="edit: workflow 7f3a9c21 is cancelled"):
        edited(run.then(*end(run.state, "cancel", "cancelled", None)).state, {"title": "Other"})
