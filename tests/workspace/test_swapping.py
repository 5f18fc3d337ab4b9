"""A file that gives way is looked at after it left its name: who saved it just then loses nothing."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict
from memory_state.workspace.moving import leave_name
from memory_state.workspace.swapping import (
    has_writer,
    put_back,
    put_where_none_is,
    swap_file,
    take_away,
)

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, HAND = b"as it was\n", b"as it is to be\n", b"by hand\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A document in a folder of its own."""
    found = tmp_path / "document.md"
    found.write_bytes(OLD)
    return found


def swap(path: Path, expected: bytes | None) -> list[bytes]:
    """Swap new content in; gives what had to be kept."""
    kept: list[bytes] = []
    swap_file(str(path), NEW, expected, durable=True, keep=kept.append)
    return kept


def names(path: Path) -> list[str]:
    """Everything in a document's folder."""
    return sorted(each.name for each in path.parent.iterdir())


def test_what_is_expected_gives_way(path: Path) -> None:
    """The new content has the place and the old file's mode, and nothing else stays."""
    path.chmod(0o640)
    assert swap(path, OLD) == []
    assert (path.read_bytes(), path.stat().st_mode & 0o777, names(path)) == (NEW, 0o640, ["document.md"])


@pytest.mark.parametrize("there", [HAND, OLD + HAND, b"", OLD[:-1]])
def test_what_somebody_saved_stays(path: Path, there: bytes) -> None:
    """The very file that another program wrote is back in its place, and nothing was written."""
    path.write_bytes(there)
    inode = path.stat().st_ino
    with pytest.raises(Conflict, match="changed by somebody else"):
        swap(path, OLD)
    assert (path.read_bytes(), path.stat().st_ino, names(path)) == (there, inode, ["document.md"])


def test_what_somebody_is_about_to_save_stays(path: Path) -> None:
    """A file that is open for writing keeps its name, though it still holds what is expected."""
    descriptor = os.open(path, os.O_RDWR)
    with pytest.raises(Conflict):
        swap(path, OLD)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, HAND)
    os.close(descriptor)
    assert (path.read_bytes(), names(path)) == (HAND, ["document.md"])


def test_reading_is_no_hindrance(path: Path) -> None:
    """A program that only reads the file has it open without being in the way."""
    with path.open("rb"):
        swap(path, OLD)
    assert path.read_bytes() == NEW


def test_a_file_that_is_gone_is_a_conflict(path: Path) -> None:
    """Where a file was expected and none is, none is made."""
    path.unlink()
    with pytest.raises(Conflict):
        swap(path, OLD)
    assert names(path) == []


def test_a_new_file_takes_no_place(path: Path) -> None:
    """Where no file was expected, one that has come meanwhile stays; else the new one is there."""
    with pytest.raises(Conflict):
        swap(path, None)
    assert (path.read_bytes(), names(path)) == (OLD, ["document.md"])
    path.unlink()
    swap(path, None)
    assert (path.read_bytes(), names(path)) == (NEW, ["document.md"])


@pytest.mark.parametrize("there", [NEW, HAND, None])
def test_what_can_not_be_put_back_is_kept(path: Path, there: bytes | None) -> None:
    """Saved once more while it was put back: the one is in its place, the other is kept, none is lost."""
    old = path.with_name("old")
    path.rename(old)
    old.write_bytes(b"first save\n")
    if there is not None:
        path.write_bytes(there)
    kept: list[bytes] = []
    put_back(str(path), str(old), NEW, kept.append)
    found = [path.read_bytes()] if path.exists() else []
    assert (found, kept) == {
        NEW: ([b"first save\n"], []), HAND: ([b"first save\n"], [HAND]), None: ([], [b"first save\n"]),
    }[there]  # fmt: skip
    assert names(path) == ["document.md"] * len(found)


def test_writers_are_seen(path: Path) -> None:
    """A file is being written while any descriptor for writing is open, however many readers there are."""
    assert has_writer(str(path)) is False
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    assert has_writer(str(path)) is True
    os.close(descriptor)
    assert has_writer(str(path)) is False


def test_taking_away_waits_for_the_writer(path: Path) -> None:
    """What a program still writes into a removed file is in what is given back."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)

    def end() -> None:
        os.write(descriptor, HAND)
        os.close(descriptor)

    writer = threading.Timer(0.03, end)
    writer.start()
    assert take_away(str(path)) == OLD + HAND
    writer.join()
    assert (take_away(str(path)), names(path)) == (None, [])


def test_a_name_that_was_saved_to_is_left_alone(path: Path) -> None:
    """A file that moved leaves its old name, unless somebody has put another file there."""
    target = path.with_name("final.md")
    target.hardlink_to(path)
    beside = path.with_name("beside")
    beside.write_bytes(HAND)
    beside.rename(path)
    leave_name(str(path), target)
    assert (path.read_bytes(), target.read_bytes()) == (HAND, OLD)
    path.unlink()
    path.hardlink_to(target)
    leave_name(str(path), target)
    assert names(path) == ["final.md"]


def test_a_place_is_taken_once(path: Path) -> None:
    """A file goes where nothing is, and its old name goes in either case."""
    fresh = path.with_name("fresh")
    for taken in (True, False):
        fresh.write_bytes(NEW)
        if taken:
            with pytest.raises(Conflict):
                put_where_none_is(str(fresh), str(path))
        else:
            path.unlink()
            put_where_none_is(str(fresh), str(path))
        assert (path.read_bytes(), names(path)) == (OLD if taken else NEW, ["document.md"])
