"""A whole state as values in an event, and back: what a rollback and a recovery return to.

Folding needs no look at earlier events then. All fields are kept but those that stay a workflow's
for ever (its id, its definition, when it was created) and those of the event itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from memory_state.workflow.model import PhaseState, Task

if TYPE_CHECKING:
    from memory_state.workflow.model import State

PLAIN = (
    "title", "level", "status", "phase", "role", "parent", "issue_number", "branch_name", "plan_file",
    "retries",
)  # fmt: skip
LISTS = ("allow", "deny", "advance_on")
MAPPINGS = ("context", "origin")


def state_values(state: State) -> dict[str, object]:
    """What an event holds of a state."""
    return {
        **{name: getattr(state, name) for name in PLAIN},
        **{name: list(getattr(state, name)) for name in LISTS},
        **{name: dict(getattr(state, name)) for name in MAPPINGS},
        "phases": [said(each) for each in state.phases],
        "tasks": [list(each) for each in state.tasks],
    }


def said(phase: PhaseState) -> dict[str, object]:
    """A phase's standing without what says nothing."""
    return {name: value for name, value in phase._asdict().items() if value}


def restored(state: State, values: dict[str, Any]) -> State:
    """The state with everything that these values say."""
    phases = {each["id"]: PhaseState(**each) for each in values["phases"]}
    fields: dict[str, Any] = {
        **{name: values[name] for name in PLAIN},
        **{name: tuple(values[name]) for name in LISTS},
        **{name: tuple(sorted(values[name].items())) for name in MAPPINGS},
    }
    return state._replace(
        phases=tuple(phases.get(each.id, PhaseState(each.id)) for each in state.phases),
        tasks=tuple(Task(*each) for each in values["tasks"]),
        **fields,
    )


def state_in(details: dict[str, object]) -> dict[str, Any] | None:
    """The state that an event's details hold; None when they hold none."""
    found = details.get("state")
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None
