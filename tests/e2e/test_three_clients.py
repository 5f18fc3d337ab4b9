"""One workflow begun in Claude Code, gone on with in Codex CLI, ended in Copilot CLI, by one user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import open_session, run_print
from tests.e2e.codex import client as codexes
from tests.e2e.copilot import client as copilots
from tests.e2e.definitions import RELAY
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.record import Request

SHELL = ("--allowedTools", "Bash")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the one home of all three clients is."""
    return tmp_path / "sessions"


def test_one_workflow_goes_through_three_clients(
    claude: Path, codex: Path, copilot: Path, project: Path, folder: Path, unpacked: Path
) -> None:
    """A kill in the first is told to the second; all that the three did is one history without a fault."""
    first = open_session(claude, project, folder)
    second = codexes.open_codex(codex, project, folder)
    third = copilots.open_copilot(copilot, project, folder, unpacked)
    place = Workplace(first)
    for name in ("claude", "codex", "copilot"):
        place.run("setup", name)
    place.define("relay", RELAY)
    own = place.program

    def planned(requests: Sequence[Request]) -> bool:
        return len(requests) == 3

    plan = call("Write", file_path=str(project / "plan.md"), content="# Plan\n")
    begun = script(call("Bash", command=f"{own} start relay 'Add login'"), plan, say("never", delay=60))
    run = run_print(first, "go", begun, mode="acceptEdits", args=SHELL, kill_when=planned)
    assert run.killed
    assert (project / "plan.md").is_file()

    turns = (
        codexes.add_file("src/login.py"),
        codexes.shell(f"{own} task done plan.1"),
        codexes.shell(f"{own} next"),
        codexes.add_file("src/login.py", "x = 1"),
        codexes.shell(f"{own} task done build.1"),
        codexes.shell(f"{own} next"),
    )
    run = codexes.run_codex(second, script(*turns))
    assert "the last session was interrupted" in run.requests[0].text
    assert "phase plan (1 of 4)" in run.requests[0].text
    assert "no rule allows Edit on src/login.py" in run.tool_results()[0].text
    assert place.status()["phase"] == "test"
    second_id = codexes.session_id(run)
    place.run("trust")

    own_turns = [copilots.shell(f"{own} {each}") for each in ("next", "task done review.1", "finish")]
    run = copilots.run_copilot(
        third, script(copilots.create(project / "src/more.py"), *own_turns, say("finished"))
    )
    assert "phase test (3 of 4)" in run.requests[0].text
    assert "no rule allows Write on src/more.py" in run.tool_results()[0].text
    (listed,) = json.loads(place.run("list", "--json"))["workflows"]
    assert listed["status"] == "completed"

    place = place._replace(workflow=listed["workflow_id"])
    ids = [first.id, second_id, third.id]
    assert place.sessions() == ids
    assert [each["ended"] for each in place.details("session.interrupted")] == [first.id]
    assert [each["session"] for each in place.details("tool.denied")] == ids[1:]
    assert "no problems" in place.run("verify")
    report = json.loads(place.run("report", "--json"))
    assert [each["phase"] for each in report["phases"]] == ["plan", "build", "test", "review"]
    assert report["interruptions"]["count"] == 1
    assert [each["tool"] for each in report["denials"]] == ["Edit", "Write"]
