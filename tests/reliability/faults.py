"""Errors of the disk at every call of a command that touches our files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.kills import Struck, strike, verdict

if TYPE_CHECKING:
    from tests.reliability.scenes import Played
    from tests.reliability.trace import Called

ERRORS = {
    "openat": ("EACCES", "EIO"),
    "write": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "ENOSPC"),
    "rename": ("EROFS", "EIO"),
    "renameat2": ("EROFS", "EIO", "EINVAL"),
    "link": ("EROFS",),
    "unlink": ("EROFS", "EIO"),
    "mkdir": ("ENOSPC", "EROFS"),
    "fchmod": ("EPERM",),
}
CREATING = ("ENOSPC", "EROFS", "EACCES")


class Fault(NamedTuple):
    """An error to give in the place of a call."""

    call: Called
    error: str


def faults_of(played: Played) -> list[Fault]:
    """Every fault to try: each call below the root with the errors that it can meet."""
    ours = (f"{played.project.root}/.memory", played.project.environment["HOME"])
    return [
        Fault(call, error)
        for call in played.recordings[-1].calls
        if call.path.startswith(ours) and call.result >= 0
        for error in (CREATING if creates(call) else ERRORS.get(call.name, ()))
    ]


def creates(call: Called) -> bool:
    """Whether a call makes a file."""
    return call.name == "openat" and "O_CREAT" in ", ".join(call.arguments)


def fault_at(played: Played, fault: Fault) -> str:
    """Have one call fail; which promise is broken then, or empty."""
    struck = strike(played, fault.call, f"error={fault.error}")
    found = (
        tracing(struck)
        or (unanswered_hook(played, struck) if is_hook(played) else unanswered(played, fault, struck))
        or leftover(played, fault, struck)
        or verdict(played, struck, 0)
    )
    told = f"{fault.call.name} {fault.call.number} of {fault.call.path}: {fault.error}"
    return f"{told}: {found}" if found else ""


def is_hook(played: Played) -> bool:
    """Whether the scene is a hook's."""
    return played.scene.commands[-1][0].startswith("hook:")


def tracing(struck: Struck) -> str:
    """A traceback that a person would see."""
    return f"a traceback: {struck.message[-300:]}" if "Traceback" in struck.message else ""


def unanswered(played: Played, fault: Fault, struck: Struck) -> str:
    """A command that failed without saying so, or without saying where; some calls have a substitute."""
    if struck.code == 0:
        return "" if fault.call.name == "link" or fault.error == "EINVAL" else "exit code 0"
    return "" if str(played.root) in struck.message else f"no path in {struck.message!r}"


def unanswered_hook(played: Played, struck: Struck) -> str:
    """A hook that lets a writing tool pass without having judged it, or says nothing of its fault."""
    wanted = 2 if "PreToolUse" in played.scene.commands[-1][0] else 1
    if struck.code != wanted:
        return f"exit code {struck.code}"
    return "" if struck.message.startswith("memory-state: ") else "no reason"


def leftover(played: Played, fault: Fault, struck: Struck) -> str:
    """A temporary file that stayed, though it could be removed."""
    paths = (*struck.image.files, *struck.image.folders)
    stayed = [path for path in paths if path.endswith((".tmp", ".new"))]
    return f"left {stayed}" if stayed and fault.call.name != "unlink" else ""
