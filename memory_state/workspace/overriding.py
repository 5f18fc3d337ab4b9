"""A person's word against a shut gate: accepting what changed out of phase, leaving in spite of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Refused
from memory_state.workflow import machine
from memory_state.workflow.gates import ask
from memory_state.workspace.actor import require_person
from memory_state.workspace.evidence import gather
from memory_state.workspace.outside import standing_changes
from memory_state.workspace.violations import acceptance

if TYPE_CHECKING:
    from memory_state.workflow.machine import Draft
    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run


def accept_changes(project: Project, actor: Actor, run: Run, reason: str) -> tuple[Draft, ...]:
    """The event that ends all open changes of the phase; Refused where there are none."""
    name = require_person(actor, "override")
    reason = machine.checked_text("the reason", reason, machine.REASON_LIMIT)
    paths = standing_changes(run.memory, run.id, project.settings.root)
    if not paths:
        raise Refused(f"override: no file stands changed out of phase {run.state.phase}", ("check", "next"))
    return (acceptance(run.state.phase, name, reason, paths),)


def leave_anyway(project: Project, actor: Actor, run: Run, reason: str) -> tuple[Draft, ...]:
    """The events of leaving the phase although its gate is shut; no command of the gate is run."""
    name = require_person(actor, "override")
    facts = gather(run, project.settings, project.environment, commands=False)
    verdicts = ask(machine.gate_of(run.definition, run.state), run.state, facts)
    return machine.override(run.definition, run.state, verdicts, name, reason)
