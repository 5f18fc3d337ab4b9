"""`timeline`, `report`, `explain` and `graph` as commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.cli.test_app import modules_after
from tests.sessions import SESSION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def test_timeline_in_every_form(planning: Program) -> None:
    """The same phase in the terminal, as columns, as Markdown and as JSON."""
    assert "\nplan   2026-11-20 12:00:" in planning("timeline").out
    assert planning("timeline", "--plain").out.splitlines()[1].split("\t")[4:6] == ["plan", "open"]
    assert "\ngantt\n" in planning("timeline", "--markdown").out
    phases = cast("list[dict[str, object]]", planning("timeline", "--json").document["phases"])
    assert [(each["phase"], each["ended"]) for each in phases] == [("plan", "open")]


def test_width_and_colour_are_respected(planning: Program) -> None:
    """COLUMNS bounds every line; NO_COLOR and a pipe take colour out, `--color always` brings it in."""
    assert max(map(len, planning("timeline", COLUMNS="60").out.splitlines())) <= 60
    assert "\x1b" not in planning("timeline").out
    assert "\x1b[36m" in planning("timeline", "--color", "always").out
    assert "\x1b" not in planning("timeline", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b" not in planning("report", "--plain", FORCE_COLOR="1").out


def test_report_of_all_or_some(planning: Program) -> None:
    """Without ids every workflow, also ended ones; by definition, or by id."""
    first = str(planning("status", "--json").workflow["workflow_id"])
    planning("cancel", "--by", "Ada")
    planning("start", "tdd", "Round")
    titles = ["Add login", "Round"]
    assert reported(planning) == titles
    assert reported(planning, "--definition", "tdd") == ["Round"]
    assert reported(planning, first) == reported(planning, "-w", first) == ["Add login"]
    assert planning("report", "zzzzzzzz").code == 3


def reported(program: Program, *arguments: str) -> list[object]:
    """The titles of the workflows in a report."""
    rows = program("report", *arguments, "--json").document["workflows"]
    return [each["title"] for each in cast("list[dict[str, object]]", rows)]


def test_report_goes_on_past_a_damaged_workflow(planning: Program) -> None:
    """What can not be read is told, the rest is still counted."""
    folder = next(planning.project.root.glob(".memory/state/workflow-history/*"))
    planning("cancel", "--by", "Ada")
    (folder / "definition.md").unlink()
    planning("start", "tdd", "Round")
    told = planning("report", "--json")
    assert told.code == 0
    assert len(cast("list[object]", told.document["workflows"])) == 1
    assert len(cast("list[object]", told.document["problems"])) == 1
    assert "definition.md is gone" in told.err


def test_report_of_nothing(ask: Program) -> None:
    """Where nothing was started the report is empty, and nothing is made for it."""
    told = ask("report")
    assert (told.code, told.out.splitlines()[0]) == (0, "0 workflows, 0s of work in 0s")
    assert not (ask.project.root / ".memory").exists()


def test_page_is_written_once_and_again(planning: Program) -> None:
    """It takes the place of an earlier page; a file of somebody else's stays."""
    root = planning.project.root
    for _ in range(2):
        told = planning("-C", str(root), "report", "--html", "out.html")
        assert (told.code, told.out) == (0, f"written: {root}/out.html\n")
    assert (root / "out.html").read_text("utf-8").endswith("</html>\n")
    (root / "own.html").write_text("<html>mine</html>", encoding="utf-8")
    told = planning("-C", str(root), "report", "--html", "own.html")
    assert (told.code, (root / "own.html").read_text("utf-8")) == (1, "<html>mine</html>")
    assert planning("-C", str(root), "report", "--html", "no/where.html").code == 2


def test_an_agent_writes_no_page_around_its_policy(planning: Program) -> None:
    """In an agent's session the page can only be printed; what is redirected the policy sees."""
    root = planning.project.root
    told = planning("-C", str(root), "report", "--html", "out.html", CLAUDECODE="1")
    assert told.code == 1
    assert "report --html - > FILE" in told.err
    assert not (root / "out.html").exists()
    assert planning("report", "--html", "-", CLAUDECODE="1").out.startswith("<!doctype html>")


def test_explain_the_last_refusal(planning: Program) -> None:
    """The gate's conditions as they were when it refused."""
    assert planning("explain", "last").code == 3
    planning("next")
    told = planning("explain", "last")
    assert told.code == 0
    assert "  gate      [ ] tasks: 1 of 1 open" in told.out
    asked = planning("explain", "last", "--json").document
    assert [each["met"] for each in cast("list[dict[str, object]]", asked["conditions"])] == [False, False]


def test_a_real_hooks_denial(planning: Program) -> None:
    """What the hook recorded is explained and counted: tool, rule, session."""
    assert planning.project.write("src/app.py").decision == "deny"
    assert planning.project.shell("git push origin main").decision == "deny"
    told = planning("explain", "last", "--json").document
    assert told["rule"] == "shell(git push *)"
    assert cast("dict[str, object]", told["who"])["session"] == SESSION
    assert "  rule      shell(git push *)\n" in planning("explain", "last").out
    denials = planning("report", "--json").document["denials"]
    assert denials == [
        {"rule": "no allow rule", "tool": "Write", "times": 1},
        {"rule": "shell(git push *)", "tool": "Bash", "times": 1},
    ]
    lines = planning("timeline", "--plain").out.splitlines()
    assert [line.split("\t")[0] for line in lines if SESSION in line or "Bash" in line] == [
        "session",
        "denied",
    ]


@pytest.mark.parametrize(("event", "code"), [("1", 0), ("2", 0), ("99", 3), ("x", 2), ("-1", 2)])
def test_explain_an_event(planning: Program, event: str, code: int) -> None:
    """By its number; what is none is wrong usage, one that is not there is missing."""
    assert planning("explain", event).code == code


def test_graph(planning: Program) -> None:
    """The workflow's own definition with its phase marked, or one by name; raw for a renderer."""
    assert planning("graph").out.splitlines()[-1] == "    class p1 current"
    assert "class" not in planning("graph", "tdd").out
    assert planning("graph", "tdd", "--markdown").out.splitlines()[-1] == "```"
    assert str(planning("graph", "--json").document["mermaid"]) + "\n" == planning("graph").out
    assert planning("graph", "nothing").code == 3


def test_graph_needs_no_workflow(ask: Program) -> None:
    """A definition can be looked at before anything was started."""
    assert ask("graph", "feature").code == 0
    assert ask("graph").code == 3


@pytest.mark.parametrize("arguments", [("--help",), ("status",), ("timeline", "--help"), ("graph", "tdd")])
def test_rich_is_imported_for_tables_only(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Neither the overview nor a command that draws nothing pays for it."""
    assert not modules_after(tmp_path, *arguments) & {"rich", "memory_state.reports.terminal"}
