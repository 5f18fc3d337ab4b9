"""How editors and programs save a document, as generators that stop between any two steps of theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MARK = "Written by hand."
PRIVATE = 0o600


def vim_by_rename(path: Path, text: bytes) -> Iterator[None]:
    """A new file is written beside the old one and renamed over it."""
    beside = path.with_name("4913")
    beside.write_bytes(text)
    yield
    beside.rename(path)


def vim_by_backup(path: Path, text: bytes) -> Iterator[None]:
    """The old file becomes the backup, the new one is written in its place, the backup goes."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    yield
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    yield
    os.write(descriptor, text)
    os.close(descriptor)
    yield
    backup.unlink()


def in_place(path: Path, text: bytes) -> Iterator[None]:
    """The file is emptied and written in two parts, as VS Code and `fs.writeFile` of Node do it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, PRIVATE)
    yield
    half = len(text) // 2
    os.write(descriptor, text[:half])
    yield
    os.write(descriptor, text[half:])
    os.close(descriptor)


def emptied_late(path: Path, text: bytes) -> Iterator[None]:
    """The file is opened as it is, and only then emptied and written."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    yield
    os.ftruncate(descriptor, 0)
    yield
    os.write(descriptor, text)
    os.close(descriptor)


def by_sed(path: Path, text: bytes) -> Iterator[None]:
    """`sed -i` appends a line to the file as it finds it; a person tries again when it is not there."""
    command = ["sed", "-i", f"$a {MARK}", str(path)]
    while subprocess.run(command, capture_output=True, check=False).returncode:
        yield
    yield


def by_git(path: Path, text: bytes) -> Iterator[None]:
    """`git checkout FILE` puts the committed version back."""
    command = ["git", "checkout", "--quiet", "--", str(path)]
    subprocess.run(command, cwd=path.parent, check=True)
    yield


EDITORS: dict[str, Callable[[Path, bytes], Iterator[None]]] = {
    "vim, rename": vim_by_rename,
    "vim, backup": vim_by_backup,
    "in place": in_place,
    "emptied late": emptied_late,
    "sed -i": by_sed,
    "git checkout": by_git,
}
PROGRAMS = {"sed -i": "sed", "git checkout": "git"}


def available(editor: str) -> bool:
    """Whether the program that an editor stands for is installed."""
    return shutil.which(PROGRAMS.get(editor, "sh")) is not None


def commit_document(root: Path, path: Path, text: bytes) -> None:
    """Make a repository whose only commit holds a document with this text; the file is as before."""
    before = path.read_bytes()
    path.write_bytes(text)
    for words in (
        ("init", "--quiet"),
        ("add", "--force", str(path)),
        ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "state"),
    ):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    path.write_bytes(before)
