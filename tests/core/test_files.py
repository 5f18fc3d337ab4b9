"""The disk: locks, appends and replacements, also under kill -9 and a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Conflict
from memory_state.core.files import (
    append_file,
    is_folder,
    make_folder,
    path_exists,
    read_file,
    read_if_there,
    read_tail,
    release_lock,
    remove_file,
    replace_file,
    take_lock,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOLDER = """
import sys, time
from memory_state.core.files import take_lock
take_lock(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
from memory_state.core.files import take_lock
take_lock(sys.argv[1])
child = subprocess.Popen(["sleep", "30"], close_fds=False, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
sys.stdin.read()
"""
WRITER = """
import sys
from memory_state.core.files import replace_file
size = 0
while True:
    size = size % 9000 + 700
    replace_file(sys.argv[1], b"%d:" % size + b"x" * size + b":end", durable=False)
"""
FULL_DISK = """
import resource, signal, sys
from memory_state.core.files import {verb}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    {call}
except OSError as error:
    print(error.errno)
"""


def start_program(source: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python program that runs beside the test."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def first_line(program: subprocess.Popen[bytes]) -> bytes:
    """The first line that a program prints."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def end_program(program: subprocess.Popen[bytes]) -> None:
    """Kill a program and close its pipes."""
    program.kill()
    program.communicate()


def run_program(source: str, *arguments: str) -> bytes:
    """What a Python program prints; its environment is empty, so that only its own writes meet a limit."""
    command = [sys.executable, "-c", source, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=30, env={}).stdout


def always(tail: bytes) -> bool:
    """Any tail will do."""
    return True


def count(tail: bytes) -> int:
    """How many lines end in a tail."""
    return tail.count(b"\n")


def writes(content: bytes) -> Callable[[bytes, object], bytes]:
    """A composer that adds this, whatever the tail."""
    return lambda _tail, _found: content


# reading


def test_missing_file_reads_as_nothing(tmp_path: Path) -> None:
    """Where there is no file, or a file where a folder should be, there is nothing to read."""
    (tmp_path / "file").write_bytes(b"x")
    assert read_if_there(f"{tmp_path}/none") is None
    assert read_if_there(f"{tmp_path}/file/below") is None
    with pytest.raises(FileNotFoundError):
        read_file(f"{tmp_path}/none")


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    """A limit is a number of bytes, and a file that is shorter is read whole."""
    (tmp_path / "file").write_bytes(b"x" * 200_000)
    assert len(read_file(f"{tmp_path}/file", 70_001)) == 70_001
    assert len(read_file(f"{tmp_path}/file")) == 200_000


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 40_000])
def test_tail_is_at_most_16_kib_where_that_will_do(tmp_path: Path, size: int) -> None:
    """The end of a file is read in one piece of 16 KiB."""
    (tmp_path / "log").write_bytes(b"y" * (size - 1) + b"\n" * (size > 0))
    assert len(read_tail(f"{tmp_path}/log", always)) == min(size, 16384)


def test_tail_grows_until_it_holds_what_is_looked_for(tmp_path: Path) -> None:
    """Garbage longer than 16 KiB at the end does not hide what stands before it."""
    (tmp_path / "log").write_bytes(b"a" * 100_000 + b"EVENT\n" + b"\0" * 50_000)
    assert len(read_tail(f"{tmp_path}/log", lambda tail: b"EVENT" in tail)) == 65536
    assert len(read_tail(f"{tmp_path}/log", lambda tail: b"none" in tail)) == 150_006


# locking


def test_lock_excludes_other_processes(tmp_path: Path) -> None:
    """While another process holds the lock there is a Conflict, after the time that was given."""
    holder = start_program(HOLDER, f"{tmp_path}/.lock")
    try:
        assert first_line(holder) == b"held"
        began = time.monotonic()
        with pytest.raises(Conflict, match=r"\.lock"):
            take_lock(f"{tmp_path}/.lock", 0.15)
        assert 0.15 <= time.monotonic() - began < 1
    finally:
        end_program(holder)


def test_lock_is_free_after_kill(tmp_path: Path) -> None:
    """A holder that is killed leaves no lock behind, and the file stays where it is."""
    holder = start_program(HOLDER, f"{tmp_path}/.lock")
    try:
        assert first_line(holder) == b"held"
        inode = (tmp_path / ".lock").stat().st_ino
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        release_lock(take_lock(f"{tmp_path}/.lock", 0))
        assert (tmp_path / ".lock").stat().st_ino == inode
    finally:
        end_program(holder)


def test_lock_is_waited_for(tmp_path: Path) -> None:
    """A lock that is let go within the time is had."""
    first = take_lock(f"{tmp_path}/.lock")
    threading.Timer(0.1, release_lock, (first,)).start()
    release_lock(take_lock(f"{tmp_path}/.lock", 5))


def test_children_do_not_inherit_the_lock(tmp_path: Path) -> None:
    """A lock ends with its holder, though a program that the holder started lives on."""
    parent = start_program(PARENT, f"{tmp_path}/.lock")
    child = int(first_line(parent))
    try:
        end_program(parent)
        release_lock(take_lock(f"{tmp_path}/.lock", 0))
    finally:
        os.kill(child, signal.SIGKILL)


def test_lock_file_is_private_and_stays_empty(tmp_path: Path) -> None:
    """Nothing is written into the lock file, and nobody else may open it."""
    release_lock(take_lock(f"{tmp_path}/.lock"))
    assert (tmp_path / ".lock").read_bytes() == b""
    assert (tmp_path / ".lock").stat().st_mode & 0o777 == 0o600


# appending


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"new\n"),
        (b"one\n", b"one\nnew\n"),
        (b"one\ntor", b"one\ntor\nnew\n"),
        (b"one\r", b"one\r\nnew\n"),
        (b"one\n\0\0\0", b"one\n\0\0\0\nnew\n"),
    ],
)
def test_append_ends_a_torn_line_first(tmp_path: Path, before: bytes, after: bytes) -> None:
    """What is appended stands on a line of its own, and no byte before it changes."""
    (tmp_path / "log").write_bytes(before)
    assert append_file(f"{tmp_path}/log", writes(b"new\n"), always, durable=True) == b"new\n"
    assert (tmp_path / "log").read_bytes() == after


def test_append_composes_from_the_tail(tmp_path: Path) -> None:
    """The composer sees the end of the file as it is then, and what was found in it."""
    (tmp_path / "log").write_bytes(b"1\n2\n")
    append_file(f"{tmp_path}/log", lambda tail, lines: b"%d %d\n" % (len(tail), lines), count, durable=False)
    assert (tmp_path / "log").read_bytes() == b"1\n2\n4 2\n"


def test_log_and_lock_are_never_opened_through_links(tmp_path: Path) -> None:
    """A link in their place is an error, and what it leads to stays as it is."""
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="link"):
        append_file(f"{tmp_path}/link", writes(b"new\n"), always, durable=False)
    with pytest.raises(OSError, match="link"):
        take_lock(f"{tmp_path}/link", 0)
    assert (tmp_path / "target").read_bytes() == b"precious"


def test_composer_that_fails_leaves_the_file(tmp_path: Path) -> None:
    """Not even the missing line end is written when there is nothing to append."""

    def fail(tail: bytes, found: object) -> bytes:
        raise ValueError("too long")

    (tmp_path / "log").write_bytes(b"torn")
    with pytest.raises(ValueError, match="too long"):
        append_file(f"{tmp_path}/log", fail, always, durable=True)
    assert (tmp_path / "log").read_bytes() == b"torn"


def test_append_to_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    """A line that does not fit is an error, a torn end at worst; the next append starts a new line."""
    (tmp_path / "log").write_bytes(b"one\n")
    call = f"append_file({str(tmp_path / 'log')!r}, lambda t, f: b'x' * 50, bool, durable=True)"
    assert run_program(FULL_DISK.format(verb="append_file", limit=10, call=call)) == b"27\n"
    content = (tmp_path / "log").read_bytes()
    assert content == b"one\n" + b"x" * 6
    append_file(f"{tmp_path}/log", writes(b"two\n"), always, durable=True)
    assert (tmp_path / "log").read_bytes() == content + b"\ntwo\n"


# replacing


def test_replacing_is_all_or_nothing(tmp_path: Path) -> None:
    """A reader beside a busy writer sees one whole content or another, never a part or a mixture."""
    path = f"{tmp_path}/document"
    replace_file(path, b"1:x:end", durable=False)
    writer = start_program(WRITER, path)
    sizes = set()
    try:
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            size, _, rest = read_file(path).partition(b":")
            assert rest == b"x" * int(size) + b":end"
            sizes.add(size)
    finally:
        end_program(writer)
    assert len(sizes) > 2


def test_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """After kill -9 at any moment the file is whole."""
    path = f"{tmp_path}/document"
    for pause in (0.0, 0.01, 0.02, 0.03):
        replace_file(path, b"1:x:end", durable=False)
        writer = start_program(WRITER, path)
        while read_file(path) == b"1:x:end":
            time.sleep(0.001)
        time.sleep(pause)
        end_program(writer)
        size, _, rest = read_file(path).partition(b":")
        assert rest == b"x" * int(size) + b":end"


def test_mode_is_kept(tmp_path: Path) -> None:
    """A file keeps its permissions, a new one is private, whatever the umask."""
    path = tmp_path / "document"
    replace_file(str(path), b"1", durable=True)
    assert path.stat().st_mode & 0o7777 == 0o600
    path.chmod(0o644)
    replace_file(str(path), b"2", durable=True)
    assert path.stat().st_mode & 0o7777 == 0o644
    assert path.read_bytes() == b"2"


@pytest.mark.parametrize("there", [True, False])
def test_link_is_never_written(tmp_path: Path, there: bool) -> None:  # noqa: FBT001 - one of two cases
    """A symbolic link is refused, its target untouched and itself still a link."""
    target = tmp_path / "target"
    if there:
        target.write_bytes(b"precious")
    (tmp_path / "document").symlink_to(target)
    with pytest.raises(Broken, match="symbolic link"):
        replace_file(f"{tmp_path}/document", b"new", durable=True)
    assert (tmp_path / "document").is_symlink()
    assert target.exists() is there
    assert sorted(path.name for path in tmp_path.iterdir()) == ["document", "target"][: 1 + there]


def test_hard_link_elsewhere_keeps_the_old_content(tmp_path: Path) -> None:
    """The content is never written into the old file itself."""
    (tmp_path / "document").write_bytes(b"old")
    (tmp_path / "kept").hardlink_to(tmp_path / "document")
    replace_file(f"{tmp_path}/document", b"new", durable=False)
    assert (tmp_path / "kept").read_bytes() == b"old"


@pytest.mark.parametrize("now", [b"", b"mine", b"old and more", b"OLD", None])
def test_changed_file_is_a_conflict(tmp_path: Path, now: bytes | None) -> None:
    """A file that is not as expected stays as it is, and no other file is left behind."""
    path = tmp_path / "document"
    if now is not None:
        path.write_bytes(now)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Conflict, match="changed by somebody else"):
        replace_file(str(path), b"new", durable=True, expected=b"old")
    assert sorted(tmp_path.iterdir()) == before
    assert read_if_there(str(path)) == now


def test_expected_content_is_replaced(tmp_path: Path) -> None:
    """A file that is as expected is replaced, an empty one too."""
    for old in (b"old", b""):
        (tmp_path / "document").write_bytes(old)
        replace_file(f"{tmp_path}/document", b"new", durable=True, expected=old)
        assert (tmp_path / "document").read_bytes() == b"new"


def test_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """Where the new content does not fit, the old one stays and no half file is left."""
    (tmp_path / "document").write_bytes(b"old")
    call = f"replace_file({str(tmp_path / 'document')!r}, b'x' * 500, durable=True)"
    assert run_program(FULL_DISK.format(verb="replace_file", limit=100, call=call)) == b"27\n"
    assert (tmp_path / "document").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["document"]


def test_folder_in_the_way_leaves_no_temporary_file(tmp_path: Path) -> None:
    """A folder where the file should be is an error, and nothing else is left."""
    (tmp_path / "document").mkdir()
    with pytest.raises(OSError, match="document"):
        replace_file(f"{tmp_path}/document", b"new", durable=False)
    assert [path.name for path in tmp_path.iterdir()] == ["document"]


def test_names_with_spaces_and_letters_of_any_script(tmp_path: Path) -> None:
    """Paths are taken as they are."""
    folder = f"{tmp_path}/mémoire d'été 日本/a b"
    make_folder(folder)
    replace_file(f"{folder}/é ö.md", b"x", durable=True)
    assert read_file(f"{folder}/é ö.md") == b"x"


# folders


@pytest.mark.parametrize("durable", [True, False])
def test_folder_and_parents_are_private(tmp_path: Path, *, durable: bool) -> None:
    """Every folder that is made is for its owner alone; making it again changes nothing."""
    for _ in range(2):
        make_folder(f"{tmp_path}/a/b/c", durable=durable)
    for name in ("a", "a/b", "a/b/c"):
        assert (tmp_path / name).stat().st_mode & 0o7777 == 0o700


def test_many_may_make_the_same_folder(tmp_path: Path) -> None:
    """Makers that race for the same folders all find them made."""
    faults: list[OSError] = []
    gate = threading.Barrier(8)

    def make(number: int) -> None:
        gate.wait()
        for depth in range(20):
            try:
                make_folder(f"{tmp_path}/{depth}/x/y")
            except OSError as error:
                faults.append(error)

    makers = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert faults == []
    assert is_folder(f"{tmp_path}/19/x/y")


def test_file_where_a_folder_should_be_is_an_error(tmp_path: Path) -> None:
    """A file in the way is no folder, and is left alone."""
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(OSError, match="a"):
        make_folder(f"{tmp_path}/a/b")
    with pytest.raises(OSError, match="a"):
        make_folder(f"{tmp_path}/a")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_what_is_there_is_told_from_what_is_not(tmp_path: Path) -> None:
    """Folders, files, links to either and links to nothing."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "to_folder").symlink_to(tmp_path / "folder")
    (tmp_path / "to_nothing").symlink_to(tmp_path / "nothing")
    names = ("file", "folder", "to_folder", "to_nothing", "nothing", "file/below")
    assert [is_folder(f"{tmp_path}/{name}") for name in names] == [False, True, True, False, False, False]
    assert [path_exists(f"{tmp_path}/{name}") for name in names] == [True, True, True, False, False, False]


def test_link_that_leads_to_itself_is_nothing(tmp_path: Path) -> None:
    """A loop of links is no folder and no file, and no error."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert not is_folder(f"{tmp_path}/loop")
    assert not path_exists(f"{tmp_path}/loop/below")


def test_removing_says_whether_there_was_a_file(tmp_path: Path) -> None:
    """A file is removed once."""
    (tmp_path / "file").write_bytes(b"")
    assert remove_file(f"{tmp_path}/file")
    assert not remove_file(f"{tmp_path}/file")
    assert not remove_file(f"{tmp_path}/none/file")
