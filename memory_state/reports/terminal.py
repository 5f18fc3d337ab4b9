"""Tables and bars for a terminal, drawn by rich; stored text never means anything to it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from memory_state.core.text import one_line
from memory_state.reports.gantt import FIGURES
from memory_state.reports.overview import sentences, tables
from memory_state.reports.timelines import heading, summary
from memory_state.reports.wording import clock_text, duration_text, share_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import JustifyMethod, RenderableType

    from memory_state.reports.statistics import Report
    from memory_state.reports.timeline import Gap, TaskSpan, Timeline, Visit

WIDEST = 120
NARROWEST = 40
WRAPPED = ("how it ended", "reason", "task", "rule", "workflow", "name")
BAR = 24
WRAPS_AT = 16
MOST_SHOWN = 60  # of a title or a rule, so that a list of many stays a list
# What a narrow table does without, first to last.
DISPENSABLE = ("min", "p90", "max", "took", "failed", "", "from (UTC)", "share", "definition", "completed")
FULL, PART, NONE = "█", "░", " "
COLORS = {
    "completed": "green", "open": "cyan", "returned": "yellow", "failed": "red", "cancelled": "red",
    "undone": "magenta",
}  # fmt: skip


def rendered(parts: Iterable[RenderableType], width: int, *, color: bool) -> list[str]:
    """The lines that a terminal of this width shows, without blanks at their ends."""
    console = Console(
        file=io.StringIO(), width=drawn_width(width), color_system="standard" if color else None,
        force_terminal=color, no_color=not color, highlight=False, markup=False, emoji=False,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return [line.rstrip() for line in capture.get().splitlines()]


def drawn_width(width: int) -> int:
    """The columns that are drawn in: as many as there are, within reason."""
    return max(NARROWEST, min(width, WIDEST))


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str | Text]], width: int) -> Table:
    """A table without frames. Only what people wrote wraps; no number is cut, less important columns go."""
    cells = [tuple(Text(each) if isinstance(each, str) else each for each in row) for row in rows]
    kept = fitting(heads, cells, drawn_width(width))
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for at in kept:
        justify: JustifyMethod = "right" if heads[at] in FIGURES else "left"
        table.add_column(heads[at], justify=justify, no_wrap=heads[at] not in WRAPPED)
    for row in cells:
        table.add_row(*(row[at] for at in kept))
    return table


def fitting(heads: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> list[int]:
    """The columns that fit side by side, each by its place: the most dispensable are left out."""
    widths = [max(len(head), *(len(row[at]) for row in rows), 0) for at, head in enumerate(heads)]
    widths = [min(each, WRAPS_AT) if heads[at] in WRAPPED else each for at, each in enumerate(widths)]
    kept = list(range(len(heads)))
    for name in DISPENSABLE:
        if sum(widths[at] + 2 for at in kept) - 2 > width:
            kept = [at for at in kept if heads[at] != name]
    return kept


def timeline_parts(found: Timeline, width: int) -> Iterator[RenderableType]:
    """What `timeline` shows: sentences, a bar for each stay in a phase, then gaps and tasks."""
    yield Text(shown_text(found.title), style="bold")
    yield Text(shown_text(heading(found)))
    yield from (Text(each) for each in summary(found))
    yield Text()
    visits = [visit_row(found, each) for each in found.visits]
    yield table_of(("phase", "from (UTC)", "worked", "share", "", "how it ended"), visits, width)
    if found.gaps:
        yield Text()
        gaps = map(gap_row, found.gaps)
        yield table_of(("gap", "phase", "from (UTC)", "lasted", "reason"), gaps, width)
    if found.tasks:
        yield Text()
        tasks = map(task_row, found.tasks)
        yield table_of(("phase", "task", "status", "worked"), tasks, width)


def visit_row(found: Timeline, visit: Visit) -> tuple[str | Text, ...]:
    """One stay in a phase, its bar where it lies in the whole time."""
    return (
        f"{visit.phase} {visit.nth}" if visit.nth > 1 else visit.phase,
        clock_text(visit.start),
        duration_text(visit.worked),
        share_text(visit.worked, found.worked),
        Text(bar_text(found, visit), style=COLORS.get(visit.ended, "")),
        shown_text(f"{visit.ended}, {visit.reason}" if visit.reason else visit.ended),
    )


def gap_row(gap: Gap) -> tuple[str, ...]:
    """One gap."""
    return (gap.kind, gap.phase, clock_text(gap.start), duration_text(gap.duration), shown_text(gap.reason))


def task_row(task: TaskSpan) -> tuple[str, ...]:
    """One task."""
    worked = "" if task.worked is None else duration_text(task.worked)
    return (task.phase, shown_text(task.text), task.status, worked)


def bar_text(found: Timeline, visit: Visit, cells: int = BAR) -> str:
    """A visit within the whole time: full where it was worked, grey where a gap covers a cell's middle."""
    if not found.total:
        return FULL * cells
    first = (visit.start - found.start) * cells // found.total
    last = max(first + 1, -(-(visit.end - found.start) * cells // found.total))
    if first >= cells:
        first, last = cells - 1, cells
    middles = (found.start + (2 * at + 1) * found.total // (2 * cells) for at in range(first, last))
    gaps = [each for each in found.gaps if each.start < visit.end and each.end > visit.start]
    drawn = (PART if any(g.start <= middle < g.end for g in gaps) else FULL for middle in middles)
    return NONE * first + "".join(drawn)


def report_parts(found: Report, width: int) -> Iterator[RenderableType]:
    """What `report` shows: sentences, then its tables."""
    yield from (Text(each) for each in sentences(found))
    for title, heads, rows in tables(found):
        yield Text()
        yield Text(title, style="bold")
        yield table_of(heads, [tuple(one_line(cell, MOST_SHOWN) for cell in row) for row in rows], width)
