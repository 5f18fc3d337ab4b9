"""An edit made by hand: what of it is adopted, as events, and what is refused, with its legal way.

The edited document is compared with the state it was last accepted at. Its owner may tick, add and
reword; an agent may tick and add. Nobody skips, widens a policy or approves by editing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError
from memory_state.workflow.fold import FREE_FIELDS, TASK_STATUS
from memory_state.workflow.frontmatter import is_same
from memory_state.workflow.machine import TASK_LIMIT, Draft, Verdict, following_phase, next_phase
from memory_state.workflow.model import Definition, State, Task
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OWNED_FIELDS = (
    "workflow_id",
    "definition",
    "level",
    "parent",
    "status",
    "role",
    "created_at",
    "retries",
    "advance_on",
    "origin",
)
EVENT_OF_STATUS = {status: event for event, status in TASK_STATUS.items()}
WIDE_WORDS = frozenset({"read", "search", "edit", "web", "agent", "mcp"})
LEGAL_WAYS = {
    "status": "next",
    "phase": "next",
    "phases": "next",
    "allow": "check",
    "deny": "check",
    "approval": "approve",
    "task": "task drop",
}


class Refusal(NamedTuple):
    """A part of an edit that is not taken over: which rule, what was written, the command for it."""

    rule: str
    what: str
    way: str


class Adoption(NamedTuple):
    """What becomes of an edit."""

    drafts: tuple[Draft, ...]
    refusals: tuple[Refusal, ...]


def reconcile(
    definition: Definition,
    base: State,
    edited: State,
    *,
    agent: bool,
    body_changed: bool,
    verdicts: Sequence[Verdict] = (),
) -> Adoption:
    """Compare an edited document's state with the accepted one.

    `body_changed` says that text outside our own parts differs, `verdicts` what the current phase's
    gate says without running a command.
    """
    fields, field_refusals = field_changes(base, edited, agent=agent)
    tasks, task_refusals = task_changes(base, edited, agent=agent)
    move, move_refusals = phase_change(definition, base, edited, tuple(verdicts), agent=agent)
    refusals = (*owned_refusals(base, edited), *field_refusals, *task_refusals, *move_refusals)
    edits: dict[str, object] = {"fields": fields} if fields else {}
    if body_changed:
        edits["text"] = True
    drafts = (*((Draft("document.edited", "-", edits),) if edits else ()), *tasks, *move)
    return Adoption(drafts, refusals)


def refusal(rule: str, what: str) -> Refusal:
    """A refusal with the legal way for its rule."""
    return Refusal(rule, what, LEGAL_WAYS.get(rule, "status"))


def owned_refusals(base: State, edited: State) -> list[Refusal]:
    """Fields that only moves change, and lines of the Phases section."""
    found = [
        refusal(name, f"{name}: {getattr(base, name)!r} to {getattr(edited, name)!r}")
        for name in OWNED_FIELDS
        if getattr(base, name) != getattr(edited, name)
    ]
    for before, after in zip(base.phases, edited.phases, strict=True):
        if before != after:
            rule = "approval" if after.approved_by and not before.approved_by else "phases"
            found.append(refusal(rule, f"the line of phase {before.id}: {before.status} to {after.status}"))
    return found


def unread_refusals(base: State, edited: State, unread: Iterable[str]) -> tuple[Refusal, ...]:
    """Lines of phases that are not as we write them, though what can be read of them is the same."""
    same = set(base.phases) & set(edited.phases)
    return tuple(
        refusal("phases", f"the line of phase {each.id}: not as it is written")
        for each in base.phases
        if each in same and each.id in unread
    )


def field_changes(base: State, edited: State, *, agent: bool) -> tuple[dict[str, object], list[Refusal]]:
    """Free fields and a narrower policy, as a person may set them."""
    fields = {
        name: plain(getattr(edited, name))
        for name in FREE_FIELDS
        if not is_same(plain(getattr(base, name)), plain(getattr(edited, name)))
    }
    refusals = []
    if edited.allow != base.allow:
        wider = sorted({each for each in edited.allow if not is_covered(each, base.allow)})
        if wider:
            refusals.append(refusal("allow", f"allow was widened by {', '.join(wider)}"))
        else:
            fields["allow"] = list(edited.allow)
    if edited.deny != base.deny:
        if set(edited.deny) >= set(base.deny):
            fields["deny"] = list(edited.deny)
        else:
            gone = ", ".join(sorted(set(base.deny) - set(edited.deny)))
            refusals.append(refusal("deny", f"deny lost {gone}"))
    if agent:
        refusals += [refusal(name, f"{name} is for a person to edit") for name in fields]
        fields = {}
    return fields, refusals


def is_covered(rule: str, allowed: tuple[str, ...]) -> bool:
    """Whether a rule allows no more than these: it is one of them, or a part of one without a pattern.

    `shell` has no such parts: what a bare one lets write must pass `edit` as well.
    """
    word = rule.partition("(")[0]
    return "*" in allowed or rule in allowed or (word in WIDE_WORDS and word in allowed)


def plain(value: object) -> object:
    """A field's value as an event holds it: `context` as a mapping."""
    return dict(value) if isinstance(value, tuple) else value


def phase_change(
    definition: Definition, base: State, edited: State, verdicts: tuple[Verdict, ...], *, agent: bool
) -> tuple[tuple[Draft, ...], list[Refusal]]:
    """A phase set by hand: adopted when `next` would go there and its gate is met."""
    if base.phase == edited.phase:
        return (), []
    following = following_phase(definition, base)
    works = base.status in ("in_progress", "review")
    if agent or not works or following is None or following.id != edited.phase:
        return (), [refusal("phase", f"phase {base.phase} to {edited.phase}")]
    try:
        return next_phase(definition, base, verdicts), []
    except MemoryStateError as error:
        return (), [refusal("phase", error.sentence)]


def task_changes(base: State, edited: State, *, agent: bool) -> tuple[list[Draft], list[Refusal]]:
    """Ticks, additions and removals, told apart by phase, text and place among equals.

    Where a new task does not fit, no task of its phase is dropped: it may be one in other words.
    """
    before, after = numbered_tasks(base.tasks), numbered_tasks(edited.tasks)
    drafts, refusals = [], []
    unfit = {task.phase for key, task in after.items() if key not in before and too_long(task)}
    # The last of equal tasks first, as a removal changes the numbers of those after it.
    for key, task in sorted(before.items(), key=lambda item: -item[0][2]):
        change = changed_task(key, task, after.get(key))
        if change is None or (change.type == "task.dropped" and task.phase in unfit):
            continue
        if agent and change.type == "task.dropped" and task.status != "completed":
            refusals.append(refusal("task", f"open task {task.text[:80]!r} was removed or reworded"))
        else:
            drafts.append(change)
    for key, task in after.items():
        if key not in before:
            drafts += added_task(task)
            refusals += too_long(task)
    return drafts, refusals


def numbered_tasks(tasks: Sequence[Task]) -> dict[tuple[str, str, int], Task]:
    """Tasks by phase, text and how many equal ones stand before them."""
    found: dict[tuple[str, str, int], Task] = {}
    for task in tasks:
        nth = 1
        while (task.phase, task.text, nth) in found:
            nth += 1
        found[task.phase, task.text, nth] = task
    return found


def changed_task(key: tuple[str, str, int], before: Task, after: Task | None) -> Draft | None:
    """The event that leads from one standing of a task to another; None when nothing changed."""
    details: dict[str, object] = {"text": before.text}
    if key[2] > 1:
        details["nth"] = key[2]
    if after is None:
        return Draft("task.dropped", before.phase, details | {"removed": True})
    if after.status == before.status:
        return None
    return Draft(EVENT_OF_STATUS[after.status], before.phase, details)


def added_task(task: Task) -> list[Draft]:
    """The event of a task that is new in the document."""
    if too_long(task):
        return []
    status: dict[str, object] = {} if task.status == "pending" else {"status": task.status}
    return [Draft("task.added", task.phase, {"text": task.text} | status)]


def too_long(task: Task) -> list[Refusal]:
    """The refusal of a task that is more than a line of text."""
    if "\r" in task.text:
        return [refusal("task", "a task with a carriage return within its line")]
    if 0 < len(task.text) <= TASK_LIMIT:
        return []
    return [refusal("task", f"a task of {len(task.text)} characters; 1 to {TASK_LIMIT} fit")]
