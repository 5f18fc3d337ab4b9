"""The verdict on a shell line: it reads, it writes these paths, or nobody can tell."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from memory_state.core.commands import reads_only
from memory_state.core.paths import relative_path, resolve_path
from memory_state.shell.parse import LONGEST_LINE, Unparsed
from memory_state.shell.scene import Effects, Overrun, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Verdict(NamedTuple):
    """What a shell line does.

    `writes` are absolute resolved paths, with a trailing `/` for a whole folder: all of them for `write`,
    those that show for `unknown`. `reason` says why the line is not known, else it is empty.
    """

    kind: Literal["read", "write", "unknown"]
    writes: tuple[str, ...]
    reason: str


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
    if CONTROLS.search(line):
        return Verdict("unknown", (), "the command holds control characters")
    if reads_only(line):
        return Verdict("read", (), "")
    return walk(line, folder, root, environment, ends)


def walk(line: str, folder: str, root: str, environment: Mapping[str, str], ends: float) -> Verdict:
    """The verdict of a walk through the line's tree."""
    from memory_state.shell.programs import run_words
    from memory_state.shell.walk import walk_line

    effects = Effects(root, environment, ends, walk_line, run_words)
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
    writes = tuple(effects.writes)
    if effects.doubts:
        return Verdict("unknown", writes, effects.doubts[0])
    return Verdict("write", writes, "") if writes else Verdict("read", (), "")


def shown_writes(verdict: Verdict, root: str) -> list[str]:
    """The paths of a verdict for people: relative to the project, absolute outside of it."""
    base = resolve_path(root, "/")
    found = []
    for path in verdict.writes:
        bare = relative_path(path.rstrip("/") or "/", base)
        tail = "/" if path.endswith("/") and path != "/" else ""
        found.append(path if bare is None else bare + tail)
    return found
