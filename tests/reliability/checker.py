"""The promises that hold after any crash, asked of a disk by our own loading.

What a command answered is there. No phase is later than the log proves. Nothing raises. Document and
log agree, a second look changes nothing, and what a person wrote is kept.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import MemoryStateError, Missing
from memory_state.core.header import read_header
from memory_state.core.locate import Located
from memory_state.core.standing import read_standing
from memory_state.workflow.document import read_document
from memory_state.workflow.fold import fold
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
from tests.reliability.disk import Image, put_image, read_image
from tests.reliability.scenes import COMMENT, NOTE, Played

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workspace.run import Run
    from tests.reliability.states import State

EVENT = re.compile(rb"(\d+)\. \S+ \*\*(\S+)\*\* (\S+) `\{.*\}`")
CALLS = ("tool.used", "tool.denied")
MOVES = ("phase.completed", "phase.returned")
TARGET = re.compile(rb'"to":"([^"]+)"')
BACK_TO = re.compile(rb'"to":([0-9]+)')
DOCUMENTS = ("/active-workflow", "/final.md", "/archive/")
KEEPING = (*DOCUMENTS, "/interruption-recovery/")
ENDED = ("completed", "cancelled")


class Broken(Exception):
    """A promise does not hold; the sentence says which."""


class Line(NamedTuple):
    """An undamaged event as a plain reader sees it, and its whole line."""

    number: int
    kind: str
    subject: str
    line: bytes


def violation(played: Played, state: State, *, power: bool) -> str:
    """Put a state on disk and say which promise does not hold; empty when all do.

    With `power` it was power that failed: what happened to single tool calls may be lost then.
    """
    put_image(played.root, state.image)
    return violation_here(played, state.image, state.said, power=power)


def violation_here(played: Played, image: Image, said: int, *, power: bool) -> str:
    """The same for the disk as it stands, which holds `image`."""
    try:
        require_all(played, image, said, power=power)
    except Broken as broken:
        return str(broken)
    except Exception as fault:  # noqa: BLE001  # whatever is raised is a finding
        return f"{type(fault).__name__}: {fault}"
    return ""


def require_all(played: Played, image: Image, said: int, *, power: bool) -> None:
    """Raise Broken for the first promise that does not hold."""
    workflow = workflow_in(played.afters[-1])
    require_whole(played, image, said, power=power)
    if workflow is None or said < played.scene.begun:
        require_beginning(played, workflow)
        if workflow is None or event_lines(read_image(played.root), workflow) == []:
            return
    require_quick_answer(played, image, workflow)
    run = workspace(played, workflow).status()
    found = event_lines(read_image(played.root), workflow)
    require_events(played, found, said, power=power)
    if run.state.phase != proven_phase(image, workflow):
        raise Broken(f"phase {run.state.phase}, the log proves {proven_phase(image, workflow)}")
    require_agreement(run, found)
    require_place(played, run)
    require_text(played)
    require_stillness(played, workflow)


def workspace(played: Played, workflow: str | None) -> Workspace:
    """A workspace as a program finds it a moment after the crash."""
    project = played.project
    return Workspace.find(
        project.root, environment=project.environment, actor=Actor("cli"), workflow=workflow,
        clock=lambda: played.now,
    )  # fmt: skip


def workflow_in(image: Image) -> str | None:
    """The id of the one workflow that a disk has a log of."""
    logs = [path for path in image.files if path.endswith("/events.md")]
    return logs[0].split("/")[-2] if logs else None


def event_lines(image: Image, workflow: str) -> list[Line]:
    """Every undamaged event of a log."""
    content = next((c for p, c in image.files.items() if p.endswith(f"{workflow}/events.md")), b"")
    return [found for line in content.split(b"\n") if (found := event_in(line)) is not None]


def event_in(line: bytes) -> Line | None:
    """The event of a line whose checksum holds."""
    body, _, checksum = line.rpartition(b" ^")
    found = EVENT.fullmatch(body)
    if found is None or checksum != b"%08x" % zlib.crc32(body):
        return None
    return Line(int(found[1]), found[2].decode(), found[3].decode(), line)


def proven_phase(image: Image, workflow: str) -> str:
    """The phase that the log proves: the last one entered, or the one that a move leads to.

    A rollback leads to the phase that was proven at the event it goes back to.
    """
    proven = {0: ""}
    for each in event_lines(image, workflow):
        back = BACK_TO.search(each.line) if each.kind == "state.rolled_back" else None
        before = int(back[1]) if back else each.number - 1
        proven[each.number] = entered(each) or proven[before]
    return proven[max(proven)]


def entered(event: Line) -> str | None:
    """The phase that an event leads to; None when it leads to none."""
    if event.kind == "phase.entered":
        return event.subject
    found = TARGET.search(event.line) if event.kind in MOVES else None
    return found[1].decode() if found else None


def require_whole(played: Played, image: Image, said: int, *, power: bool) -> None:
    """Files that a command promises are there as it wrote them."""
    scene, wanted = played.scene, played.afters[-1].files
    for path in wanted:
        if not any(part in path for part in scene.whole):
            continue
        if said == len(scene.commands) and image.files.get(path) != wanted[path]:
            raise Broken(f"{path} is not as it was written")
        if path not in played.before.files and image.files.get(path, wanted[path]) != wanted[path]:
            raise Broken(f"{path} is there in part")


def require_beginning(played: Played, workflow: str | None) -> None:
    """A workflow is at work, or a new one can be started."""
    asked = workspace(played, None)
    asked.survey()
    try:
        asked.status()
    except Missing:
        if workflow is None or not event_lines(read_image(played.root), workflow):
            asked.start("steps", "Anew")


def require_quick_answer(played: Played, image: Image, workflow: str) -> None:
    """The hook's fast path decides by the phase that the log proves, or hands on."""
    root = str(played.project.root)
    try:
        header = read_standing(Located(root=root, memory=f"{root}/.memory", workflow="", bound=False))
    except (ValueError, MemoryStateError):
        return
    if header is not None and header["phase"] != proven_phase(image, workflow):
        raise Broken(f"the hook would judge by phase {header['phase']}")


def require_events(played: Played, found: list[Line], said: int, *, power: bool) -> None:
    """Every acknowledged event is in the log, and its numbers are dense."""
    workflow = workflow_in(played.afters[-1]) or ""
    before = {each.line for each in found}
    after = {each[:3] for each in found}
    known = event_lines(played.afters[said - 1], workflow) if said else []
    lost = [each for each in event_lines(played.before, workflow) if each.line not in before]
    lost += [each for each in known if each[:3] not in after and not (power and each.kind in CALLS)]
    if lost:
        raise Broken(f"event {lost[0].number} {lost[0].kind} is lost")
    if [each.number for each in found] != list(range(1, len(found) + 1)):
        raise Broken(f"the numbers are {[each.number for each in found]}")


def require_agreement(run: Run, found: list[Line]) -> None:
    """The document on disk shows what the log gives."""
    events = Workspace.history(workspace_of(run))
    if [each.number for each in events] != [each.number for each in found]:
        raise Broken("history() gives other events than the log has")
    folded = fold(run.definition, events)
    shown = read_document(Path(run.path).read_text(encoding="utf-8"), run.definition, run.path).state
    for state in (folded, shown):
        if state is None or state._replace(tasks=()) != run.state._replace(tasks=()):
            raise Broken("log, document and run do not agree")
        if sorted(state.tasks) != sorted(run.state.tasks):
            raise Broken("log, document and run have different tasks")


def workspace_of(run: Run) -> Workspace:
    """A workspace for the history of a run."""
    root = str(Path(run.memory).parent)
    return Workspace.find(root, environment={"HOME": root, "PATH": ""}, workflow=run.id)


def require_place(played: Played, run: Run) -> None:
    """A live workflow is the current one; an ended or parked one left the place."""
    try:
        current = workspace(played, None).workflow()
    except Missing:
        current = ""
    if (current == run.id) != (run.state.status not in (*ENDED, "paused")):
        raise Broken(f"the workflow is {run.state.status}, the current one {current or 'none'}")
    if run.state.status not in ENDED:
        content = (Path(run.memory) / "state" / "interruption-recovery" / f"{run.id}.md").read_bytes()
        if read_header(content.decode())["workflow_id"] != run.id:
            raise Broken("the recovery file is of another workflow")


def require_text(played: Played) -> None:
    """What a person wrote is in the document or in the archive, if it was not lost before."""
    here = read_image(played.root).files
    for text in (NOTE, COMMENT):
        if is_in(played.before.files, text, KEEPING) and not is_in(here, text, DOCUMENTS):
            raise Broken(f"{text!r}, which a person wrote, is gone")


def is_in(files: Mapping[str, bytes], text: str, parts: tuple[str, ...]) -> bool:
    """Whether a text is in one of the files whose paths have one of these parts."""
    return any(
        text.encode() in content for path, content in files.items() if any(each in path for each in parts)
    )


def require_stillness(played: Played, workflow: str) -> None:
    """A second look changes nothing and finds nothing wrong."""
    before = read_image(played.root)
    run = workspace(played, workflow).status()
    if read_image(played.root) != before or run.problems:
        raise Broken(f"a second look changes the disk or finds {run.problems}")
    if workspace(played, workflow).survey()[1]:
        raise Broken("the list finds something wrong")
