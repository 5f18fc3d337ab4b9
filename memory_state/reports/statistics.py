"""Where the time of workflows goes: durations by phase, success, rework, refusals, time lost.

Durations are milliseconds of work. A stay in a phase counts once it has ended; a phase's share is of all
the work, that of open stays too. What an inner workflow did is its own, a gap in the outer one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from memory_state.reports.timeline import ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from memory_state.reports.timeline import Timeline, Visit

    Placed = tuple[Timeline, Visit]

Name = TypeVar("Name", bound="Hashable")


class Durations(NamedTuple):
    """How long things lasted: how many, least, median, the one that nine of ten are not above, most."""

    times: int
    least: int
    median: int
    p90: int
    most: int


class PhaseShare(NamedTuple):
    """One phase of one definition; `repeated` is the work of stays after the first of a workflow."""

    definition: str
    phase: str
    role: str
    durations: Durations | None
    worked: int
    share: float
    skipped: int
    returned: int
    repeated: int


class Success(NamedTuple):
    """How many of those that ended did so by completion, of a phase, a role or a definition."""

    kind: str
    name: str
    completed: int
    ended: int


class WorkflowRow(NamedTuple):
    """One workflow: all the time there was, and what was worked of it."""

    workflow_id: str
    title: str
    definition: str
    status: str
    total: int
    worked: int
    returns: int
    lost: int


class Report(NamedTuple):
    """What a number of workflows say together.

    `elapsed` is the time in which any of them ran, so that those side by side count once; `gaps` are
    milliseconds by kind; `denials` are by rule and tool.
    """

    workflows: tuple[WorkflowRow, ...]
    phases: tuple[PhaseShare, ...]
    success: tuple[Success, ...]
    worked: int
    elapsed: int
    gaps: tuple[tuple[str, int], ...]
    events: int
    returns: int
    repeated: int
    rollbacks: int
    undone: int
    interruptions: int
    lost: int
    denials: tuple[tuple[str, str, int], ...]
    gates: tuple[tuple[str, int], ...]
    violations: tuple[tuple[str, int], ...]
    tools: tuple[ToolUse, ...]
    damaged: int
    senseless: int
    clock_back: int

    @property
    def bottleneck(self) -> PhaseShare | None:
        """The phase that took the most work; None where none was done."""
        found = max(self.phases, key=lambda each: each.worked, default=None)
        return found if found is not None and found.worked else None


def report_of(found: Sequence[Timeline]) -> Report:
    """The report on these workflows."""
    visits = [(each, visit) for each in found for visit in each.visits]
    phases = tuple(phase_shares(visits))
    return Report(
        workflows=tuple(workflow_row(each) for each in found),
        phases=phases,
        success=tuple(successes(found, visits)),
        worked=sum(each.worked for each in found),
        elapsed=covered((each.start, each.end) for each in found),
        gaps=added((gap.kind, gap.duration) for each in found for gap in each.gaps),
        events=sum(each.events for each in found),
        returns=sum(each.returns for each in found),
        repeated=sum(each.repeated for each in phases),
        rollbacks=sum(len(each.undone) for each in found),
        undone=sum(stretch.worked for each in found for stretch in each.undone),
        interruptions=sum(each.interruptions for each in found),
        lost=sum(each.lost for each in found),
        denials=tuple(
            (*pair, times)
            for pair, times in added(((d.rule, d.tool), d.times) for each in found for d in each.denials)
        ),
        gates=added(pair for each in found for pair in each.gates),
        violations=added(pair for each in found for pair in each.violations),
        tools=tool_uses(found),
        damaged=sum(each.damaged for each in found),
        senseless=sum(each.senseless for each in found),
        clock_back=sum(each.clock_back for each in found),
    )


def workflow_row(each: Timeline) -> WorkflowRow:
    """A workflow in the report."""
    return WorkflowRow(
        each.workflow_id, each.title, each.definition, each.status, each.total, each.worked, each.returns,
        each.lost,
    )  # fmt: skip


def added(pairs: Iterable[tuple[Name, int]]) -> tuple[tuple[Name, int], ...]:
    """The sums by name, the largest first, equal ones by name."""
    found: Counter[Name] = Counter()
    for name, number in pairs:
        found[name] += number
    return tuple(sorted(found.items(), key=lambda item: (-item[1], str(item[0]))))


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """How much time spans cover together."""
    total, reached = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def phase_shares(visits: Sequence[Placed]) -> Iterator[PhaseShare]:
    """Each phase of each definition, definitions by name, phases in the order they were first entered."""
    whole = sum(visit.worked for _, visit in visits)
    groups = grouped(visits, lambda timeline, visit: (timeline.definition, visit.phase))
    for (definition, phase), members in sorted(groups.items(), key=lambda item: item[0][0]):
        worked = sum(each.worked for each in members)
        yield PhaseShare(
            definition, phase, members[0].role,
            durations_of(each.worked for each in members if has_run(each)),
            worked, worked / whole if whole else 0.0,
            sum(each.ended == "skipped" for each in members),
            sum(each.ended == "returned" for each in members),
            sum(each.worked for each in members if each.nth > 1),
        )  # fmt: skip


def grouped(visits: Sequence[Placed], key: Callable[[Timeline, Visit], Name]) -> dict[Name, list[Visit]]:
    """The visits by some key, in the order in which each key came first."""
    found: dict[Name, list[Visit]] = {}
    for timeline, visit in visits:
        found.setdefault(key(timeline, visit), []).append(visit)
    return found


def has_run(visit: Visit) -> bool:
    """Whether a stay has ended, other than by being passed over."""
    return visit.ended not in ("open", "skipped")


def durations_of(lengths: Iterable[int]) -> Durations | None:
    """The statistics of some durations; None of none. The p90 is one of them, by nearest rank."""
    ordered = sorted(lengths)
    count = len(ordered)
    if not count:
        return None
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) // 2
    return Durations(count, ordered[0], median, ordered[-(-9 * count // 10) - 1], ordered[-1])


def successes(found: Sequence[Timeline], visits: Sequence[Placed]) -> Iterator[Success]:
    """Completions of all that ended: workflows by definition, stays by phase and by role."""
    over = [each for each in found if each.status in ("completed", "failed", "cancelled")]
    for name in sorted({each.definition for each in over}):
        mine = [each.status for each in over if each.definition == name]
        yield Success("definition", name, mine.count("completed"), len(mine))
    keys: tuple[tuple[str, Callable[[Timeline, Visit], str]], ...] = (
        ("phase", lambda timeline, visit: f"{timeline.definition}/{visit.phase}"),
        ("role", lambda _, visit: visit.role),
    )
    for kind, key in keys:
        for name, members in sorted(grouped(visits, key).items()):
            ended = [each.ended for each in members if has_run(each)]
            if ended and name:
                yield Success(kind, name, ended.count("completed"), len(ended))


def tool_uses(found: Sequence[Timeline]) -> tuple[ToolUse, ...]:
    """The tools of all, the most used first."""
    sums: dict[str, ToolUse] = {}
    for each in (tool for timeline in found for tool in timeline.tools):
        known = sums.get(each.tool, ToolUse(each.tool, 0, 0, 0))
        sums[each.tool] = ToolUse(
            each.tool, known.times + each.times, known.failed + each.failed, known.took + each.took
        )
    return tuple(sorted(sums.values(), key=lambda each: (-each.times, each.tool)))
