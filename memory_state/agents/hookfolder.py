"""The folder with the hook's modules, compiled: a new one appears at once, whole and durable.

A hook that is there in part would shut the gate of every session, or be found broken at the next call.
"""

from __future__ import annotations

import errno
import importlib.util
import marshal
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import (
    is_folder,
    make_folder,
    name_beside,
    posix,
    read_if_there,
    replace_file,
    sync_folder,
    write_whole,
)
from memory_state.workspace.ancestry import process_birth
from memory_state.workspace.leftovers import TEMPORARY

if TYPE_CHECKING:
    from collections.abc import Mapping

LAUNCHER = "launch"
STALE = 3600.0


def lay_folder(folder: str, modules: Mapping[str, bytes]) -> None:
    """Have a folder hold these modules by their names, each compiled.

    In a folder that is there already what differs is replaced file by file, as sessions run from it.
    """
    if not is_folder(folder) and is_placed(folder, modules):
        return
    for name, source in modules.items():
        put(f"{folder}/{name}.py", source)
        put(compiled_path(folder, name), compiled(f"{folder}/{name}.py", source, f"{folder}/{name}.py"))


def is_placed(folder: str, modules: Mapping[str, bytes]) -> bool:
    """Prepare the folder beside its place and move it there; False when another program was first."""
    parent = folder.rpartition("/")[0]
    make_folder(parent)
    fresh = name_beside(folder)
    try:
        prepare(fresh, folder, modules)
        sweep(fresh)
        posix.rename(fresh, folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    finally:
        if is_folder(fresh):
            shutil.rmtree(fresh)
    sync_folder(parent)
    return True


def prepare(fresh: str, folder: str, modules: Mapping[str, bytes]) -> None:
    """Write the modules below `fresh`, durable, compiled as if they stood below `folder` already."""
    for each in (fresh, compiled_path(fresh, "").rpartition("/")[0]):
        posix.mkdir(each, 0o700)
    for name, source in modules.items():
        path = f"{fresh}/{name}.py"
        write_new(path, source)
        write_new(compiled_path(fresh, name), compiled(path, source, f"{folder}/{name}.py"))
    sync_folder(compiled_path(fresh, "").rpartition("/")[0])
    sync_folder(fresh)


def sweep(fresh: str) -> None:
    """Remove what programs had prepared beside `fresh` that died an hour ago or more."""
    before = posix.stat(fresh).st_mtime - STALE
    parent = Path(fresh).parent
    for path in (parent / name for name in posix.listdir(str(parent))):
        named = TEMPORARY.fullmatch(path.name)
        if named and path.stat().st_mtime < before and process_birth(int(named["pid"])) is None:
            shutil.rmtree(path)


def write_new(path: str, content: bytes) -> None:
    """Write a file that is not there yet, durable but for its name."""
    descriptor = posix.open(path, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC, 0o600)
    try:
        write_whole(descriptor, content)
        posix.fsync(descriptor)
    finally:
        posix.close(descriptor)


def put(path: str, content: bytes) -> None:
    """Write a file, unless it holds this already."""
    if read_if_there(path) != content:
        make_folder(path.rpartition("/")[0])
        replace_file(path, content, durable=True)


def compiled_path(folder: str, name: str) -> str:
    """Where the compiled form of a module belongs; the launcher's stands beside it, as it is run itself."""
    if name == LAUNCHER:
        return f"{folder}/{name}.pyc"
    return importlib.util.cache_from_source(f"{folder}/{name}.py")


def compiled(path: str, source: bytes, shown: str) -> bytes:
    """A module compiled for the file at `path`, as it is now; tracebacks show it as `shown`."""
    return compiled_head(path) + marshal.dumps(compile(source, shown, "exec", dont_inherit=True))


def compiled_head(path: str) -> bytes:
    """How a file begins that is compiled for this Python and the module at `path` as it is (PEP 552)."""
    found = posix.stat(path)
    stamp = int(found.st_mtime).to_bytes(4, "little") + found.st_size.to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + bytes(4) + stamp


def is_current(folder: str, name: str) -> bool:
    """Whether a module is there, with a compiled form that belongs to it."""
    module, place = Path(folder, f"{name}.py"), compiled_path(folder, name)
    return module.is_file() and (read_if_there(place, 16) or b"") == compiled_head(str(module))
