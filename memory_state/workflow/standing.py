"""Where a run stands, as plain values for JSON and for people."""

from __future__ import annotations

from memory_state.workflow.machine import addressed
from memory_state.workflow.model import Definition, State
from memory_state.workflow.progress import progress_percentage


def workflow_values(definition: Definition, state: State, plan: dict[str, object]) -> dict[str, object]:
    """The `workflow` part of `status --json`; `plan` is the front matter of its plan file."""
    ids = [each.id for each in definition.phases]
    return {
        "workflow_id": state.workflow_id,
        "title": state.title,
        "definition": state.definition,
        "level": state.level,
        "parent": state.parent,
        "status": state.status,
        "phase": state.phase,
        "phase_number": ids.index(state.phase) + 1,
        "phase_count": len(ids),
        "role": state.role,
        "progress_percentage": progress_percentage(state),
        "is_complete": state.status == "completed",
        "phases": [phase_values(each._asdict()) for each in state.phases],
        "tasks": task_values(state),
        "allow": list(state.allow),
        "deny": list(state.deny),
        "issue_number": state.issue_number,
        "branch_name": state.branch_name,
        "plan_file": state.plan_file,
        "tracking": plan.get("tracking"),
        "type": plan.get("type"),
        "context": dict(state.context),
        "origin": dict(state.origin) or None,
        "retries": state.retries,
        "created_at": state.created_at,
        "updated_at": state.updated_at,
        "event": state.event,
    }


def phase_values(values: dict[str, object]) -> dict[str, object]:
    """One phase, the fields that say nothing left out."""
    always = ("id", "status", "started_at", "completed_at")
    return {name: value for name, value in values.items() if name in always or value}


def task_values(state: State) -> list[dict[str, object]]:
    """The tasks with their addresses."""
    return [
        {"n": address, "phase": task.phase, "text": task.text, "status": task.status}
        for address, task in addressed(state)
    ]
