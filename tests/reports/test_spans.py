"""From events to spans: the numbers, and what happens to them when the history is odd."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.clock import parse_time
from memory_state.core.errors import Broken
from memory_state.reports.spans import timeline_of
from memory_state.reports.timeline import Denial, Gap, SessionSpan, Timeline, ToolUse, Undone
from memory_state.workflow.machine import Draft, back, end, next_phase, park, resume, skip
from memory_state.workflow.model import Event
from memory_state.workflow.restoration import state_values
from tests.reports.histories import HOUR, WINDING, Writing, passed, winding
from tests.workflow.examples import MET

START = 1_795_168_800_000  # 2026-11-20T10:00:00Z
MINUTE = 60_000


def told(writing: Writing, now: int | None = None) -> Timeline:
    """The timeline of a history."""
    return timeline_of(writing.definition, writing.events, now=now)


def visits(writing: Writing) -> list[tuple[str, int, str]]:
    """Phase, minutes worked and ending of every visit."""
    return [(each.phase, each.worked // MINUTE, each.ended) for each in told(writing).visits]


def in_build() -> Writing:
    """A workflow that was 10 minutes in plan and entered build."""
    return Writing().next().after(600).next()


# phases


def test_visits_have_start_end_and_work() -> None:
    """Each stay in a phase goes from the event that opened it to the one that closed it."""
    found = told(in_build().after(120), now=START + 12 * MINUTE).visits
    assert [(each.phase, each.start, each.end, each.worked, each.ended) for each in found] == [
        ("plan", START, START + 10 * MINUTE, 10 * MINUTE, "completed"),
        ("build", START + 10 * MINUTE, START + 12 * MINUTE, 2 * MINUTE, "open"),
    ]
    assert [(each.role, each.first, each.last) for each in found] == [
        ("architect", 2, 3),
        ("developer", 3, None),
    ]


def test_without_now_a_live_workflow_lasts_until_its_last_event() -> None:
    """What nobody looked at the clock for ends where the log ends."""
    found = told(in_build().after(60).event("note.added", "build", text="x"))
    assert (found.end, found.total, found.worked) == (START + 11 * MINUTE, 11 * MINUTE, 11 * MINUTE)


def test_a_clock_behind_the_log_adds_nothing() -> None:
    """`now` before the last event counts as that event's time."""
    assert told(in_build(), now=START).total == 10 * MINUTE


def test_midnight_and_new_year_are_no_edges() -> None:
    """A phase over midnight of the last day of a year lasts as long as the clock ran."""
    late = Writing(now=1_798_761_540.0).next().after(120).next()  # 2026-12-31T23:59:00Z
    assert late.events[-1].time == "2027-01-01T00:01:00.000Z"
    assert visits(late)[0] == ("plan", 2, "completed")


def test_a_return_opens_the_phase_again() -> None:
    """The phase that sent the work back ended as returned; the one it went to is a second visit."""
    run = in_build().after(300).next().after(60)
    run.append(*back(WINDING, run.state, "Fails")).after(120).next()
    assert visits(run) == [
        ("plan", 10, "completed"), ("build", 5, "completed"), ("test", 1, "returned"),
        ("build", 2, "completed"), ("test", 0, "open"),
    ]  # fmt: skip
    found = told(run)
    assert found.returns == 1
    assert [(each.nth, each.reason) for each in found.visits[2:4]] == [(1, "Fails"), (2, "")]


def test_a_skipped_phase_takes_no_time() -> None:
    """One that was passed over beforehand is a visit of no length, with its reason."""
    run = in_build().after(60)
    run.append(*skip(WINDING, run.state, "No need", "extra"))
    found = told(run).visits[1]
    assert (found.phase, found.worked, found.ended, found.reason) == ("extra", 0, "skipped", "No need")
    assert (found.start, found.end) == (START + 11 * MINUTE, START + 11 * MINUTE)


def test_a_cancelled_workflow_ends_there() -> None:
    """What is logged later does not count."""
    run = in_build().after(60)
    run.append(*end(run.state, "cancel", "cancelled", "No more")).after(HOUR).event("log.sealed")
    found = told(run, now=START + 100 * MINUTE)
    assert (found.status, found.total, found.visits[-1].ended) == ("cancelled", 11 * MINUTE, "cancelled")
    assert found.gaps == ()


def test_a_failed_workflow_ends_there_unless_it_goes_on() -> None:
    """The time until somebody resumed it is a gap, within the visit it fell into."""
    run = in_build().after(60)
    run.append(*end(run.state, "fail", "failed", "Broken")).after(600).event("session.ended", session="s")
    found = told(run, now=START + 100 * MINUTE)
    assert (found.total, found.visits[-1].ended, found.gaps) == (11 * MINUTE, "failed", ())
    run.append(*resume(run.state)).after(60).next()
    assert visits(run)[1] == ("build", 2, "completed")
    assert [(each.kind, each.duration, each.phase) for each in told(run).gaps] == [
        ("failed", 10 * MINUTE, "build")
    ]


# gaps


@pytest.mark.parametrize(("verb", "status"), [("wait", "waiting"), ("park", "paused")])
def test_standing_still_is_left_out(verb: str, status: str) -> None:
    """Time of waiting and pausing is a gap with its reason, and not worked."""
    run = in_build().after(60)
    run.append(*park(run.state, verb, status, "Lunch")).after(HOUR)
    run = run.next() if status == "waiting" else run.append(*resume(run.state))
    run.after(60).next()
    found = told(run)
    assert found.gaps == (Gap(status, START + 11 * MINUTE, START + 71 * MINUTE, "build", "Lunch"),)
    assert found.visits[1].worked == 2 * MINUTE
    assert found.visits[1].end - found.visits[1].start == 62 * MINUTE


def test_waiting_for_an_inner_workflow_is_its_time() -> None:
    """The outer one has a gap of its own kind, so that both together count it once."""
    run = in_build().after(60).event("workflow.parked", by="cli", status="waiting", inner="0a0a0a0a")
    run.after(HOUR).append(Draft("workflow.resumed", "-", {"from": "waiting", "inner": "0a0a0a0a"}))
    found = told(run)
    assert [(each.kind, each.duration, each.reason) for each in found.gaps] == [
        ("inner", 60 * MINUTE, "0a0a0a0a")
    ]
    assert found.worked == 11 * MINUTE


def test_a_pause_that_goes_on_is_open_until_now() -> None:
    """A parked workflow's gap ends where it is looked at."""
    run = in_build().after(60)
    run.append(*park(run.state, "park", "paused", None))
    assert told(run, now=START + 20 * MINUTE).gaps[0].duration == 9 * MINUTE


# interruptions


def test_an_interruption_costs_the_time_since_the_last_sign() -> None:
    """Nobody worked from a session's last event until the next one found it gone."""
    run = in_build().after(60).event("tool.used", "Bash", tool="Bash", session="s1").after(HOUR)
    run.event("session.interrupted", ended="s1", session="s2")
    run.event("session.started", session="s2", source="startup").after(60).next()
    found = told(run)
    assert (found.interruptions, found.lost, found.visits[1].worked) == (1, 60 * MINUTE, 2 * MINUTE)
    assert [(each.id, each.ended) for each in found.sessions] == [("s1", "interrupted"), ("s2", "open")]


def test_a_session_that_another_outlived_lost_nothing() -> None:
    """Where somebody was at work until then, only the time since counts."""
    run = in_build().event("tool.used", "Bash", session="s1").after(HOUR)
    run.event("tool.used", "Bash", session="s3").after(60)
    run.event("session.interrupted", ended="s1", session="s2")
    assert told(run).lost == MINUTE


def test_an_edit_noticed_at_the_start_is_no_sign_of_life() -> None:
    """What the next session adopts first may have been written at any time."""
    run = in_build().after(HOUR)
    run.append(Draft("document.edited", "-", {"fields": {"title": "New"}}), by="edit")
    run.event("session.interrupted", ended="s1", session="s2")
    assert told(run).lost == 60 * MINUTE


def test_a_paused_workflow_loses_nothing() -> None:
    """Time of a pause is not counted as lost once more."""
    run = in_build().after(60)
    run.append(*park(run.state, "park", "paused", None)).after(HOUR)
    run.event("session.interrupted", ended="s1", session="s2")
    found = told(run)
    assert (found.interruptions, found.lost, found.worked) == (1, 0, 11 * MINUTE)


def test_a_stop_nobody_saw_takes_no_lost_time_twice() -> None:
    """Where the workflow already stands still when the interruption is noticed, what was worked stays so."""
    run, stopped = in_build().after(60), in_build()
    stopped.append(*park(stopped.state, "park", "paused", None))
    run.event("state.recovered", "build", state=state_values(stopped.state)).after(HOUR)
    run.event("session.interrupted", ended="s1", session="s2")
    found = told(run)
    assert (found.lost, found.worked) == (0, 11 * MINUTE)
    assert [(each.kind, each.duration) for each in found.gaps] == [("paused", 60 * MINUTE)]


def test_lost_time_stays_within_its_phase() -> None:
    """A phase that was left by an edit keeps its work; only the open one can lose some."""
    run = in_build().after(60)
    run.append(*next_phase(WINDING, run.state, MET), by="edit").after(120)
    run.event("session.interrupted", ended="s1", session="s2")
    assert visits(run) == [("plan", 10, "completed"), ("build", 1, "completed"), ("test", 0, "open")]
    assert [(each.phase, each.duration) for each in told(run).gaps] == [("test", 2 * MINUTE)]


# going back


def test_a_rollback_undoes_visits_and_keeps_their_time() -> None:
    """What was done after the point ended as undone; its time was spent all the same."""
    run = in_build().after(300).next().after(60).roll_back(2).after(30).next()
    assert visits(run) == [
        ("plan", 10, "undone"), ("build", 5, "undone"), ("test", 1, "undone"),
        ("plan", 0, "completed"), ("build", 0, "open"),
    ]  # fmt: skip
    found = told(run)
    assert found.undone == (Undone(2, 7, START, START + 16 * MINUTE, 16 * MINUTE),)
    assert (found.worked, found.total) == (16 * MINUTE + 30_000, 16 * MINUTE + 30_000)


def test_a_stretch_undone_twice_counts_once() -> None:
    """A rollback behind an earlier one swallows it."""
    run = in_build().after(60).event("task.added", "build", text="a").after(60).roll_back(4)
    run.after(60).roll_back(2)
    assert [(each.to, each.worked) for each in told(run).undone] == [(2, 13 * MINUTE)]


def test_a_rollback_within_a_phase_is_a_new_visit() -> None:
    """The phase's earlier visit is undone, its next one begins at the rollback."""
    run = in_build().after(60).event("task.added", "build", text="a").after(60).roll_back(4)
    assert visits(run) == [("plan", 10, "completed"), ("build", 2, "undone"), ("build", 0, "open")]


def test_a_recovery_to_an_earlier_phase_ends_the_visit() -> None:
    """One that leaves the phase as it is does not."""
    run = in_build().after(60).event("state.recovered", "build", why="damaged").after(60)
    assert visits(run)[-1] == ("build", 1, "open")
    earlier = Writing().next()
    run.event("state.recovered", "plan", state=state_values(earlier.state))
    assert visits(run) == [("plan", 10, "completed"), ("build", 2, "recovered"), ("plan", 0, "open")]


# odd histories


def test_a_clock_that_goes_back_makes_nothing_negative() -> None:
    """It is counted and said, by how much too, and time stands still until it has caught up."""
    run = in_build().after(-300).event("task.added", "build", text="a").after(600).next()
    found = told(run)
    assert (found.clock_back, found.clock_back_by) == (1, 300_000)
    assert [each.worked // MINUTE for each in found.visits] == [10, 5, 0]


def test_a_clock_that_stays_behind_is_measured_from_its_latest() -> None:
    """Each event until it has caught up is behind, by what it lacks."""
    run = in_build().after(-300).event("task.added", "build", text="a").after(100)
    found = told(run.event("task.added", "build", text="b"))
    assert (found.clock_back, found.clock_back_by, found.total) == (2, 300_000, 10 * MINUTE)


def test_a_clock_that_was_held_is_counted_too() -> None:
    """An event that was given the last one's time says by how many seconds the clock was behind."""
    run = in_build().event("note.added", "build", text="x", clock_back=7)
    found = told(run.event("note.added", "build", text="x", clock_back=3))
    assert (found.clock_back, found.clock_back_by) == (2, 7000)


def test_events_that_make_no_sense_are_counted_and_do_nothing() -> None:
    """A checksum that holds does not make an event fit."""
    run = in_build()
    odd = Event(9, "2026-11-20T10:11:00.000Z", "phase.entered", "nowhere", {})
    late = Event(10, "yesterday", "tool.used", "Bash", {})
    found = timeline_of(WINDING, [*run.events, odd, late])
    assert (found.senseless, found.phase, found.total) == (2, "build", 11 * MINUTE)


def test_a_phase_whose_end_is_lost_was_left() -> None:
    """Where the line of its end is damaged, the next phase's beginning ends it."""
    run = in_build()
    kept = [each for each in run.events if each.type != "phase.completed"]
    found = timeline_of(WINDING, kept).visits
    assert [(each.phase, each.ended) for each in found] == [("plan", "left"), ("build", "open")]


@pytest.mark.parametrize("events", [[], Writing().next().events[1:]])
def test_without_its_start_there_is_nothing_to_report(events: list[Event]) -> None:
    """A history that does not begin with the workflow's start is broken."""
    with pytest.raises(Broken, match="history"):
        timeline_of(WINDING, events)


def test_a_start_without_a_time_is_refused() -> None:
    """There is no moment to count from."""
    with pytest.raises(Broken, match="has no time"):
        timeline_of(WINDING, [Writing().events[0]._replace(time="soon")])


# tasks, sessions, counts


def test_tasks_have_the_time_that_was_worked_on_them() -> None:
    """From their start, else from the task before or the phase's beginning; gaps do not count."""
    run = Writing().next().after(60).event("task.added", "plan", text="b").after(60)
    run.event("task.completed", "plan", text="Write the plan").after(60)
    run.append(*park(run.state, "wait", "waiting", None)).after(HOUR).next().after(60)
    run.event("task.completed", "plan", text="b").event("task.added", "plan", text="c").after(60)
    run.event("task.started", "plan", text="c").after(60).event("task.added", "plan", text="d")
    run.event("task.completed", "plan", text="d").after(60).event("task.completed", "plan", text="c")
    found = told(run).tasks
    assert [(each.text, each.worked) for each in found] == [
        ("Write the plan", 2 * MINUTE), ("b", 2 * MINUTE), ("c", 2 * MINUTE), ("d", 0),
    ]  # fmt: skip
    assert [each.started is None for each in found] == [True, True, False, True]


def test_reopened_and_removed_tasks() -> None:
    """A task that is open again has no end; one that is gone from the document says so."""
    run = Writing().next().after(60).event("task.completed", "plan", text="Write the plan")
    run.event("task.reopened", "plan", text="Write the plan").event("task.added", "plan", text="b")
    run.event("task.dropped", "plan", text="b", removed=True)
    assert [(each.text, each.status, each.done, each.reopened) for each in told(run).tasks] == [
        ("Write the plan", "pending", None, 1), ("b", "removed", None, 0),
    ]  # fmt: skip


def test_counts_of_refusals_and_tools() -> None:
    """Denials by phase, rule and tool; gates by condition; tools with failures and time."""
    rule = 'the command "git push" is denied by the rule "shell(git push *)"'
    run = in_build().event("tool.denied", "Bash", tool="Bash", reason=rule)
    run.event("tool.denied", "Bash", tool="Bash", reason=rule)
    run.event("tool.denied", "Write", tool="Write", reason="no rule allows Write on a; allowed: read")
    run.event("tool.used", "Bash", ok=True, ms=20, session="s1").after(5)
    run.event("tool.used", "Bash", ok=False, ms=30, session="s1")
    run.event("gate.refused", "build", unmet=["tasks"]).event("violation.recorded", "build", rule="skip")
    found = told(run)
    assert found.denials == (
        Denial("build", "shell(git push *)", "Bash", 2), Denial("build", "no allow rule", "Write", 1),
    )  # fmt: skip
    assert found.tools == (ToolUse("Bash", 2, 1, 50),)
    assert (found.gates, found.violations) == ((("tasks", 1),), (("skip", 1),))
    assert found.sessions == (SessionSpan("s1", START + 600_000, START + 605_000, 2, "open"),)


# every oddity at once


def check(found: Timeline, writing: Writing) -> None:
    """What must hold of every timeline, and what the plain way of counting says."""
    plain = passed(writing.events, writing.states)
    assert all(each.worked >= 0 and each.start <= each.end for each in found.visits)
    assert all(each.duration > 0 for each in found.gaps)
    assert sum(each.worked for each in found.visits) == found.worked
    assert found.worked + sum(each.duration for each in found.gaps) == found.total
    ordered = sorted((each.start, each.end) for each in found.gaps)
    assert all(first[1] <= second[0] for first, second in pairwise(ordered))
    for phase in writing.definition.phases:
        worked = sum(each.worked for each in found.visits if each.phase == phase.id)
        lost = sum(e.duration for e in found.gaps if e.kind == "interrupted" and e.phase == phase.id)
        assert worked + lost == plain.get(("working", phase.id), 0), phase.id
    still = sum(each.duration for each in found.gaps if each.kind != "interrupted")
    assert still == sum(value for (status, _), value in plain.items() if status != "working") - after_end(
        found, writing
    )
    assert sum(each.worked for each in found.undone) <= found.worked


def after_end(found: Timeline, writing: Writing) -> int:
    """Milliseconds from the end of a failed workflow to its last event."""
    return max(round(parse_time(each.time) * 1000) for each in writing.events) - found.end


def test_ten_thousand_events_with_every_oddity() -> None:
    """The spans of a long odd history add up, and are those that the plain way of counting gives."""
    writing = winding(seed=7, count=10_000)
    found = told(writing)
    check(found, writing)
    assert {each.ended for each in found.visits} >= {
        "completed", "returned", "skipped", "undone", "recovered",
    }  # fmt: skip
    assert {each.kind for each in found.gaps} >= {
        "pending", "waiting", "inner", "paused", "blocked", "failed", "interrupted",
    }  # fmt: skip
    assert found.events >= 10_000
    assert min(found.senseless, found.clock_back, found.interruptions, len(found.undone)) > 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 300))
def test_durations_are_never_negative_and_add_up(seed: int, count: int) -> None:
    """Whatever happens, phases and gaps together are all the time there was."""
    writing = winding(seed, count)
    check(told(writing), writing)
