"""Whether git keeps the histories and recovery files of a memory path; live state never goes into it."""

from __future__ import annotations

from pathlib import Path

from memory_state.core.errors import Refused
from memory_state.core.files import read_if_there, remove_file, replace_file

LOCAL = "*\n"
"""The `.gitignore` of a state folder that git leaves alone."""

EARLIER_TRACKED = """\
*
!.gitignore
!.gitattributes
!workflow-history/
!workflow-history/**
!interruption-recovery/
!interruption-recovery/**
*.tmp
"""
"""What an earlier version wrote in the place of the list below."""

TRACKED = EARLIER_TRACKED + "workflow-history/*/logs/\n"
"""The same when histories and recovery files go into git (gitignore(5): the last match decides).

The logs of phases stay out: they are made from the history, and two branches' would conflict.
"""

EARLIER_ATTRIBUTES = """\
*.md -text
workflow-history/**/events.md merge=union
"""
"""What an earlier version wrote in the place of the list below."""

ATTRIBUTES = EARLIER_ATTRIBUTES + "interruption-recovery/*.md merge=binary\n"
"""No line end is converted, as checksums cover every byte; two branches' events are both kept in a merge.

Of a recovery file one branch's stays whole: a mixture of two would be true of neither.
"""


def track(memory: str) -> None:
    """Let git keep histories and recovery files; Refused when a person has a list of their own there."""
    require_ours(memory)
    replace(f"{memory}/state/.gitattributes", ATTRIBUTES)
    replace(f"{memory}/state/.gitignore", TRACKED)


def untrack(memory: str) -> None:
    """Keep all state out of git again; what was committed stays there until somebody takes it out."""
    require_ours(memory)
    replace(f"{memory}/state/.gitignore", LOCAL)
    remove_file(f"{memory}/state/.gitattributes")


def require_ours(memory: str) -> None:
    """Refused when one of the two files holds something that is not from us."""
    known = (
        (".gitignore", (LOCAL, EARLIER_TRACKED, TRACKED)),
        (".gitattributes", (EARLIER_ATTRIBUTES, ATTRIBUTES)),
    )
    for name, ours in known:
        path = Path(memory, "state", name)
        content = read_if_there(str(path))
        if content is not None and content not in [each.encode() for each in ours]:
            raise Refused(
                f"{path} was changed by hand and stays as it is; remove it to have it written anew", ("init",)
            )


def replace(path: str, text: str) -> None:
    """Write a file, unless it holds this already."""
    if read_if_there(path) != text.encode():
        replace_file(path, text.encode(), durable=True)
