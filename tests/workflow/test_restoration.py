"""A state as values in an event: given back whole, whatever it holds."""

from __future__ import annotations

import pytest

from memory_state.core.jsontext import decode_json, encode_json_event
from memory_state.workflow.fold import evolve
from memory_state.workflow.machine import Draft, back, skip
from memory_state.workflow.restoration import restored, state_in, state_values
from tests.workflow.examples import FEATURE, FREE, History, at, entered, numbered


def rich() -> History:
    """A run with a return, a skip, tasks, context, an origin and an approval."""
    run = entered(FREE, context={"b": [1, {"c": None}], "a": "x"}, origin={"channel": "web", "chat_id": 7})
    run = run.then(Draft("approval.given", "a", {"name": "Ada"})).next()
    run = run.then(*back(FREE, run.state, "wrong"))
    return run.then(*skip(FREE, run.state, "no need", "c"))


@pytest.mark.parametrize("run", [entered(FEATURE), at("review"), rich()])
def test_a_state_comes_back_whole(run: History) -> None:
    """Through JSON and onto any other state of the run, all but the event's own fields are the same."""
    values = decode_json(encode_json_event(state_values(run.state)))
    assert isinstance(values, dict)
    other = entered(run.definition).state._replace(event=99, updated_at="later")
    assert restored(other, values) == run.state._replace(event=99, updated_at="later")


@pytest.mark.parametrize("kind", ["state.rolled_back", "state.recovered"])
def test_folding_gives_the_state_of_the_event(kind: str) -> None:
    """Such an event decides what holds after it."""
    earlier, later = entered(FEATURE), at("review")
    event = numbered(50, Draft(kind, "plan", {"to": 2, "state": state_values(earlier.state)}))
    state = evolve(FEATURE, later.state, event)
    assert state == earlier.state._replace(event=50, updated_at=event.time)


def test_without_its_state_a_rollback_leads_to_the_beginning() -> None:
    """What it went back to is unknown, so the first phase is all that is proven."""
    later = at("review")
    event = numbered(50, Draft("state.rolled_back", "plan", {"to": 2, "file": "checkpoints/x.json"}))
    state = evolve(FEATURE, later.state, event)
    assert (state.phase, state.status, state.allow) == ("plan", "in_progress", ("read", "edit(docs/**)"))
    assert [each.status for each in state.phases] == ["in_progress", *["pending"] * 4]


def test_without_a_state_a_recovery_changes_nothing() -> None:
    """Then only the document was built anew."""
    run = at("build")
    event = numbered(50, Draft("state.recovered", "build", {"why": "the document is missing"}))
    assert evolve(FEATURE, run.state, event) == run.state._replace(event=50, updated_at=event.time)


@pytest.mark.parametrize("details", [{}, {"state": None}, {"state": []}])
def test_details_without_a_state(details: dict[str, object]) -> None:
    """Nothing is made up."""
    assert state_in(details) is None
