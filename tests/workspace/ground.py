"""What the workspace's tests stand on: a project of their own, its user's home, and a clock to move."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from memory_state.core.journal import split_event
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run

NOON = 1795168800.0  # 2026-11-20T10:00:00Z

# A workflow whose gates ask for tasks, a file, an approval; and that can go back.
STEPS = """---
schema: 1
name: steps
phases:
  - id: plan
    role: architect
    allow: [read, "edit(docs/**)"]
    exit: [tasks]
  - id: build
    role: developer
    exit: [tasks, "file: out.md"]
    skippable: true
  - id: review
    role: reviewer
    exit: [approval]
    returns_to: build
    max_returns: 2
  - id: close
    exit: [tasks]
---
# Steps

## plan
- [ ] Write the plan

## close
- [ ] Say what was done
"""

# Runs a few lines against a workspace, in a process of its own.
PROGRAM = """
import json, sys
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
given = json.loads(sys.argv[1])
clock = given["clock"]
actor = Actor("person", "Ann") if given["person"] else Actor("cli")
workspace = Workspace.find(
    given["root"], environment=given["environment"], actor=actor,
    **({"clock": lambda: clock} if clock else {}),
)
exec(given["code"])
"""


class Clock:
    """A clock that stands until it is moved: `now` is in seconds since the epoch."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """What the clock shows."""
        return self.now


class Ground:
    """A project below a folder, with an environment that knows nothing else."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.home = folder / "home"
        self.root.mkdir(parents=True)
        self.home.mkdir()
        (self.root / ".memory-state.toml").write_text('durability = "process"\n', encoding="utf-8")
        self.environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin"}
        self.clock = Clock(NOON)
        self.define("steps", STEPS)

    @property
    def memory(self) -> Path:
        """The memory path by default."""
        return self.root / ".memory"

    @property
    def state(self) -> Path:
        """The folder of live state."""
        return self.memory / "state"

    @property
    def document(self) -> Path:
        """The current workflow's document."""
        return self.state / "active-workflow.md"

    def define(self, name: str, text: str) -> Path:
        """Write a definition of the project's own."""
        path = self.memory / "workflows" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def configure(self, text: str) -> None:
        """Write the user's settings."""
        path = self.home / ".config" / "memory-state" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def workspace(
        self,
        *,
        person: str | None = "Ann",
        workflow: str | None = None,
        session: str | None = None,
        memory_path: str | None = None,
    ) -> Workspace:
        """A workspace as a new process would find it."""
        actor = Actor("person", person, session) if person else Actor("cli", session=session)
        return Workspace.find(
            self.root, environment=self.environment, actor=actor, workflow=workflow, memory_path=memory_path,
            clock=self.clock,
        )  # fmt: skip

    def start(self, definition: str = "steps", title: str = "Add login", **options: object) -> Run:
        """Start a workflow as a person."""
        return self.workspace().start(definition, title, **options)

    def to_phase(self, phase: str) -> Run:
        """Bring a `steps` workflow on to a phase by legal moves."""
        run = self.workspace().status()
        while run.state.phase != phase:
            run = self.leave_phase(run)
        return run

    def leave_phase(self, run: Run) -> Run:
        """Do what the current phase asks for, and leave it."""
        if run.state.phase == "build":
            self.workspace().task("add", "Build it")
            (self.root / "out.md").write_text("# Out\n", encoding="utf-8")
        if run.state.phase == "review":
            self.workspace().approve()
        for at, task in enumerate(self.workspace().status().state.tasks, 1):
            if task.phase == run.state.phase and task.status != "completed":
                self.workspace().task("done", task.text)
            assert at < 100
        return self.workspace().next()

    def log(self, workflow: str) -> Path:
        """The event log of a workflow."""
        return self.state / "workflow-history" / workflow / "events.md"

    def accepted(self, workflow: str) -> Path:
        """The accepted copy of a document."""
        return self.state / ".cache" / f"{workflow}.md"

    def recovery(self, workflow: str) -> Path:
        """The recovery file of a workflow."""
        return self.state / "interruption-recovery" / f"{workflow}.md"

    def further(self, workflow: str) -> Path:
        """The document of a workflow that is not the current one."""
        return self.state / f"active-workflow.{workflow}.md"

    def events(self, workflow: str) -> list[tuple[int, str, str, dict[str, object]]]:
        """Number, type, subject and details of every event that a plain reader finds."""
        lines = self.log(workflow).read_bytes().split(b"\n")
        found = [split_event(line) for line in lines]
        return [(each[0], each[2], each[3], json.loads(each[4])) for each in found if each is not None]

    def types(self, workflow: str) -> list[str]:
        """The types of a workflow's events, in order."""
        return [each[1] for each in self.events(workflow)]

    def files(self) -> dict[str, bytes]:
        """Every file of the project with its bytes, the lock aside."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }

    def program(self, code: str, *, person: bool = True) -> subprocess.Popen[bytes]:
        """Run some lines with `workspace` in a process of its own, by the real clock."""
        given = {
            "root": str(self.root), "environment": self.environment, "code": code, "person": person,
            "clock": None,
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(given)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )


def edit(path: Path, old: str, new: str) -> None:
    """Change a file in place, as an editor saves it."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def tasks_of(run: Run) -> list[tuple[str, str, str]]:
    """Phase, text and status of every task."""
    return [(task.phase, task.text, task.status) for task in run.state.tasks]
