"""Going back to an earlier state; what was undone stays in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.fold import fold
from memory_state.workflow.machine import REASON_LIMIT, WAYS_OUT, Draft, checked_text
from memory_state.workflow.model import LIVE
from memory_state.workflow.rollback import back_by, back_to, is_undone, points
from memory_state.workspace.history import read_events
from memory_state.workspace.nesting import refuse_above_inner
from memory_state.workspace.statefiles import state_details

if TYPE_CHECKING:
    from memory_state.workflow.model import Event, State
    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace


def roll_back(
    workspace: Workspace, *, steps: int | None = None, to: str | None = None, reason: str | None = None
) -> Run:
    """Undo the last changes of a live workflow, or all after an event or a named checkpoint; for a person.

    Refused for more changes than there are since the start, for what was undone before, and for a
    point at which the workflow was not live.
    """
    if (steps is None) == (to is None) or (steps is not None and steps < 1):
        raise Misused("rollback takes either a number of steps, 1 or more, or an event")

    why = None if reason is None else checked_text("the reason", reason, REASON_LIMIT)

    def decide(run: Run, name: str) -> tuple[Draft, ...]:
        if run.state.status not in LIVE:
            raise Refused(
                f"rollback: workflow {run.id} is {run.state.status}, and rollback is for a live one",
                WAYS_OUT[run.state.status],
            )
        refuse_above_inner(run, "rollback")
        return rolled_back(run, steps, to, {} if why is None else {"reason": why})

    return workspace.change_by_person("rollback", decide)


def rolled_back(run: Run, steps: int | None, to: str | None, more: dict[str, object]) -> tuple[Draft, ...]:
    """The event of a rollback; none when nothing was changed since."""
    events = list(read_events(run.memory, run.id))
    line = points(events)
    number = back_by(line, steps) if steps is not None else back_to(line, str(to), events[-1].number)
    if is_undone(events, number):
        raise Refused(
            f"rollback: event {number} was undone already, and there is no way forward", ("history",)
        )
    state = state_at(run, events, number)
    if state._replace(event=run.state.event, updated_at=run.state.updated_at) == run.state:
        return ()
    undone = {each.time for each in line if each.number > number and each.step}
    details: dict[str, object] = {"to": number, "undone": len(undone), **more}
    return (Draft("state.rolled_back", state.phase, state_details(run.memory, run.id, details, state)),)


def state_at(run: Run, events: list[Event], number: int) -> State:
    """The state after an event; Refused when the workflow was not live there."""
    state = fold(run.definition, [each for each in events if each.number <= number])
    if state is None or state.status not in LIVE:
        status = "not started" if state is None else state.status
        raise Refused(f"rollback: at event {number} the workflow was {status}", ("history",))
    return state
