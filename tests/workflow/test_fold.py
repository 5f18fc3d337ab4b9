"""What events do to a state, and the law: log, steps and document say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Broken, MemoryStateError
from memory_state.workflow.fold import DOCUMENT_EVENTS, EVOLUTIONS, evolve, fold
from memory_state.workflow.machine import (
    Draft,
    approve,
    back,
    end,
    finish,
    next_phase,
    park,
    resume,
    skip,
)
from memory_state.workflow.model import Definition, Event, PhaseState, State, Task
from memory_state.workflow.projection import project
from memory_state.workflow.tasks import task_move
from tests.workflow.examples import BUILT_IN, FEATURE, FREE, MET, at, begun, built_in, entered, shown

if TYPE_CHECKING:
    from collections.abc import Callable

DEFINITIONS = (FEATURE, FREE, *(built_in(name) for name in BUILT_IN))
HOSTILE = (
    'she said "no"',
    "returned 2026-11-20T11:00:00Z, 1 of 3",
    "x, approved by Eve at 2026-11-20T10:00:00Z",
    "Bob at 2026-11-20T10:00:00Z, returned 1 of 3",
    "skipped, skipped, ",
    "## Notes",
    "- [x] plan: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z",
    "[x] done",
    "``` <!-- # --- \\ \\n $header $title \\1",
    "\u00e9\u0301 \u202e \U0001f600 \ufeff \u200b \x1b[31m \x7f",
    "**build**: since 2026-11-20T10:12:00Z",
    "build.1",
    "2",
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40))
VERBS = (
    "next", "next", "next", "finish", "back", "back", "skip", "approve", "wait", "park", "fail", "resume",
    "resume", "add", "add", "start", "done", "undo", "drop", "edit", "void",
)  # fmt: skip


class Act(NamedTuple):
    """One thing that somebody asks for."""

    verb: str
    text: str
    number: int


ACTS = st.lists(st.builds(Act, st.sampled_from(VERBS), TEXTS, st.integers(0, 6)), max_size=14)


def acted(definition: Definition, state: State, act: Act) -> tuple[Draft, ...]:
    """The drafts of what is asked; none when it is refused."""
    phase = definition.phases[act.number % len(definition.phases)].id
    one = f"{state.phase}.{act.number}"
    decisions: dict[str, Callable[[], tuple[Draft, ...]]] = {
        "next": lambda: next_phase(definition, state, MET),
        "finish": lambda: finish(definition, state, MET),
        "back": lambda: back(definition, state, act.text),
        "skip": lambda: skip(definition, state, act.text, phase),
        "approve": lambda: approve(definition, state, act.text, None),
        "wait": lambda: park(state, "wait", "waiting", act.text),
        "park": lambda: park(state, "park", "paused", None),
        "fail": lambda: end(state, "fail", "failed", act.text),
        "resume": lambda: resume(state),
        "add": lambda: task_move(definition, state, "add", act.text, phase),
        "start": lambda: task_move(definition, state, "start", one),
        "done": lambda: task_move(definition, state, "done", one),
        "undo": lambda: task_move(definition, state, "undo", one),
        "drop": lambda: task_move(definition, state, "drop", one),
        "edit": lambda: (Draft("document.edited", "-", {"fields": edited_fields(act)}),),
        "void": lambda: (Draft("approval.voided", state.phase, {}),),
    }
    try:
        drafts = decisions[act.verb]()
    except MemoryStateError:
        return ()
    return drafts


def edited_fields(act: Act) -> dict[str, object]:
    """Fields as a person may set them."""
    text = act.text.encode("utf-8", "replace").decode()
    choices: tuple[dict[str, object], ...] = (
        {"title": text},
        {"issue_number": act.number},
        {"context": {"z": text, "a": [act.number, {"k": None}]}},
        {"branch_name": text, "plan_file": None},
        {"allow": ["read"], "deny": ["shell"]},
    )
    return choices[act.number % len(choices)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DEFINITIONS), ACTS)
def test_log_steps_and_document_agree(definition: Definition, acts: list[Act]) -> None:
    """After every single event the fold of all, the evolved state and the document read back are one."""
    run = begun(definition, context={"b": 1, "a": {"x": ["y"]}}, origin={"chat": "1", "channel": "c"})
    text = run.document
    assert shown(text, definition) == run.state
    for act in acts:
        for step in run.steps(acted(definition, run.state, act)):
            text = step.on(text)
            assert shown(text, definition) == step.state
            assert step.on(text) == text
            run = step
    assert fold(definition, run.events) == run.state
    assert shown(run.document, definition) == run.state


def test_nothing_folds_to_nothing() -> None:
    """Without a start there is no state, whatever else happened."""
    assert fold(FEATURE, ()) is None
    assert fold(FEATURE, at("build").events[1:]) is None


def test_events_are_folded_once() -> None:
    """An event that a state holds already changes nothing, nor does a second start."""
    run = at("test")
    assert fold(FEATURE, run.events, run.state) == run.state
    assert fold(FEATURE, (*run.events, *run.events)) == run.state
    assert fold(FEATURE, run.events[3:], fold(FEATURE, run.events[:3])) == run.state


@pytest.mark.parametrize(
    "kind", ["tool.used", "log.sealed", "gate.refused", "session.started", "unknown.kind"]
)
def test_events_besides_the_document_leave_it(kind: str) -> None:
    """Events that the document does not show change neither state nor its event number."""
    run = at("build")
    assert run.then(Draft(kind, "-", {"phase": "test"})).state == run.state


def test_every_change_counts_as_a_document_event() -> None:
    """What evolves a state is in the set that moves its event number."""
    assert set(EVOLUTIONS) <= DOCUMENT_EVENTS
    run = at("build").then(Draft("note.added", "build", {"text": "hm"}))
    assert run.state.event == len(run.events)


def test_a_start_gives_a_pending_run() -> None:
    """The first event holds what the run is; nothing is entered, no task is listed."""
    run = begun(
        FEATURE, issue_number=42, branch_name="feat/login", parent="aaaaaaaa", context={"b": 1, "a": 2}
    )
    assert run.state == State(
        workflow_id="7f3a9c21", title="Add login", definition="feature", level="outer", status="pending",
        phase="plan", role="architect",
        phases=tuple(PhaseState(each) for each in ("plan", "build", "test", "review", "document")),
        created_at="2026-11-20T10:00:00Z", updated_at="2026-11-20T10:00:00.000Z", event=1,
        allow=("read", "edit(docs/**)"), parent="aaaaaaaa", issue_number=42, branch_name="feat/login",
        context=(("a", 2), ("b", 1)),
    )  # fmt: skip


def test_a_move_is_whole_with_its_first_event() -> None:
    """A log that ends between `phase.completed` and `phase.entered` shows the next phase entered."""
    first, second = at("plan").steps(next_phase(FEATURE, at("plan").state, MET))
    assert first.state.phase == "build"
    assert (first.state.role, first.state.allow, first.state.deny) == (
        "developer", ("read", "edit", "shell"), ("shell(git push *)",),
    )  # fmt: skip
    assert second.state._replace(event=0, updated_at="") == first.state._replace(event=0, updated_at="")


def test_a_finish_is_whole_with_its_first_event() -> None:
    """A log that ends before `workflow.completed` shows the workflow completed."""
    run = at("document")
    steps = run.steps(finish(FEATURE, run.state, MET))
    assert [each.state.status for each in steps] == ["completed", "completed"]
    assert steps[0].state.phases[4].completed_at == "2026-11-20T10:15:02Z"


def test_entering_lists_tasks_once() -> None:
    """A phase's own tasks come with its first entering and are not doubled by the next."""
    run = at("plan")
    again = run.then(Draft("phase.entered", "plan", {}))
    assert again.state.tasks == (Task("plan", "Write the plan"),)
    assert again.state.phases == run.state.phases


def test_a_phase_without_allow_allows_everything() -> None:
    """No `allow` key in the definition stands as `*` in the document."""
    assert at("test").state.allow == ("*",)


def test_a_return_reopens_what_lies_between() -> None:
    """Phases after the target are to do again, own tasks reopen, others stay, the reason is a task."""
    definition = FEATURE._replace(
        phases=(
            *FEATURE.phases[:2],
            FEATURE.phases[2]._replace(tasks=("Run the suite",)),
            *FEATURE.phases[3:],
        )
    )
    run = at("test", definition)
    run = run.then(
        Draft("task.added", "test", {"text": "Try it by hand"}),
        Draft("task.completed", "test", {"text": "Run the suite"}),
        Draft("task.completed", "test", {"text": "Try it by hand"}),
        Draft("approval.given", "test", {"name": "Ann"}),
    ).next()
    state = run.then(*back(definition, run.state, "a button is missing")).state
    assert state.phases == (
        PhaseState("plan", "completed", "2026-11-20T10:01:30Z", "2026-11-20T10:03:00Z"),
        PhaseState("build", "in_progress", "2026-11-20T10:18:03Z"),
        PhaseState("test"),
        PhaseState("review", "returned", returns=1, returned_at="2026-11-20T10:18:03Z"),
        PhaseState("document"),
    )
    assert state.tasks == (
        Task("plan", "Write the plan"),
        Task("build", "a button is missing"),
        Task("test", "Run the suite"),
        Task("test", "Try it by hand", "completed"),
    )
    assert state.status == "in_progress"


def test_an_approval_lasts_until_the_phase_is_entered_anew() -> None:
    """An approval is kept when the phase is left, gone when it is void or the phase begins again."""
    run = at("review").then(Draft("approval.given", "review", {"name": "Ann"}))
    given = run.state.phases[3]
    assert (given.approved_by, given.approved_at) == ("Ann", "2026-11-20T10:12:02Z")
    assert run.then(Draft("approval.voided", "review", {})).state.phases[3].approved_by is None
    assert run.next().state.phases[3].approved_by == "Ann"
    again = run.then(*back(FEATURE, run.state, "wait")).next().next()
    assert (again.state.phase, again.state.phases[3].approved_by) == ("review", None)


def test_a_skipped_phase_keeps_its_reason_only() -> None:
    """A phase that was begun and then skipped shows the reason and nothing else."""
    run = at("c", FREE._replace(phases=(*FREE.phases, FREE.phases[0]._replace(id="d"))))
    state = run.then(*skip(run.definition, run.state, "no need")).state
    assert state.phases[2] == PhaseState("c", "skipped", reason="no need")


def test_tasks_stand_by_phase() -> None:
    """A task added to an earlier phase stands with that phase's tasks, as in the document."""
    run = at("build")
    for phase, text in (("document", "d"), ("build", "b"), ("plan", "p"), ("build", "b")):
        run = run.then(Draft("task.added", phase, {"text": text}))
    assert [(task.phase, task.text) for task in run.state.tasks] == [
        ("plan", "Write the plan"), ("plan", "p"), ("build", "b"), ("build", "b"), ("document", "d"),
    ]  # fmt: skip


def test_equal_tasks_are_told_apart() -> None:
    """`nth` says which of equal tasks is meant; one that is not there changes nothing."""
    run = at("build")
    for _ in range(3):
        run = run.then(Draft("task.added", "build", {"text": "again"}))
    run = run.then(Draft("task.completed", "build", {"text": "again", "nth": 2}))
    assert [task.status for task in run.state.tasks[1:]] == ["pending", "completed", "pending"]
    same = run.then(Draft("task.completed", "build", {"text": "again", "nth": 4}))
    assert same.state.tasks == run.state.tasks
    gone = run.then(Draft("task.dropped", "build", {"text": "again", "nth": 2, "removed": True}))
    assert [task.status for task in gone.state.tasks[1:]] == ["pending", "pending"]


def test_time_does_not_run_back() -> None:
    """An event of an earlier time, as after a corrected clock, does not make `updated_at` earlier."""
    state = at("build").state
    late = Event(99, "2026-11-20T09:00:00.000Z", "task.added", "build", {"text": "t"})
    assert evolve(FEATURE, state, late).updated_at == state.updated_at
    assert evolve(FEATURE, state, late).created_at == "2026-11-20T10:00:00Z"


def test_a_wait_stands_still() -> None:
    """Waiting and going on change the status and nothing else."""
    run = entered(FEATURE)
    waiting = run.then(*park(run.state, "wait", "waiting", "for an answer"))
    assert waiting.state.status == "waiting"
    after = waiting.next().state
    assert after._replace(event=0, updated_at="") == run.state._replace(event=0, updated_at="")


SENSELESS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("phase.entered", "nowhere", {}),
    ("phase.completed", "build", {"to": "nowhere"}),
    ("phase.completed", "build", {"to": ["test"]}),
    ("phase.skipped", "build", {"reason": 7}),
    ("phase.skipped", "build", {"reason": "two\nlines"}),
    ("phase.returned", "build", {}),
    ("phase.returned", "build", {"to": "plan", "reason": "r"}),
    ("phase.returned", "build", {"to": "plan", "reason": "r", "count": "two"}),
    ("phase.returned", "nowhere", {"to": "plan", "reason": "r", "count": 1}),
    ("workflow.parked", "-", {}),
    ("workflow.parked", "-", {"status": "merry"}),
    ("workflow.parked", "-", {"status": ["paused"]}),
    ("approval.given", "build", {}),
    ("approval.given", "build", {"name": {"first": "Ann"}}),
    ("task.added", "build", {}),
    ("task.added", "build", {"text": "a\n- [x] b"}),
    ("task.added", "build", {"text": "a\ud800"}),
    ("task.added", "nowhere", {"text": "a"}),
    ("task.added", "build", {"text": "a", "status": "merry"}),
    ("task.completed", "build", {}),
    ("task.completed", "build", {"text": "Write the plan", "nth": "first"}),
    ("document.edited", "-", {"fields": 7}),
    ("document.edited", "-", {"fields": {"title": 7}}),
    ("document.edited", "-", {"fields": {"issue_number": True}}),
    ("document.edited", "-", {"fields": {"allow": [7]}}),
    ("document.edited", "-", {"fields": {"allow": 7}}),
    ("document.edited", "-", {"fields": {"context": {"a": 1.5}}}),
    ("document.edited", "-", {"fields": {"context": [1, 2]}}),
    ("state.rolled_back", "plan", {"state": {}}),
    ("state.recovered", "plan", {"state": {"phases": [], "tasks": [1]}}),
)


@pytest.mark.parametrize(("kind", "subject", "details"), SENSELESS)
def test_event_that_makes_no_sense_is_an_error_of_ours(
    kind: str, subject: str, details: dict[str, object]
) -> None:
    """A line whose checksum holds may say anything: what no history can say is Broken, naming the repair."""
    run = at("build")
    event = Event(run.state.event + 1, "2026-11-20T11:00:00.000Z", kind, subject, details)
    with pytest.raises(Broken, match=r"does not fit the events before it|makes no sense") as caught:
        fold(FEATURE, [event], run.state)
    assert caught.value.next_commands == ("verify", "recover")


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"workflow_id": "7f3a9c21", "title": 7} | {"context": 3},
        {"workflow_id": "7f3a9c21", "title": "t", "issue_number": "four"},
        {"workflow_id": "7f3a9c21", "title": "t", "arrived": {}},
        {"workflow_id": "7f3a9c21", "title": "t", "arrived": {"phase": "nowhere", "phases": []}},
    ],
)
def test_start_that_makes_no_sense_is_an_error_of_ours(details: dict[str, object]) -> None:
    """The first event is no better than any other."""
    with pytest.raises(Broken):
        fold(FEATURE, [Event(1, "2026-11-20T10:00:00.000Z", "workflow.started", "feature", details)])


def test_an_edit_moves_nothing() -> None:
    """Whatever fields an edit's event names, those that only moves change stay."""
    run = at("build")
    fields = {"phase": "document", "status": "completed", "role": "boss", "title": "New"}
    state = run.then(Draft("document.edited", "-", {"fields": fields})).state
    assert (state.phase, state.status, state.role, state.title) == (
        "build",
        "in_progress",
        "developer",
        "New",
    )


NAMES = ("to", "text", "status", "reason", "count", "name", "nth", "fields", "state", "removed", "from")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 9), st.sampled_from(["plan", "test", "completed"]),
    st.text(max_size=8), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["title", "allow", "context", "phase"]), st.text(max_size=3)),
)  # fmt: skip
SAID = st.tuples(
    st.sampled_from(sorted(DOCUMENT_EVENTS)),
    st.sampled_from(["plan", "build", "test", "review", "-", "nowhere"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SAID, max_size=6))
def test_whatever_a_log_says_is_a_state_or_an_error_of_ours(
    said: list[tuple[str, str, dict[str, object]]],
) -> None:
    """A state that comes out can be written into a document and is read back from it; nothing else raises."""
    run = at("build")
    events = [
        Event(run.state.event + at, "2026-11-20T11:00:00.000Z", kind, subject, details)
        for at, (kind, subject, details) in enumerate(said, 1)
    ]
    try:
        state = fold(FEATURE, events, run.state)
    except Broken:
        return
    assert state is not None
    try:
        text = project(run.document, FEATURE, state)
    except MemoryStateError:
        return
    assert shown(text, FEATURE).phase == state.phase
