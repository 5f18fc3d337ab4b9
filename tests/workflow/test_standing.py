"""Where a run stands, as values for JSON."""

from __future__ import annotations

from memory_state.workflow.machine import Draft, back, finish
from memory_state.workflow.standing import task_values, workflow_values
from tests.workflow.examples import FEATURE, MET, at, begun, entered


def test_the_values_of_a_run() -> None:
    """Every field of the interface is there, numbers from 1, lists and mappings as JSON has them."""
    run = entered(FEATURE, issue_number=42, branch_name="feat/login", plan_file="plan.md", context={"a": 1})
    assert workflow_values(FEATURE, run.state, {"tracking": "T-1", "type": "feat", "other": 1}) == {
        "workflow_id": "7f3a9c21",
        "title": "Add login",
        "definition": "feature",
        "level": "outer",
        "parent": None,
        "status": "in_progress",
        "phase": "plan",
        "phase_number": 1,
        "phase_count": 5,
        "role": "architect",
        "progress_percentage": 0,
        "is_complete": False,
        "phases": [
            {
                "id": "plan",
                "status": "in_progress",
                "started_at": "2026-11-20T10:01:30Z",
                "completed_at": None,
            },
            {"id": "build", "status": "pending", "started_at": None, "completed_at": None},
            {"id": "test", "status": "pending", "started_at": None, "completed_at": None},
            {"id": "review", "status": "pending", "started_at": None, "completed_at": None},
            {"id": "document", "status": "pending", "started_at": None, "completed_at": None},
        ],
        "tasks": [{"n": "plan.1", "phase": "plan", "text": "Write the plan", "status": "pending"}],
        "allow": ["read", "edit(docs/**)"],
        "deny": [],
        "issue_number": 42,
        "branch_name": "feat/login",
        "plan_file": "plan.md",
        "tracking": "T-1",
        "type": "feat",
        "context": {"a": 1},
        "origin": None,
        "retries": 0,
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:01:30.250Z",
        "event": 2,
    }


def test_phases_say_more_where_there_is_more() -> None:
    """Skips, returns and approvals stand with their phase, and only there."""
    run = at("review").then(
        Draft("phase.skipped", "document", {"reason": "none"}),
        Draft("approval.given", "review", {"name": "Ann"}),
    )
    phases = workflow_values(FEATURE, run.state, {})["phases"]
    assert isinstance(phases, list)
    assert phases[4] == {
        "id": "document", "status": "skipped", "started_at": None, "completed_at": None, "reason": "none",
    }  # fmt: skip
    assert phases[3] == {
        "id": "review", "status": "in_progress", "started_at": "2026-11-20T10:09:01Z", "completed_at": None,
        "approved_by": "Ann", "approved_at": "2026-11-20T10:13:32Z",
    }  # fmt: skip
    sent = run.then(*back(FEATURE, run.state, "no"))
    phases = workflow_values(FEATURE, sent.state, {})["phases"]
    assert isinstance(phases, list)
    assert phases[3] == {
        "id": "review", "status": "returned", "started_at": None, "completed_at": None,
        "returns": 1, "returned_at": "2026-11-20T10:15:02Z",
    }  # fmt: skip


def test_a_completed_run_is_complete() -> None:
    """Only completion is complete, at 100 percent in the last phase."""
    run = at("document")
    done = run.then(*finish(FEATURE, run.state, MET))
    values = workflow_values(FEATURE, done.state, {})
    assert (values["is_complete"], values["progress_percentage"], values["phase_number"]) == (True, 100, 5)
    assert workflow_values(FEATURE, begun(FEATURE).state, {})["is_complete"] is False


def test_tasks_have_their_addresses() -> None:
    """Tasks are listed by phase with addresses that commands take, dropped ones too."""
    run = at("build").then(
        Draft("task.added", "build", {"text": "one"}),
        Draft("task.added", "plan", {"text": "late"}),
        Draft("task.dropped", "build", {"text": "one"}),
    )
    assert task_values(run.state) == [
        {"n": "plan.1", "phase": "plan", "text": "Write the plan", "status": "pending"},
        {"n": "plan.2", "phase": "plan", "text": "late", "status": "pending"},
        {"n": "build.1", "phase": "build", "text": "one", "status": "dropped"},
    ]
