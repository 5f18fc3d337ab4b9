"""Why an event came to be."""

from __future__ import annotations

import json

import pytest

from memory_state.core.errors import Missing
from memory_state.reports.explaining import (
    Asked,
    Explanation,
    explain,
    explanation_fields,
    explanation_values,
)
from memory_state.workflow.machine import Draft, park, resume
from tests.reports.histories import WINDING, Writing, winding


def told(writing: Writing, number: int | None = None) -> Explanation:
    """An explanation of one of its events."""
    return explain(WINDING, writing.events, number)


def refused() -> Writing:
    """A test phase whose gate refused once, with evidence before and after, and was passed later."""
    run = Writing().next().next().next()
    run.event("evidence.recorded", "test", by="cli", command="old", status=0, milliseconds=1500, output="")
    reasons = ["command: $test: make test ended with status 1: boom"]
    run.event("gate.refused", "test", by="cli", move="next", unmet=["command: $test"], reasons=reasons)
    run.event(
        "evidence.recorded", "test", by="cli", command="make test", status=1, milliseconds=2300,
        output="a\nboom\n",
    )  # fmt: skip
    run.event("tool.used", "Bash").event("note.added", "test", text="x")
    return run.event("evidence.recorded", "test", by="cli", command="later", status=0, output="").next()


def test_a_refused_gate() -> None:
    """Its conditions with what they said, the evidence of both sides, and how it was passed."""
    found = told(refused())
    assert found.conditions == (
        Asked("command: $test", met=False, reason="make test ended with status 1: boom"),
    )
    assert [each.details["command"] for each in found.evidence] == ["old", "make test"]
    assert found.outcome is not None
    assert (found.outcome.type, found.outcome.subject) == ("phase.completed", "test")
    assert found.state is not None
    assert (found.state.phase, found.state.status) == ("test", "in_progress")


def test_conditions_that_were_met_are_named_too() -> None:
    """All of the gate's conditions stand there, and one that it has no name for."""
    run = Writing().next()
    run.event("gate.refused", "plan", move="next", unmet=["changes"], reasons=["changes: a.py"])
    assert told(run).conditions == (
        Asked("changes", met=False, reason="a.py"), Asked("tasks", met=True, reason=""),
    )  # fmt: skip


def test_a_refusal_that_no_gate_was_asked_for() -> None:
    """`next` in the last phase asks nothing."""
    run = Writing().next()
    run.event("gate.refused", "plan", move="next", unmet=["last phase"])
    assert told(run).conditions == (Asked("last phase", met=False, reason=""),)


def test_evidence_of_another_phase_does_not_count() -> None:
    """What was run before the phase was entered says nothing of its gate."""
    run = Writing().next()
    run.event("evidence.recorded", "plan", command="x", status=0).next().event(
        "gate.refused", "build", unmet=[]
    )
    assert told(run).evidence == ()


def test_a_denied_call() -> None:
    """The rule that is behind it, who asked, and the policy in force."""
    run = Writing().next().event(
        "tool.denied", "Bash", tool="Bash", session="s1", agent="a1",
        reason='the command "git push" is denied by the rule "shell(git push *)"',
    )  # fmt: skip
    assert dict(explanation_fields(told(run))) == {
        "event": "3, 2026-11-20T10:00:00.000Z, tool.denied Bash",
        "what": 'the tool Bash was denied: the command "git push" is denied by the rule "shell(git push *)"',
        "who": "hook, session s1, agent a1",
        "where": "phase plan, in_progress, as architect",
        "rule": "shell(git push *)",
        "allow": "everything",
    }


def test_fields_of_a_refused_gate() -> None:
    """For people: one line for each condition and each piece of evidence."""
    fields = list(explanation_fields(told(refused())))
    assert ("gate", "[ ] command: $test: make test ended with status 1: boom") in fields
    assert ("evidence", "event 7: old: status 0 after 1.5s") in fields
    assert ("", "event 9: make test: status 1 after 2.3s: boom") in fields
    assert fields[-1][0] == "then"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_event_can_be_explained(number: int) -> None:
    """Also the first, before which there is no state."""
    found = told(Writing().next().next(), number)
    assert found.event.number == number
    assert (found.state is None) == (number == 1)
    assert json.loads(json.dumps(explanation_values(found)))["event"]["n"] == number


def test_how_it_went_on() -> None:
    """A stop is followed by the resume; who it was is said by name."""
    run = Writing().next()
    run.append(*park(run.state, "park", "paused", "Lunch"), by="person", name="Ann")
    run.append(*resume(run.state), by="cli")
    found = told(run, 3)
    assert explanation_values(found)["who"] == {"by": "person", "name": "Ann", "session": None, "agent": None}
    assert found.outcome is not None
    assert found.outcome.number == 4
    assert told(run, 4).outcome is None


def test_the_last_refusal_is_the_last() -> None:
    """Denials, refused gates and violations are refusals; others are none."""
    run = Writing().next().event("tool.denied", "Bash", reason="no rule allows Bash; allowed: read")
    run.append(Draft("violation.recorded", "plan", {"rule": "person-only", "what": "approve"}))
    run.event("tool.used", "Read")
    assert (told(run).event.number, told(run).rule) == (4, "person-only")


@pytest.mark.parametrize(("number", "what"), [(None, "no refusal"), (9, "no event 9")])
def test_nothing_to_explain(number: int | None, what: str) -> None:
    """Neither an unknown event nor a history without refusals has an answer."""
    with pytest.raises(Missing, match=what):
        told(Writing().next(), number)


def test_every_event_of_an_odd_history_can_be_explained() -> None:
    """None is left without a sentence, whatever came before it."""
    writing = winding(7, 400)
    for event in writing.events[::7]:
        fields = dict(explanation_fields(told(writing, event.number)))
        assert fields["event"].startswith(f"{event.number}, ")
        assert fields["what"]
