"""The files that no call may change in any phase, and whether one did all the same.

What a hook lets run can still write them: a script, an editor. So they are noted when a session
starts and compared when its turns end. What our own commands change counts as known.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.layout import config_folder, guarded_folder, share_folder
from memory_state.core.protected import AGENT_SETTINGS, GIT_PROTECTED, PROTECTED_FILES, PROTECTED_FOLDERS
from memory_state.workspace.gitconfig import git_folders, steering_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GUARDED_KEYS = ("hooks", "disableAllHooks", "env")
INSTALLED = ("hook", "bin", "runtime", "trusted")
MOST_FILES = 2000
FILE_LIMIT = 1 << 22
ABSENT = "~absent"
# What a digest begins with, so that nobody takes it for that of a whole file.
MARK = "~"


def digests(environment: Mapping[str, str], root: str) -> dict[str, str]:
    """A digest of each guarded file and folder, absent ones too.

    Those inside the project are named relative to it, others absolute.
    """
    return {name: digest(root, name) for name in sorted(set(guarded_names(environment, root)))}


def guarded_names(environment: Mapping[str, str], root: str) -> Iterator[str]:
    """What is guarded, as it is named."""
    yield from (name for name, _ in (*PROTECTED_FILES, *PROTECTED_FOLDERS))
    yield from (path.lstrip("/") for path in AGENT_SETTINGS)
    for folder in git_folders(root):
        yield from (named(root, f"{folder}/{name}") for name in GIT_PROTECTED)
    home = environment.get("HOME", "")
    if home:
        yield f"{home}{AGENT_SETTINGS[0]}"
        hooks = [name for name, _ in (*PROTECTED_FILES, *PROTECTED_FOLDERS) if "hooks" in name]
        yield from (f"{home}/{name}" for name in hooks)
    yield f"{config_folder(dict(environment))}/config.toml"
    yield from (f"{share_folder(dict(environment))}/{name}" for name in INSTALLED)


def named(root: str, path: str) -> str:
    """An absolute path as it is named here."""
    return path.removeprefix(f"{root}/")


def digest(root: str, name: str) -> str:
    """The digest of one of them as it is now: of what counts in it, not always of all its bytes."""
    path = name if name.startswith("/") else f"{root}/{name}"
    content = guarded_content(path)
    return ABSENT if content is None else MARK + hashlib.sha256(content).hexdigest()[:16]


def is_as_before(root: str, name: str, before: str) -> bool:
    """Whether a guarded file holds again what it held when its digest was taken."""
    return digest(root, name) == before


def guarded_content(path: str) -> bytes | None:
    """What counts in a file, a link or a folder; None where there is none."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(status.st_mode):
        return b"link " + os.fsencode(Path(path).readlink()) + (whole_content(path) or b"")
    if stat.S_ISDIR(status.st_mode):
        return folder_content(path)
    content = read_if_there(path, FILE_LIMIT) if stat.S_ISREG(status.st_mode) else b"special"
    return None if content is None else counting(path, content) + (b"+x" if status.st_mode & 0o100 else b"")


def whole_content(path: str) -> bytes | None:
    """What is behind a link: a folder's names, or a file's bytes; None where that is nothing."""
    try:
        return folder_content(path) if Path(path).is_dir() else read_if_there(path, FILE_LIMIT)
    except OSError:  # not a file that can be read: the link itself still counts
        return None


def counting(path: str, content: bytes) -> bytes:
    """The part of a file's bytes that is guarded."""
    if path.endswith(AGENT_SETTINGS):
        return guarded_settings(content)
    if path.rpartition("/")[2] in ("config", "config.worktree") and "/.git" in path:
        return "\n".join(steering_lines(content.decode("utf-8", "surrogateescape"))).encode(
            "utf-8", "surrogateescape"
        )
    return content


def guarded_settings(content: bytes) -> bytes:
    """The keys of a client's settings that hooks hang on; all of what is no JSON object."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not isinstance(found, dict):
        return content
    kept = {key: found[key] for key in GUARDED_KEYS if key in found}
    return json.dumps(kept, sort_keys=True).encode() if kept else b""


def folder_content(path: str) -> bytes:
    """The names in a folder and below it, each with what it holds, but samples that git never runs."""
    lines: list[str] = []
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            full = f"{folder}/{name}"
            if len(lines) < MOST_FILES and not name.endswith(".sample"):
                held = hashlib.sha256(guarded_content(full) or b"").hexdigest()
                lines.append(f"{full.removeprefix(path)}\0{held}")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


# what was noted


def store_path(environment: Mapping[str, str], root: str) -> str:
    """Where a project's digests are kept: in the user's folder, outside of every work tree."""
    name = hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{guarded_folder(dict(environment))}/{name}.json"


def stored(path: str) -> dict[str, dict[str, str]] | None:
    """What was noted: `known` digests, and those `told` since; None where nothing readable was."""
    try:
        values = json.loads(read_if_there(path, FILE_LIMIT) or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not all(
        isinstance(values.get(key), dict) for key in ("known", "told")
    ):
        return None
    return {key: {str(name): str(each) for name, each in values[key].items()} for key in ("known", "told")}


def note(path: str, known: dict[str, str], told: dict[str, str]) -> None:
    """Keep digests."""
    make_folder(path.rpartition("/")[0])
    replace_file(path, json.dumps({"known": known, "told": told}).encode(), durable=False)


def begin(environment: Mapping[str, str], root: str) -> list[str]:
    """Note the guarded files at a session's start; gives those that changed since the last one.

    A person may have changed them in between, so that is a fact and no violation.
    """
    path, now = store_path(environment, root), digests(environment, root)
    before = stored(path)
    note(path, now, {})
    if before is None:
        return []
    return [
        name for name in differing(before["known"], now) if before["told"].get(name) != now.get(name, ABSENT)
    ]


def changed(environment: Mapping[str, str], root: str) -> dict[str, str]:
    """The guarded files that changed since the session's start, each with its digest of then.

    Each change is given once. Without anything noted the session starts now.
    """
    path, now = store_path(environment, root), digests(environment, root)
    before = stored(path)
    if before is None:
        note(path, now, {})
        return {}
    known = before["known"]
    told = {name: now.get(name, ABSENT) for name in differing(known, now)}
    if told != before["told"]:
        note(path, known, told)
    return {name: known.get(name, ABSENT) for name, each in told.items() if before["told"].get(name) != each}


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names whose digests differ; one that was not noted counts as absent."""
    names = sorted(before.keys() | now.keys())
    return [name for name in names if before.get(name, ABSENT) != now.get(name, ABSENT)]


@contextmanager
def own_change(environment: Mapping[str, str], root: str) -> Iterator[None]:
    """Let what a command of ours changes meanwhile count as known, for every project."""
    paths = sorted(Path(guarded_folder(dict(environment))).glob("*.json"))
    before = digests(environment, root) if paths else {}
    try:
        yield
    finally:
        after = digests(environment, root) if paths else {}
        ours = {name: after[name] for name in differing(before, after)}
        for path in map(str, paths):
            here = path == store_path(environment, root)
            adopt(path, {name: each for name, each in ours.items() if here or name.startswith("/")})


def adopt(path: str, ours: dict[str, str]) -> None:
    """Take these digests over into what was noted of one project."""
    before = stored(path)
    if before is not None and ours:
        told = {name: each for name, each in before["told"].items() if name not in ours}
        note(path, before["known"] | ours, told)
