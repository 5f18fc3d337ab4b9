"""A report as JSON values, as plain columns, as sentences and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.text import column
from memory_state.reports.gantt import table
from memory_state.reports.wording import counted, duration_text, markdown_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.reports.statistics import Durations, PhaseShare, Report, Success

PHASE_HEADS = ("definition", "phase", "times", "min", "median", "p90", "max", "total", "share")
SUCCESS_HEADS = ("of", "name", "completed", "ended", "rate")
DENIAL_HEADS = ("denied", "rule", "times")
TOOL_HEADS = ("tool", "times", "failed", "took")
WORKFLOW_HEADS = ("id", "workflow", "definition", "status", "worked", "total")
Rows = list[tuple[str, ...]]


def report_values(found: Report) -> dict[str, object]:
    """A report as JSON shows it; durations are in milliseconds, shares and rates between 0 and 1."""
    return {
        "workflows": [
            {"workflow_id": each.workflow_id, "title": each.title, "definition": each.definition,
             "status": each.status, "total_ms": each.total, "worked_ms": each.worked,
             "returns": each.returns, "lost_ms": each.lost}
            for each in found.workflows
        ],
        "phases": [phase_values(each) for each in found.phases],
        "bottleneck": None if found.bottleneck is None else phase_values(found.bottleneck),
        "success": [
            {"kind": each.kind, "name": each.name, "completed": each.completed, "ended": each.ended,
             "rate": round(each.completed / each.ended, 4)}
            for each in found.success
        ],
        "worked_ms": found.worked,
        "elapsed_ms": found.elapsed,
        "gaps_ms": dict(found.gaps),
        "rework": {"returns": found.returns, "repeated_ms": found.repeated,
                   "rollbacks": found.rollbacks, "undone_ms": found.undone},
        "interruptions": {"count": found.interruptions, "lost_ms": found.lost},
        "denials": [{"rule": rule, "tool": tool, "times": times} for rule, tool, times in found.denials],
        "gates": dict(found.gates),
        "violations": dict(found.violations),
        "tools": [
            {"tool": each.tool, "times": each.times, "failed": each.failed, "took_ms": each.took}
            for each in found.tools
        ],
        "events": found.events,
        "damaged_lines": found.damaged,
        "senseless_events": found.senseless,
        "clock_back_events": found.clock_back,
    }  # fmt: skip


def phase_values(each: PhaseShare) -> dict[str, object]:
    """One phase of one definition."""
    lasted = each.durations
    return {
        "definition": each.definition, "phase": each.phase, "role": each.role or None,
        "count": lasted.times if lasted else 0, "min_ms": lasted.least if lasted else None,
        "median_ms": lasted.median if lasted else None, "p90_ms": lasted.p90 if lasted else None,
        "max_ms": lasted.most if lasted else None, "worked_ms": each.worked, "share": round(each.share, 4),
        "skipped": each.skipped, "returned": each.returned, "repeated_ms": each.repeated,
    }  # fmt: skip


def report_columns(found: Report) -> Iterator[str]:
    """Lines of columns that tabs separate; the first says what the line is about."""
    yield column("total", len(found.workflows), found.worked, found.elapsed, found.events)
    for each in found.workflows:
        yield column(
            "workflow", each.workflow_id, each.status, each.worked, each.total, each.definition, each.title
        )
    for phase in found.phases:
        figures = phase.durations or (0, "-", "-", "-", "-")
        yield column("phase", phase.definition, phase.phase, *figures, phase.worked, f"{phase.share:.4f}")
    for success in found.success:
        yield column("success", success.kind, success.name, success.completed, success.ended)
    for kind, duration in found.gaps:
        yield column("gap", kind, duration)
    yield column("rework", found.returns, found.repeated, found.rollbacks, found.undone)
    yield column("interruptions", found.interruptions, found.lost)
    for rule, tool, times in found.denials:
        yield column("denied", tool, times, rule)
    for name, times in found.gates:
        yield column("gate", name, times)
    for name, times in found.violations:
        yield column("violation", name, times)
    for use in found.tools:
        yield column("tool", use.tool, use.times, use.failed, use.took)


def sentences(found: Report) -> Iterator[str]:
    """What stands above the tables of every view."""
    worked, elapsed = duration_text(found.worked), duration_text(found.elapsed)
    yield f"{counted(len(found.workflows), 'workflow')}, {worked} of work in {elapsed}"
    if found.gaps:
        yield f"not worked: {', '.join(f'{kind} {duration_text(gap)}' for kind, gap in found.gaps)}"
    slow = found.bottleneck
    if slow is not None:
        share = f"{int(100 * slow.share)} % of the work"
        yield f"bottleneck: {slow.phase} of {slow.definition}, {duration_text(slow.worked)}, {share}"
    repeated = duration_text(found.repeated)
    yield f"rework: sent back {counted(found.returns, 'time')}, {repeated} in repeated phases"
    if found.rollbacks:
        yield f"{counted(found.rollbacks, 'rollback')}, {duration_text(found.undone)} of work undone"
    yield f"{counted(found.interruptions, 'interruption')}, {duration_text(found.lost)} lost"
    for names, what in ((found.gates, "gates refused for"), (found.violations, "violations of")):
        if names:
            yield f"{what} {', '.join(f'{shown_text(name)} ({times})' for name, times in names)}"
    yield from doubts(found)


def doubts(found: Report) -> Iterator[str]:
    """What makes the numbers less sure than they look."""
    for number, one, more in (
        (found.damaged, "line was damaged", "lines were damaged"),
        (found.senseless, "event did not fit those before it", "events did not fit those before them"),
        (found.clock_back, "event came while the clock was behind", "events came while the clock was behind"),
    ):
        if number:
            yield f"{counted(number, one, more)}: the numbers may lack something"


def workflow_rows(found: Report) -> Rows:
    """The workflows, as cells of a table."""
    return [
        (each.workflow_id, shown_text(each.title), each.definition, each.status, duration_text(each.worked),
         duration_text(each.total))
        for each in found.workflows
    ]  # fmt: skip


def phase_rows(found: Report) -> Rows:
    """The phases."""
    return [
        (each.definition, each.phase, *duration_cells(each.durations), duration_text(each.worked),
         f"{int(100 * each.share)} %")
        for each in found.phases
    ]  # fmt: skip


def duration_cells(lasted: Durations | None) -> tuple[str, ...]:
    """Count and statistics; of none only that there is none."""
    return ("0", "", "", "", "") if lasted is None else (str(lasted[0]), *map(duration_text, lasted[1:]))


def success_rows(found: Report) -> Rows:
    """The rates of success."""

    def row(each: Success) -> tuple[str, ...]:
        rate = 100 * each.completed // each.ended
        return (each.kind, each.name, str(each.completed), str(each.ended), f"{rate} %")

    return [row(each) for each in found.success]


def denial_rows(found: Report) -> Rows:
    """The denials by tool and rule."""
    return [(tool, shown_text(rule), str(times)) for rule, tool, times in found.denials]


def tool_rows(found: Report) -> Rows:
    """The tools."""
    return [
        (each.tool, str(each.times), str(each.failed), duration_text(each.took) if each.took else "")
        for each in found.tools
    ]


def tables(found: Report) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """The tables of a report that hold something: title, heads, rows."""
    all_of_them = (
        ("Phases", PHASE_HEADS, phase_rows(found)),
        ("Success", SUCCESS_HEADS, success_rows(found)),
        ("Denials", DENIAL_HEADS, denial_rows(found)),
        ("Tools", TOOL_HEADS, tool_rows(found)),
        ("Workflows", WORKFLOW_HEADS, workflow_rows(found)),
    )
    return ((title, heads, rows) for title, heads, rows in all_of_them if rows)


def report_markdown(found: Report) -> Iterator[str]:
    """The whole document, line by line."""
    yield from ("# Where the time went", "")
    yield from (f"- {markdown_text(each)}" for each in sentences(found))
    yield from report_tables(found)


def report_tables(found: Report) -> Iterator[str]:
    """The document's tables, each below its heading."""
    for title, heads, rows in tables(found):
        yield from ("", f"## {title}", "")
        yield from table(heads, rows)
