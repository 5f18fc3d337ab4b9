"""What is killed, starved and cut off: commands and hook calls, each on a prepared project."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.disk import Image, put_image, read_image
from tests.reliability.trace import Command, Recording, record
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from collections.abc import Callable

NOTE = "Kept by hand."
COMMENT = "<!-- Ask Bea about the table. -->"
STEPS = """---
schema: 1
name: steps
phases:
  - id: plan
    role: architect
    allow: [read, "edit(docs/**)"]
    exit: [tasks]
  - id: build
    exit: [tasks]
  - id: review
    exit: [approval]
    returns_to: build
  - id: close
    exit: [tasks]
---
# Steps

## plan
- [ ] Write the plan
- [ ] Have it read

## build
- [ ] Build it

## close
- [ ] Say what was done
"""
WORKFLOW = "WORKFLOW"
HOOK = "from memory_state.agents.claude import main; main()"


class Scene(NamedTuple):
    """Commands on a prepared project, each with the exit code it gives.

    A word `hook:NAME` stands for a recorded payload, WORKFLOW for the id of the one there is. `whole` are
    parts of the paths of files that must be there, byte for byte, once the last command has answered and
    power fails; `begun` counts the answers after which a workflow must be there.
    """

    name: str
    prepare: Callable[[Project], None]
    commands: tuple[tuple[str, ...], ...]
    code: int = 0
    whole: tuple[str, ...] = ()
    begun: int = 0


class Played(NamedTuple):
    """A scene as it went undisturbed: the disk before, the recordings, the disk after each command."""

    scene: Scene
    project: Project
    before: Image
    recordings: tuple[Recording, ...]
    afters: tuple[Image, ...]
    now: float

    @property
    def root(self) -> Path:
        """The folder that everything is in: the project and the user's home."""
        return self.project.root.parent


def nothing(project: Project) -> None:
    """An empty project with a definition of its own."""
    path = project.root / ".memory" / "workflows" / "steps.md"
    path.parent.mkdir(parents=True)
    path.write_text(STEPS, encoding="utf-8")


def planning(project: Project) -> None:
    """A workflow in its first phase; a person wrote a note and, elsewhere, a comment in its document."""
    nothing(project)
    workspace = project.workspace()
    document = Path(workspace.start("steps", "Add login").path)
    text = document.read_text(encoding="utf-8").replace("## Phases\n", f"{COMMENT}\n\n## Phases\n")
    document.write_text(f"{text}\n{NOTE}\n", encoding="utf-8")
    workspace.status()


def planned(project: Project) -> None:
    """The same with its plan's tasks done."""
    planning(project)
    project.workspace().task("done", "1")
    project.workspace().task("done", "2")


def building(project: Project) -> None:
    """The same in the phase that may do everything."""
    planned(project)
    project.workspace().next()


def reviewing(project: Project) -> None:
    """The same in the phase that can be sent back."""
    building(project)
    project.workspace().task("done", "1")
    project.workspace().next()


def closing(project: Project) -> None:
    """The same in its last phase, all done."""
    reviewing(project)
    project.workspace().approve()
    project.workspace().next()
    project.workspace().task("done", "1")


def edited(project: Project) -> None:
    """A person ticked a task and wrote a line."""
    planning(project)
    path = project.root / ".memory" / "state" / "active-workflow.md"
    text = path.read_text(encoding="utf-8").replace("- [ ] Write", "- [x] Write")
    path.write_text(f"{text}\nAnd one more.\n", encoding="utf-8")


def damaged(project: Project) -> None:
    """The document was cut off in its front matter."""
    planning(project)
    project.workspace().save()
    path = project.root / ".memory" / "state" / "active-workflow.md"
    path.write_bytes(path.read_bytes()[:200])


def parked(project: Project) -> None:
    """The workflow stands aside."""
    building(project)
    project.workspace().park()


def torn(project: Project) -> None:
    """The document was cut off, and the last line of the log."""
    damaged(project)
    (path,) = (project.root / ".memory" / "state" / "workflow-history").glob("*/events.md")
    path.write_bytes(path.read_bytes()[:-20])


RECOVERY = ("interruption-recovery/",)
SCENES = (
    Scene("init", nothing, (("init",),), whole=(".local/share/memory-state",)),
    Scene("start", nothing, (("start", "steps", "Add login"),), whole=RECOVERY, begun=1),
    Scene("task done", planning, (("task", "done", "1"),), whole=RECOVERY),
    Scene("task done, next", planned, (("task", "undo", "2"), ("task", "done", "2"), ("next",))),
    Scene("next", planned, (("next",),), whole=RECOVERY),
    Scene("back", reviewing, (("back", "--reason", "a case is missing"),), whole=RECOVERY),
    Scene("save", planning, (("save",),), whole=RECOVERY),
    Scene("note", planning, (("note", "One table."),), whole=RECOVERY),
    Scene("cancel", building, (("cancel", "--by", "Ann", "--reason", "not now"),)),
    Scene("finish", closing, (("finish",),)),
    Scene("park", building, (("park", "--by", "Ann"),), whole=RECOVERY),
    Scene("edit adopted", edited, (("status",),), whole=RECOVERY),
    Scene("damage repaired", damaged, (("status",),)),
    Scene(
        "rollback",
        reviewing,
        (("rollback", "--steps", "1", "--by", "Ann", "--reason", "too early"),),
        whole=RECOVERY,
    ),
    Scene("recover", damaged, (("recover",),)),
    Scene("recover, log torn", torn, (("recover",),)),
    Scene("archive", parked, (("archive", "--by", "Ann", WORKFLOW),)),
    Scene("denied", planning, (("hook:PreToolUse.Write",),), code=2),
    Scene("recovery refreshed", building, (("hook:PreToolUse.Bash",),)),
    Scene("call noted", building, (("hook:PostToolUse.Write",),)),
    Scene("call noted, task done", building, (("hook:PostToolUse.Write",), ("task", "done", "1"))),
)


def scene_named(name: str) -> Scene:
    """The scene of that name."""
    return next(each for each in SCENES if each.name == name)


def command_of(project: Project, words: tuple[str, ...]) -> Command:
    """How one of a scene's commands is started."""
    environment = {**project.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    first = words[0]
    if not first.startswith("hook:"):
        environment["CLAUDE_CODE_SESSION_ID"] = SESSION
        histories = project.root / ".memory" / "state" / "workflow-history"
        there = [each.name for each in histories.glob("*")]
        words = tuple(there[0] if each == WORKFLOW else each for each in words)
        return Command((sys.executable, "-m", "memory_state", *words), project.root, environment)
    payload = project.payload(first.removeprefix("hook:"))
    event = str(payload["hook_event_name"])
    given = json.dumps(payload).encode()
    return Command((sys.executable, "-c", HOOK, event), project.root, environment, given)


def play(scene: Scene, folder: Path) -> Played:
    """Prepare a scene below a folder, record its commands undisturbed, and put the disk back."""
    root = folder / "disk"
    root.mkdir()
    project = Project.make(root)
    scene.prepare(project)
    before = read_image(root)
    recordings, afters = [], []
    for words in scene.commands:
        recordings.append(record(command_of(project, words), root, folder / "trace"))
        afters.append(read_image(root))
    put_image(root, before)
    return Played(scene, project, before, tuple(recordings), tuple(afters), time.time() + 1)
