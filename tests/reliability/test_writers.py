"""Many writers at once, none of them killed: one workflow, many workflows, two sessions."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict
from memory_state.core.journal import split_event
from memory_state.workspace.actor import Actor
from memory_state.workspace.rollback import roll_back
from memory_state.workspace.sessions import binding_of
from memory_state.workspace.verification import verify
from memory_state.workspace.workspace import Workspace
from tests.reliability.conftest import by_run
from tests.reliability.scenes import nothing, planned, planning
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workspace.run import Run

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600)]
WRITERS = 16
EACH = by_run(6, 12, 60)
WORKFLOWS = 50
TRIALS = by_run(2, 6, 20)

# Forks as many writers as are asked for, lets all begin at once, and fails when one of them does.
CROWD = """
import json, os, sys, time
from memory_state.core.errors import MemoryStateError
from memory_state.core.record import note_call
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
root, home, many, begin, code = sys.argv[1:]

def workspace_of(session=None, person=None, workflow=None):
    actor = Actor("person", person, session) if person else Actor("cli", session=session)
    environment = {"HOME": home, "PATH": "/usr/bin:/bin"}
    return Workspace.find(root, environment=environment, actor=actor, workflow=workflow)

def work(at):
    exec(code)

children = []
for at in range(int(many)):
    child = os.fork()
    if child == 0:
        ended = 70
        try:
            time.sleep(max(0, float(begin) - time.time()))
            work(at)
            ended = 0
        except MemoryStateError as error:
            ended = error.exit_code
        finally:
            os._exit(ended)
    children.append(child)
ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
sys.stdout.write(json.dumps(ends))
"""


def crowd(project: Project, many: int, code: str) -> list[int]:
    """Let so many processes work at once, each with its number as `at`; gives their exit codes."""
    arguments = [str(project.root), project.environment["HOME"], str(many), str(time.time() + 1), code]
    done = subprocess.run(
        [sys.executable, "-c", CROWD, *arguments],
        capture_output=True, text=True, timeout=500, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return list(map(int, json.loads(done.stdout)))


def numbers(run: Run) -> list[int]:
    """The numbers of a workflow's events."""
    log = Path(run.memory, "state", "workflow-history", run.id, "events.md").read_bytes()
    return [found[0] for line in log.split(b"\n") if (found := split_event(line)) is not None]


def as_session(project: Project, session: str) -> Workspace:
    """A person's workspace within a session."""
    return Workspace.find(
        project.root, environment=project.environment, actor=Actor("person", "Ann", session)
    )


def test_sixteen_writers_on_one_workflow(disk: Path, figure: Callable[..., None]) -> None:
    """Numbers are dense, and each of the tasks, notes and calls is there once."""
    project = Project.make(disk)
    planning(project)
    code = f"""
workspace = workspace_of(f"s{{at}}")
run = workspace.status()
for number in range({EACH}):
    mark = f"m-{{at}}-{{number}}."
    if number % 3 == 0:
        workspace.task("add", mark)
    elif number % 3 == 1:
        workspace.note(mark)
    else:
        payload = {{"tool_name": "Read", "tool_use_id": mark, "session_id": f"s{{at}}"}}
        note_call(run.memory, run.id, "PostToolUse", payload, root, time.time())
"""
    since = time.monotonic()
    assert crowd(project, WRITERS, code) == [0] * WRITERS
    seconds = time.monotonic() - since - 1
    run = project.workspace().status()
    found = numbers(run)
    assert found == list(range(1, len(found) + 1))
    log = Path(run.memory, "state", "workflow-history", run.id, "events.md").read_text(encoding="utf-8")
    marks = [f"m-{at}-{number}." for at in range(WRITERS) for number in range(EACH)]
    assert Counter(log.count(f'"{mark}"') for mark in marks) == {1: len(marks)}
    assert verify(run.memory, run.id).problems == ()
    figure(f"writers     {WRITERS} at once on one workflow: {len(marks)} events in {seconds:.1f} s, dense")


def test_fifty_workflows_at_once(disk: Path, figure: Callable[..., None]) -> None:
    """Each of fifty sessions starts a workflow of its own beside the others, moves it, and all are whole."""
    project = Project.make(disk)
    nothing(project)
    project.workspace().init()
    code = """
workspace = workspace_of(f"s{at}", "Ann")
workspace.start("steps", f"Work {at}", beside=True)
workspace.task("done", "Write the plan")
workspace.task("done", "Have it read")
workspace.next()
"""
    since = time.monotonic()
    assert crowd(project, WORKFLOWS, code) == [0] * WORKFLOWS
    seconds = time.monotonic() - since - 1
    runs, problems = project.workspace().survey()
    assert problems == []
    assert sorted(run.state.title for run in runs) == sorted(f"Work {at}" for at in range(WORKFLOWS))
    assert {(run.state.phase, run.state.status) for run in runs} == {("build", "in_progress")}
    since = time.monotonic()
    assert [verify(run.memory, run.id).problems for run in runs] == [()] * WORKFLOWS
    checked = time.monotonic() - since
    for at in range(WORKFLOWS):
        assert as_session(project, f"s{at}").status().state.title == f"Work {at}"
    figure(
        f"workflows   {WORKFLOWS} started and moved at once in {seconds:.1f} s, verified in {checked:.2f} s"
    )


def test_one_of_many_starts_wins(disk: Path) -> None:
    """Of eight that start a workflow at once one has the place; the others are refused and leave nothing."""
    project = Project.make(disk)
    nothing(project)
    project.workspace().init()
    ends = crowd(project, 8, 'workspace_of(f"s{at}").start("steps", f"Work {at}")')
    assert sorted(ends) == [0] + [1] * 7
    run = project.workspace().status()
    histories = sorted(path.name for path in Path(run.memory, "state", "workflow-history").iterdir())
    assert histories == [run.id]
    assert [each.id for each in project.workspace().workflows()] == [run.id]


MOVED = """---
schema: 1
name: moved
phases:
  - id: work
    exit: [{command: sh move.sh}]
    skippable: true
  - id: rest
  - id: close
---
# Moved
"""


def test_a_phase_left_by_another_is_not_left_again(disk: Path) -> None:
    """Who asked to leave a phase that is gone once its command has run is told so, and leaves no other."""
    project = Project.make(disk)
    nothing(project)
    (project.root / ".memory/workflows/moved.md").write_text(MOVED, encoding="utf-8")
    skip = f"cd {project.root} && {sys.executable} -m memory_state skip --by Bea --reason known"
    (project.root / "move.sh").write_text(f"{skip}\n", encoding="utf-8")
    run = project.workspace().start("moved", "Two at once")
    project.workspace().trust()
    with pytest.raises(Conflict, match="was in phase work when this was asked and is in rest now") as caught:
        project.workspace().next()
    assert caught.value.next_commands == ("status", "next")
    assert project.workspace().status().state.phase == "rest"
    assert verify(run.memory, run.id).problems == ()


def test_two_sessions_on_one_workflow(disk: Path, figure: Callable[..., None]) -> None:
    """What both do is there and says who did it; of two that leave a phase at once one does."""
    project = Project.make(disk)
    planned(project)
    run = as_session(project, "s0").resume()
    assert as_session(project, "s1").resume().id == run.id
    twice = 0
    for trial in range(TRIALS):
        code = f'workspace_of(f"s{{at}}").task("add", f"t{trial} of {{at}}"); workspace_of().status()'
        assert crowd(project, 2, code) == [0, 0]
        code = 'workspace_of(f"s{at}", "Ann").next()'
        for task in project.workspace().status().state.tasks:
            if task.phase == "plan":
                project.workspace().task("done", task.text)
        ends = crowd(project, 2, code)
        state = project.workspace().status().state
        twice += (sorted(ends) not in ([0, 1], [0, 4])) or state.phase != "build"
        steps = [event for event in project.workspace().history() if event.type == "phase.completed"]
        assert len(steps) == trial + 1
        roll_back(project.workspace(), to=str(steps[-1].number - 1))
    events = project.workspace().history()
    sessions = {event.details.get("session") for event in events if event.type == "task.added"}
    assert sessions == {"s0", "s1"}
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    for session in ("s0", "s1"):
        binding = binding_of(project.environment, session)
        assert binding is not None
        assert binding.workflow == run.id
    assert verify(run.memory, run.id).problems == ()
    figure(f"sessions    two leave a phase at once, {TRIALS} times: {twice} times both did")
    assert twice == 0
