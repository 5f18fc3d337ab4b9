"""Commands that move a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def types(program: Program) -> list[object]:
    """The types of the workflow's events."""
    events = cast("list[dict[str, object]]", program("history", "--json").document["events"])
    return [each["type"] for each in events]


def test_start_keeps_its_options(ask: Program) -> None:
    """Issue, branch, plan and context stand in the workflow."""
    context = '{"autonomy": "L3"}'
    told = ask(
        "start", "feature", "Add login", "--issue", "42", "--branch", "feat/login", "--plan", "docs/p.md",
        "--context", context, "--json",
    )  # fmt: skip
    workflow = told.workflow
    assert (workflow["issue_number"], workflow["branch_name"]) == (42, "feat/login")
    assert (workflow["plan_file"], workflow["context"]) == ("docs/p.md", {"autonomy": "L3"})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--issue", "abc"),
        ("--issue", "0"),
        ("--issue", "9" * 20),
        ("--context", "{"),
        ("--context", "[]"),
        ("--context", '{"a": 1.5}'),
    ],
)
def test_start_names_the_option_that_is_wrong(ask: Program, option: str, value: str) -> None:
    """A value of the wrong type is refused by name, and nothing is started."""
    told = ask("start", "feature", "Add login", option, value)
    assert told.code == 2
    assert option.removeprefix("--") in told.err
    assert ask("list").out == "no workflows\n"


def test_a_test_command_is_for_a_person(ask: Program) -> None:
    """Nobody but a person names a program to run."""
    assert ask("start", "feature", "Add login", "--test", "true").code == 1
    assert ask("start", "feature", "Add login", "--test", "true", "--by", "Ada").code == 0


def test_a_refused_move_changes_nothing_but_the_history(planning: Program) -> None:
    """The phase stays, and the attempt is on record."""
    before = planning("status", "--json").document
    planning("next")
    planning("finish")
    planning("approve")
    assert planning("status", "--json").document == before
    assert types(planning)[2:] == ["gate.refused", "violation.recorded", "violation.recorded"]


def test_what_is_done_already_is_done_again_without_a_trace(planning: Program) -> None:
    """A task that is done stays done at its old time."""
    planning("task", "done", "1")
    before = planning("status", "--json").document, types(planning)
    assert planning("task", "done", "1").code == 0
    assert (planning("status", "--json").document, types(planning)) == before


def test_update_times_grow_and_the_start_stays(planning: Program) -> None:
    """Every change has a later time than the one before."""
    first = planning("status", "--json").workflow
    second = planning("note", "Thought", "--json").workflow
    assert second["created_at"] == first["created_at"]
    assert str(second["updated_at"]) > str(first["updated_at"])


@pytest.mark.parametrize("command", ["approve", "park", "cancel"])
def test_person_only_commands(planning: Program, command: str) -> None:
    """Without a person they are refused."""
    told = planning(command)
    assert told.code == 1
    assert told.err.startswith(f"{command} is for a person")


def test_a_failed_workflow_is_resumed_by_a_person(planning: Program) -> None:
    """Failed work goes on only when a person says so."""
    planning("fail", "--reason", "Wrong", "--by", "Ada")
    assert planning("resume").code == 1
    assert planning("resume", "--by", "Ada", "--json").workflow["status"] == "in_progress"


def test_an_ended_workflow_is_not_resumed(planning: Program) -> None:
    """Cancelled is final, and the refusal says so."""
    workflow = str(planning("cancel", "--by", "Ada", "--json").workflow["workflow_id"])
    told = planning("resume", workflow, "--by", "Ada")
    assert told.code == 1
    assert "is cancelled" in told.err


def test_problems_of_a_document_are_notes(planning: Program) -> None:
    """What a person may not do in the document is told beside the answer."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    text = document.read_text(encoding="utf-8")
    document.write_text(
        text.replace("[ ] **plan**", "[x] plan").replace('phase: "plan"', 'phase: "test"'), "utf-8"
    )
    told = planning("note", "Thought")
    assert told.code == 0
    assert told.err.startswith("note: ")
