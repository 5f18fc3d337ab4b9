"""Legal moves: which there are, what each drafts, what each refuses."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import MemoryStateError, Misused, Refused
from memory_state.workflow.machine import (
    MOVES,
    PHASE_MOVES,
    WAYS_OUT,
    Draft,
    Verdict,
    approve,
    back,
    checked_text,
    end,
    finish,
    first_open_task,
    gate_of,
    is_legal,
    next_phase,
    park,
    person_only,
    phase_of,
    resume,
    skip,
)
from memory_state.workflow.model import STATUSES, Condition, Definition, Phase, State
from tests.workflow.examples import (
    BUILT_IN,
    FEATURE,
    FREE,
    MET,
    History,
    at,
    begun,
    built_in,
    entered,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LEGAL = {
    "pending": {"in_progress", "review", "paused", "failed", "cancelled"},
    "in_progress": {
        "in_progress", "waiting", "review", "blocked", "paused", "completed", "failed", "cancelled",
    },
    "waiting": {"in_progress", "review", "paused", "failed", "cancelled"},
    "review": {"in_progress", "waiting", "review", "blocked", "paused", "completed", "failed", "cancelled"},
    "blocked": {"in_progress", "review", "failed", "cancelled"},
    "paused": {"in_progress", "review", "failed", "cancelled"},
    "failed": {"in_progress", "review", "cancelled"},
    "completed": set(),
    "cancelled": set(),
}  # fmt: skip

VERBS: dict[str, Callable[[State], tuple[Draft, ...]]] = {
    "next": lambda state: next_phase(FREE, state, MET),
    "finish": lambda state: finish(FREE, state._replace(phase="c"), MET),
    "back": lambda state: back(FREE, state, "broken"),
    "skip": lambda state: skip(FREE, state, "not needed"),
    "approve": lambda state: approve(FREE, state, "Ann", None),
    "wait": lambda state: park(state, "wait", "waiting", None),
    "park": lambda state: park(state, "park", "paused", "lunch"),
    "fail": lambda state: end(state, "fail", "failed", "no way"),
    "cancel": lambda state: end(state, "cancel", "cancelled", None),
    "resume": resume,
}
LEAVE = (Draft("phase.completed", "b", {"to": "c"}), Draft("phase.entered", "c", {"role": ""}))
FINISH = (Draft("phase.completed", "c", {"to": None}), Draft("workflow.completed", "-", {}))
RETURN = (
    Draft("phase.returned", "b", {"to": "a", "reason": "broken", "count": 1, "limit": 2}),
    Draft("phase.entered", "a", {"role": ""}),
)
SKIP = (
    Draft("phase.skipped", "b", {"reason": "not needed", "to": "c"}),
    Draft("phase.entered", "c", {"role": ""}),
)
APPROVE = (Draft("approval.given", "b", {"name": "Ann"}),)
WAIT = (Draft("workflow.parked", "-", {"status": "waiting"}),)
PARK = (Draft("workflow.parked", "-", {"status": "paused", "reason": "lunch"}),)
FAIL = (Draft("workflow.failed", "-", {"reason": "no way"}),)
CANCEL = (Draft("workflow.cancelled", "-", {}),)
DRAFTS: dict[str, dict[str, tuple[Draft, ...]]] = {
    "next": {
        "pending": (Draft("phase.entered", "b", {"role": ""}),),
        "in_progress": LEAVE,
        "review": LEAVE,
        "waiting": (Draft("workflow.resumed", "-", {"from": "waiting"}),),
    },
    "finish": {"in_progress": FINISH, "review": FINISH, "completed": ()},
    "back": {"in_progress": RETURN, "review": RETURN},
    "skip": {"in_progress": SKIP, "review": SKIP},
    "approve": {"in_progress": APPROVE, "review": APPROVE},
    "wait": {"in_progress": WAIT, "review": WAIT, "waiting": ()},
    "park": {
        "pending": PARK,
        "in_progress": PARK,
        "waiting": PARK,
        "review": PARK,
        "paused": (),
    },
    "fail": {
        "pending": FAIL,
        "in_progress": FAIL,
        "waiting": FAIL,
        "review": FAIL,
        "blocked": FAIL,
        "paused": FAIL,
        "failed": (),
    },
    "cancel": {
        "pending": CANCEL,
        "in_progress": CANCEL,
        "waiting": CANCEL,
        "review": CANCEL,
        "blocked": CANCEL,
        "paused": CANCEL,
        "failed": CANCEL,
        "cancelled": (),
    },
    "resume": {
        "pending": (),
        "in_progress": (),
        "waiting": (),
        "review": (),
        "paused": (Draft("workflow.resumed", "-", {"from": "paused"}),),
        "blocked": (Draft("workflow.resumed", "-", {"from": "blocked"}),),
        "failed": (Draft("workflow.resumed", "-", {"from": "failed"}),),
    },
}


def test_each_of_the_81_pairs_of_statuses_is_legal_or_not() -> None:
    """One status leads to another exactly where the table says so."""
    pairs = list(product(sorted(STATUSES), repeat=2))
    assert len(pairs) == 81
    assert {pair for pair in pairs if is_legal(*pair)} == {
        (source, target) for source, targets in LEGAL.items() for target in targets
    }


@pytest.mark.parametrize(("verb", "status"), list(product(sorted(DRAFTS), sorted(STATUSES))))
def test_each_verb_in_each_status(verb: str, status: str) -> None:
    """A verb drafts its events, nothing where the run stands so already, or is refused with a way."""
    state = at("b", FREE).state._replace(status=status)
    if status in DRAFTS[verb]:
        assert VERBS[verb](state) == DRAFTS[verb][status]
        return
    with pytest.raises(Refused) as caught:
        VERBS[verb](state)
    assert f"{verb}: workflow 7f3a9c21 is {status}" in caught.value.sentence
    assert caught.value.next_commands == WAYS_OUT[status]
    assert caught.value.record == ("violation.recorded", state.phase if verb != "finish" else "c",
                                   {"rule": verb, "what": f"{verb} while {status}"})  # fmt: skip


@pytest.mark.parametrize(("verb", "status"), [(v, s) for v in DRAFTS for s in DRAFTS[v] if DRAFTS[v][s]])
def test_each_draft_leads_where_the_table_says(verb: str, status: str) -> None:
    """The state after a verb's events has a status that the table of moves gives for that verb."""
    run = at("c" if verb == "finish" else "b", FREE)
    phases = begun(FREE).state.phases if status == "pending" else run.state.phases
    run = run._replace(state=run.state._replace(status=status, phases=phases))
    after = run.then(*DRAFTS[verb][status]).state
    assert any((m.verb, m.source, m.target) == (verb, status, after.status) for m in MOVES)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_the_ways_out_are_legal_where_they_are_named(status: str) -> None:
    """Each status names at least one command, and each that moves is legal there."""
    legal = {move.verb for move in MOVES if move.source == status}
    named = WAYS_OUT[status]
    assert len(named) >= 1
    assert {each for each in named if each not in ("status", "start DEFINITION TITLE")} <= legal


def test_who_may_move() -> None:
    """Only a person skips, approves, overrides, parks, fails, cancels, resumes after a failure."""
    by_person = {(move.verb, move.source) for move in MOVES if person_only(move.verb, move.source)}
    assert {verb for verb, _ in by_person} == {
        "skip", "approve", "override", "park", "fail", "cancel", "resume",
    }  # fmt: skip
    assert {source for verb, source in by_person if verb == "resume"} == {"blocked", "failed"}
    assert not person_only("resume", "paused")
    assert not person_only("next", "in_progress")


def test_forward_goes_in_order_only() -> None:
    """`next` enters each phase after the other and never ends the workflow."""
    run, path = entered(FEATURE), ["plan"]
    for _ in range(4):
        run = run.next()
        path.append(run.state.phase)
    assert path == ["plan", "build", "test", "review", "document"]
    with pytest.raises(Refused) as caught:
        next_phase(FEATURE, run.state, MET)
    assert caught.value.sentence == "next: document is the last phase of feature; finish ends the workflow"
    assert caught.value.next_commands == ("finish",)


@pytest.mark.parametrize("phase", ["plan", "build", "test", "review"])
def test_finish_belongs_to_the_last_phase(phase: str) -> None:
    """`finish` before the last phase is refused, naming `next`, and is recorded as a violation."""
    run = at(phase)
    with pytest.raises(Refused) as caught:
        finish(FEATURE, run.state, MET)
    assert caught.value.next_commands == ("next",)
    assert caught.value.record is not None
    assert caught.value.record[:2] == ("violation.recorded", phase)


def test_finish_completes_and_does_nothing_the_second_time() -> None:
    """`finish` in the last phase completes phase and workflow; again, it has no event."""
    run = at("document")
    drafts = finish(FEATURE, run.state, MET)
    assert drafts == (
        Draft("phase.completed", "document", {"to": None}),
        Draft("workflow.completed", "-", {}),
    )
    done = run.then(*drafts)
    assert done.state.status == "completed"
    assert [each.status for each in done.state.phases] == ["completed"] * 5
    assert finish(FEATURE, done.state, ()) == ()


def test_a_gate_that_is_not_met_holds() -> None:
    """`next` and `finish` are refused with every reason; a condition that was not asked is not met."""
    verdicts = (
        Verdict("tasks", met=False, reason="1 of 1 open"),
        Verdict("file: plan.md", met=True, reason="there"),
        Verdict("command: make", met=None, reason="not run"),
    )
    for verb, move, run in (("next", next_phase, at("plan")), ("finish", finish, at("document"))):
        with pytest.raises(Refused) as caught:
            move(FEATURE, run.state, verdicts)
        assert caught.value.sentence == (
            f"{verb}: phase {run.state.phase} can not be left yet. tasks: 1 of 1 open; command: make: not run"
        )
        assert caught.value.next_commands == (f"task done {run.state.phase}.1", "approve", "check")
        details = {
            "move": verb, "unmet": ["tasks", "command: make"],
            "reasons": ["tasks: 1 of 1 open", "command: make: not run"],
        }  # fmt: skip
        assert caught.value.record == ("gate.refused", run.state.phase, details)


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("tasks", ('task add "TEXT"', "check")),
        ("approval", ("approve", "check")),
        ("file: plan.md", ("check",)),
    ],
)
def test_a_refusal_names_what_helps(name: str, commands: tuple[str, ...]) -> None:
    """Each unmet condition names the command that leads on."""
    with pytest.raises(Refused) as caught:
        next_phase(FEATURE, at("build").state, (Verdict(name, met=False, reason="no"),))
    assert caught.value.next_commands == commands


@pytest.mark.parametrize("phase", ["plan", "build", "document"])
def test_back_is_only_for_phases_that_return(phase: str) -> None:
    """A phase without `returns_to` sends nothing back; the attempt is recorded."""
    with pytest.raises(Refused) as caught:
        back(FEATURE, at(phase).state, "please")
    assert caught.value.next_commands == ("next", "status")
    assert caught.value.record == ("violation.recorded", phase, {"rule": "back", "what": "please"})


def returned(run: History, times: int) -> History:
    """The run sent back from its review so many times, and forward again."""
    for _ in range(times):
        run = run.then(*back(FEATURE, run.state, "wrong")).next().next()
    return run


def test_back_is_counted_limited_and_blocks() -> None:
    """Three returns are counted; the fourth blocks, and a resume lets them be counted anew."""
    run = returned(at("review"), 3)
    assert [(each.id, each.returns) for each in run.state.phases if each.returns] == [("review", 3)]
    drafts = back(FEATURE, run.state, "still wrong")
    assert drafts == (
        Draft(
            "workflow.parked",
            "-",
            {"status": "blocked", "reason": "still wrong", "returns": 3, "limit": 3},
        ),
    )
    blocked = run.then(*drafts)
    assert (blocked.state.status, blocked.state.phase) == ("blocked", "review")
    again = blocked.then(*resume(blocked.state))
    assert (again.state.status, again.state.phases[3].returns) == ("review", 0)
    assert back(FEATURE, again.state, "once more")[0].details["count"] == 1


def test_returns_of_one_phase_do_not_count_for_another() -> None:
    """Each phase has its own counter."""
    run = returned(at("review"), 2)
    run = run.then(*back(FEATURE, run.state, "wrong")).next()
    assert back(FEATURE, run.state, "tests fail")[0].details == {
        "to": "build", "reason": "tests fail", "count": 1, "limit": 3,
    }  # fmt: skip


def test_a_limit_of_zero_blocks_at_once() -> None:
    """A phase with `max_returns: 0` never goes back by itself."""
    strict = FEATURE._replace(phases=tuple(each._replace(max_returns=0) for each in FEATURE.phases))
    assert [each.details["status"] for each in back(strict, at("test").state, "no")] == ["blocked"]


def test_retries_are_limited_to_three() -> None:
    """A run that failed a fourth time stays failed; the refusal names `cancel`, which is legal."""
    run = at("build")
    for _ in range(3):
        run = run.then(*end(run.state, "fail", "failed", None))
        run = run.then(*resume(run.state))
        assert run.state.status == "in_progress"
    run = run.then(*end(run.state, "fail", "failed", None))
    with pytest.raises(Refused) as caught:
        resume(run.state)
    assert caught.value.next_commands == ("cancel", "start DEFINITION TITLE")
    assert end(run.state, "cancel", "cancelled", None) == (Draft("workflow.cancelled", "-", {}),)


def test_resume_after_a_pause_uses_up_no_retry() -> None:
    """Only a failure counts as a retry."""
    run = at("build")
    for _ in range(5):
        run = run.then(*park(run.state, "park", "paused", None))
        run = run.then(*resume(run.state))
    assert (run.state.status, run.state.retries) == ("in_progress", 0)


def test_a_run_parked_before_its_first_phase_enters_it_when_resumed() -> None:
    """A resumed run works in a phase that was entered, so that it can be left again."""
    run = begun(FEATURE)
    run = run.then(*park(run.state, "park", "paused", None))
    run = run.then(*resume(run.state))
    assert (run.state.status, run.state.phases[0].status) == ("in_progress", "in_progress")
    assert [task.text for task in run.state.tasks] == ["Write the plan"]


def test_skip_needs_the_mark_and_a_reason() -> None:
    """A phase that is not marked skippable stays, a reason must be given, the phase must be known."""
    state = at("build").state
    with pytest.raises(Refused, match="phase test is not marked skippable"):
        skip(FEATURE, state, "no time", "test")
    with pytest.raises(Misused, match="the reason is empty"):
        skip(FEATURE, state, "  ", "document")
    with pytest.raises(Misused, match="it has plan, build, test, review, document"):
        skip(FEATURE, state, "no time", "deploy")


def test_a_phase_to_come_is_skipped_once() -> None:
    """Skipping ahead changes that phase only; doing it twice changes nothing; the end moves forward."""
    run = at("review")
    drafts = skip(FEATURE, run.state, "nothing to say", "document")
    assert drafts == (Draft("phase.skipped", "document", {"reason": "nothing to say"}),)
    after = run.then(*drafts)
    assert (after.state.phase, after.state.phases[4].status) == ("review", "skipped")
    assert skip(FEATURE, after.state, "nothing to say", "document") == ()
    assert [each.type for each in finish(FEATURE, after.state, MET)] == [
        "phase.completed",
        "workflow.completed",
    ]
    with pytest.raises(Refused, match="review is the last phase"):
        next_phase(FEATURE, after.state, MET)


def test_the_current_phase_is_skipped_for_the_next() -> None:
    """Skipping the current phase enters the next one that is not skipped."""
    wide = FEATURE._replace(phases=tuple(each._replace(skippable=True) for each in FEATURE.phases))
    run = entered(wide)
    run = run.then(*skip(wide, run.state, "known", "build"))
    drafts = skip(wide, run.state, "there is one")
    assert drafts == (
        Draft("phase.skipped", "plan", {"reason": "there is one", "to": "test"}),
        Draft("phase.entered", "test", {"role": "tester"}),
    )
    assert run.then(*drafts).state.phase == "test"


def test_what_has_run_is_not_skipped() -> None:
    """A completed phase and one that sent work back are not skipped."""
    wide = FEATURE._replace(phases=tuple(each._replace(skippable=True) for each in FEATURE.phases))
    run = at("review", wide)
    with pytest.raises(Refused, match="phase plan has run already"):
        skip(wide, run.state, "late", "plan")
    run = run.then(*back(wide, run.state, "wrong"))
    with pytest.raises(Refused, match="phase review has run already"):
        skip(wide, run.state, "late", "review")
    with pytest.raises(Refused, match="phase build has run already, and review sent work back to it"):
        skip(wide, run.state, "there is one", "build")


def test_skipping_the_last_phase_ends_the_workflow() -> None:
    """The last phase is skipped into the end, unless the definition has criteria for that."""
    wide = FEATURE._replace(phases=tuple(each._replace(skippable=True) for each in FEATURE.phases))
    run = at("document", wide)
    drafts = skip(wide, run.state, "nothing to say")
    assert drafts == (
        Draft("phase.skipped", "document", {"reason": "nothing to say", "ends": True}),
        Draft("workflow.completed", "-", {}),
    )
    assert run.then(*drafts).state.status == "completed"
    assert run.then(drafts[0]).state.status == "completed"
    strict = wide._replace(criteria=(Condition("file", "NEWS.md"),))
    with pytest.raises(Refused) as caught:
        skip(strict, at("document", strict).state, "nothing to say")
    assert caught.value.next_commands == ("finish", "check")


def test_approval_is_given_once_and_where_it_is_asked_for() -> None:
    """A second approval has no event; a phase without such a gate refuses one, naming `next`."""
    run = at("review")
    drafts = approve(FEATURE, run.state, " Ann ", "fine")
    assert drafts == (Draft("approval.given", "review", {"name": "Ann", "reason": "fine"}),)
    assert approve(FEATURE, run.then(*drafts).state, "Bob", None) == ()
    with pytest.raises(Refused) as caught:
        approve(FEATURE, at("build").state, "Ann", None)
    assert caught.value.next_commands == ("next",)


def test_criteria_are_asked_in_the_last_phase() -> None:
    """What must be true at the end joins the gate of the last phase that is not skipped, and of no other."""
    definition = FEATURE._replace(criteria=(Condition("file", "NEWS.md"), Condition("approval")))
    kinds = [
        [each.kind for each in gate_of(definition, at(phase, definition).state).exit]
        for phase in ("plan", "review", "document")
    ]
    assert kinds == [["tasks"], ["approval"], ["tasks", "file", "approval"]]
    run = at("review", definition)
    run = run.then(*skip(definition, run.state, "none", "document"))
    assert len(gate_of(definition, run.state).exit) == 3


def test_an_approval_that_the_criteria_ask_for_can_be_given() -> None:
    """The last phase takes an approval for the criteria's sake; earlier ones do not."""
    definition = FEATURE._replace(criteria=(Condition("approval"),))
    assert [each.type for each in approve(definition, at("document", definition).state, "Ann", None)] == [
        "approval.given"
    ]
    with pytest.raises(Refused, match="phase build asks for no approval"):
        approve(definition, at("build", definition).state, "Ann", None)


def test_a_finish_keeps_why_the_criteria_counted_as_met() -> None:
    """With criteria, each verdict is evidence before the end; without, there is none."""
    definition = FEATURE._replace(criteria=(Condition("tasks"),))
    run = at("document", definition)
    drafts = finish(definition, run.state, MET)
    assert [each.type for each in drafts] == ["evidence.recorded", "phase.completed", "workflow.completed"]
    assert drafts[0].details == {"condition": "tasks", "reason": "1 of 1 done"}
    assert run.then(*drafts).state.status == "completed"


def test_a_first_phase_under_review_is_entered() -> None:
    """Entering and coming back to a phase that needs approval are moves of the table."""
    run = begun(FREE)
    assert (run.state.status, run.next().state.status) == ("pending", "review")
    later = at("b", FREE)
    assert later.then(*back(FREE, later.state, "no")).state.status == "review"
    assert is_legal("pending", "review")
    assert ("back", "in_progress", "review") in {move[:3] for move in MOVES}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the reason is empty"),
        (" \t\u3000", "the reason is empty"),
        ("x" * 501, "has 501 characters; at most 500 fit"),
        ("a\nb", "must be one line"),
        ("a\rb", "must be one line"),
        ("a\0b", "must be one line"),
        ("a\u2028b", "must be one line"),
        ("a\x85b", "must be one line"),
        ("a\udc80b", "no UTF-8"),
    ],
)
def test_texts_that_fit_no_line_are_misuse(text: str, message: str) -> None:
    """A text for a line of ours is not empty, not too long, one line and can be written."""
    with pytest.raises(Misused, match=message):
        checked_text("the reason", text, 500)


def test_texts_keep_their_inside() -> None:
    """Outer blanks go, everything else stays."""
    assert checked_text("the task", "  a  `b` \u00e9 \U0001f600\t", 500) == "a  `b` \u00e9 \U0001f600"


def test_an_unknown_phase_is_misuse() -> None:
    """Asking for a phase that the definition lacks names those it has."""
    with pytest.raises(Misused, match="free has no phase 'x'; it has a, b, c"):
        phase_of(FREE, "x")


def test_the_first_open_task_is_of_the_current_phase() -> None:
    """Tasks of other phases and done ones are passed over."""
    run = at("build")
    assert first_open_task(run.state) is None
    for text in ("one", "two"):
        run = run.then(Draft("task.added", "build", {"text": text}))
    run = run.then(Draft("task.completed", "build", {"text": "one"}))
    assert first_open_task(run.state) == "build.2"


Key = tuple[str, str, tuple[tuple[str, int, bool], ...]]


def key_of(state: State) -> Key:
    """What tells states apart for a walk: tasks, times and retries do not."""
    return (
        state.status,
        state.phase,
        tuple((each.status, each.returns, bool(each.approved_by)) for each in state.phases),
    )


def moves_from(definition: Definition, state: State) -> list[tuple[Draft, ...]]:
    """The drafts of every command that is not refused."""
    asked: list[Callable[[], tuple[Draft, ...]]] = [
        lambda: next_phase(definition, state, MET),
        lambda: finish(definition, state, MET),
        lambda: back(definition, state, "wrong"),
        lambda: park(state, "wait", "waiting", None),
        lambda: park(state, "park", "paused", None),
        lambda: end(state, "fail", "failed", None),
        lambda: end(state, "cancel", "cancelled", None),
        lambda: resume(state),
        *(
            lambda phase=each.id: skip(definition, state, "no need", phase)
            for each in definition.phases
            if each.skippable
        ),
    ]
    found, refused = [], []
    for ask in asked:
        try:
            found.append(ask())
        except MemoryStateError as error:
            refused.append(error)
    assert [error.sentence for error in refused if not error.next_commands] == []
    return [drafts for drafts in found if drafts]


def walk(definition: Definition) -> tuple[dict[Key, State], dict[Key, set[Key]]]:
    """Every state that can be reached, and the moves between them."""
    start = begun(definition)
    states, moves, queue = {key_of(start.state): start.state}, {}, [start.state]
    while queue:
        state = queue.pop()
        targets = set()
        for drafts in moves_from(definition, state):
            after = start._replace(state=state._replace(tasks=(), event=1)).then(*drafts).state
            after = after._replace(retries=0)
            targets.add(key_of(after))
            if key_of(after) not in states:
                states[key_of(after)] = after
                queue.append(after)
        moves[key_of(state)] = targets
    return states, moves


def check_standing(definition: Definition, state: State) -> None:
    """What holds in every state that the machine reaches."""
    ids = [each.id for each in definition.phases]
    current = ids.index(state.phase)
    working = [each.id for each in state.phases if each.status == "in_progress"]
    before = {each.status for each in state.phases[:current]}
    after = {each.status for each in state.phases[current + 1 :]}
    assert working in ([], [state.phase])
    assert before <= {"completed", "skipped"}
    assert after <= {"pending", "skipped", "returned"}
    if state.status in ("in_progress", "review", "waiting", "blocked"):
        assert working == [state.phase]
    if state.status == "completed":
        assert {each.status for each in state.phases} <= {"completed", "skipped"}
    if state.status in ("in_progress", "review"):
        needs = Condition("approval") in definition.phases[current].exit
        assert state.status == ("review" if needs else "in_progress")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_state_of_a_built_in_workflow_has_a_way_to_its_end(name: str) -> None:
    """From each reachable state that is no end, completion can be reached; phases stand in order."""
    definition = built_in(name)
    shorter = tuple(each._replace(max_returns=1) for each in definition.phases)
    states, moves = walk(definition._replace(phases=shorter))
    for state in states.values():
        check_standing(definition, state)
    good = {key for key in states if key[0] == "completed"}
    assert {key[0] for key in states} >= {"pending", "in_progress", "waiting", "blocked", "paused", "failed"}
    grew = True
    while grew:
        more = {key for key in states if key not in good and moves[key] & good}
        good |= more
        grew = bool(more)
    assert {key for key in states if key not in good and key[0] != "cancelled"} == set()
    assert all(not moves[key] for key in states if key[0] in ("completed", "cancelled"))


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_walk_makes_only_phase_moves_of_the_table(name: str) -> None:
    """A phase's standing changes only as the table of phase moves says, at each single event."""
    definition = built_in(name)
    states, _ = walk(definition._replace(phases=tuple(p._replace(max_returns=1) for p in definition.phases)))
    start = begun(definition)
    seen = set()
    for state in states.values():
        run = start._replace(state=state._replace(tasks=(), event=1))
        for drafts in moves_from(definition, state):
            for before, after in zip((run, *run.steps(drafts)), run.steps(drafts), strict=False):
                pairs = zip(before.state.phases, after.state.phases, strict=True)
                seen |= {(a.status, b.status) for a, b in pairs if a.status != b.status}
    assert seen <= set(PHASE_MOVES)


def test_a_workflow_of_one_phase() -> None:
    """A single phase is first and last at once."""
    one = Definition("one", "", "inner", (Phase("only"),))
    run = entered(one)
    with pytest.raises(Refused) as caught:
        next_phase(one, run.state, ())
    assert caught.value.next_commands == ("finish",)
    assert run.then(*finish(one, run.state, ())).state.status == "completed"


BY_PERSON = {
    "skip": {"in_progress", "review"},
    "approve": {"in_progress", "review"},
    "override": {"in_progress", "review"},
    "park": {"pending", "in_progress", "waiting", "review"},
    "fail": {"pending", "in_progress", "waiting", "review", "blocked", "paused"},
    "cancel": {"pending", "in_progress", "waiting", "review", "blocked", "paused", "failed"},
    "resume": {"blocked", "failed"},
}
BY_AGENT = {
    "next": {"pending", "in_progress", "review", "waiting"},
    "wait": {"in_progress", "review"},
    "back": {"in_progress", "review"},
    "finish": {"in_progress", "review"},
    "resume": {"paused"},
}
TARGETS = {
    "next": {"in_progress", "review"},
    "wait": {"waiting"},
    "back": {"in_progress", "review", "blocked"},
    "skip": {"in_progress", "review", "completed"},
    "override": {"in_progress", "review", "completed"},
    "finish": {"completed"},
    "park": {"paused"},
    "fail": {"failed"},
    "cancel": {"cancelled"},
    "resume": {"in_progress", "review"},
}


def test_the_table_says_who_may_do_what() -> None:
    """Each verb with the states it starts from, where it may lead, and whether only a person may."""
    wanted = {
        (verb, source, target, by)
        for by, verbs in (("person", BY_PERSON), ("agent", BY_AGENT))
        for verb, sources in verbs.items()
        for source in sources
        for target in TARGETS.get(verb, {source})
    }
    assert {tuple(move) for move in MOVES} == wanted
    assert len(MOVES) == len(wanted)


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (lambda reason: back(FREE, at("b", FREE).state, reason), "reason"),
        (lambda reason: skip(FREE, at("b", FREE).state, reason), "reason"),
    ],
)
def test_a_reason_is_named_when_it_does_not_fit(act: Callable[[str], object], name: str) -> None:
    """The refusal says which text is too long, or missing."""
    with pytest.raises(Misused, match=f"the {name} "):
        act("x" * 5000)
    with pytest.raises(Misused, match=f"the {name} "):
        act("")
