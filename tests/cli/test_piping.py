"""`-`: the workflow comes from standard input."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program, Told


def pipe(program: Program, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Told:
    """Call the program with a text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return program(*arguments)


def test_a_status_document_names_the_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one command printed the next one acts on, whatever workflow is current."""
    document = planning("status", "--json").out
    planning("park", "--by", "Ada")
    planning("start", "tdd", "Round")
    told = pipe(planning, monkeypatch, document, "note", "Thought", "-", "--json")
    assert told.workflow["title"] == "Add login"


def test_a_bare_object_names_the_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object with `workflow_id` is enough."""
    workflow = planning("status", "--json").workflow["workflow_id"]
    told = pipe(planning, monkeypatch, f'{{"workflow_id": "{workflow}"}}', "show", "-", "--json")
    assert told.workflow["workflow_id"] == workflow


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 3),
        (" \n", 3),
        ("text", 2),
        ("[]", 2),
        ("{}", 2),
        ('{"workflow_id": 7}', 2),
        ('{"workflow_id": "../x"}', 2),
    ],
)
def test_no_workflow_on_standard_input(
    planning: Program, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    """Each failure is told in a sentence, without a traceback."""
    told = pipe(planning, monkeypatch, text, "next", "-")
    assert (told.code, told.out) == (code, "")
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("name", "code"),
    [("refused", 1), ("usage", 2), ("missing", 3), ("conflict", 4), ("broken", 5), ("other", 1)],
)
def test_an_error_passes_through(
    planning: Program, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    """The error of an earlier command stays what it is, and nothing is done."""
    text = f'{{"schemaVersion": 1, "kind": "error", "code": "{name}", "message": "No.", "next": []}}\n'
    told = pipe(planning, monkeypatch, text, "task", "add", "Never", "-", "--json")
    assert (told.code, told.out, told.err) == (code, text, "No.\n")
    assert "Never" not in planning("task", "list").out


def test_without_the_dash_standard_input_is_left_alone(
    planning: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `-` reads."""
    assert pipe(planning, monkeypatch, '{"kind": "error"}', "status").code == 0
