"""Checks of what the state stands on: disk, permissions, git, work trees."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.finding import Finding, Place, well
from memory_state.agents.hookchecks import said_by
from memory_state.core.layout import own_folders
from memory_state.workspace.revision import git_folder
from memory_state.workspace.sessions import all_bindings, binding_of
from memory_state.workspace.tracking import ATTRIBUTES, EARLIER_ATTRIBUTES, EARLIER_TRACKED, LOCAL, TRACKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workspace.workspace import Workspace

SCARCE = 16 << 20
PRIVATE = 0o077
QUIET_GIT = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
LOST = "nothing can be recorded, and a call that writes is denied"
OPEN_STATE = "others on this machine can read or change the state"


def disk_check(workspace: Workspace) -> Iterator[Finding]:
    """The memory path can be written, and there is room."""
    place = nearest(workspace.project.memory)
    usage = os.statvfs(place)
    writes = os.access(place, os.W_OK | os.X_OK) and not usage.f_flag & os.ST_RDONLY
    yield judged_disk(place, usage.f_bavail * usage.f_frsize, writes=writes)


def judged_disk(place: str, free: int, *, writes: bool) -> Finding:
    """What follows from so many free bytes at a place that can be written, or not."""
    if not writes:
        return Finding("disk", "error", "it can not be written", LOST, "config list", Place(place))
    if free < SCARCE:
        message = f"{free >> 20} MiB are free: `gc --dry-run` lists what could go"
        return Finding("disk", "warning", message, LOST, "gc --dry-run", Place(place))
    return well("disk", f"{place} can be written, {free >> 30} GiB are free")


def nearest(path: str) -> str:
    """A path, or the nearest folder above it that is there."""
    return str(next(each for each in (Path(path), *Path(path).parents) if each.exists()))


def mode_check(workspace: Workspace) -> Iterator[Finding]:
    """The folders of state and of what is kept for the user are the user's alone."""
    found = list(open_folders(workspace))
    for path, mode in found:
        message = f"the folder has mode {mode:04o}; 0700 keeps others out"
        yield Finding("permissions", "warning", message, OPEN_STATE, "doctor --fix", Place(path), "modes")
    if not found:
        yield well("permissions", "the folders of ours are the user's alone")


def open_folders(workspace: Workspace) -> Iterator[tuple[str, int]]:
    """Folders of ours that others may enter or list, each with its mode."""
    state = f"{workspace.project.memory}/state"
    for path in (state, *own_folders(dict(workspace.project.environment))):
        if Path(path).is_dir():
            mode = stat.S_IMODE(Path(path).stat().st_mode)
            if mode & PRIVATE:
                yield path, mode


def tighten(workspace: Workspace) -> str:
    """Close the folders of ours to others."""
    paths = [path for path, _ in open_folders(workspace)]
    for path in paths:
        Path(path).chmod(0o700)
    return f"mode 0700: {', '.join(paths)}" if paths else ""


def git_check(workspace: Workspace) -> Iterator[Finding]:
    """Git keeps of the state what it is meant to, byte for byte."""
    memory, root = workspace.project.memory, workspace.project.settings.root
    git = shutil.which("git", path=workspace.project.environment.get("PATH", ""))
    if git_folder(root) is None or git is None or not Path(memory, "state").is_dir():
        yield well("git", "no repository, or no state in it")
        return
    found = [*list_problems(memory), *kept_by_accident(workspace, git), *attribute_problems(workspace, git)]
    yield from found or [well("git", "it keeps of the state what it is meant to")]


def list_problems(memory: str) -> Iterator[Finding]:
    """The lists of the state folder are ours, and of this version."""
    ignore, attributes = f"{memory}/state/.gitignore", f"{memory}/state/.gitattributes"
    listed, said = text_of(ignore), text_of(attributes)
    if listed not in (LOCAL, EARLIER_TRACKED, TRACKED):
        message = "this is no list of ours" if listed else "the list of what git leaves alone is missing"
        why = "live state can end up in a commit, and be put back by a checkout"
        yield Finding("git", "warning", message, why, "init --no-track", Place(ignore))
    if listed == EARLIER_TRACKED or (listed == TRACKED and said != ATTRIBUTES):
        message = "histories are tracked, and the rules for that are not ours or not of this version"
        why = "a merge can tear a history apart, or change its line ends"
        fix = "git" if said in ("", EARLIER_ATTRIBUTES, ATTRIBUTES) else ""
        yield Finding("git", "warning", message, why, "init --track", Place(attributes), fix)


def renew_lists(workspace: Workspace) -> str:
    """Write the rules for merging tracked histories anew."""
    from memory_state.workspace.tracking import track

    track(workspace.project.memory)
    return f"the rules for git are in {workspace.project.memory}/state/.gitattributes"


def text_of(path: str) -> str:
    """A small file's text; empty where there is none."""
    return Path(path).read_text(encoding="utf-8", errors="replace") if Path(path).is_file() else ""


def asked_git(workspace: Workspace, git: str, *words: str) -> list[str]:
    """What git answers in the state folder, cut at NUL."""
    environment = {name: workspace.project.environment.get(name, "") for name in ("PATH", "HOME")}
    folder = f"{workspace.project.memory}/state"
    said = said_by([git, "-C", folder, *QUIET_GIT, *words], environment | {"GIT_OPTIONAL_LOCKS": "0"})
    return [each for each in said.split("\0") if each]


def kept_by_accident(workspace: Workspace, git: str) -> Iterator[Finding]:
    """Live state that git tracks although its list leaves it out."""
    files = asked_git(workspace, git, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
    if files:
        more = f" and {len(files) - 1} more of live state" if len(files) > 1 else ", which is live state"
        message = f"git tracks {files[0]}{more}"
        why = "a checkout or merge puts an old state in the place of the live one"
        folder = shlex.quote(f"{workspace.project.memory}/state")
        repair = f"git -C {folder} rm -r -q --cached -- {shlex.join(files[:3])}"
        place = Place(f"{workspace.project.memory}/state/{files[0]}")
        yield Finding("git", "error", message, why, repair, place)


def attribute_problems(workspace: Workspace, git: str) -> Iterator[Finding]:
    """Other rules of the repository that reach tracked histories: line ends, the way of merging."""
    if text_of(f"{workspace.project.memory}/state/.gitignore") != TRACKED:
        return
    path = "workflow-history/00000000/events.md"
    said = asked_git(workspace, git, "check-attr", "-z", "text", "merge", "--", path)
    values = dict(zip(said[1::3], said[2::3], strict=False))
    wanted = {"text": "unset", "merge": "union"}
    wrong = [
        f"{name} is {values[name]}" for name, value in wanted.items() if values.get(name, value) != value
    ]
    if wrong and text_of(f"{workspace.project.memory}/state/.gitattributes") == ATTRIBUTES:
        why = "checksums cover every byte, and a merge must keep both sides' events"
        message = f"for histories {', '.join(wrong)}: a stronger rule stands in .git/info/attributes"
        place = Place(f"{workspace.project.memory}/state/.gitattributes")
        yield Finding("git", "warning", message, why, "init --track", place)


def worktree_check(workspace: Workspace) -> Iterator[Finding]:
    """The memory path and the sessions that are bound to it belong to this work tree."""
    found = [*strange_memory(workspace), *strange_bindings(workspace)]
    yield from found or [well("work tree", "memory path and sessions belong to it")]


def strange_memory(workspace: Workspace) -> Iterator[Finding]:
    """A memory path in another work tree, though each was meant to have its own."""
    settings, environment = workspace.project.settings, workspace.project.environment
    scope = settings_scope(workspace)
    tree = git_folder(settings.memory)
    own = git_folder(settings.root)
    if scope == "repository" or tree is None or own is None or tree.parent == own.parent:
        return
    named = environment.get("MEMORY_STATE_PATH")
    where = "MEMORY_STATE_PATH names it" if named else "a setting names it"
    message = f"the memory path belongs to the work tree {tree.parent}: {where}"
    why = 'two work trees would hold one workflow; scope = "repository" says that it is meant'
    yield Finding("work tree", "warning", message, why, "config list --show-origin", Place(settings.memory))


def settings_scope(workspace: Workspace) -> str:
    """The scope in force."""
    from memory_state.workspace.configuration import survey

    chosen = survey(workspace.project.environment, workspace.project.settings.root)
    return next(str(each.value) for each in chosen if each.setting.name == "scope")


def strange_bindings(workspace: Workspace) -> Iterator[Finding]:
    """The session that asks is bound to another project; a binding's project is gone."""
    settings, environment = workspace.project.settings, workspace.project.environment
    session = workspace.actor.session
    own = binding_of(environment, session) if session else None
    if own is not None and own.root != settings.root:
        message = f"this session is bound to a workflow of {own.root}: here its binding does not count"
        yield Finding("work tree", "warning", message, "hooks here follow the current workflow", "resume")
    if own is not None and own.root == settings.root and own.memory != settings.memory:
        message = f"this session is bound to {own.memory}, and commands here use {settings.memory}"
        why = "hooks and commands work on different workflows"
        yield Finding("work tree", "error", message, why, "config list --show-origin")
    gone = [each for each in all_bindings(environment) if each.memory == settings.memory]
    gone = [each for each in gone if not Path(each.root).is_dir()]
    if gone:
        message = f"{len(gone)} sessions are bound to work trees that are gone, {gone[0].root} among them"
        yield Finding("work tree", "note", message)
