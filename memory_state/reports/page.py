"""A report as one HTML page that stands alone: no script, nothing loaded from anywhere.

Figures and bars first, then the tables of the Markdown report, made HTML by mistune.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from memory_state.reports.charts import charts
from memory_state.reports.overview import report_tables, sentences
from memory_state.reports.wording import clock_text, counted, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_state.reports.statistics import Report
    from memory_state.reports.timeline import Timeline

MARK = "<!-- memory-state report -->"
STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --card: #f6f8fa;
  --line: #d0d7de; --bar: #2f6fbf; --again: #93b9e6; --gap: #c3cad2 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9aa4af; --back: #0d1117; --card: #161b22; --line: #30363d;
    --bar: #6ea8fe; --again: #36629c; --gap: #3d444d }
}
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 68rem;
  margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
.when, small, .legend { color: var(--soft) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem;
  margin: 1.5rem 0 }
.figures div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem .9rem }
.figures dt { color: var(--soft); font-size: .875rem }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; overflow-wrap: break-word }
.figures small { display: block; font-size: .8rem; font-weight: 400 }
ul { padding-left: 1.2rem }
.row { display: grid; grid-template-columns: 21rem 1fr 8.5rem; gap: .1rem 1rem; align-items: center;
  padding: .3rem 0; border-bottom: 1px solid var(--line) }
.head { display: flex; gap: .5rem; align-items: baseline; min-width: 0 }
.label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.row svg { width: 100%; height: .9rem; display: block }
.value { text-align: right; white-space: nowrap }
.row, td { font-variant-numeric: tabular-nums }
.legend span { white-space: nowrap; margin-right: 1rem }
.legend svg { width: .8rem; height: .8rem }
.few rect { stroke: var(--back); stroke-width: 2px; vector-effect: non-scaling-stroke }
.bar { fill: var(--bar) } .again { fill: var(--again) } .gap { fill: var(--gap) }
table { border-collapse: collapse; display: block; overflow-x: auto; max-width: 100%; font-size: .9rem }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .9rem .3rem 0; text-align: left;
  vertical-align: top; white-space: nowrap }
th { color: var(--soft); font-weight: 600 }
td.wide { white-space: normal; max-width: 32rem; overflow-wrap: break-word }
td.wide:nth-child(2) { min-width: 9rem }
@media (max-width: 44rem) {
  .row { grid-template-columns: 1fr auto }
  .row svg { grid-column: 1 / 3; grid-row: 2 }
  td.wide { max-width: 16rem }
}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_page(found: Report, timelines: Sequence[Timeline]) -> str:
    """The page."""
    parts = [
        "<!doctype html>", MARK, '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Where the time went</title><style>{STYLE}</style>", "</head>", "<body>",
        "<h1>Where the time went</h1>", f'<p class="when">{period(timelines)}</p>', *figures(found),
        "<ul>", *(f"<li>{escape(each)}</li>" for each in sentences(found)), "</ul>",
        *charts(found, timelines), tables_text(found), "</body>", "</html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def period(timelines: Sequence[Timeline]) -> str:
    """From when to when the workflows ran."""
    if not timelines:
        return "no workflows"
    first, last = min(each.start for each in timelines), max(each.end for each in timelines)
    return f"{clock_text(first)} to {clock_text(last)} (UTC)"


def figures(found: Report) -> Iterator[str]:
    """What to see first, each figure with what it is of."""
    slow = found.bottleneck
    completed = sum(each.status == "completed" for each in found.workflows)
    figures_of = (
        ("workflows", str(len(found.workflows)), f"{completed} completed"),
        ("work", duration_text(found.worked), f"in {duration_text(found.elapsed)}"),
        (
            "longest phase",
            slow.phase if slow else "none",
            f"{int(100 * slow.share)} % of the work" if slow else "",
        ),
        ("sent back", counted(found.returns, "time"), f"{duration_text(found.repeated)} repeated"),
        ("interruptions", str(found.interruptions), f"{duration_text(found.lost)} lost"),
        ("denied calls", str(sum(times for _, _, times in found.denials)), "by phase policies"),
    )
    yield '<dl class="figures">'
    for name, value, remark in figures_of:
        yield f"<div><dt>{name}</dt><dd>{escape(value)}<small>{escape(remark)}</small></dd></div>"
    yield "</dl>"


def tables_text(found: Report) -> str:
    """The tables as HTML; a cell that is no figure may take more lines."""
    import mistune

    made = mistune.create_markdown(escape=True, plugins=["table"])("\n".join(report_tables(found)))
    return str(made).strip().replace("<td>", '<td class="wide">')
