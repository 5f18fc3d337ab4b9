"""A timeline as Markdown: sentences, a Mermaid gantt chart, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.reports.timelines import heading, summary
from memory_state.reports.wording import clock_text, diagram_text, duration_text, markdown_text, moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory_state.reports.timeline import Timeline, Visit

# How Mermaid draws a visit, by how it ended; others have a plain bar.
TAGS = {
    "completed": "done, ",
    "open": "active, ",
    "returned": "crit, ",
    "failed": "crit, ",
    "undone": "crit, ",
}
# The heads of columns that hold numbers.
FIGURES = frozenset(
    {"times", "min", "median", "p90", "max", "total", "share", "completed", "ended", "rate", "failed", "took",
     "worked", "lasted"}
)  # fmt: skip
# GitHub draws no diagram of more than 50,000 characters.
CHART_LIMIT = 45_000


def timeline_markdown(found: Timeline) -> Iterator[str]:
    """The whole document, line by line."""
    yield f"# {markdown_text(found.title)}"
    yield from ("", f"Workflow {markdown_text(heading(found))}.", "")
    yield from (f"- {markdown_text(each)}" for each in summary(found))
    yield from ("", *chart(found), "")
    yield from table(
        ("phase", "role", "from", "worked", "how it ended", "reason"),
        [
            (f"{each.phase} {each.nth}" if each.nth > 1 else each.phase, each.role, clock_text(each.start),
             duration_text(each.worked), each.ended, each.reason)
            for each in found.visits
        ],
    )  # fmt: skip
    if found.gaps:
        yield from ("", "## Gaps", "")
        rows = [
            (each.kind, each.phase, clock_text(each.start), duration_text(each.duration), each.reason)
            for each in found.gaps
        ]
        yield from table(("gap", "phase", "from", "lasted", "reason"), rows)
    if found.tasks:
        yield from ("", "## Tasks", "")
        tasks = [
            (each.phase, each.text, each.status, "" if each.worked is None else duration_text(each.worked))
            for each in found.tasks
        ]
        yield from table(("phase", "task", "status", "worked"), tasks)


def chart(found: Timeline) -> Iterator[str]:
    """The gantt chart in its fence: a section for each phase; the latest visits where all are too many."""
    lines = [bar(each) for each in found.visits]
    sections = [f"    section {diagram_text(each.phase)}" for each in found.visits]
    room = CHART_LIMIT
    first = len(lines)
    while first > 0 and room > len(lines[first - 1]) + len(sections[first - 1]):
        first -= 1
        room -= len(lines[first]) + len(sections[first]) + 2
    yield from ("```mermaid", "gantt", f"    title {diagram_text(found.title)}")
    yield from ("    dateFormat YYYY-MM-DDTHH:mm:ss.SSS", "    axisFormat %m-%d %H:%M")
    for phase in dict.fromkeys(sections[first:]):
        yield phase
        yield from (line for line, own in zip(lines[first:], sections[first:], strict=True) if own == phase)
    yield "```"
    if first:
        yield from ("", f"The chart leaves out the first {first} of {len(lines)} visits.")


def bar(visit: Visit) -> str:
    """One visit of the chart: its name, and from when to when, in UTC."""
    start, end = (moment_text(each).removesuffix("Z") for each in (visit.start, visit.end))
    tag = "milestone, " if visit.start == visit.end else TAGS.get(visit.ended, "")
    return f"    {visit.ended} {duration_text(visit.worked)} :{tag}{start}, {end}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; the cells are stored text."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{''.join('---:|' if head in FIGURES else '---|' for head in heads)}"
    for row in rows:
        yield f"| {' | '.join(markdown_text(cell) for cell in row)} |"
