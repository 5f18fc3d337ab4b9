"""The exit conditions of a phase: a table of pure functions of one signature. All are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.machine import Verdict, phase_state
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workflow.model import Condition, Phase, State


class CommandResult(NamedTuple):
    """What running a gate's command gave; `status` is None when it was stopped at its time limit.

    `seconds` is its duration, `output` the tail of what it printed.
    """

    command: str
    status: int | None
    seconds: float
    output: str


class Facts(NamedTuple):
    """What the conditions of a phase need to know of the world.

    `headings` holds the headings of each file asked for (None: not there or empty), `results` those
    of the commands that were run, by target, `refusals` why a command may not run, `outside` the files
    that were changed although the phase does not let them be, and are still, `voided` why an approval
    that was given holds no longer.
    """

    headings: dict[str, tuple[str, ...] | None]
    results: dict[str, CommandResult]
    refusals: dict[str, str]
    outside: tuple[str, ...] = ()
    voided: str = ""


def tasks_done(condition: Condition, state: State, facts: Facts) -> Verdict:
    """At least one task in the phase, and every one done."""
    tasks = [task for task in state.tasks if task.phase == state.phase and task.status != "dropped"]
    open_ones = [task.text for task in tasks if task.status != "completed"]
    if not tasks:
        return Verdict("tasks", met=False, reason=f"phase {state.phase} has no task yet")
    if open_ones:
        listed = "; ".join(f'"{text[:80]}"' for text in open_ones[:5])
        return Verdict("tasks", met=False, reason=f"{len(open_ones)} of {len(tasks)} open: {listed}")
    return Verdict("tasks", met=True, reason=f"{len(tasks)} of {len(tasks)} done")


def file_there(condition: Condition, state: State, facts: Facts) -> Verdict:
    """The file exists, is not empty and has the headings asked for."""
    name = f"file: {condition.target}"
    found = facts.headings.get(condition.target)
    if found is None:
        return Verdict(name, met=False, reason=f"{condition.target} is missing or empty")
    present = {heading.casefold() for heading in found}
    absent = [heading for heading in condition.headings if heading.casefold() not in present]
    if absent:
        return Verdict(name, met=False, reason=f"{condition.target} lacks the headings {', '.join(absent)}")
    return Verdict(name, met=True, reason=f"{condition.target} is there")


def command_passed(condition: Condition, state: State, facts: Facts) -> Verdict:
    """The command ended with status 0, or a person approved the phase in its place."""
    name = f"command: {condition.target}"
    approver = phase_state(state, state.phase).approved_by
    if approver is not None:
        return Verdict(name, met=True, reason=f"approved by {approver}")
    if condition.target in facts.refusals:
        return Verdict(name, met=False, reason=facts.refusals[condition.target])
    result = facts.results.get(condition.target)
    if result is None:
        return Verdict(name, met=None, reason="not run")
    if result.status is None:
        return Verdict(name, met=False, reason=f"{result.command} was stopped after {condition.timeout} s")
    if result.status != 0:
        last = result.output.strip().rpartition("\n")[2][:200]
        return Verdict(name, met=False, reason=f"{result.command} ended with status {result.status}: {last}")
    return Verdict(name, met=True, reason=f"{result.command} passed in {result.seconds:.1f} s")


def approval_there(condition: Condition, state: State, facts: Facts) -> Verdict:
    """A person approved the phase since it was entered."""
    standing = phase_state(state, state.phase)
    if standing.approved_by is None:
        why = facts.voided or f"no person has approved phase {state.phase}"
        return Verdict("approval", met=False, reason=why)
    return Verdict(
        "approval", met=True, reason=f"approved by {standing.approved_by} at {standing.approved_at}"
    )


GATES: dict[str, Callable[[Condition, State, Facts], Verdict]] = {
    "tasks": tasks_done,
    "file": file_there,
    "command": command_passed,
    "approval": approval_there,
}


def ask(phase: Phase, state: State, facts: Facts) -> tuple[Verdict, ...]:
    """What every exit condition of the phase says; files changed out of phase shut any gate."""
    asked = tuple(GATES[each.kind](each, state, facts) for each in phase.exit)
    return (*asked, changed_outside(state, facts)) if facts.outside else asked


def changed_outside(state: State, facts: Facts) -> Verdict:
    """No file stands changed that the phase does not let be edited."""
    named = ", ".join(path[:80] for path in facts.outside[:5])
    more = f" and {len(facts.outside) - 5} more" if len(facts.outside) > 5 else ""
    return Verdict(
        "changes",
        met=False,
        reason=f"changed although phase {state.phase} does not let it be edited: {named}{more}; "
        "bring back what was there, or a person accepts it",
    )
