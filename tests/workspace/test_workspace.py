"""The public API: what can be asked of a project's workflows."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from memory_state.core.errors import Missing, Misused, Refused
from memory_state.workspace.workspace import Workspace, generate_workflow_id
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workspace.run import Run

SHOW = """
run = workspace.status()
print(json.dumps(workspace.values(run)))
"""


def elsewhere(ground: Ground) -> dict[str, Any]:
    """The status as a new process sees it."""
    output, errors = ground.program(SHOW).communicate(timeout=30)
    assert errors == b""
    return cast("dict[str, Any]", json.loads(output))


def test_status_has_the_published_shape(ground: Ground, started: Run) -> None:
    """Every key of `status --json`, with plain values."""
    ground.workspace().task("add", "Second")
    found = cast("dict[str, Any]", ground.workspace().values(ground.workspace().status()))
    workflow = found["workflow"]
    assert found["problems"] == []
    assert found["paths"] == {
        "document": str(ground.document),
        "history": str(ground.log(started.id)),
        "recovery": str(ground.recovery(started.id)),
    }
    assert workflow["phases"][0] == {
        "id": "plan", "status": "in_progress", "started_at": "2026-11-20T10:00:00Z", "completed_at": None,
    }  # fmt: skip
    assert workflow["tasks"][1] == {"n": "plan.2", "phase": "plan", "text": "Second", "status": "pending"}
    wanted: dict[str, object] = {
        "workflow_id": started.id, "title": "Add login", "definition": "steps", "level": "outer",
        "parent": None, "status": "in_progress", "phase": "plan", "phase_number": 1, "phase_count": 4,
        "role": "architect", "progress_percentage": 0, "allow": ["read", "edit(docs/**)"], "deny": [],
        "issue_number": None, "branch_name": None, "plan_file": "out.md", "context": {},
        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00.001Z", "event": 3,
    }  # fmt: skip
    assert {name: workflow[name] for name in wanted} == wanted


def test_problems_are_told_relative_to_the_memory_path(ground: Ground, started: Run) -> None:
    """A problem names its file as people know it."""
    edit(ground.document, 'role: "architect"', 'role: "boss"')
    found = cast("dict[str, Any]", ground.workspace().values(ground.workspace().status()))
    assert [each["path"] for each in found["problems"]] == ["state/active-workflow.md"]
    assert started.state.role == "architect"


def test_state_is_found_again_by_another_process(ground: Ground) -> None:
    """After each step of a long way a new process sees exactly the same."""
    ground.start(context={"autonomy": "L3"}, issue_number=42)
    (ground.root / "out.md").write_text("# Out\n")
    workspace = ground.workspace()
    moves: tuple[Callable[[], Run], ...] = (
        lambda: workspace.task("add", "Zweite Aufgabe é 日本 😀"),
        lambda: workspace.task("start", "2"),
        lambda: workspace.note("Eine Notiz"),
        lambda: workspace.task("done", "1"),
        lambda: workspace.task("done", "2"),
        workspace.next,
        lambda: workspace.task("add", "Build it"),
        lambda: workspace.task("done", "1"),
        workspace.next,
        lambda: workspace.back("Not yet"),
    )
    for move in moves:
        here = json.loads(json.dumps(workspace.values(move())))
        assert elsewhere(ground)["workflow"] == here["workflow"]


def test_whole_way_through_the_feature_workflow(ground: Ground) -> None:
    """Plan, build, test, review, document: every gate met in turn, and the end is final."""
    ground.configure("test_command = 'true'\n")
    run = ground.start("feature")
    (ground.root / "plan.md").write_text("---\ntracking: https://example.org/7\ntype: feature\n---\n# Plan\n")
    workspace = ground.workspace()
    progress = []
    for phase in ("plan", "build", "test", "review", "document"):
        run = workspace.status()
        assert run.state.phase == phase
        assert run.state.status == ("review" if phase == "review" else "in_progress")
        for task in run.state.tasks:
            if task.phase == phase:
                workspace.task("done", task.text)
        if phase == "review":
            workspace.approve()
        values = cast("dict[str, Any]", workspace.values(workspace.status()))["workflow"]
        progress.append(values["progress_percentage"])
        assert (values["tracking"], values["type"]) == ("https://example.org/7", "feature")
        run = workspace.finish() if phase == "document" else workspace.next()
    assert progress == [20, 40, 40, 60, 99]
    assert run.state.status == "completed"
    again = ground.workspace(workflow=run.id)
    assert cast("dict[str, Any]", again.values(again.status()))["workflow"]["progress_percentage"] == 100
    assert again.finish().state.status == "completed"
    for act in (
        again.next,
        lambda: again.task("add", "x"),
        lambda: again.back("x"),
        again.cancel,
        again.resume,
    ):
        with pytest.raises(Refused, match="completed"):
            act()
    assert ground.types(run.id).count("log.sealed") == 5


@pytest.mark.parametrize("path", ["docs", "/etc/passwd", "../x.md", "a\\0b", "x" * 400, "missing.md", "loop"])
def test_odd_plan_file_hinders_nothing(ground: Ground, started: Run, path: str) -> None:
    """A plan file by hand that is a folder, outside, or no name at all is shown and not read."""
    (ground.root / "docs").mkdir()
    (ground.root / "loop").symlink_to("loop")
    edit(ground.document, 'plan_file: "out.md"', f'plan_file: "{path}"')
    found = cast("dict[str, Any]", ground.workspace().values(ground.workspace().status()))
    assert found["workflow"]["tracking"] is None
    ground.workspace().task("done", "1")
    assert ground.workspace().next().state.phase == "build"
    assert started.id == found["workflow"]["workflow_id"]


# back, block, fail


def test_returns_are_limited(ground: Ground) -> None:
    """Back to build twice, then blocked until a person resumes."""
    ground.start()
    ground.to_phase("review")
    for count in (1, 2):
        ground.workspace().back(f"Finding {count}")
        assert f"- [ ] review: returned 2026-11-20T10:00:00Z, {count} of 2" in ground.document.read_text()
        ground.workspace().task("done", f"Finding {count}")
        ground.workspace().next()
    blocked = ground.workspace(person=None).back("Finding 3")
    assert (blocked.state.status, blocked.state.phase) == ("blocked", "review")
    agent = ground.workspace(person=None)
    for act in (agent.next, agent.resume):
        with pytest.raises(Refused):
            act()
    assert ground.workspace().resume().state.status == "review"


def test_retries_are_limited(ground: Ground, started: Run) -> None:
    """A failed workflow can be resumed three times."""
    for _ in range(3):
        ground.workspace().fail("no power")
        assert ground.workspace().resume(started.id).state.status == "in_progress"
    ground.workspace().fail("no power")
    with pytest.raises(Refused, match="3 times"):
        ground.workspace().resume(started.id)


def test_doing_it_twice_is_doing_it_once(ground: Ground, started: Run) -> None:
    """What stands already leaves no event."""
    workspace = ground.workspace()
    (ground.root / "out.md").write_text("x")
    acts: tuple[Callable[[], object], ...] = (
        lambda: workspace.task("start", "1"),
        lambda: workspace.task("done", "1"),
        lambda: workspace.wait("for it"),
        workspace.resume,
    )
    for act in acts[:3]:
        act()
        before = ground.types(started.id)
        act()
        assert ground.types(started.id) == before
    ground.to_phase("review")
    workspace.approve()
    before = ground.types(started.id)
    workspace.approve()
    workspace.resume()
    assert ground.types(started.id) == before


# finding


def test_nothing_started_is_missing(ground: Ground) -> None:
    """Exit code 3, the way to start, and nothing is made."""
    before = ground.files()
    workspace = ground.workspace()
    for act in (
        workspace.status,
        workspace.next,
        workspace.check,
        workspace.save,
        workspace.history,
        workspace.resume,
    ):
        with pytest.raises(Missing) as caught:
            act()
        assert caught.value.exit_code == 3
        assert "start DEFINITION TITLE" in caught.value.next_commands
    assert workspace.workflows() == []
    assert ground.files() == before


@pytest.mark.parametrize("workflow", ["", "..", "../../x1", "7F3A9C21", "-rf-rf-r", "a/b/c/de", "a\0bcdefg"])
def test_odd_ids_are_usage_errors(ground: Ground, started: Run, workflow: str) -> None:
    """By option, by argument or by environment: refused before any path is made of them."""
    with pytest.raises(Misused, match="no workflow id"):
        ground.workspace(workflow=workflow)
    with pytest.raises(Misused, match="no workflow id"):
        ground.workspace().show(workflow)
    with pytest.raises(Misused, match="no workflow id"):
        ground.workspace().resume(workflow)
    if workflow:
        ground.environment["MEMORY_STATE_WORKFLOW"] = workflow
        with pytest.raises(Misused, match="no workflow id"):
            ground.workspace().status()
    assert started.state.phase == "plan"


def test_workflows_are_listed_newest_first(ground: Ground) -> None:
    """Live, parked and ended ones, and a damaged one hides no other."""
    first = ground.start(title="First")
    ground.clock.now += 10
    ground.workspace().cancel("enough")
    second = ground.start(title="Second")
    ground.clock.now += 10
    ground.workspace().park("lunch")
    ground.clock.now += 10
    third = ground.start(title="Third")
    assert [each.id for each in ground.workspace().workflows()] == [third.id, second.id, first.id]
    titles = {each.state.title: each.state.status for each in ground.workspace().workflows()}
    assert titles == {"First": "cancelled", "Second": "paused", "Third": "in_progress"}
    ground.log(second.id).write_bytes(b"garbage")
    runs, problems = ground.workspace().survey()
    assert [each.id for each in runs] == [third.id, first.id]
    assert len(problems) == 1


def test_folder_that_is_no_workflow_is_told_not_read(ground: Ground, started: Run) -> None:
    """A copy or a stray folder in the history is no workflow."""
    (ground.state / "workflow-history" / "copy of it").mkdir()
    (ground.state / "workflow-history" / "notes.txt").write_text("x")
    runs, _ = ground.workspace().survey()
    assert [each.id for each in runs] == [started.id]


def test_history_is_given_in_order(ground: Ground, started: Run) -> None:
    """Every event of the workflow that is meant."""
    ground.workspace().task("done", "1")
    events = ground.workspace().history()
    assert [each.number for each in events] == [1, 2, 3]
    assert events[-1].details["text"] == "Write the plan"
    assert ground.workspace(workflow=started.id).history() == events


def test_place_of_another_is_not_taken(ground: Ground, started: Run) -> None:
    """An agent can not resume a parked workflow over one that is at work."""
    ground.workspace().park("lunch")
    other = ground.start(title="Another")
    with pytest.raises(Refused, match=other.id):
        ground.workspace(person=None).resume(started.id)
    assert ground.workspace().status().id == other.id


def test_project_is_found_from_below(ground: Ground, started: Run) -> None:
    """A folder of the project belongs to it."""
    (ground.root / "src" / "deep").mkdir(parents=True)
    found = Workspace.find(ground.root / "src" / "deep", environment=ground.environment, clock=ground.clock)
    assert found.status().id == started.id


def test_finding_writes_nothing(ground: Ground) -> None:
    """Asking where things would be makes nothing."""
    before = ground.files()
    ground.workspace()
    assert ground.files() == before
    assert not ground.state.exists()


def test_save_gives_the_recovery_file(ground: Ground, started: Run) -> None:
    """Asked for, it is written and named."""
    run, path = ground.workspace().save()
    assert (run.id, path) == (started.id, str(ground.recovery(started.id)))
    assert ground.types(started.id)[-1] == "checkpoint.saved"


def test_generated_ids_are_ids() -> None:
    """The public helper gives what the layout takes."""
    assert generate_workflow_id() != generate_workflow_id()
    assert len(generate_workflow_id()) == 8


def test_commands_cost_no_import_of_what_they_do_not_need() -> None:
    """The workspace needs no click and no event loop."""
    source = "import sys, memory_state.workspace.workspace; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    ).stdout.split()
    assert {"click", "ssl", "asyncio"} & set(loaded) == set()


def test_tasks_by_text_and_number(ground: Ground, started: Run) -> None:
    """A task is addressed by phase and number, by number, or by its exact text."""
    workspace = ground.workspace()
    workspace.task("add", "Later", "close")
    workspace.task("done", "plan.1")
    workspace.task("start", "Later")
    assert tasks_of(workspace.status()) == [
        ("plan", "Write the plan", "completed"),
        ("close", "Later", "in_progress"),
    ]
    workspace.task("undo", "1")
    assert workspace.status().state.tasks[0].status == "pending"
    assert started.id == workspace.status().id
