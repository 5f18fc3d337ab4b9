"""A person saves the document while a command of ours is at work, again and again.

Run as a program: ROOT, HOME, command, editor; then `timed` and staggers in milliseconds, or `stepped`,
the stride, and by how many calls an editor's steps are apart. It prints how many trials there were and
what was lost in which.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import count
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.hook import guarded_answer
from memory_state.core.layout import active_document
from memory_state.workspace.actor import Actor
from memory_state.workspace.verification import verify
from memory_state.workspace.workspace import Workspace
from tests.reliability.disk import Image, put_image, read_image
from tests.reliability.editors import EDITORS, MARK
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory_state.workspace.run import Run

CALL = "toolu_edit"
PAUSE = 0.003
WATCHED = ("open", "fcntl.", "os.", "ctypes.")


class Ground(NamedTuple):
    """A prepared project, the disk it is on, the document, and the text a person has in the editor."""

    project: Project
    before: Image
    document: Path
    text: bytes


def hooked(workspace: Workspace) -> Run:
    """A finished call is told to the hook, on the standard input of this process."""
    environment = dict(workspace.project.environment)
    payload: dict[str, object] = {
        "tool_name": "Read", "tool_use_id": CALL, "session_id": "s-1", "hook_event_name": "PostToolUse",
        "cwd": workspace.project.settings.root, "tool_input": {"file_path": "a"},
    }  # fmt: skip
    out, into = os.pipe()
    os.write(into, json.dumps(payload).encode())
    os.close(into)
    os.dup2(out, 0)
    _, kind, text = guarded_answer("PostToolUse", environment)
    if kind == "fault":
        raise AssertionError(f"the hook answered: {text}")
    return workspace.status()


COMMANDS: dict[str, tuple[Callable[[Workspace], Run], str]] = {
    "task done": (lambda workspace: workspace.task("done", "build.1"), "task.completed"),
    "note": (lambda workspace: workspace.note("A note of ours."), "note.added"),
    "next": (lambda workspace: workspace.next(), "phase.completed"),
    "hook": (hooked, "tool.used"),
}


def workspace_at(root: str, home: str) -> Workspace:
    """The workspace as a program finds it."""
    environment = {"HOME": home, "PATH": os.environ["PATH"], "CLAUDE_PROJECT_DIR": root}
    return Workspace.find(root, environment=environment, actor=Actor("cli"))


def begin(root: str, home: str) -> Ground:
    """The project as it is before each trial."""
    project = Project(Path(root), {"HOME": home, "PATH": os.environ["PATH"]})
    document = Path(active_document(f"{root}/.memory"))
    text = document.read_bytes() + f"\n{MARK}\n".encode()
    return Ground(project, read_image(Path(root).parent), document, text)


class Child(NamedTuple):
    """A process that does something once it is told to: both ends of its pipes, its number."""

    go: int
    out: int
    number: int

    def begin(self) -> None:
        """Tell it to."""
        os.close(self.go)

    def wait(self) -> tuple[bool, str]:
        """Whether it was done, and what was told."""
        with os.fdopen(self.out) as pipe:
            done, said = json.loads(pipe.read() or '[false, "it ended by itself"]')
        os.waitpid(self.number, 0)
        return done, said


def child_for(work: Callable[[], list[str]]) -> Child:
    """A process of its own, made before any editor has the document open, which a child would inherit."""
    (gone, go), (out, into) = os.pipe(), os.pipe()
    number = os.fork()
    if number:
        os.close(gone)
        os.close(into)
        return Child(go, out, number)
    os.close(go)
    os.read(gone, 1)
    try:
        told = (True, "\n".join(work()))
    except Exception:  # noqa: BLE001  # whatever is raised is a finding
        told = (False, format_exc())
    finally:
        os.write(into, json.dumps(told).encode())
        os._exit(0)


def commanded(ground: Ground, command: str) -> list[str]:
    """Run a command; gives the messages of what it found."""
    workspace = workspace_at(str(ground.project.root), ground.project.environment["HOME"])
    return [each.message for each in COMMANDS[command][0](workspace).problems]


def timed(ground: Ground, command: str, editor: str, stagger: float, *, editor_first: bool) -> str:
    """A trial in which one begins some seconds after the other; what was lost, or empty."""
    put_image(ground.project.root.parent, ground.before)
    child = child_for(lambda: commanded(ground, command))
    steps = EDITORS[editor](ground.document, ground.text)
    if editor_first:
        next(steps, None)
        time.sleep(stagger)
    child.begin()
    if not editor_first:
        time.sleep(stagger)
    for _ in steps:
        time.sleep(PAUSE)
    return verdict(ground, command, *child.wait())


def stepped(ground: Ground, command: str, editor: str, at: int, gap: int) -> tuple[str, int]:
    """A trial in which the person saves just before one of the command's calls, the steps `gap` calls apart.

    What was lost, and how many calls there were.
    """
    put_image(ground.project.root.parent, ground.before)
    counts = Path(ground.project.root.parent, "counts")
    steps = EDITORS[editor](ground.document, ground.text)

    def work() -> list[str]:
        told: list[str] = []

        def act(number: int) -> None:
            if not told and number >= at and (number - at) % gap == 0:
                next(steps, None)

        calls = watch(act)
        told += ["", *commanded(ground, command)]
        counts.write_text(str(next(calls)), encoding="ascii")
        list(steps)
        return told

    child = child_for(work)
    child.begin()
    done, said = child.wait()
    found = int(counts.read_text(encoding="ascii")) if counts.exists() else 0
    return verdict(ground, command, done, said), found


def all_stepped(ground: Ground, command: str, editor: str, stride: int, gap: int) -> Iterator[str]:
    """A trial for every so many of a command's calls."""
    at = calls = 1
    while at <= calls:
        lost, calls = stepped(ground, command, editor, at, gap)
        yield lost and f"before call {at}: {lost}"
        at += stride


def watch(act: Callable[[int], object]) -> Iterator[int]:
    """Have `act` called with a number before each call of this process to the system; gives the numbers."""
    numbers = count(1)
    busy = False

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal busy
        if busy or not event.startswith(WATCHED):
            return
        busy = True
        try:
            act(next(numbers))
        finally:
            busy = False

    sys.addaudithook(heard)
    return numbers


def verdict(ground: Ground, command: str, done: bool, said: str) -> str:  # noqa: FBT001 - a pair from a pipe
    """What does not hold after a trial; empty when all does."""
    workspace = workspace_at(str(ground.project.root), ground.project.environment["HOME"])
    run = workspace.status()
    told = said + "\n".join(each.message for each in run.problems)
    kind = COMMANDS[command][1]
    events = [each for each in workspace.history() if is_ours(kind, each.details)]
    if not done:
        return f"not done: {said}"
    if sum(each.type == kind for each in events) != 1:
        return f"{kind} is {sum(each.type == kind for each in events)} times in the history"
    problems = verify(run.memory, run.id).problems
    if problems:
        return f"half done: {problems[0].message}"
    if not shows(run, command):
        return "the document does not show what was done"
    if list(ground.document.parent.glob(".*.tmp")):
        return "a temporary file stayed"
    return "" if MARK in Path(run.path).read_text(encoding="utf-8") else kept_elsewhere(run, workspace, told)


def is_ours(kind: str, details: dict[str, object]) -> bool:
    """Whether an event is of the trial's command, not of its preparation."""
    text, call = details.get("text"), details.get("call")
    return {
        "task.completed": text == "Build it", "note.added": text == "A note of ours.",
        "tool.used": call == CALL,
    }.get(kind, True)  # fmt: skip


def shows(run: Run, command: str) -> bool:
    """Whether the document shows what the command did."""
    text = Path(run.path).read_text(encoding="utf-8")
    return {
        "task done": "- [x] Build it" in text, "note": "- A note of ours." in text,
        "next": run.state.phase == "build", "hook": True,
    }[command]  # fmt: skip


def kept_elsewhere(run: Run, workspace: Workspace, told: str) -> str:
    """Why a person's line counts as lost that is not in the document; empty when it is kept and told."""
    names = told + json.dumps([each.details for each in workspace.history()])
    kept = [
        each for each in Path(run.memory, "state", "archive").iterdir() if MARK in each.read_text("utf-8")
    ]
    if not kept:
        return "what the person wrote is lost"
    return "" if any(str(each) in names for each in kept) else f"kept in {kept[0]}, but not told"


def main(root: str, home: str, command: str, editor: str, way: str, *numbers: str) -> None:
    """Run the trials and print their number and what was lost."""
    ground = begin(root, home)
    if way == "timed":
        tried = [
            timed(ground, command, editor, int(number) / 1000, editor_first=first)
            for number in numbers
            for first in (False, True)
        ]
    else:
        tried = list(all_stepped(ground, command, editor, int(numbers[0]), int(numbers[1])))
    sys.stdout.write(json.dumps([len(tried), [each for each in tried if each]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
