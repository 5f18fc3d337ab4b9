"""The views of a report: JSON, plain columns, Markdown, terminal, a page; they all say the same."""

from __future__ import annotations

import json
import re

import pytest

from memory_state.reports.overview import report_columns, report_markdown, report_values, sentences
from memory_state.reports.page import MARK, report_page
from memory_state.reports.spans import timeline_of
from memory_state.reports.statistics import Report, report_of
from memory_state.reports.terminal import rendered, report_parts
from memory_state.reports.timeline import Timeline
from memory_state.reports.wording import duration_text
from tests.reports.histories import WINDING, Writing, winding

EVIL = '<script src="https://x.example/a.js">alert(1)</script><img src=x onerror=y> | `a` [b](javascript:c)'


def timelines(title: str = "Add login") -> list[Timeline]:
    """Two small histories."""
    one = Writing(title=title).next().after(600).next().after(60)
    one.event("tool.denied", "Bash", tool="Bash", reason="no rule allows Bash; allowed: read")
    two = Writing(now=one.now + 60).next().after(120).next().after(30).event("tool.used", "Edit", ok=True)
    return [timeline_of(WINDING, each.events) for each in (one, two)]


def report(title: str = "Add login") -> Report:
    """The report on them."""
    return report_of(timelines(title))


def test_sentences() -> None:
    """The whole, the bottleneck, the rework, the interruptions."""
    assert list(sentences(report())) == [
        "2 workflows, 13m 30s of work in 13m 30s",
        "bottleneck: plan of winding, 12m, 88 % of the work",
        "rework: sent back 0 times, 0s in repeated phases",
        "0 interruptions, 0s lost",
    ]


def test_sentences_on_what_is_less_sure() -> None:
    """Damage is said where the sums are."""
    found = report()._replace(damaged=1, senseless=2, gates=(("tasks", 3),), rollbacks=1, undone=60_000)
    assert list(sentences(found))[3:] == [
        "1 rollback, 1m of work undone",
        "0 interruptions, 0s lost",
        "gates refused for tasks (3)",
        "1 line was damaged: the numbers may lack something",
        "2 events did not fit those before them: the numbers may lack something",
    ]


def test_plain_columns() -> None:
    """One line for each figure, its columns separated by tabs."""
    assert [line.split("\t") for line in report_columns(report())] == [
        ["total", "2", "810000", "810000", "10"],
        ["workflow", "7f3a9c21", "in_progress", "660000", "660000", "winding", "Add login"],
        ["workflow", "7f3a9c21", "in_progress", "150000", "150000", "winding", "Add login"],
        ["phase", "winding", "plan", "2", "120000", "360000", "600000", "600000", "720000", "0.8889"],
        ["phase", "winding", "build", "0", "-", "-", "-", "-", "90000", "0.1111"],
        ["success", "phase", "winding/plan", "2", "2"],
        ["success", "role", "architect", "2", "2"],
        ["rework", "0", "0", "0", "0"],
        ["interruptions", "0", "0"],
        ["denied", "Bash", "1", "no allow rule"],
        ["tool", "Edit", "1", "0", "0"],
    ]


def test_terminal_keeps_to_its_width() -> None:
    """Tables without frames, no line too wide, no escape sequence without colour."""
    lines = rendered(report_parts(report(), 90), 90, color=False)
    assert "winding     plan       2   2m      6m  10m  10m     12m   88 %" in lines
    assert max(map(len, lines)) <= 90
    assert "\x1b" not in "".join(lines)
    narrow = rendered(report_parts(report(), 50), 50, color=False)
    assert max(map(len, narrow)) <= 50
    assert "winding     plan       2      6m     12m   88 %" in narrow


def test_nothing_to_report() -> None:
    """Without workflows every view is there and empty."""
    none = report_of([])
    assert next(iter(sentences(none))) == "0 workflows, 0s of work in 0s"
    assert report_values(none)["bottleneck"] is None
    assert "</html>" in report_page(none, [])


@pytest.mark.parametrize("seed", [7, 8])
def test_all_views_agree(seed: int) -> None:
    """JSON, plain columns, Markdown, terminal and page tell the same durations of phases."""
    found = [timeline_of(WINDING, winding(seed, 10_000 if seed == 7 else 700).events)]
    total = report_of(found)
    values = json.loads(json.dumps(report_values(total)))
    said = [(each["phase"], each["count"], each["worked_ms"]) for each in values["phases"]]
    assert sum(worked for _, _, worked in said) == values["worked_ms"] == found[0].worked
    columns = [line.split("\t") for line in report_columns(total)]
    assert [(row[2], int(row[3]), int(row[8])) for row in columns if row[0] == "phase"] == said
    shown = [(phase, str(count), duration_text(worked)) for phase, count, worked in said]
    markdown = list(report_markdown(total))
    assert [(row[1], row[2], row[7]) for row in rows(markdown)] == shown
    page = report_page(total, found)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", each, re.DOTALL) for each in page.split("<tr>")]
    assert [(row[1], row[2], row[7]) for row in cells if len(row) == 9] == shown
    lines = rendered(report_parts(total, 120), 120, color=False)
    start = next(at for at, line in enumerate(lines) if line.startswith("definition"))
    table = [re.split(r"  +", line) for line in lines[start + 1 : start + 1 + len(shown)]]
    assert [(row[1], row[2], row[-2]) for row in table] == shown


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of the phases' table."""
    found = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    return [each for each in found if len(each) == 9][1:]


def test_page_stands_alone() -> None:
    """No script, nothing from elsewhere; a policy forbids both."""
    page = report_page(report(), timelines())
    assert page.startswith(f"<!doctype html>\n{MARK}\n<html")
    assert "default-src 'none'" in page
    assert (
        re.findall(r"<(?:script|link|img|iframe|object|form)\b|\bon\w+=|url\(|@import|https?://", page) == []
    )
    assert '<svg class="few" viewBox="0 0 1000 14" preserveAspectRatio="none">' in page
    assert "<dt>work</dt><dd>13m 30s<small>" in page


def test_stored_text_is_only_text_in_the_page() -> None:
    """Titles make no tag, no link and no attribute, in table and bars."""
    page = report_page(report(EVIL), timelines(EVIL))
    assert re.findall(r"<(?:script|img|a)\b|onerror=y>", page) == []
    assert "&lt;script src=" in page
    assert "javascript:c" in page


def test_names_are_only_text_in_bars() -> None:
    """Also a name that no definition could have makes no tag there."""
    odd = timelines()[0]
    odd = odd._replace(visits=(odd.visits[0]._replace(phase="</title><script>x"),))
    page = report_page(report_of([odd]), [odd])
    assert "<script>" not in page
    assert "<title>&lt;/title&gt;&lt;script&gt;x: 10m, completed</title>" in page


def test_bars_know_what_they_are() -> None:
    """Each bar has a title; the longest phase fills the room there is."""
    page = report_page(report(), timelines())
    assert '<rect class="bar" x="0.0" width="1000.0" height="14"><title>12m, 88 %</title></rect>' in page
    assert "<title>plan: 10m, completed</title>" in page


def test_page_says_each_figure_as_text() -> None:
    """What a bar shows stands beside it, for those who do not see it."""
    page = report_page(report(), timelines())
    assert '<span class="value">12m, 88 %</span>' in page
    assert '<span class="label" title="plan">plan</span>' in page
    assert "worked, in a phase come to again" in page


def test_numbers_of_a_table_stand_on_the_right() -> None:
    """In Markdown and on the page, columns of numbers are aligned as numbers are."""
    markdown = list(report_markdown(report()))
    assert "|---|---|---:|---:|---:|---:|---:|---:|---:|" in markdown
    assert '<td style="text-align:right">12m</td>' in report_page(report(), timelines())


def test_page_of_very_many_workflows() -> None:
    """Not all are drawn, and that is said."""
    page = report_page(report(), timelines() * 60)
    assert "<p>20 of 120 workflows are not drawn.</p>" in page
