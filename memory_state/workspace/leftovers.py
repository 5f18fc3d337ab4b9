"""What nobody works on any more, and what nobody needs any more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clock import parse_time
from memory_state.core.errors import Misused
from memory_state.core.files import remove_file
from memory_state.core.layout import (
    accepted_copy,
    further_document,
    history_folder,
    recovery_file,
    session_folder,
    standing_file,
    workflow_id,
)
from memory_state.workflow.model import ENDED, LIVE
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace import sessions
from memory_state.workspace.ancestry import process_birth
from memory_state.workspace.transaction import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace

DAY = 86400.0
KEPT = 12
TEMPORARY = re.compile(r"\..+\.(?P<pid>[0-9]{1,9})-[0-9a-f]{6}\.tmp")
TEMPORARY_AGE = 3600.0
REMOVED = "removed-"


class Orphan(NamedTuple):
    """A workflow that nobody works on: how long it was not touched, in seconds, and why it is listed.

    Of a history that can not be read only the id and why are known.
    """

    id: str
    title: str
    status: str
    age: float | None
    why: str


class Leftover(NamedTuple):
    """Something that can go: the paths it takes, why, its size in bytes."""

    name: str
    paths: tuple[str, ...]
    why: str
    size: int


def orphans(workspace: Workspace, age: float) -> list[Orphan]:
    """The live and paused workflows without a living session that were not touched for `age` seconds."""
    project = workspace.project
    runs, problems = workspace.survey()
    alive = {each.workflow for each in sessions.all_bindings(project.environment) if sessions.is_alive(each)}
    found = []
    for run in runs:
        untouched = project.clock() - touched(run)
        if run.state.status in LIVE | {"paused"} and run.id not in alive and untouched >= age:
            bound = bool(sessions.bindings(project.environment, run.id))
            why = "its session ended without a word" if bound else "no session works on it"
            found.append(Orphan(run.id, run.state.title, run.state.status, untouched, why))
    return found + [Orphan(Path(each.path).name, "", "", None, each.message) for each in problems]


def touched(run: Run) -> float:
    """When a run's last event was, in seconds since the epoch."""
    try:
        return parse_time(run.moment)
    except ValueError:
        return 0.0


def leftovers(workspace: Workspace, age: float, keep: int, *, archive: bool) -> list[Leftover]:
    """What can go: histories, bindings and other files, none of a live workflow.

    Histories of ended workflows go `age` seconds after their last event, those of paused and failed
    ones too, except the `keep` newest of them. Files of the archive go only with `archive`.
    """
    now = workspace.project.clock()
    old = [*old_histories(workspace, now - age, keep), *old_bindings(workspace, now - sessions.SWEEP_AGE)]
    old += [
        *dead_files(workspace.project.memory, now - TEMPORARY_AGE),
        *half_removed(workspace.project.memory),
    ]
    return [*old, *archived_files(workspace.project.memory, now - age)] if archive else old


def old_histories(workspace: Workspace, before: float, keep: int) -> Iterator[Leftover]:
    """The workflows that can go whole."""
    runs = sorted(workspace.workflows(), key=touched, reverse=True)
    parents = {run.state.parent for run in runs if run.state.status not in ENDED}
    resumable = [run for run in runs if run.state.status not in ENDED and run.state.status not in LIVE]
    spared = {run.id for run in resumable[:keep]} | parents
    for run in runs:
        if run.state.status in LIVE or run.id in spared or touched(run) >= before:
            continue
        days = int((workspace.project.clock() - touched(run)) // DAY)
        paths = paths_of(run)
        yield Leftover(run.id, paths, f"{run.state.status}, last touched {days} days ago", size_of(paths))


def paths_of(run: Run) -> tuple[str, ...]:
    """Everything that is kept of a workflow, its history last."""
    memory = run.memory
    found = (
        further_document(memory, run.id), accepted_copy(memory, run.id), standing_file(memory, run.id),
        recovery_file(memory, run.id), history_folder(memory, run.id),
    )  # fmt: skip
    return tuple(each for each in found if Path(each).exists() and not Path(each).is_symlink())


def size_of(paths: tuple[str, ...]) -> int:
    """The bytes in files and folders."""
    files = [file for each in paths for file in (Path(each), *Path(each).rglob("*")) if file.is_file()]
    return sum(file.stat().st_size for file in files)


def old_bindings(workspace: Workspace, before: float) -> Iterator[Leftover]:
    """Bindings of sessions that were last written long ago and whose client is gone."""
    environment = workspace.project.environment
    for path in sorted(Path(session_folder(dict(environment))).glob("*")):
        binding = sessions.binding_of(environment, path.name)
        dead = binding is None or not sessions.is_alive(binding)
        if path.is_file() and path.stat().st_mtime < before and dead:
            yield Leftover(path.name, (str(path),), "the binding of an old session", path.stat().st_size)


def dead_files(memory: str, before: float) -> Iterator[Leftover]:
    """Unfinished files of programs that died while writing."""
    for path in sorted(Path(memory).rglob(".*.tmp")):
        named = TEMPORARY.fullmatch(path.name)
        if named is None or path.is_symlink() or path.stat().st_mtime >= before:
            continue
        if process_birth(int(named["pid"])) is None:
            yield Leftover(path.name, (str(path),), "an unfinished write", path.stat().st_size)


def half_removed(memory: str) -> Iterator[Leftover]:
    """Histories whose removal was interrupted."""
    for path in sorted(Path(memory, "state", ".cache").glob(f"{REMOVED}*")):
        yield Leftover(path.name, (str(path),), "a removal that was interrupted", size_of((str(path),)))


def archived_files(memory: str, before: float) -> Iterator[Leftover]:
    """Old files of the archive."""
    for path in sorted(Path(memory, "state", "archive").glob("*.md")):
        if path.is_file() and path.stat().st_mtime < before:
            yield Leftover(path.name, (str(path),), "an old file of the archive", path.stat().st_size)


def collect(workspace: Workspace, found: list[Leftover], age: float, keep: int) -> None:
    """Remove what `leftovers` found; a workflow only if it can still go."""
    memory = workspace.project.memory
    with locked(memory):
        now = workspace.project.clock()
        still = {each.name for each in old_histories(workspace, now - age, keep)}
        for each in found:
            if not is_history(each) or each.name in still:
                remove(memory, each)


def is_history(leftover: Leftover) -> bool:
    """Whether it is a whole workflow."""
    try:
        return leftover.paths[-1].endswith(f"/workflow-history/{workflow_id(leftover.name)}")
    except Misused:
        return False


def remove(memory: str, leftover: Leftover) -> None:
    """Remove one; a folder is first moved aside, so that no half of it is ever taken for a workflow."""
    for each in leftover.paths:
        path = Path(each)
        if path.is_dir():
            aside = Path(memory, "state", ".cache", f"{REMOVED}{path.name.removeprefix(REMOVED)}")
            path.rename(aside)
            shutil.rmtree(aside)
        else:
            remove_file(each)
