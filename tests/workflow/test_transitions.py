"""Moves by where they lead."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.machine import MOVES
from memory_state.workflow.model import STATUSES
from memory_state.workflow.transitions import (
    VERBS,
    stands_so,
    valid_transitions,
    verb_to_phase,
    verb_to_status,
)
from tests.workflow.examples import FEATURE, at, begun

AIMS = {
    "pending": ["paused", "failed", "cancelled", "in_progress"],
    "in_progress": ["waiting", "paused", "failed", "cancelled"],
    "review": ["waiting", "paused", "failed", "cancelled"],
    "waiting": ["paused", "failed", "cancelled", "in_progress"],
    "blocked": ["failed", "cancelled", "in_progress"],
    "paused": ["failed", "cancelled", "in_progress"],
    "failed": ["cancelled", "in_progress"],
    "completed": [],
    "cancelled": [],
}


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_where_a_status_leads(status: str) -> None:
    """The statuses that can be asked for, in a phase that is not the last."""
    assert valid_transitions(FEATURE, at("build").state._replace(status=status)) == AIMS[status]


def test_completed_is_for_the_last_phase() -> None:
    """`finish` is offered where nothing is to come."""
    assert "completed" in valid_transitions(FEATURE, at("document").state)


def test_a_failure_is_taken_up_three_times() -> None:
    """Without a retry left there is only the end."""
    state = at("build").state._replace(status="failed", retries=3)
    assert valid_transitions(FEATURE, state) == ["cancelled"]


@pytest.mark.parametrize("source", sorted(STATUSES))
def test_every_verb_is_a_legal_move(source: str) -> None:
    """What is offered stands in the table of moves."""
    state = at("document").state._replace(status=source)
    for target in VERBS:
        verb = verb_to_status(FEATURE, state, target)
        if verb is not None:
            assert {move.target for move in MOVES if move.verb == verb and move.source == source} & {
                target, "in_progress", "review",
            }  # fmt: skip


def test_review_is_work_in_progress() -> None:
    """Which of the two it is the phase's gate says."""
    assert stands_so(at("review").state, "in_progress")
    assert stands_so(at("build").state, "review")
    assert not stands_so(at("build").state, "waiting")


def test_neighbours_of_a_phase() -> None:
    """`next` to the following one, `back` to the one it returns to, nothing to itself."""
    state = at("test").state
    assert verb_to_phase(FEATURE, state, "review") == "next"
    assert verb_to_phase(FEATURE, state, "build") == "back"
    assert verb_to_phase(FEATURE, state, "test") is None
    assert verb_to_phase(FEATURE, begun(FEATURE).state, "plan") == "next"


@pytest.mark.parametrize(
    ("phase", "wanted", "sentence"),
    [
        (
            "test",
            "document",
            "phase document is no neighbour of test: next leads to review, back leads to build",
        ),
        ("plan", "test", "phase test is no neighbour of plan: next leads to build"),
        ("document", "plan", "phase plan is no neighbour of document: finish ends the workflow"),
    ],
)
def test_other_phases_are_out_of_reach(phase: str, wanted: str, sentence: str) -> None:
    """A jump is refused with where the moves lead."""
    with pytest.raises(Refused) as caught:
        verb_to_phase(FEATURE, at(phase).state, wanted)
    assert caught.value.sentence == sentence


def test_who_stands_still_stays() -> None:
    """A waiting workflow has to go on before it moves."""
    with pytest.raises(Refused, match="is waiting: it stays in phase build") as caught:
        verb_to_phase(FEATURE, at("build").state._replace(status="waiting"), "test")
    assert caught.value.next_commands == ("next",)


def test_an_unknown_phase_is_named() -> None:
    """A phase that the definition lacks is a mistake in the asking."""
    with pytest.raises(Misused, match="feature has no phase 'foo'; it has plan, build"):
        verb_to_phase(FEATURE, at("build").state, "foo")
