"""Recorded calls as operations on inodes and names: what a crash may keep or lose of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.trace import Called, Unmodelled, path_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.reliability.disk import Image
    from tests.reliability.trace import Recording

NAMING = frozenset({"create", "name", "rename", "rename_folder", "exchange", "unlink", "mkdir", "rmdir"})
WRITING = frozenset({"write", "truncate"})
UNKNOWN = ("pwrite64", "writev", "symlink", "symlinkat", "fallocate")
UNKNOWN_TOO = ("sendfile", "copy_file_range", "creat", "mkdirat", "truncate")


class Operation(NamedTuple):
    """One change, or one promise of the system.

    `sync` and `sync_folder` make earlier ones durable; `said` is a command's answer, the moment from
    which its effect is acknowledged.
    """

    kind: str
    path: str = ""
    inode: int = 0
    target: str = ""
    at: int = 0
    content: bytes = b""


class Opened(NamedTuple):
    """An open file: its inode, or the folder that it is; where it stands; whether it appends."""

    inode: int
    folder: str
    at: int
    appends: bool


class Model:
    """Names and sizes as the running program sees them, and the operations so far."""

    def __init__(self, image: Image) -> None:
        self.folders = set(image.folders)
        self.inodes = {path: number for number, path in enumerate(image.files, 1)}
        self.sizes = {self.inodes[path]: len(content) for path, content in image.files.items()}
        self.opened: dict[int, Opened] = {}
        self.operations: list[Operation] = []

    def add(self, kind: str, **fields: object) -> None:
        """Note an operation."""
        self.operations.append(Operation(kind, **fields))  # type: ignore[arg-type]  # fields by name

    def holds(self, path: str) -> bool:
        """Whether there is anything of that name."""
        return path in self.folders or path in self.inodes

    def move_folder(self, path: str, target: str) -> None:
        """A folder goes over to a name that is free, with all that is in it."""
        self.add("rename_folder", path=path, target=target)
        self.folders = {moved(each, path, target) for each in self.folders}
        self.inodes = {moved(each, path, target): inode for each, inode in self.inodes.items()}

    def known(self, call: Called) -> Opened | None:
        """The open file that a call's first argument names, if it is one of ours."""
        return self.opened.get(int(call.arguments[0].partition("<")[0]))


def moved(each: str, path: str, target: str) -> str:
    """Where a path is when a folder has gone over to another name."""
    return target + each[len(path) :] if each == path or each.startswith(f"{path}/") else each


def operations_of(image: Image, recordings: Iterable[Recording]) -> list[Operation]:
    """What these programs did one after the other to a disk that held `image`."""
    model = Model(image)
    for recording in recordings:
        model.opened.clear()
        said = False
        for call in recording.calls:
            if call.result < 0:
                continue
            if call.name == "write" and call.arguments[0].partition("<")[0] == "1" and not said:
                model.add("said")
                said = True
            apply_call(model, call)
        if not said:
            model.add("said")
    return model.operations


def apply_call(model: Model, call: Called) -> None:
    """Bring the model up to date with one call that succeeded."""
    change = CHANGES.get(call.name)
    if change is not None:
        change(model, call)
    elif call.path and call.name in (*UNKNOWN, *UNKNOWN_TOO):
        raise Unmodelled(f"{call.name} of {call.path}")


def on_open(model: Model, call: Called) -> None:
    """A file is opened, and made or emptied by it."""
    path, flags = call.path, ", ".join(call.arguments)
    model.opened.pop(call.result, None)
    if not path:
        return
    if path in model.folders:
        model.opened[call.result] = Opened(0, path, 0, appends=False)
        return
    if path not in model.inodes:
        inode = max(model.sizes, default=0) + 1
        model.inodes[path], model.sizes[inode] = inode, 0
        model.add("create", path=path, inode=inode)
    inode = model.inodes[path]
    if "O_TRUNC" in flags and model.sizes[inode]:
        model.sizes[inode] = 0
        model.add("truncate", inode=inode)
    model.opened[call.result] = Opened(inode, "", 0, appends="O_APPEND" in flags)


def on_close(model: Model, call: Called) -> None:
    """A descriptor is free again."""
    model.opened.pop(int(call.arguments[0].partition("<")[0]), None)


def on_seek(model: Model, call: Called) -> None:
    """The next write goes elsewhere."""
    known = model.known(call)
    if known is not None:
        model.opened[int(call.arguments[0].partition("<")[0])] = known._replace(at=call.result)


def on_write(model: Model, call: Called) -> None:
    """Bytes arrive in a file."""
    known = model.known(call)
    if known is None:
        return
    content = text_of(call.arguments[1])[: call.result]
    at = model.sizes[known.inode] if known.appends else known.at
    model.add("write", inode=known.inode, at=at, content=content)
    model.sizes[known.inode] = max(model.sizes[known.inode], at + len(content))
    model.opened[int(call.arguments[0].partition("<")[0])] = known._replace(at=at + len(content))


def on_truncate(model: Model, call: Called) -> None:
    """A file gets another length."""
    known = model.known(call)
    if known is not None:
        model.sizes[known.inode] = int(call.arguments[1])
        model.add("truncate", inode=known.inode, at=int(call.arguments[1]))


def on_sync(model: Model, call: Called) -> None:
    """A file's bytes, or a folder's names, become durable."""
    known = model.known(call)
    if known is not None:
        kind = "sync_folder" if known.folder else "sync"
        model.add(kind, path=known.folder, inode=known.inode)


def on_rename(model: Model, call: Called) -> None:
    """A name goes over to another."""
    paths = [path_of(word) for word in call.arguments if word.startswith('"')]
    if not call.path:
        return
    if len(paths) == 2 and paths[0] in model.folders and not model.holds(paths[1]):
        model.move_folder(paths[0], paths[1])
        return
    if len(paths) != 2 or paths[0] not in model.inodes:
        raise Unmodelled(f"rename of {paths}")
    inode = model.inodes.pop(paths[0])
    model.inodes[paths[1]] = inode
    model.add("rename", path=paths[0], target=paths[1], inode=inode)


def on_rename_flags(model: Model, call: Called) -> None:
    """Two names are exchanged at once."""
    paths = [path_of(word) for word in call.arguments if word.startswith('"')]
    if not call.path:
        return
    if call.arguments[-1] not in ("0x2", "RENAME_EXCHANGE") or not all(
        each in model.inodes for each in paths
    ):
        raise Unmodelled(f"renameat2 of {paths}, {call.arguments[-1]}")
    one, other = paths
    model.add("exchange", path=one, target=other, inode=model.inodes[other])
    model.inodes[one], model.inodes[other] = model.inodes[other], model.inodes[one]


def on_link(model: Model, call: Called) -> None:
    """A file has another name besides."""
    paths = [path_of(word) for word in call.arguments if word.startswith('"')]
    if call.path:
        model.inodes[paths[1]] = model.inodes[paths[0]]
        model.add("name", path=paths[1], inode=model.inodes[paths[0]])


def on_remove(model: Model, call: Called) -> None:
    """A name goes away."""
    if call.path in model.inodes:
        del model.inodes[call.path]
        model.add("unlink", path=call.path)
    elif call.path in model.folders:
        model.folders.remove(call.path)
        model.add("rmdir", path=call.path)


def on_make_folder(model: Model, call: Called) -> None:
    """A folder comes to be."""
    if call.path:
        model.folders.add(call.path)
        model.add("mkdir", path=call.path)


CHANGES: dict[str, Callable[[Model, Called], None]] = {
    "open": on_open,
    "openat": on_open,
    "close": on_close,
    "lseek": on_seek,
    "write": on_write,
    "ftruncate": on_truncate,
    "fsync": on_sync,
    "fdatasync": on_sync,
    "rename": on_rename,
    "renameat": on_rename,
    "renameat2": on_rename_flags,
    "link": on_link,
    "linkat": on_link,
    "unlink": on_remove,
    "unlinkat": on_remove,
    "rmdir": on_remove,
    "mkdir": on_make_folder,
}
