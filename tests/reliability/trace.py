"""One program's system calls as strace records them, and what they do to inodes and names.

Not modelled: stores through a shared mapping, io_uring, permission bits. Any other call that would
change a file in a way the model does not know raises Unmodelled.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CALLS = (
    "open", "openat", "creat", "close", "dup", "dup2", "dup3", "write", "pwrite64", "writev", "lseek",
    "ftruncate", "truncate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat",
    "flock", "sendfile", "copy_file_range", "fallocate",
)  # fmt: skip
FAST = "--seccomp-bpf"  # stops at the traced calls only; a signal can not be injected with it
LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<.*?>)?(?: .*)?$")
QUOTED = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"')
DESCRIPTOR = re.compile(r"^(AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>")
CHANGING = frozenset(
    {
        "write",
        "ftruncate",
        "truncate",
        "fsync",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "unlink",
        "mkdir",
        "rmdir",
    }
) | {"unlinkat", "chmod", "fchmod", "flock"}


class Unmodelled(ValueError):
    """A call changed a file in a way that the model does not know."""


class Called(NamedTuple):
    """One system call: which one of its name it was, from 1, and the path it touched below the root."""

    process: int
    name: str
    number: int
    arguments: tuple[str, ...]
    result: int
    path: str

    @property
    def changes(self) -> bool:
        """Whether the disk or a lock may be different after it."""
        creates = self.name in ("open", "openat") and "O_CREAT" in ", ".join(self.arguments)
        return bool(self.path) and (self.name in CHANGING or creates)


class Recording(NamedTuple):
    """One run of a program: its calls in order, how it ended and what it printed."""

    calls: tuple[Called, ...]
    code: int
    output: bytes
    message: bytes


class Command(NamedTuple):
    """A program as it is started: its arguments, folder, environment and standard input."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    given: bytes = b""


def available() -> bool:
    """Whether programs can be traced here."""
    return shutil.which("strace") is not None


def run_traced(command: Command, options: Iterable[str], log: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command under strace with these options; its ending is the program's own."""
    return subprocess.run(
        ["strace", "-f", "-e", "signal=none", "-o", str(log), *options, *command.arguments],
        cwd=command.folder, env=dict(command.environment), input=command.given, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip


def record(command: Command, root: Path, log: Path) -> Recording:
    """Run a command and record its calls; those below `root` carry their path."""
    options = (FAST, "-y", "-xx", "-s", "1000000", "-e", f"trace={','.join(CALLS)}")
    done = run_traced(command, options, log)
    calls = read_calls(log.read_text(encoding="ascii").splitlines(), str(root))
    return Recording(tuple(calls), done.returncode, done.stdout, done.stderr)


def read_calls(lines: Iterable[str], root: str) -> Iterable[Called]:
    """The calls of a log, numbered by name."""
    counts: dict[str, int] = {}
    for line in lines:
        if "unfinished ..." in line:
            raise Unmodelled(f"two processes at once: {line[:200]}")
        found = LINE.match(line)
        if found is None:
            continue
        process, name, arguments, result = found.groups()
        counts[name] = counts.get(name, 0) + 1
        words = tuple(arguments.split(", "))
        path = next((each for word in words if (each := path_of(word)).startswith(root)), "")
        yield Called(int(process), name, counts[name], words, int(result), path)


def unescaped(text: str) -> bytes:
    """The bytes that strace wrote in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", ""))


def path_of(word: str) -> str:
    """The absolute path that an argument names, as a string or as a descriptor; else empty."""
    found = QUOTED.match(word)
    if found:
        return unescaped(found[1]).decode("utf-8", "replace") if found[1].startswith("\\x2f") else ""
    found = DESCRIPTOR.match(word)
    return unescaped(found[2]).decode("utf-8", "replace") if found and found[1] != "AT_FDCWD" else ""


def text_of(word: str) -> bytes:
    """The bytes of a string argument."""
    found = QUOTED.match(word)
    if found is None:
        raise Unmodelled(f"no string: {word[:80]}")
    return unescaped(found[1])
