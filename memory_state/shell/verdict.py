"""The verdict on a shell line: it reads, it writes these paths, or nobody can tell."""

from __future__ import annotations

import time

from memory_state.core.commands import asks_elsewhere, reads_only
from memory_state.core.paths import relative_path, resolve_path
from memory_state.shell.parse import LONGEST_LINE, Unparsed
from memory_state.shell.programs import run_words
from memory_state.shell.scene import Effects, Overrun, Scene
from memory_state.shell.walk import walk_line, walk_statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict:
    """What a shell line does: `kind` is `read`, `write` or `unknown`.

    `writes` are absolute resolved paths, with a trailing `/` for a whole folder: all of them for `write`,
    those that show for `unknown`. `reason` says why the line is not known, else it is empty. `records` are
    those of `writes` that git alone writes, as it keeps a repository there.
    """

    __slots__ = ("kind", "reason", "records", "writes")

    def __init__(
        self, kind: str, writes: tuple[str, ...] = (), reason: str = "", records: tuple[str, ...] = ()
    ) -> None:
        self.kind = kind
        self.writes = writes
        self.reason = reason
        self.records = records


def judge(
    line: str, folder: str, root: str, environment: Mapping[str, str], deadline: float = 2.0
) -> Verdict:
    """The verdict on a line run in a folder (absolute); `deadline` in seconds.

    Of the environment HOME and TMPDIR are used. A line of more than 64 KiB, one that does not parse, one
    that takes too long, and one of which any part is not known, is `unknown`.
    """
    ends = time.monotonic() + deadline
    if len(line) > LONGEST_LINE:
        return Verdict("unknown", (), "the command is longer than 64 KiB")
    if has_controls(line):
        return Verdict("unknown", (), "the command holds control characters")
    if reads_only(line) and not asks_elsewhere(line, folder):
        return Verdict("read")
    return walk_verdict(line, folder, root, environment, ends)


def has_controls(line: str) -> bool:
    """Whether a line holds control characters besides tabs and newlines."""
    if line.isprintable():
        return False
    return any(each < " " and each not in "\t\n" for each in line) or "\x7f" in line


def walk_verdict(line: str, folder: str, root: str, environment: Mapping[str, str], ends: float) -> Verdict:
    """The verdict of a walk through the line's tree."""
    effects = Effects(root, environment, ends, walk_line, walk_statements, run_words)
    try:
        walk_line(line, Scene(effects, (resolve_path(folder, "/"),)))
    except (Unparsed, Overrun) as error:
        effects.doubts.append(str(error))
    except RecursionError:
        effects.doubts.append("the command nests too deep to be judged")
    except (KeyError, TypeError, AttributeError, ValueError, OSError) as error:
        effects.doubts.append(f"the command can not be judged: {error!r}")
    if effects.names_output and effects.swaps_output:
        effects.doubts.append("the output may be a file that is opened for reading")
    writes = tuple({**effects.writes, **effects.records})
    records = tuple(path for path in effects.records if path not in effects.writes)
    if effects.doubts:
        return Verdict("unknown", writes, effects.doubts[0], records)
    return Verdict("write", writes, "", records) if writes else Verdict("read")


def shown_writes(verdict: Verdict, root: str) -> list[str]:
    """The paths of a verdict for people: relative to the project, absolute outside of it."""
    base = resolve_path(root, "/")
    found = []
    for path in verdict.writes:
        bare = relative_path(path.rstrip("/") or "/", base)
        tail = "/" if path.endswith("/") and path != "/" else ""
        found.append(path if bare is None else bare + tail)
    return found
