"""The commands that verify, roll back, recover, choose and tidy up, as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_look import log_of

if TYPE_CHECKING:
    from tests.cli.conftest import Program

DAY = 86400


def current(program: Program) -> str:
    """The id of the current workflow."""
    return str(program("status", "--json").workflow["workflow_id"])


def test_verify_counts(planning: Program) -> None:
    """The counts and no problem, with exit code 0."""
    told = planning("verify", "--json")
    assert told.code == 0
    names = ("kind", "events", "seals", "damaged", "torn", "problems")
    assert [told.document[name] for name in names] == ["verify", 2, 0, 0, False, []]
    assert told.document["bytes"] == log_of(planning).stat().st_size


def test_verify_finds(planning: Program) -> None:
    """A finding is told as file, line and message, relative to the memory path in JSON; exit code 1."""
    workflow = current(planning)
    log = log_of(planning)
    log.write_bytes(log.read_bytes().replace(b"architect", b"developer"))
    told = planning("verify", workflow, "--json")
    assert told.code == 1
    problems = told.document["problems"]
    assert isinstance(problems, list)
    assert problems[0] == {
        "path": f"state/workflow-history/{workflow}/events.md",
        "line": 8,
        "message": "this line is damaged: its checksum does not hold",
        "column": 0,
    }


def test_rollback_answers_where_it_stands(planning: Program) -> None:
    """The answer has the shape of `status`."""
    planning("task", "add", "More")
    told = planning("rollback", "--steps", "1", "--by", "Ada", "--json")
    assert (told.code, told.document["kind"]) == (0, "rollback")
    tasks = told.workflow["tasks"]
    assert isinstance(tasks, list)
    assert [task["text"] for task in tasks] == ["Write the plan"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("rollback",), ("rollback", "--steps", "0"), ("rollback", "--steps", "1", "--to", "2"),
        ("resolve",), ("resolve", "--keep", "aaaaaaaa", "--merge", "bbbbbbbb"),
        ("archive",), ("archive", "x"),
        ("gc", "--age", "-1d"), ("orphans", "--age", "long"), ("save", "--name", "12"), ("recover", "../x"),
    ],
)  # fmt: skip
def test_wrong_usage(planning: Program, arguments: tuple[str, ...]) -> None:
    """What makes no sense is told with exit code 2."""
    assert planning(*arguments, "--by", "Ada").code == 2


@pytest.mark.parametrize(
    "arguments", [("rollback", "--steps", "1"), ("gc",), ("resolve", "--keep"), ("archive",)]
)
def test_only_for_a_person(planning: Program, arguments: tuple[str, ...]) -> None:
    """In an agent's session nothing of this runs without a grant."""
    named = (current(planning),) if arguments[0] in ("resolve", "archive") else ()
    planning("task", "add", "More")
    told = planning(*arguments, *named, CLAUDECODE="1", CLAUDE_CODE_SESSION_ID="s1")
    assert told.code == 1
    assert "is for a person" in told.err


def test_recover_says_what_it_did(planning: Program) -> None:
    """Sentences for people, a list of them in JSON."""
    (planning.project.root / ".memory/state/active-workflow.md").unlink()
    told = planning("recover", "--json")
    assert (told.code, told.document["kind"]) == (0, "recover")
    assert told.document["done"] == ["the document is missing; it was rebuilt from the history"]
    assert planning("recover").out.startswith("nothing was wrong\n")


def test_nothing_left_is_a_broken_state(planning: Program) -> None:
    """A workflow of which only an empty folder is left can not be built from anything: exit code 5."""
    workflow = current(planning)
    for path in planning.project.root.glob(f".memory/state/**/*{workflow}*.md"):
        path.unlink()
    (planning.project.root / ".memory/state/active-workflow.md").unlink()
    log_of(planning).unlink()
    assert planning("recover", workflow).code == 5


def test_resolve_keeps_one(planning: Program) -> None:
    """The kept one is current, the other is paused."""
    first = current(planning)
    planning("start", "bugfix", "Repair", "--beside", "--by", "Ada")
    told = planning("resolve", "--keep", first, "--by", "Ada", "--json")
    assert (told.code, told.workflow["workflow_id"], told.document["kind"]) == (0, first, "resolve")
    assert "paused" in planning("list").out


def test_orphans_are_listed(planning: Program) -> None:
    """After a day, or the time that is asked for."""
    workflow = current(planning)
    assert planning("orphans").out == "no orphans\n"
    planning.now += 3 * DAY
    assert planning("orphans", "--age", "4d").out == "no orphans\n"
    told = planning("orphans", "--json").document["orphans"]
    assert isinstance(told, list)
    assert (told[0]["workflow_id"], told[0]["age_seconds"] // DAY) == (workflow, 3)
    assert planning("orphans", "--age", "48").out.startswith(
        f"{workflow}  in_progress  3 d  no session works on it"
    )


def test_gc_removes_after_a_dry_run_says_so(planning: Program) -> None:
    """What would go is what goes."""
    workflow = current(planning)
    planning("cancel", "--by", "Ada")
    planning.now += 31 * DAY
    dry = planning("gc", "--dry-run", "--json").document
    assert planning("list").out.startswith(workflow)
    done = planning("gc", "--by", "Ada", "--json").document
    assert (dry["dry_run"], done["dry_run"]) == (True, False)
    assert dry["removed"] == done["removed"]
    assert planning("list").out == "no workflows\n"


def test_migrate_tells_of_newer_files(planning: Program) -> None:
    """They stay, and the exit code says so."""
    assert planning("migrate").out == "nothing to migrate\n"
    path = planning.project.root / ".memory/state/active-workflow.md"
    path.write_text(path.read_text(encoding="utf-8").replace("schema: 1", "schema: 7"), encoding="utf-8")
    told = planning("migrate", "--dry-run", "--json")
    assert (told.code, told.document["migrated"]) == (1, [])


def test_doctor_mends_a_merged_history(planning: Program) -> None:
    """`doctor --fix` writes it in order; until then moving commands end with exit code 4."""
    log = log_of(planning)
    planning("task", "add", "More")
    log.write_bytes(log.read_bytes() + log.read_bytes().split(b"\n")[-2] + b"\n")
    told = planning("note", "x")
    assert told.code == 4
    assert "next: `memory-state doctor --fix`" in told.err
    assert "was put in order" in planning("doctor", "--fix", "--by", "Ada").out
    assert planning("note", "x").code == 0


def test_park_prints_what_the_next_one_needs(planning: Program) -> None:
    """Where it stands, what is open, what the last session did, the command that takes it up; notes stay."""
    workflow = current(planning)
    planning("note", "For me alone")
    told = planning("park", "--reason", "Lunch", "--by", "Ada")
    lines = told.out.splitlines()
    assert lines[0] == f"{workflow} paused, phase plan (1 of 5), 0 %"
    assert [each for each in lines if each.startswith("## ")] == [
        "## Where it stands", "## Done", "## Pending", "## Resume", "## Last session",
    ]  # fmt: skip
    assert f"1. The workflow is paused: `memory-state resume {workflow}` takes it up again." in lines
    assert "- Done: paused: Lunch" in lines
    assert (
        lines[-1] == f"all of it: {planning.project.root}/.memory/state/interruption-recovery/{workflow}.md"
    )


def test_park_gives_the_same_as_json(planning: Program) -> None:
    """Under `handoff`."""
    told = planning("park", "--json", "--by", "Ada")
    assert str(told.document["handoff"]).startswith("## Where it stands\n")
