"""Leaving a machine: everything of ours is listed, then taken away; a person's state and settings stay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.agents import blocks, claude, completions
from memory_state.agents.installation import read_settings_text, take_out
from memory_state.agents.records import all_records, find_record, settings_path
from memory_state.core.errors import MemoryStateError
from memory_state.core.layout import config_folder, session_folder, share_folder
from memory_state.core.locate import PROJECT_FILE
from memory_state.workspace.configuration import known_place, user_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Part(NamedTuple):
    """Something of ours: what it is in a word and in words, and its absolute path."""

    kind: str
    path: str
    what: str


class Plan(NamedTuple):
    """What leaving takes away, in this order, what it keeps, and what stands in its way."""

    parts: tuple[Part, ...]
    kept: tuple[Part, ...]
    problems: tuple[str, ...]


SHARED = {
    "hook": "the installed hook",
    "bin": "the program for an agent's shell",
    "runtime": "the record of the interpreter",
    "trusted": "trust in definitions",
    "setup": "the records of setup",
}
"""What stands in the user's data folder; the records last, as they know what else there is."""


def plan(environment: Mapping[str, str], root: str, *, purge: bool = False) -> Plan:
    """What leaving would do, seen from a project; `purge` gives the user's settings up too."""
    records = all_records(environment)
    roots = list(dict.fromkeys([root, *(each.record.root for each in records if each.record)]))
    parts = [part for each in roots for part in project_parts(environment, each)]
    parts += [
        Part("file", str(path), "shell completion") for path in completions.written_files(environment)
    ]
    parts += user_parts(environment, purge=purge)
    kept = [part for each in roots for part in kept_parts(environment, each)]
    if not purge and user_file(environment).exists():
        kept.append(Part("file", str(user_file(environment)), "your settings"))
    kept += [Part("line", each, "your shell's start") for each in completions.mentions(environment)]
    here = find_record(environment, root).path
    problems = [
        f"{each.problem}; if hooks are left in its project, run setup claude --remove there"
        for each in records
        if each.problem and each.path != here
    ]
    return Plan(tuple(parts), tuple(kept), tuple(problems))


def project_parts(environment: Mapping[str, str], root: str) -> Iterator[Part]:
    """What of ours stands in a project outside its state."""
    path = settings_path(root)
    if find_record(environment, root).record or has_hooks(path):
        yield Part("hooks", root, f"the hooks in {path}")
    for file in blocks.instruction_files(root):
        if holds_block(file):
            yield Part("block", str(file), "the block of memory-state")


def has_hooks(path: Path) -> bool:
    """Whether a settings file holds hooks of ours; one that can not be read is looked at when it is changed."""
    try:
        text = read_settings_text(path)
        return claude.unwire(text) != text
    except (MemoryStateError, ValueError):
        return claude.LAUNCHER.encode() in path.read_bytes()


def holds_block(file: Path) -> bool:
    """Whether a file holds a block of ours, sound or not."""
    return blocks.BEGIN.search(file.read_bytes().decode("utf-8", "replace")) is not None


def user_parts(environment: Mapping[str, str], *, purge: bool) -> list[Part]:
    """What of ours stands in the user's folders."""
    known = dict(environment)
    wanted = [
        (session_folder(known), "the sessions' bindings"),
        *((f"{share_folder(known)}/{name}", what) for name, what in SHARED.items()),
    ]
    if purge:
        wanted.append((str(user_file(environment)), "your settings"))
    return [Part("tree", path, what) for path, what in wanted if Path(path).exists() or Path(path).is_symlink()]


def kept_parts(environment: Mapping[str, str], root: str) -> Iterator[Part]:
    """What stays in a project."""
    named = {key: value for key, value in environment.items() if key not in ("CLAUDE_PROJECT_DIR", "MEMORY_STATE_PATH")}
    memory = known_place(named, root, None)[1]
    if Path(memory).is_dir():
        yield Part("tree", memory, "workflows and their state")
    if Path(root, PROJECT_FILE).is_file():
        yield Part("file", str(Path(root, PROJECT_FILE)), "the project's settings")


def carry_out(environment: Mapping[str, str], parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Take every part away; gives what stands in the way of some, the others go all the same."""
    problems = tuple(problem for part in parts if (problem := remove_part(environment, part)))
    known = dict(environment)
    for folder in (share_folder(known), session_folder(known).rpartition("/")[0], config_folder(known)):
        remove_empty(Path(folder))
    return problems


def remove_part(environment: Mapping[str, str], part: Part) -> str:
    """Take one part away; gives what stands in the way, if anything does."""
    try:
        return REMOVERS[part.kind](environment, part.path)
    except (OSError, MemoryStateError) as error:
        return str(error.args[0] if isinstance(error, MemoryStateError) else error)


def remove_hooks(environment: Mapping[str, str], root: str) -> str:
    """Take our hooks out of a project's settings."""
    take_out(environment, root)
    return ""


def remove_project_block(environment: Mapping[str, str], path: str) -> str:
    """Take our block out of a file of a project."""
    file = Path(path)
    known = find_record(environment, str(file.parent)).record
    return blocks.remove_block(file, made=bool(known and file.name in known.made))


def remove_tree(environment: Mapping[str, str], path: str) -> str:
    """Remove a file, a link, or a folder with all that is in it."""
    if Path(path).is_dir() and not Path(path).is_symlink():
        shutil.rmtree(path)
    else:
        Path(path).unlink(missing_ok=True)
    return ""


def remove_empty(folder: Path) -> None:
    """Remove a folder that holds nothing any more."""
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


REMOVERS: dict[str, Callable[[Mapping[str, str], str], str]] = {
    "hooks": remove_hooks,
    "block": remove_project_block,
    "file": remove_tree,
    "tree": remove_tree,
}


def remove_from_project(environment: Mapping[str, str], root: str) -> tuple[bool, tuple[str, ...]]:
    """Take hooks and block out of one project; gives whether there were hooks, and what stands in the way."""
    known = find_record(environment, root)
    problems = [known.problem] if known.problem else []
    blocked = [remove_part(environment, part) for part in project_parts(environment, root) if part.kind == "block"]
    removed = take_out(environment, root)
    return removed, tuple(each for each in (*problems, *blocked) if each)
