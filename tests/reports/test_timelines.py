"""The views of a timeline: JSON, plain columns, Markdown, terminal; they all say the same."""

from __future__ import annotations

import json
import re

import pytest

from memory_state.core.clock import parse_time
from memory_state.reports.gantt import timeline_markdown
from memory_state.reports.spans import timeline_of
from memory_state.reports.terminal import bar_text, rendered, timeline_parts
from memory_state.reports.timeline import Timeline
from memory_state.reports.timelines import summary, timeline_columns, timeline_values
from memory_state.reports.wording import duration_text
from memory_state.workflow.machine import back, park
from tests.reports.histories import HOUR, Writing, winding


def told() -> Timeline:
    """A small history with a return, a gap, a task, a denial."""
    run = Writing(title="Add <b>login</b> | now").next().after(600)
    run.event("task.completed", "plan", by="cli", text="Write the plan").next().after(300).next().after(60)
    run.append(*back(run.definition, run.state, "Fails: `x`")).after(60)
    run.append(*park(run.state, "wait", "waiting", "Lunch")).after(HOUR).next()
    run.event("tool.denied", "Bash", tool="Bash", reason="no rule allows Bash; allowed: read")
    run.event("tool.used", "Edit", tool="Edit", ok=False).event("tool.used", "Read", tool="Read", ok=True)
    return timeline_of(run.definition, run.events)


def test_plain_columns() -> None:
    """One line for each span, its columns separated by tabs."""
    assert [line.replace("2026-11-20T", "").split("\t") for line in timeline_columns(told())] == [
        ["workflow", "10:00:00.000Z", "11:17:00.000Z", "1020000", "7f3a9c21", "in_progress",
         "Add <b>login</b> | now"],
        ["phase", "10:00:00.000Z", "10:10:00.000Z", "600000", "plan", "completed", "-"],
        ["phase", "10:10:00.000Z", "10:15:00.000Z", "300000", "build", "completed", "-"],
        ["phase", "10:15:00.000Z", "10:16:00.000Z", "60000", "test", "returned", "Fails: `x`"],
        ["phase", "10:16:00.000Z", "11:17:00.000Z", "60000", "build", "open", "-"],
        ["gap", "10:17:00.000Z", "11:17:00.000Z", "3600000", "build", "waiting", "Lunch"],
        ["task", "10:00:00.000Z", "10:10:00.000Z", "600000", "plan", "completed", "Write the plan"],
        ["task", "10:16:00.000Z", "-", "-", "build", "pending", "Fails: `x`"],
        ["denied", "-", "-", "1", "build", "Bash", "no allow rule"],
    ]  # fmt: skip


def test_sentences() -> None:
    """What stands above every view: the time, and what went otherwise than planned."""
    assert list(summary(told())) == [
        "2026-11-20T10:00:00.000Z to 2026-11-20T11:17:00.000Z: 1h 17m, worked 17m, waiting 1h",
        "sent back 1 time",
        "denied Bash by no allow rule (1)",
        "failed calls of Edit (1)",
    ]


def test_sentences_on_what_is_less_sure() -> None:
    """Damage and a clock that went back are said where the numbers are."""
    found = told()._replace(damaged=2, senseless=1, clock_back=3, clock_back_by=7_200_000, interruptions=1)
    assert list(summary(found))[2] == "1 interruption, 0s lost"
    assert list(summary(found))[-3:] == [
        "2 damaged lines passed over: what they said is not in the numbers",
        "1 event passed over that do not fit those before them",
        "the clock was behind at 3 events, by up to 2h: time stood still meanwhile",
    ]


def test_terminal() -> None:
    """A bar lies where its visit lies in the whole time; a gap in it is grey; no line is too wide."""
    lines = rendered(timeline_parts(told(), 100), 100, color=False)
    assert lines[0] == "Add <b>login</b> | now"
    at = next(number for number, line in enumerate(lines) if line.startswith("phase    from"))
    assert lines[at + 1 : at + 5] == [
        "plan     2026-11-20 10:00:00     10m   58 %  ████                      completed",
        "build    2026-11-20 10:10:00      5m   29 %     ██                     completed",
        "test     2026-11-20 10:15:00      1m    5 %      █                     returned, Fails: `x`",
        "build 2  2026-11-20 10:16:00      1m    5 %      █░░░░░░░░░░░░░░░░░░░  open",
    ]
    assert max(map(len, rendered(timeline_parts(told(), 60), 60, color=False))) <= 60


def test_colour_only_when_asked_for() -> None:
    """Without colour there is no escape sequence, and stored text brings none in."""
    title = "\x1b[31mred [bold]x[/bold] :smile:"
    found = told()._replace(title=title)
    assert "\x1b" not in "".join(rendered(timeline_parts(found, 100), 100, color=False))
    shown = rendered(timeline_parts(found, 100), 100, color=True)
    assert "\x1b[36m" in "".join(shown)
    assert "\\x1b[31mred [bold]x[/bold] :smile:" in shown[0]


def test_markdown() -> None:
    """A chart that GitHub draws, its moments in UTC, and tables in which nothing breaks out."""
    lines = list(timeline_markdown(told()))
    assert lines[0] == "# Add \\<b\\>login\\</b\\> \\| now"
    start = lines.index("```mermaid")
    assert lines[start : start + 12] == [
        "```mermaid",
        "gantt",
        "    title Add b login /b now",
        "    dateFormat YYYY-MM-DDTHH:mm:ss.SSS",
        "    axisFormat %m-%d %H:%M",
        "    section plan",
        "    completed 10m :done, 2026-11-20T10:00:00.000, 2026-11-20T10:10:00.000",
        "    section build",
        "    completed 5m :done, 2026-11-20T10:10:00.000, 2026-11-20T10:15:00.000",
        "    open 1m :active, 2026-11-20T10:16:00.000, 2026-11-20T11:17:00.000",
        "    section test",
        "    returned 1m :crit, 2026-11-20T10:15:00.000, 2026-11-20T10:16:00.000",
    ]
    assert "| test | tester | 2026-11-20 10:15:00 | 1m | returned | Fails: \\`x\\` |" in lines
    assert "| waiting | build | 2026-11-20 10:17:00 | 1h | Lunch |" in lines


def test_markdown_of_very_many_visits() -> None:
    """The chart keeps to what GitHub draws, and says what it leaves out."""
    found = told()
    lines = list(timeline_markdown(found._replace(visits=found.visits * 300)))
    chart = "\n".join(lines[lines.index("```mermaid") : lines.index("```")])
    assert 30_000 < len(chart) < 50_000
    left_out = 1200 - chart.count(", 2026-")
    assert f"The chart leaves out the first {1200 - chart.count(' :')} of 1200 visits." in lines
    assert left_out > 0


def test_a_bar_is_never_longer_than_the_whole() -> None:
    """Also that of a visit at the very end, of no length, or of a workflow of no length."""
    found = told()
    at_end = found.visits[-1]._replace(start=found.end, end=found.end)
    assert len(bar_text(found, at_end)) == 24
    assert bar_text(found, at_end).strip() == "█"
    assert bar_text(found._replace(end=found.start), at_end) == "█" * 24


@pytest.mark.parametrize(("seed", "count"), [(7, 10_000), (8, 500), (9, 500)])
def test_all_views_agree(seed: int, count: int) -> None:
    """JSON, plain columns, Markdown and terminal tell the same visits and durations."""
    writing = winding(seed, count)
    found = timeline_of(writing.definition, writing.events)
    values = json.loads(json.dumps(timeline_values(found)))
    said = [(each["phase"], each["worked_ms"], each["ended"]) for each in values["phases"]]
    assert sum(worked for _, worked, _ in said) == values["worked_ms"]
    assert values["worked_ms"] + sum(each["ms"] for each in values["gaps"]) == values["total_ms"]
    columns = [line.split("\t") for line in timeline_columns(found)]
    assert [(row[4], int(row[3]), row[5]) for row in columns if row[0] == "phase"] == said
    assert sum(int(row[3]) for row in columns if row[0] == "gap") == sum(e["ms"] for e in values["gaps"])
    shown = [duration_text(worked) for _, worked, _ in said]
    markdown = list(timeline_markdown(found))
    assert cells(markdown, 6, 3) == shown
    table = [line for line in rendered(timeline_parts(found, 120), 120, color=False) if "%  " in line]
    assert [re.findall(r":\d\d +(\S+(?: \S+)??)  +\d+ %", line)[0] for line in table] == shown


def cells(lines: list[str], count: int, at: int) -> list[str]:
    """One column of the first Markdown table of so many columns."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ")]
    return [row[at].strip() for row in rows if len(row) == count][1:]


def test_moments_in_json_are_those_of_the_events() -> None:
    """Nothing is lost between the log and the report."""
    writing = winding(8, 300)
    values = timeline_values(timeline_of(writing.definition, writing.events))
    assert values["started_at"] == writing.events[0].time
    assert parse_time(str(values["until"])) == max(parse_time(each.time) for each in writing.events)
