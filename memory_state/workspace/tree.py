"""The project's files as they are at one moment: what changed between two of them, one digest of all.

What git keeps, our state and what tools leave behind (caches, compiled files, installed packages) do
not count, nor does a folder that a tool marked as its cache (Cache Directory Tagging Specification 0.6).
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MOST_FILES = 200_000
HASHED_FILE = 1 << 20
GIT_SECONDS = 5.0
# A repository's own settings can name a program that git asks for changes: none is run for us.
LIST_FILES = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false")
CACHE_TAG = "CACHEDIR.TAG"
BY_PRODUCTS = frozenset(
    {
        ".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox",
        ".venv", "venv", "node_modules", ".next", ".nuxt", ".parcel-cache", ".turbo", ".gradle",
        ".nyc_output", ".coverage",
    }
)  # fmt: skip
BY_PRODUCT_ENDINGS = (".pyc", ".pyo", ".class", ".o")


class Entry(NamedTuple):
    """One file or link: what tells that it was touched, and what it holds.

    `stamp` is mode, inode, size, and the times of change of content and of inode in nanoseconds;
    `digest` the first 16 hex digits of the SHA-256 of its bytes, or of its target for a link. It is
    empty for a file of more than 1 MiB, and for what is neither file nor link.
    """

    stamp: tuple[int, ...]
    digest: str


class TooLarge(Exception):
    """The project has more files than are looked at."""


def read_tree(
    root: str,
    memory: str,
    wanted: Callable[[str], bool],
    known: Mapping[str, Entry] | None = None,
) -> dict[str, Entry]:
    """The wanted files below the root, by their path relative to it.

    The bytes of a file whose stamp is `known` are not read again. Raises TooLarge.
    """
    known = known or {}
    found: dict[str, Entry] = {}
    for path, status in walk(root, f"{memory}/state"):
        if wanted(path):
            found[path] = entry(f"{root}/{path}", status, known.get(path))
    return found


def walk(root: str, left_out: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below the root, with its status; links are not followed. Raises TooLarge."""
    pending = [""]
    count = 0
    while pending:
        folder = pending.pop()
        entries = listed(f"{root}/{folder}" if folder else root)
        if folder and any(each.name == CACHE_TAG for each in entries):
            continue
        for each in entries:
            path = f"{folder}/{each.name}" if folder else each.name
            if is_by_product(each.name) or f"{root}/{path}" == left_out:
                continue
            if each.is_dir(follow_symlinks=False):
                pending.append(path)
                continue
            count += 1
            if count > MOST_FILES:
                raise TooLarge(f"{root} has more than {MOST_FILES} files")
            try:
                status = each.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone since it was listed
                continue
            yield path, status


def listed(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing where it is gone or can not be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def is_by_product(name: str) -> bool:
    """Whether tools leave a file or folder of this name behind wherever they run."""
    return name in BY_PRODUCTS or name.endswith(BY_PRODUCT_ENDINGS)


def entry(path: str, status: os.stat_result, known: Entry | None) -> Entry:
    """The entry of a file with this status."""
    stamp = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    if known is not None and known.stamp == stamp:
        return known
    return Entry(stamp, digest_of(path, status.st_mode, status.st_size))


def digest_of(path: str, mode: int, size: int) -> str:
    """The digest of a file as `Entry` holds it."""
    try:
        if stat.S_ISLNK(mode):
            return shortened(os.fsencode(Path(path).readlink()))
        if not stat.S_ISREG(mode) or size > HASHED_FILE:
            return ""
        return shortened(Path(path).read_bytes())
    except OSError:  # gone, or not ours to read: its stamp still tells
        return ""


def shortened(content: bytes) -> str:
    """The first 16 hex digits of the SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def changed(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> dict[str, str | None]:
    """The paths that differ, each with the digest it had before; None for one that was not there.

    A file that was touched but holds what it held is not among them; one without a digest is.
    """
    paths = sorted(before.keys() | after.keys())
    return {
        path: before[path].digest if path in before else None
        for path in paths
        if not is_same(before.get(path), after.get(path))
    }


def is_same(before: Entry | None, after: Entry | None) -> bool:
    """Whether two entries are of the same content and rights."""
    if before is None or after is None or before == after:
        return before == after
    rights = before.stamp[0] == after.stamp[0]
    return rights and bool(before.digest) and before.digest == after.digest


def is_as_before(root: str, path: str, digest: str | None) -> bool:
    """Whether a file holds again what it held: its digest, or None for one that was not there."""
    try:
        status = os.lstat(f"{root}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return digest is None
    return bool(digest) and digest_of(f"{root}/{path}", status.st_mode, status.st_size) == digest


# What a client keeps of its own beside the work.
NO_WORK = frozenset({".claude/settings.local.json"})


def digest_tree(root: str, memory: str) -> str:
    """One SHA-256 over the work in a project: names, rights to run and bytes of its files.

    Where git keeps the project these are the files that it tracks or would add, else all. Raises TooLarge.
    """
    kept = git_files(root)
    wanted = (lambda _: True) if kept is None else kept.__contains__
    total = hashlib.sha256()
    for path, status in sorted(walk(root, f"{memory}/state")):
        if path not in NO_WORK and wanted(path):
            runs = stat.S_IMODE(status.st_mode) & 0o100
            content = digest_of(f"{root}/{path}", status.st_mode, status.st_size) or str(status.st_size)
            total.update(f"{path}\0{runs}\0{content}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def git_files(root: str) -> frozenset[str] | None:
    """The files below a root that git tracks or would add; None where git does not keep it."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - nothing of this line comes from outside but the folder
            [*LIST_FILES, "-C", root, "ls-files", "-z", "-c", "-o", "--exclude-standard"],
            capture_output=True, timeout=GIT_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)
