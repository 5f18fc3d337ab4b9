"""A report as one HTML page that stands alone: no script, nothing loaded from anywhere.

Its text is the Markdown report, made HTML by mistune; its bars are SVG within the page.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from memory_state.reports.overview import report_markdown
from memory_state.reports.wording import duration_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_state.reports.statistics import Report
    from memory_state.reports.timeline import Timeline

MARK = "<!-- memory-state report -->"
WIDTH, LINE, LABEL = 960, 22, 240
MOST_STRIPS = 100
STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --back: #fff; --line: #d0d7de; --bar: #3b6fb6;
  --gap: #9aa4af }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --back: #0d1117; --line: #30363d; --bar: #6ea8fe; --gap: #57606a }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left }
td { font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif }
svg text { fill: var(--text) }
.bar { fill: var(--bar) } .again { fill: var(--bar); opacity: .55 } .gap { fill: var(--gap) }
"""


def report_page(found: Report, timelines: Sequence[Timeline]) -> str:
    """The page."""
    import mistune

    text = mistune.create_markdown(escape=True, plugins=["table"])("\n".join(report_markdown(found)))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    parts = [
        "<!doctype html>", MARK, '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Where the time went</title><style>{STYLE}</style>", "</head>", "<body>", str(text).strip(),
        *charts(found, timelines), "</body>", "</html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def charts(found: Report, timelines: Sequence[Timeline]) -> Iterator[str]:
    """The bars: work by phase, then each workflow as a strip of its time."""
    if found.bottleneck is not None:
        yield "<h2>Work by phase</h2>"
        yield drawing([f"{each.definition}: {each.phase}" for each in found.phases], phase_bars(found))
    shown = [each for each in timelines if each.total][:MOST_STRIPS]
    if shown:
        yield "<h2>Workflows in time</h2>"
        yield "<p>Each from its start to its end. Paler: a phase come to again. Grey: not worked.</p>"
        yield drawing([each.title for each in shown], [list(strip(each)) for each in shown])
    if len(shown) < len(timelines):
        yield f"<p>{len(timelines) - len(shown)} of {len(timelines)} workflows are not drawn.</p>"


def drawing(labels: Sequence[str], bars: Sequence[Sequence[str]]) -> str:
    """Lines of an SVG, each with its label on the left; the bars are shapes that know their x and width."""
    height = LINE * len(labels)
    lines = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="bars">']
    for at, (label, shapes) in enumerate(zip(labels, bars, strict=True)):
        lines.append(f'<g transform="translate(0 {LINE * at})">')
        lines.append(f'<text x="0" y="16">{escape(shortened(label))}</text>{"".join(shapes)}</g>')
    return "\n".join([*lines, "</svg>"])


def shortened(label: str) -> str:
    """A label that fits beside its bar."""
    label = shown_text(label)
    return label if len(label) <= 34 else f"{label[:33]}…"


def bar(kind: str, start: float, width: float, title: str) -> str:
    """One bar from `start` on, as shares of the room there is; a title says what it is."""
    room = WIDTH - LABEL
    place = f'x="{LABEL + start * room:.1f}" y="4" width="{max(width * room, 0.5):.1f}" height="14"'
    return f'<rect class="{kind}" {place}><title>{escape(shown_text(title))}</title></rect>'


def phase_bars(found: Report) -> list[list[str]]:
    """A bar for each phase, the longest the whole width."""
    longest = max(each.worked for each in found.phases)
    return [
        [bar("bar", 0, each.worked / longest, f"{duration_text(each.worked)}, {int(100 * each.share)} %")]
        for each in found.phases
    ]


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
