"""Replacing and removing a document that a person may be saving at this very moment.

The file that gives way is looked at after it has left its name, when no program can reach it any
more but one that has it open already. So whatever it then holds is what would have been lost.
"""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Conflict
from memory_state.core.files import name_beside, read_file, remove_file, sync_folder, write_beside

if TYPE_CHECKING:
    from collections.abc import Callable

# rename(2): exchange two names at once; AT_FDCWD leaves absolute paths as they are.
EXCHANGE = 2
AT_FDCWD = -100
NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
PAUSES = (0.02, 0.05, 0.1)


def swap_file(
    path: str, content: bytes, expected: bytes | None, *, durable: bool, keep: Callable[[bytes], object]
) -> None:
    """Put `content` in the place of a file that holds `expected`; None means that there is no file.

    Conflict, with somebody else's file left in its place, when it held anything else at the moment of
    the swap, or when a program still has it open for writing. `keep` gets what can not be put back, as
    its place was taken once more.
    """
    fresh = write_beside(path, content, durable=durable)
    if expected is None:
        put_where_none_is(fresh, path)
    else:
        old = displaced(path, fresh)
        try:
            require_same(path, old, expected)
        except BaseException:
            put_back(path, old, content, keep)
            raise
        remove_file(old)
    if durable:
        sync_folder(path.rpartition("/")[0])


def require_same(path: str, old: str, expected: bytes) -> None:
    """Raise Conflict unless a displaced file holds what is expected and can not change any more."""
    if read_file(old, len(expected) + 1) != expected or has_writer(old):
        raise changed(path)


def changed(path: str) -> Conflict:
    """Why nothing was written."""
    return Conflict(f"{path} was changed by somebody else in this moment; try again")


def put_where_none_is(fresh: str, path: str) -> None:
    """Give a file the name `path`; Conflict when something has it. Its old name goes either way."""
    try:
        link_or_rename(fresh, path)
    except FileExistsError:
        raise changed(path) from None
    finally:
        remove_file(fresh)


def link_or_rename(fresh: str, path: str) -> None:
    """Another name for a file; FileExistsError when it is taken. Where links are unknown, its only name."""
    try:
        Path(path).hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:
        if Path(path).exists():
            raise FileExistsError(path) from None
        Path(fresh).rename(path)


def displaced(path: str, fresh: str) -> str:
    """Have `fresh` take the place of the file at `path`; gives the name that one has now.

    Conflict where there is none any more; then, and after an OSError, `fresh` is gone.
    """
    try:
        return displace(path, fresh)
    except FileNotFoundError:
        remove_file(fresh)
        raise changed(path) from None
    except BaseException:
        remove_file(fresh)
        raise


def put_back(path: str, old: str, content: bytes, keep: Callable[[bytes], object]) -> None:
    """Give a displaced file its place again, where `content` has just been put."""
    try:
        ours = displace(path, old)
    except FileNotFoundError:  # whoever saves there has removed ours on the way
        keep(Path(old).read_bytes())
        remove_file(old)
        return
    found = Path(ours).read_bytes()
    if found != content:
        keep(found)
    remove_file(ours)


def displace(path: str, fresh: str) -> str:
    """Give `fresh` the name `path`; gives the name under which the file that had it is now.

    Where two names can not be exchanged at once, the old file gets a second name first: one that is
    saved in between by a rename is then not seen.
    """
    if exchange(path, fresh):
        return fresh
    old = name_beside(path)
    Path(old).hardlink_to(path)
    try:
        Path(fresh).rename(path)
    except OSError:
        remove_file(old)
        raise
    return old


def exchange(path: str, other: str) -> bool:
    """Exchange two names at once; False where the system or the file system can not."""
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # another C library
        return False
    if call(AT_FDCWD, os.fsencode(path), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), path)


def has_writer(path: str) -> bool:
    """Whether a program has a file open for writing; False also where the system can not tell.

    A read lease (fcntl(2)) is refused then. `path` must be a name that nobody else opens: whoever
    opened it for writing during the lease would have the system signal us.
    """
    import fcntl

    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:  # a file of another user, or a file system without leases
        return False
    finally:
        os.close(descriptor)
    return False


def take_away(path: str) -> bytes | None:
    """Remove a file; gives what it held once nobody wrote to it any more, None where there was none."""
    old = name_beside(path)
    try:
        Path(path).rename(old)
    except FileNotFoundError:
        return None
    for pause in PAUSES:
        if not has_writer(old):
            break
        time.sleep(pause)
    content = Path(old).read_bytes()
    remove_file(old)
    return content
