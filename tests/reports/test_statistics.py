"""Where the time of several workflows goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.reports.spans import timeline_of
from memory_state.reports.statistics import (
    Durations,
    Report,
    Success,
    covered,
    durations_of,
    report_of,
)
from memory_state.workflow.machine import back, end, skip
from tests.reports.histories import HOUR, WINDING, Writing, winding
from tests.workflow.examples import OPENED

MINUTE = 60_000


def report(*histories: Writing) -> Report:
    """The report on these histories."""
    return report_of([timeline_of(each.definition, each.events) for each in histories])


def through(*minutes: float, start: float = OPENED) -> Writing:
    """A history that stayed in its phases so long."""
    run = Writing(now=start).next()
    for each in minutes:
        run.after(each * 60).next()
    return run


def test_durations_of_a_phase() -> None:
    """Each stay that has ended counts once; an open one only in the share of the work."""
    found = report(through(10, 5), through(20, 7), through(60)).phases
    assert [(each.phase, each.durations, each.worked // MINUTE) for each in found] == [
        ("plan", Durations(3, 10 * MINUTE, 20 * MINUTE, 60 * MINUTE, 60 * MINUTE), 90),
        ("build", Durations(2, 5 * MINUTE, 6 * MINUTE, 7 * MINUTE, 7 * MINUTE), 12),
        ("test", None, 0),
    ]
    assert [round(each.share, 3) for each in found] == [0.882, 0.118, 0.0]


@pytest.mark.parametrize(
    ("lengths", "found"),
    [
        ([], None), ([5], Durations(1, 5, 5, 5, 5)), ([1, 4], Durations(2, 1, 2, 4, 4)),
        (list(range(1, 11)), Durations(10, 1, 5, 9, 10)), ([3, 1, 2], Durations(3, 1, 2, 3, 3)),
    ],
)  # fmt: skip
def test_statistics(lengths: list[int], found: Durations | None) -> None:
    """The median of an even number lies between two; the p90 is one of the durations."""
    assert durations_of(lengths) == found


def test_bottleneck() -> None:
    """The phase with the most work; where nothing was worked there is none."""
    found = report(through(10, 50)).bottleneck
    assert found is not None
    assert (found.phase, round(found.share, 2)) == ("build", 0.83)
    assert report().bottleneck is None
    assert report(Writing()).bottleneck is None


def test_phases_of_one_name_in_two_definitions_are_two() -> None:
    """What they have in common is the name."""
    other = Writing(WINDING._replace(name="other")).next().after(60).next()
    assert [(each.definition, each.phase) for each in report(through(1), other).phases] == [
        ("other", "plan"), ("other", "build"), ("winding", "plan"), ("winding", "build"),
    ]  # fmt: skip


def test_success_by_definition_phase_and_role() -> None:
    """Completions of all that ended; open, skipped and live ones are none of them."""
    run = through(1, 1)
    run.append(*back(WINDING, run.state, "Fails")).after(60).next().next()
    run.append(*skip(WINDING, run.state, "No need", "extra"))
    stopped = through(1)
    stopped.append(*end(stopped.state, "cancel", "cancelled", None))
    found = report(run, stopped).success
    assert Success("definition", "winding", 0, 1) in found
    assert Success("phase", "winding/build", 2, 3) in found
    assert Success("phase", "winding/test", 1, 2) in found
    assert Success("role", "tester", 1, 2) in found
    assert not [each for each in found if each.name == "winding/extra"]


def test_rework() -> None:
    """Returns, the time of repeated stays, and what rollbacks undid."""
    run = through(1, 1)
    run.append(*back(WINDING, run.state, "Fails")).after(600).next().after(60).roll_back(2)
    found = report(run)
    assert (found.returns, found.repeated // MINUTE, found.rollbacks) == (0, 11, 1)
    assert found.undone // MINUTE == 13


def test_workflows_side_by_side_count_once() -> None:
    """The time that any of them ran is not the sum of theirs."""
    found = report(through(60), through(60, start=OPENED + HOUR / 2))
    assert (found.worked // MINUTE, found.elapsed // MINUTE) == (120, 90)


def test_an_inner_workflow_is_not_counted_twice() -> None:
    """What it worked is a gap in the outer one."""
    outer = through(10).event("workflow.parked", by="cli", status="waiting", inner="0a0a0a0a")
    inner = through(30, start=outer.now)
    outer.after(1800).event("workflow.resumed", by="cli", **{"from": "waiting"})
    found = report(outer, inner)
    assert (found.worked // MINUTE, found.elapsed // MINUTE) == (40, 40)
    assert found.gaps == (("inner", 30 * MINUTE),)


def test_sums_of_counts() -> None:
    """Denials, tools and the rest are added up, the most frequent first."""
    one = through(1).event("tool.denied", "Bash", tool="Bash", reason="no rule allows Bash; allowed: read")
    one.event("tool.used", "Bash", ok=False, ms=5).event("gate.refused", "build", unmet=["tasks"])
    two = through(1).event("tool.denied", "Bash", tool="Bash", reason="no rule allows Bash; allowed: read")
    two.event("tool.denied", "Edit", tool="Edit", reason="x is protected in every phase: y")
    found = report(one, two)
    assert found.denials == (("no allow rule", "Bash", 2), ("protected", "Edit", 1))
    assert [tuple(each) for each in found.tools] == [("Bash", 1, 1, 5)]
    assert found.gates == (("tasks", 1),)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted), max_size=8))
def test_covered_time_is_that_of_the_union(spans: list[list[int]]) -> None:
    """However spans overlap, each moment counts once."""
    pairs = [(first, last) for first, last in spans]
    assert covered(pairs) == len({at for first, last in pairs for at in range(first, last)})


@pytest.mark.parametrize("seeds", [(7,), (1, 2, 3)])
def test_the_report_adds_up(seeds: tuple[int, ...]) -> None:
    """Its sums are those of the timelines, with every oddity in the histories."""
    timelines = [
        timeline_of(WINDING, winding(seed, 10_000 if len(seeds) == 1 else 600).events) for seed in seeds
    ]
    found = report_of(timelines)
    assert sum(each.worked for each in found.phases) == found.worked == sum(t.worked for t in timelines)
    assert round(sum(each.share for each in found.phases), 6) == 1
    assert found.worked + sum(gap for _, gap in found.gaps) == sum(each.total for each in timelines)
    assert found.lost == dict(found.gaps)["interrupted"]
    run = [each for t in timelines for each in t.visits if each.ended not in ("open", "skipped")]
    assert sum(each.durations.times for each in found.phases if each.durations) == len(run)
    assert max(each.durations.most for each in found.phases if each.durations) == max(v.worked for v in run)
    assert sum(times for _, _, times in found.denials) == sum(d.times for t in timelines for d in t.denials)
    assert found.elapsed <= max(t.end for t in timelines) - min(t.start for t in timelines)
