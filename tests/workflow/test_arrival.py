"""A workflow that arrives: the same state, or every reason why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import MemoryStateError, Misused
from memory_state.workflow.arrival import Arrival, arrival, opening
from memory_state.workflow.exchange import document_text, document_values, workflow_in
from memory_state.workflow.fold import fold, policy
from memory_state.workflow.machine import Draft, back, checked_text, end, finish, park, phase_of, skip
from memory_state.workflow.model import State
from memory_state.workflow.projection import new_document
from memory_state.workflow.standing import workflow_values
from tests.workflow.examples import FEATURE, FREE, MET, TEMPLATE, at, begun, entered, numbered, shown
from tests.workflow.test_fold import ACTS, DEFINITIONS, Act, acted

if TYPE_CHECKING:
    from memory_state.workflow.model import Definition
    from tests.workflow.examples import History


def sent(run: History) -> dict[str, Any]:
    """The workflow as it comes out of a pipe."""
    values = {"workflow": workflow_values(run.definition, run.state, {})}
    return workflow_in(document_values(document_text("status", values)))


def received(run: History, **changes: object) -> State:
    """The state that a run has where it arrives, with some values changed on the way."""
    return arrival(sent(run) | changes, run.definition, vouched=True).state


def refusal(values: dict[str, Any], definition: Definition = FEATURE) -> str:
    """Why values can not be taken over."""
    with pytest.raises(Misused) as caught:
        arrival(values, definition, vouched=True)
    return caught.value.sentence


def expected(run: History) -> State:
    """The state that a run keeps on its way: all but its number, its time and an edited policy."""
    phase = phase_of(run.definition, run.state.phase)
    return run.state._replace(
        title=run.state.title.strip(), branch_name=run.state.branch_name and run.state.branch_name.strip(),
        allow=policy(phase), deny=phase.deny, event=0, updated_at=run.state.created_at,
    )  # fmt: skip


def is_line(text: str | None) -> bool:
    """Whether a text is a line that a title may be."""
    try:
        return text in (None, "") or bool(checked_text("the text", str(text), 200))
    except MemoryStateError:
        return False


def begun_there(definition: Definition, state: State) -> State | None:
    """What the first events of a workflow fold to where it arrives."""
    return fold(definition, [numbered(at, draft) for at, draft in enumerate(opening(state), 1)])


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(DEFINITIONS), ACTS)
def test_any_state_arrives_as_it_was(definition: Definition, acts: list[Act]) -> None:
    """Through JSON and into a new log and document comes the state that was sent."""
    run = begun(definition, context={"b": 1, "a": {"x": ["y"]}}, origin={"channel": "chat", "chat_id": -7})
    for act in acts:
        run = run.then(*acted(definition, run.state, act))
    if not is_line(run.state.title) or not run.state.title.strip() or not is_line(run.state.branch_name):
        assert "name" in refusal(sent(run), definition) or "title" in refusal(sent(run), definition)
        return
    if run.state.issue_number == 0:
        assert "issue_number: must be from 1 to" in refusal(sent(run), definition)
        return
    state = received(run)
    assert state == expected(run)
    there = begun_there(definition, state)
    assert there is not None
    assert there == state._replace(event=there.event, updated_at=there.updated_at)
    assert shown(new_document(TEMPLATE, definition, there), definition) == there


@pytest.mark.parametrize(
    "run",
    [
        begun(FEATURE),
        at("test"),
        at("build").then(*park(at("build").state, "wait", "waiting", None)),
        at("build").then(*park(at("build").state, "park", "paused", None)),
        begun(FEATURE).then(*park(begun(FEATURE).state, "park", "paused", None)),
        at("build").then(*end(at("build").state, "fail", "failed", "no")),
        at("build").then(*end(at("build").state, "cancel", "cancelled", None)),
        at("document").then(*finish(FEATURE, at("document").state, MET)),
        at("review").then(*back(FEATURE, at("review").state, "again")),
        at("plan").then(*skip(FEATURE, at("plan").state, "no need", "document")),
        at("c", FREE),
    ],
)
def test_every_status_arrives(run: History) -> None:
    """Waiting, paused, failed, ended, returned, skipped: each comes as it was."""
    assert received(run) == expected(run)


def test_a_retry_is_not_won_by_moving() -> None:
    """How often a run failed travels with it."""
    run = entered(FEATURE)
    run = run.then(
        *end(run.state, "fail", "failed", "no"), Draft("workflow.resumed", "-", {"from": "failed"})
    )
    assert received(run).retries == 1


def test_a_wider_policy_stays_behind() -> None:
    """What a phase allows is what its definition says here; that another was sent is told."""
    values = sent(at("plan")) | {"allow": ["*"], "deny": []}
    found = arrival(values, FEATURE, vouched=True)
    assert found.state.allow == ("read", "edit(docs/**)")
    assert found.left == ("the policy of phase plan is that of the definition here; another one was sent",)


@pytest.mark.parametrize("allow", [None, 7, "*", [["*"]], {"*": True}])
def test_a_policy_of_any_kind_stays_behind(allow: object) -> None:
    """Whatever stands where the policy should, the definition's holds."""
    assert received(at("build"), allow=allow, deny=allow).deny == ("shell(git push *)",)


def test_a_parent_stays_behind() -> None:
    """An inner workflow arrives alone; its parent is not here."""
    found = arrival(sent(at("plan")) | {"parent": "aaaaaaaa"}, FEATURE, vouched=True)
    assert found.state.parent is None
    assert found.left == ("the workflow was within 'aaaaaaaa'; here it stands alone",)


def test_an_open_approval_needs_a_person() -> None:
    """Only a person passes an approval of the current phase on; one that was used is history."""
    run = at("review").then(Draft("approval.given", "review", {"name": "Ann"}))
    found = arrival(sent(run), FEATURE, vouched=False)
    assert found.state.phases[3].approved_by is None
    assert found.left == (
        (
            "the approval of phase review by Ann was left behind: "
            "a person approves here, or passes it on with --by NAME"
        ),
    )
    assert received(run).phases[3].approved_by == "Ann"
    later = arrival(sent(run.next()), FEATURE, vouched=False)
    assert (later.state.phases[3].approved_by, later.left) == ("Ann", ())


def test_the_definition_here_governs() -> None:
    """Role, policy and status of the phase come from the definition, not from the sender."""
    values = sent(at("review")) | {"role": "king", "status": "in_progress", "level": "inner"}
    state = arrival(values, FEATURE, vouched=False).state
    assert (state.role, state.status, state.level, state.definition) == (
        "reviewer", "review", "inner", "feature",
    )  # fmt: skip


def test_unknown_keys_are_left_alone() -> None:
    """What a newer program says besides changes nothing."""
    values = sent(at("build"))
    values["phases"][0]["mood"] = "good"
    values["tasks"][0]["mood"] = "good"
    found = arrival(values | {"mood": "good"}, FEATURE, vouched=False)
    assert found == Arrival(expected(at("build")), ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": 7}, "title: must be a text, not the number 7"),
        ({"title": "a\nb"}, "title: the text must be one line"),
        ({"title": "a\0b"}, "title: the text must be one line"),
        ({"title": "\ud800"}, "title: the text holds bytes that are no UTF-8"),
        ({"title": "x" * 201}, "title: the text has 201 characters"),
        ({"title": " "}, "title: the text is empty"),
        ({"issue_number": "abc"}, "issue_number: must be a whole number, not the text 'abc'"),
        ({"issue_number": True}, "issue_number: must be a whole number, not true"),
        ({"plan_file": "../../etc/passwd"}, "plan_file: '../../etc/passwd' must not leave the project"),
        ({"plan_file": "/etc/passwd"}, "plan_file: '/etc/passwd' must be relative to the project root"),
        ({"branch_name": ["x"]}, "branch_name: must be a text, not a list"),
        ({"context": []}, "context: must be a mapping, not a list"),
        ({"context": {"_run": 1}}, "context: the context has the key '_run': keys that begin with _"),
        ({"context": {"a": 1.5}}, "context: the context can not be written"),
        ({"context": {"a": "x" * 5000}}, "context: the context has 5009 bytes; at most 4096 fit"),
        ({"status": "done"}, "status: must be blocked or"),
        ({"status": {}}, "status: must be blocked or"),
        ({"phase": "deploy"}, "phase: must be plan or build or test or review or document, not the text"),
        ({"phases": {}}, "phases: must be a list, not a mapping"),
        ({"phases": [7]}, "phases[0]: must be a mapping, not the number 7"),
        ({"phases": [{"id": "deploy", "status": "pending"}]}, "phases[0].id: must be plan or"),
        ({"phases": [{"id": "plan"}]}, "phases[0]: the key status is missing"),
        ({"phases": [{"id": "plan", "status": "done"}]}, "phases[0].status: must be"),
        ({"phases": [{"id": "plan", "status": "pending", "returns": -1}]}, "returns: must be from 0"),
        ({"tasks": [{"phase": "plan", "text": "a\nb", "status": "pending"}]}, "tasks[0].text: the text"),
        ({"tasks": [{"phase": "x", "text": "a", "status": "pending"}]}, "tasks[0].phase: must be plan"),
        ({"tasks": [{}]}, "tasks[0]: the key phase is missing; tasks[0]: the key text is missing"),
        ({"tasks": 7}, "tasks: must be a list, not the number 7"),
        ({"origin": {"chat_id": "7"}}, "origin.chat_id: must be a whole number, not the text '7'"),
        ({"retries": -1}, "retries: must be from 0 to 3, not -1"),
        ({"level": "upper"}, "level: must be outer or inner"),
        ({"created_at": "yesterday"}, "created_at: must be a time such as 2026-11-20T10:00:00Z"),
        ({"created_at": "2026-11-20T10:00:00.123Z"}, "created_at: must be a time"),
    ],
)  # fmt: skip
def test_wrong_values_are_named(changes: dict[str, object], reason: str) -> None:
    """A value of the wrong type or without meaning keeps the workflow out and is named with its key."""
    assert reason in refusal(sent(at("build")) | changes)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Several problems come in one sentence, a flood of them cut."""
    told = refusal({"workflow_id": "7f3a9c21", "title": 7})
    for key in ("status", "phase", "phases", "created_at"):
        assert f"the key {key} is missing" in told
    assert "title: must be a text" in told
    flood = refusal(sent(at("build")) | {"tasks": [7] * 100_000})
    assert flood.endswith("; and there may be more")
    assert len(flood) < 1000


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"plan": "pending"}, "phase plan is pending, but comes before the current phase"),
        ({"plan": "returned"}, "phase plan is returned, but comes before the current phase"),
        ({"test": "completed"}, "phase test is completed, but comes after the current phase"),
        ({"test": "in_progress"}, "phase test is in_progress, but comes after the current phase"),
        ({"build": "completed"}, "phase build is completed, but is the current phase"),
        ({"build": "skipped"}, "phase build is skipped, but is the current phase"),
    ],
)  # fmt: skip
def test_phases_must_agree_with_the_current_one(standing: dict[str, str], reason: str) -> None:
    """Nobody comes to a phase but through those before it."""
    values = sent(at("build"))
    for each in values["phases"]:
        each["status"] = standing.get(each["id"], each["status"])
    assert reason in refusal(values)


def test_a_completed_workflow_has_no_phase_to_come() -> None:
    """`completed` is the end of the last phase."""
    values = sent(at("build")) | {"status": "completed"}
    values["phases"][1]["status"] = "completed"
    assert (
        "phase test is pending, but comes after the current phase of a workflow that is completed"
        in refusal(values)
    )


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "because"},
        {"approved_by": "Ann"},
        {"started_at": None},
        {"completed_at": "2026-11-20T10:00:00Z"},
        {"returned_at": "2026-11-20T10:00:00Z"},
        {"approved_by": "Eve at 2026-11-20T10:00:00Z, returned 1 of 3", "approved_at": None},
    ],
)
def test_a_phase_holds_what_its_line_can_show(more: dict[str, object]) -> None:
    """A field that the document has no place for would part it from the log."""
    values = sent(at("build"))
    values["phases"][1] |= more
    assert "phase build: times, returns or approval do not fit its status in_progress" in refusal(values)


def test_values_that_say_nothing_take_no_room() -> None:
    """The first event holds what there is, so that most workflows fit into one line."""
    first, *tasks = opening(received(at("build")))
    assert len(json.dumps(first.details)) < 600
    assert [(each.type, each.subject, each.details) for each in tasks] == [
        ("task.added", "plan", {"text": "Write the plan", "status": "pending"}),
    ]
