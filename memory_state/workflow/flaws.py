"""What is wrong with a state that a history gives: its events hold whatever their checksums cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.jsontext import check_json_limits
from memory_state.workflow.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory_state.workflow.model import Definition, State

PHASE_STATUSES = frozenset({"pending", "in_progress", "completed", "returned", "skipped"})
TASK_STATUSES = frozenset({"pending", "in_progress", "completed", "dropped"})


def is_text(value: object) -> bool:
    """Whether a value is text of whole characters."""
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def is_optional_text(value: object) -> bool:
    """Whether a value is text, or none at all."""
    return value is None or is_text(value)


def is_line(value: object) -> bool:
    """Whether a value is one line of text."""
    return is_text(value) and not any(each in "\n\r" for each in str(value))


def is_number(value: object) -> bool:
    """Whether a value is a whole number of at most 18 digits."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18


def is_optional_number(value: object) -> bool:
    """Whether a value is such a number, or none at all."""
    return value is None or is_number(value)


def are_texts(value: object) -> bool:
    """Whether a value is a tuple of texts."""
    return isinstance(value, tuple) and all(map(is_text, value))


def are_pairs(value: object) -> bool:
    """Whether a value is a mapping's items as a document can hold them."""
    try:
        check_json_limits(dict(value))  # type: ignore[call-overload]  # whatever it is
    except (TypeError, ValueError):
        return False
    return True


FIELDS: tuple[tuple[str, Callable[[object], bool]], ...] = (
    ("workflow_id", is_line), ("title", is_text), ("definition", is_text), ("level", is_text),
    ("status", STATUSES.__contains__), ("role", is_text), ("parent", is_optional_text),
    ("created_at", is_line), ("updated_at", is_line), ("event", is_number), ("retries", is_number),
    ("issue_number", is_optional_number), ("branch_name", is_optional_text),
    ("plan_file", is_optional_text), ("allow", are_texts), ("deny", are_texts),
    ("advance_on", are_texts), ("context", are_pairs), ("origin", are_pairs),
)  # fmt: skip
PHASE_FIELDS: tuple[tuple[str, Callable[[object], bool]], ...] = (
    ("status", PHASE_STATUSES.__contains__), ("returns", is_number),
    *((name, lambda value: value is None or is_line(value)) for name in (
        "started_at", "completed_at", "reason", "returned_at", "approved_by", "approved_at",
    )),
)  # fmt: skip


def flaw(definition: Definition, state: State) -> str:
    """The first thing in a state that no legal history gives; empty where there is none."""
    return next(flaws(definition, state), "")


def flaws(definition: Definition, state: State) -> Iterator[str]:
    """Everything in a state that no legal history gives."""
    for name, holds in FIELDS:
        if not holds(getattr(state, name)):
            yield f"{name} is {getattr(state, name)!r:.80}"
    ids = [each.id for each in definition.phases]
    if state.phase not in ids or [each.id for each in state.phases] != ids:
        yield f"phase {state.phase!r:.80} is not one of {', '.join(ids)}"
    for each in state.phases:
        for name, holds in PHASE_FIELDS:
            if not holds(getattr(each, name)):
                yield f"{name} of phase {each.id} is {getattr(each, name)!r:.80}"
    for task in state.tasks:
        if task.phase not in ids or task.status not in TASK_STATUSES or not is_line(task.text):
            yield f"the task {task!r:.120} is none"
