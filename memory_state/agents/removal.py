"""Leaving a machine: everything of ours is listed, then taken away; a person's state and settings stay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import blocks, completions
from memory_state.agents.clients import CLIENTS
from memory_state.agents.installation import read_settings_text, take_out
from memory_state.agents.records import (
    all_records,
    find_record,
    forget,
    project_records,
    record_folder,
    settings_path,
)
from memory_state.agents.wiring import LAUNCHERS, unwire
from memory_state.core.clients import PROJECT_VARIABLE
from memory_state.core.errors import MemoryStateError
from memory_state.core.layout import config_folder, guarded_folder, session_folder, share_folder, watch_folder
from memory_state.core.locate import PROJECT_FILE
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.configuration import known_place, user_file
from memory_state.workspace.sessions import binding_of, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Part(NamedTuple):
    """Something of ours: its kind, its absolute path, what it is, the project and client it is of."""

    kind: str
    path: str
    what: str
    root: str = ""
    agent: str = ""


class Plan(NamedTuple):
    """What leaving takes away, in this order, what it keeps, and what a person should know before."""

    parts: tuple[Part, ...]
    kept: tuple[Part, ...]
    notes: tuple[str, ...]


SHARED = {
    "hook": "the installed hook",
    "bin": "the program for an agent's shell",
    "runtime": "the record of the interpreter",
    "trusted": "trust in definitions",
    "grant-key": "the key of one-time grants",
}
"""What stands in the user's data folder beside the records of setup."""

PLACE_NAMES = (PROJECT_VARIABLE, "MEMORY_STATE_PATH")


def plan(environment: Mapping[str, str], root: str, *, purge: bool = False) -> Plan:
    """What leaving would do, seen from a project; `purge` gives the user's settings up too."""
    records = [each.record for each in all_records(environment) if each.record]
    roots = list(dict.fromkeys([root, *(each.root for each in records)]))
    parts = [part for each in roots for part in project_parts(environment, each)]
    kept = [part for each in roots for part in kept_parts(environment, each)]
    written = completions.written_files(environment)
    parts += [Part("tree", str(path), "shell completion") for path in written]
    parts += user_parts(environment)
    settings = Part("tree", str(user_file(environment)), "your settings")
    if user_file(environment).exists():
        (parts if purge else kept).append(settings)
    kept += [Part("line", each, "your shell's start") for each in completions.mentions(environment)]
    return Plan(tuple(parts), tuple(kept), (*damaged_records(environment, root), *running(environment)))


def project_parts(environment: Mapping[str, str], root: str) -> Iterator[Part]:
    """What of ours stands in a project outside its state; its record, last, says how it was before."""
    for file in blocks.instruction_files(root):
        if holds_block(file):
            yield Part("block", str(file), "the block of memory-state", root)
    for agent in CLIENTS:
        path = settings_path(root, agent)
        if find_record(environment, root, agent).record or has_hooks(path):
            yield Part("hooks", str(path), "the hooks", root, agent)


def wired_agents(root: str) -> tuple[str, ...]:
    """The clients whose settings in a project hold hooks of ours."""
    return tuple(agent for agent in CLIENTS if has_hooks(settings_path(root, agent)))


def has_hooks(path: Path) -> bool:
    """Whether a settings file holds hooks of ours, or may: one that can not be read does."""
    try:
        text = read_settings_text(path)
        return unwire(text) != text
    except ValueError:
        return any(name in text for name in LAUNCHERS)
    except (MemoryStateError, OSError):
        return True


def holds_block(file: Path) -> bool:
    """Whether a file holds a block of ours, sound or not."""
    return blocks.BEGIN.search(file.read_bytes().decode("utf-8", "replace")) is not None


def user_parts(environment: Mapping[str, str]) -> list[Part]:
    """What of ours stands in the user's folders."""
    known = dict(environment)
    parts = [
        Part("tree", session_folder(known), "the sessions' bindings"),
        Part("tree", watch_folder(known), "the files as they were before shell calls"),
        Part("tree", guarded_folder(known), "the digests of guarded files"),
    ]
    parts += [Part("tree", f"{share_folder(known)}/{name}", what) for name, what in SHARED.items()]
    parts.append(Part("records", record_folder(known), "the records of setup"))
    return [part for part in parts if Path(part.path).exists() or Path(part.path).is_symlink()]


def kept_parts(environment: Mapping[str, str], root: str) -> Iterator[Part]:
    """What stays in a project."""
    elsewhere = {name: value for name, value in environment.items() if name not in PLACE_NAMES}
    memory = known_place(elsewhere, root, None)[1]
    if Path(memory).is_dir():
        yield Part("tree", memory, "workflows and their state", root)
    if Path(root, PROJECT_FILE).is_file():
        yield Part("tree", str(Path(root, PROJECT_FILE)), "the project's settings", root)


def damaged_records(environment: Mapping[str, str], root: str) -> list[str]:
    """A sentence about each record that does not say where hooks are left, but for the project at hand."""
    here = [find_record(environment, root, agent).path for agent in CLIENTS]
    return [
        f"{each.problem}: where hooks are left, `setup AGENT --remove` takes them out"
        for each in all_records(environment)
        if each.problem and each.path not in here
    ]


def running(environment: Mapping[str, str]) -> list[str]:
    """A sentence about each session that runs now: its tool calls have no hook to ask from then on."""
    folder = Path(session_folder(dict(environment)))
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    bindings = [binding_of(environment, name) for name in names]
    return [
        f"a session in {each.root} runs now; end it, as its client may still call the removed hook"
        for each in bindings
        if each is not None and is_alive(each)
    ]


def carry_out(environment: Mapping[str, str], parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Take every part away; gives what stands in the way of some, the others go all the same."""
    problems = [remove_part(environment, part) for part in parts]
    known = dict(environment)
    folders = (share_folder(known), session_folder(known).rpartition("/")[0], config_folder(known))
    for folder in folders:
        remove_empty(Path(folder))
    return tuple(each for each in problems if each)


def remove_part(environment: Mapping[str, str], part: Part) -> str:
    """Take one part away; gives what stands in the way, if anything does."""
    try:
        return REMOVERS[part.kind](environment, part)
    except MemoryStateError as error:
        return error.sentence
    except OSError as error:
        return f"{part.path} stays: {error.strerror or error}"


def remove_hooks(environment: Mapping[str, str], part: Part) -> str:
    """Take our hooks out of a project's settings."""
    take_out(environment, part.root, part.agent)
    return ""


def remove_block(environment: Mapping[str, str], part: Part) -> str:
    """Take our block out of a file of a project."""
    file = Path(part.path)
    made = [each for each in project_records(environment, part.root) if file.name in each.made]
    return blocks.remove_block(file, made=bool(made))


def remove_records(environment: Mapping[str, str], part: Part) -> str:
    """Remove damaged records; a sound one is left where its project could not be cleared, for another try."""
    for each in all_records(environment):
        if each.record is None:
            Path(each.path).unlink()
    remove_empty(Path(part.path))
    return ""


def remove_tree(environment: Mapping[str, str], part: Part) -> str:
    """Remove a file, a link, or a folder with all that is in it."""
    path = Path(part.path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return ""


def remove_empty(folder: Path) -> None:
    """Remove a folder that holds nothing any more."""
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


REMOVERS: dict[str, Callable[[Mapping[str, str], Part], str]] = {
    "hooks": remove_hooks,
    "block": remove_block,
    "records": remove_records,
    "tree": remove_tree,
}


def remove_from_project(
    environment: Mapping[str, str], root: str, agent: str = "claude"
) -> tuple[bool, tuple[str, ...]]:
    """Take a client's hooks out of a project, and the block with the last ones.

    Gives whether anything was there, and what went wrong.
    """
    wired = {*wired_agents(root)} - {agent}
    parts = [
        part
        for part in project_parts(environment, root)
        if part.agent == agent or (part.kind == "block" and not wired)
    ]
    damage = find_record(environment, root, agent).problem
    problems = [problem for part in parts if (problem := remove_part(environment, part))]
    if damage and not problems:
        forget(environment, root, agent)
    return bool(parts), (*((damage,) if damage else ()), *problems)
