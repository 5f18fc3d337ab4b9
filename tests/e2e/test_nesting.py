"""An outer workflow with an inner one, worked to the end by a real client with a scripted model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.client import run_print
from tests.e2e.script import call, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from tests.e2e.running import Session
    from tests.e2e.script import Turn


def shell(*commands: str) -> Turn:
    """A turn that runs commands of ours in one line."""
    return call("Bash", command=" && ".join(f"memory-state {each}" for each in commands))


def through(tasks: int, leave: str = "next") -> Turn:
    """A turn that ticks a phase's tasks off and leaves the phase."""
    return shell(*(f"task done {n + 1}" for n in range(tasks)), leave)


def play(session: Session, *turns: Turn, resume: bool = True) -> None:
    """Run turns in the one session, none of which may fail."""
    args = ["--allowedTools", "Bash"]
    run = run_print(session, "go", script(*turns), resume=resume, mode="acceptEdits", args=args, limit=120)
    failed = [result.text for result in run.tool_results() if result.is_error]
    assert failed == []


def ids(place: Workplace) -> dict[str, str]:
    """Each workflow's id by its definition."""
    found = json.loads(place.run("list", "--json"))["workflows"]
    return {each["definition"]: each["workflow_id"] for each in found}


def statuses(place: Workplace) -> dict[str, str]:
    """Each workflow's status by its definition."""
    found = json.loads(place.run("list", "--json"))["workflows"]
    return {each["definition"]: each["status"] for each in found}


def test_outer_workflow_with_an_inner_one(session: Session) -> None:
    """Every phase of both is left through its gate; a person approves where asked; both end completed."""
    place = Workplace(session)
    place.run("setup", "claude")
    place.run("start", "outer", "The story")
    plan = call("Write", file_path=str(place.root / "plan.md"), content="# Plan\n")
    begin = (plan, through(1), through(2), through(2), through(1))
    inner = (shell("start inner 'The task' --inner"), through(1), through(1), through(1))
    play(session, *begin, *inner, resume=False)
    assert statuses(place) == {"outer": "waiting", "inner": "review"}
    place.run("-w", ids(place)["inner"], "approve")
    play(session, shell("next"), through(1), through(2), through(2), through(1, "finish"))
    assert statuses(place) == {"outer": "in_progress", "inner": "completed"}
    play(session, through(1))
    place.run("approve")
    play(session, shell("next"), through(1, "finish"))
    assert statuses(place) == {"outer": "completed", "inner": "completed"}
