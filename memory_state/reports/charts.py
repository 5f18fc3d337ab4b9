"""The bars of a report's page: work by phase, and each workflow as a strip of its time.

Labels and figures are text beside the bars, so that they stay readable at every width; only the bars
themselves, which are SVG within the page, stretch.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from memory_state.reports.wording import duration_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory_state.reports.statistics import Report
    from memory_state.reports.timeline import Timeline

ROOM, HEIGHT = 1000, 14
MOST_STRIPS = 100
FEW = 40
LEGEND = (("bar", "worked"), ("again", "worked, in a phase come to again"), ("gap", "not worked"))


def charts(found: Report, timelines: Sequence[Timeline]) -> Iterator[str]:
    """Both charts, each only where it has something to show."""
    if found.bottleneck is not None:
        yield "<h2>Work by phase</h2>"
        yield from phase_rows(found)
    shown = [each for each in timelines if each.total][:MOST_STRIPS]
    if shown:
        yield "<h2>Workflows in time</h2>"
        yield f'<p class="legend">{" ".join(map(swatch, LEGEND))}</p>'
        yield "<p>Each from its start to its end.</p>"
        yield from (row(each.title, each.status, strip(each), duration_text(each.total)) for each in shown)
    if len(shown) < len(timelines):
        yield f"<p>{len(timelines) - len(shown)} of {len(timelines)} workflows are not drawn.</p>"


def swatch(entry: tuple[str, str]) -> str:
    """One entry of the legend."""
    kind, said = entry
    return f'<span><svg viewBox="0 0 10 10"><rect class="{kind}" width="10" height="10"/></svg> {said}</span>'


def row(label: str, remark: str, shapes: Iterable[str], value: str) -> str:
    """One line of a chart: what it is about, its bars, its figure; lines part the bars where they are few."""
    bars = list(shapes)
    kind = ' class="few"' if len(bars) <= FEW else ""
    name = escape(shown_text(label))
    head = f'<span class="label" title="{name}">{name}</span><small>{escape(remark)}</small>'
    drawn = f'<svg{kind} viewBox="0 0 {ROOM} {HEIGHT}" preserveAspectRatio="none">{"".join(bars)}</svg>'
    return f'<div class="row"><div class="head">{head}</div>{drawn}<span class="value">{value}</span></div>'


def bar(kind: str, start: float, width: float, title: str) -> str:
    """One bar from `start` on, as shares of the room there is; a title says what it is."""
    place = f'x="{start * ROOM:.1f}" width="{max(width * ROOM, 1):.1f}" height="{HEIGHT}"'
    return f'<rect class="{kind}" {place}><title>{escape(shown_text(title))}</title></rect>'


def phase_rows(found: Report) -> Iterator[str]:
    """A bar for each phase, the longest the whole width."""
    longest = max(each.worked for each in found.phases)
    for each in found.phases:
        said = f"{duration_text(each.worked)}, {int(100 * each.share)} %"
        shapes = [bar("bar", 0, each.worked / longest, said)] if each.worked else []
        yield row(each.phase, each.definition, shapes, said)


def strip(found: Timeline) -> Iterator[str]:
    """The visits of a workflow where they lie in its time, and its gaps above them."""
    for visit in found.visits:
        title = f"{visit.phase}: {duration_text(visit.worked)}, {visit.ended}"
        kind = "again" if visit.nth > 1 else "bar"
        start, width = (visit.start - found.start) / found.total, (visit.end - visit.start) / found.total
        yield bar(kind, start, width, title)
    for gap in found.gaps:
        title = f"{gap.kind}: {duration_text(gap.duration)}"
        yield bar("gap", (gap.start - found.start) / found.total, gap.duration / found.total, title)
