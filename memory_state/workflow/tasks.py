"""Tasks: how they are addressed, and what may be done with them."""

from __future__ import annotations

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.machine import (
    REASON_LIMIT,
    TASK_LIMIT,
    WAYS_OUT,
    Draft,
    addressed,
    checked_text,
    phase_of,
)
from memory_state.workflow.model import LIVE, Definition, State, Task

NAMED = 10

VERBS = {
    "start": ("task.started", "in_progress"),
    "done": ("task.completed", "completed"),
    "undo": ("task.reopened", "pending"),
    "drop": ("task.dropped", "dropped"),
}


def task_move(
    definition: Definition,
    state: State,
    verb: str,
    reference: str,
    phase: str | None = None,
    reason: str | None = None,
) -> tuple[Draft, ...]:
    """The event of `task VERB`; none when the task already stands so."""
    if state.status not in LIVE:
        raise Refused(f"task {verb}: workflow {state.workflow_id} is {state.status}", WAYS_OUT[state.status])
    if verb == "add":
        return added(definition, state, reference, phase)
    kind, status = VERBS[verb]
    task, nth = find_task(state, reference, verb)
    if task.status == status:
        return ()
    details: dict[str, object] = {"text": task.text}
    if reason:
        details["reason"] = checked_text("the reason", reason, REASON_LIMIT)
    return (Draft(kind, task.phase, details | ({"nth": nth} if nth > 1 else {})),)


def added(definition: Definition, state: State, text: str, phase: str | None) -> tuple[Draft, ...]:
    """The event of a new task, in the current phase unless another is named."""
    text = checked_text("the task", text, TASK_LIMIT)
    where = phase_of(definition, phase or state.phase).id
    return (Draft("task.added", where, {"text": text}),)


def find_task(state: State, reference: str, verb: str = "done") -> tuple[Task, int]:
    """A task and its number among equal ones, by `build.2`, by `2` (of the current phase) or by its text.

    Of several with that text it is the first that `verb` can change.
    """
    reference = reference.strip()
    full = f"{state.phase}.{reference}" if reference.isascii() and reference.isdigit() else reference
    pairs = addressed(state)
    found = [task for address, task in pairs if address == full]
    if found:
        return found[0], nth_of(pairs, full)
    same = [(address, task) for address, task in pairs if task.text == reference]
    here = [pair for pair in same if pair[1].phase == state.phase] or same
    if not here:
        raise Misused(f"there is no task {reference!r}{known_tasks(state, reference)}", ("task list",))
    wanted = ("completed", "dropped") if verb == "undo" else ("pending", "in_progress")
    address, task = next((pair for pair in here if pair[1].status in wanted), here[0])
    return task, nth_of(pairs, address)


def known_tasks(state: State, reference: str) -> str:
    """The end of a sentence about a task that is not there: the one most like it, or some that are."""
    import difflib

    pairs = addressed(state)
    texts = {task.text.casefold(): (at, task.text) for at, task in reversed(pairs)}
    near = difflib.get_close_matches(reference.casefold(), texts, 1)
    if near:
        at, text = texts[near[0]]
        return f"; did you mean {at}, {text!r}?"
    every = [at for at, _ in pairs]
    here = [at for at, task in pairs if task.phase == state.phase] if len(pairs) > NAMED else every
    more = f" and {len(here) - NAMED} more" if len(here) > NAMED else ""
    return f"; there are {', '.join(here[:NAMED]) or 'none yet'}{more}"


def nth_of(pairs: list[tuple[str, Task]], wanted: str) -> int:
    """Which of the tasks of equal phase and text an address is, from 1."""
    at = [address for address, _ in pairs].index(wanted)
    task = pairs[at][1]
    return sum(other[:2] == task[:2] for _, other in pairs[: at + 1])
