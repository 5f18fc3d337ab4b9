"""The disk: read, lock, append, replace. The one door of the hook path.

An append is one `write` under the lock, a replacement a new file that is synced and renamed over the
old one. `durable` means that power may fail the moment after: file and folder are synced.
"""

from __future__ import annotations

import time

from memory_state.core.errors import Broken, Conflict

try:
    import posix as posix  # noqa: PLC0414 - the rest of the hook path takes it from here
except ImportError:  # where there is no posix module, os offers the same calls
    import os as posix  # type: ignore[no-redef]  # stands in for the module above

TAIL_BYTES = 16384
LOCK_SECONDS = 4.0
FIRST_PAUSE, LONGEST_PAUSE = 0.0002, 0.005
"""Seconds between two tries: shorter than an append behind others, and a fraction of a synced change."""
READ_ONLY = posix.O_RDONLY | posix.O_CLOEXEC
OPEN_PLACE = getattr(posix, "O_PATH", 0)  # Linux opens a file so that it is only named, not read
LOCKING = posix.O_RDWR | posix.O_CREAT | posix.O_NOFOLLOW | posix.O_CLOEXEC
APPENDING = posix.O_RDWR | posix.O_APPEND | posix.O_NOFOLLOW | posix.O_CLOEXEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Found = TypeVar("Found")


def read_file(path: str, limit: int = 1 << 20) -> bytes:
    """The first `limit` bytes of a file; OSError as the system gives it."""
    descriptor = posix.open(path, READ_ONLY)
    try:
        return read_descriptor(descriptor, limit)
    finally:
        posix.close(descriptor)


def read_if_there(path: str, limit: int = 1 << 20) -> bytes | None:
    """Like `read_file`, None where there is no such file."""
    try:
        descriptor = posix.open(path, READ_ONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return read_descriptor(descriptor, limit)
    finally:
        posix.close(descriptor)


def read_descriptor(descriptor: int, limit: int) -> bytes:
    """Bytes from where the descriptor stands up to `limit` or the end."""
    parts = []
    while limit > 0:
        part = posix.read(descriptor, min(limit, 1 << 16))
        if not part:
            break
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def read_tail(path: str, found: Callable[[bytes], object]) -> bytes:
    """The end of a file: 16 KiB, doubled until `found` is true of it or the file is whole."""
    descriptor = posix.open(path, READ_ONLY)
    try:
        return tail_of(descriptor, found)[0]
    finally:
        posix.close(descriptor)


def tail_of(descriptor: int, found: Callable[[bytes], Found]) -> tuple[bytes, Found]:
    """`read_tail` for an open file, with what `found` made of it."""
    length = posix.lseek(descriptor, 0, 2)
    size = TAIL_BYTES
    while True:
        size = min(size, length)
        tail = posix.pread(descriptor, size, length - size)
        if len(tail) < size:  # a file system may give less than it was asked for
            posix.lseek(descriptor, length - size, 0)
            tail = read_descriptor(descriptor, size)
        value = found(tail)
        if value or size == length:
            return tail, value
        size *= 2


def take_lock(path: str, seconds: float = LOCK_SECONDS) -> int:
    """Hold the lock file until `release_lock`; Conflict when another holds it all that time.

    The file is never unlinked and never read: flock frees at the holder's death by itself.
    """
    import fcntl

    descriptor = posix.open(path, LOCKING, 0o600)
    deadline, pause = 0.0, FIRST_PAUSE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = time.monotonic()
            deadline = deadline or now + seconds
            if now >= deadline:
                posix.close(descriptor)
                raise Conflict(f"another program holds the lock {path}; try again") from None
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return descriptor


def release_lock(descriptor: int) -> None:
    """Let go of a lock that `take_lock` gave."""
    posix.close(descriptor)


def write_whole(descriptor: int, content: bytes) -> None:
    """Write all of `content`, however many calls the system needs for it."""
    rest = memoryview(content)
    while rest:
        rest = rest[posix.write(descriptor, rest) :]


def append_file(
    path: str, compose: Callable[[bytes, Found], bytes], found: Callable[[bytes], Found], *, durable: bool
) -> bytes:
    """Append what `compose` makes of the file's tail and of what `found` made of that; gives what it was.

    The caller holds the lock.

    A last line that lacks its LF gets one first, so that a torn line never swallows the next. OSError
    for a link.
    """
    descriptor = posix.open(path, APPENDING)
    try:
        tail, value = tail_of(descriptor, found)
        lines = compose(tail, value)
        write_whole(descriptor, (b"\n" if tail and tail[-1:] != b"\n" else b"") + lines)
        if durable:
            posix.fsync(descriptor)
    finally:
        posix.close(descriptor)
    return lines


def replace_file(path: str, content: bytes, *, durable: bool, expected: bytes | None = None) -> None:
    """Put `content` in the place of a file at once: a reader sees the old or the new, whole.

    With `expected`, the file must still hold these bytes just before the swap, else Conflict and
    nothing changed. The file's mode is kept, a new one is private.
    """
    temporary = write_beside(path, content, durable=durable)
    try:
        if expected is not None and read_if_there(path, len(expected) + 1) != expected:
            raise Conflict(f"{path} was changed by somebody else in this moment; try again")
        posix.rename(temporary, path)
    except BaseException:
        posix.unlink(temporary)
        raise
    if durable:
        sync_folder(path.rpartition("/")[0])


def name_beside(path: str) -> str:
    """A name for a temporary file in the folder of `path`, which no other program takes."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{posix.getpid()}-{time.monotonic_ns() & 0xFFFFFF:06x}.tmp"


def write_beside(path: str, content: bytes, *, durable: bool) -> str:
    """Write what is to take the place of a file, with that file's mode; gives the temporary file's path."""
    temporary = name_beside(path)
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_NOFOLLOW | posix.O_CLOEXEC
    descriptor = posix.open(temporary, flags, 0o600)
    try:
        try:
            write_whole(descriptor, content)
            posix.fchmod(descriptor, file_mode(path))
            if durable:
                posix.fsync(descriptor)
        finally:
            posix.close(descriptor)
    except BaseException:
        posix.unlink(temporary)
        raise
    return temporary


def file_mode(path: str) -> int:
    """The permission bits of a file, 0600 where there is none; Broken for a link, which is never written."""
    try:
        mode = posix.lstat(path).st_mode
    except FileNotFoundError:
        return 0o600
    if mode & 0o170000 == 0o120000:
        raise Broken(f"{path} is a symbolic link; state files are never written through links")
    return mode & 0o7777


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable."""
    descriptor = posix.open(folder or "/", READ_ONLY)
    try:
        posix.fsync(descriptor)
    finally:
        posix.close(descriptor)


def make_folder(path: str, *, durable: bool = True) -> None:
    """Make a private folder and its missing parents, each made durable in the one above.

    Not durable need be one for nothing but files that are made anew when they are gone.
    """
    missing = []
    while path and not is_folder(path):
        missing.append(path)
        path = path.rpartition("/")[0]
    for folder in reversed(missing):
        try:
            posix.mkdir(folder, 0o700)
        except FileExistsError:
            if not is_folder(folder):
                raise
        if durable:
            sync_folder(folder.rpartition("/")[0])


def is_folder(path: str) -> bool:
    """Whether there is a folder at `path`, links followed; a loop of links leads to none."""
    try:
        return posix.stat(path).st_mode & 0o170000 == 0o040000
    except OSError:
        return False


def path_exists(path: str) -> bool:
    """Whether anything that can be seen is at `path`, links followed."""
    return posix.access(path, posix.F_OK)


def real_path(path: str) -> str | None:
    """The path of a file, as the kernel knows it, links followed; of a new one by the folder it would be in.

    None where the kernel does not tell.
    """
    found = opened_path(path)
    if found:
        return found
    folder, _, name = path.rpartition("/")
    if name in ("", ".", "..") or posix.access(path, posix.F_OK, follow_symlinks=False):
        return None  # a link that leads nowhere: what it names would be made
    parent = opened_path(folder or "/")
    return f"{parent.rstrip('/')}/{name}" if parent else None


def opened_path(path: str) -> str | None:
    """The path of what is there; None where nothing is, and where `/proc` does not tell (proc(5))."""
    if not OPEN_PLACE:
        return None
    try:
        descriptor = posix.open(path, OPEN_PLACE | posix.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = posix.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return None
    finally:
        posix.close(descriptor)
    return found if found[:1] == "/" and not found.endswith(" (deleted)") else None


def remove_file(path: str) -> bool:
    """Unlink a file; False where there was none."""
    try:
        posix.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
