"""A block of ours in a file of instructions for agents, AGENTS.md or CLAUDE.md.

The law: for any text without a block, `without_block` after `with_block` gives the text before. The
begin marker holds a hash of what it encloses, so that a block which somebody changed is known.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Misused, Refused
from memory_state.core.files import replace_file
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("AGENTS.md", "CLAUDE.md")
BEGIN = re.compile(r"<!-- BEGIN memory-state\b([^\n>]*)-->(\r?\n|$)")
END = "<!-- END memory-state -->"
VERSION = 1
HASH = re.compile(r"\bhash:([0-9a-f]{8})\b")


class Block(NamedTuple):
    """A block in a text: from its begin marker's first character to behind its end marker."""

    start: int
    end: int
    line: int
    newline: str
    content: str
    digest: str

    @property
    def edited(self) -> bool:
        """Whether somebody changed what we wrote, line ends aside."""
        return self.digest != digest_of(self.content)


def digest_of(content: str) -> str:
    """The hash of a block's content, the same with every kind of line end."""
    return hashlib.sha256(content.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()[:8]


def find_block(text: str) -> Block | None:
    """The block in a text; ValueError, with the line, for a lone marker or a second block."""
    begins = list(BEGIN.finditer(text))
    if not begins:
        return None
    begin, line = begins[0], text.count("\n", 0, begins[0].start()) + 1
    end = text.find(END, begin.end())
    if end < 0:
        raise ValueError(f"line {line}: the block of memory-state has no end marker")
    if len(begins) > 1:
        again = text.count("\n", 0, begins[1].start()) + 1
        raise ValueError(f"line {again}: a second block of memory-state begins here")
    digest = HASH.search(begin[1])
    content = text[begin.end() : end]
    return Block(begin.start(), end + len(END), line, begin[2] or "\n", content, digest[1] if digest else "")


def unedited_block(text: str) -> Block | None:
    """The block in a text; ValueError also for one that somebody changed."""
    block = find_block(text)
    if block and block.edited:
        raise ValueError(f"line {block.line}: the block of memory-state was edited")
    return block


def rendered(lines: Sequence[str], newline: str) -> str:
    """A block with these lines in it, without a newline at its end."""
    content = "".join(line + newline for line in lines)
    return f"<!-- BEGIN memory-state v{VERSION} hash:{digest_of(content)} -->{newline}{content}{END}"


def with_block(text: str, lines: Sequence[str]) -> str:
    """`text` with a block of these lines: in the place of the one there is, else at the end.

    A blank line comes before it. A text without a newline at its end has none afterwards: by that its
    removal knows. ValueError for a block that somebody changed.
    """
    block = unedited_block(text)
    if block:
        return text[: block.start] + rendered(lines, block.newline) + text[block.end :]
    newline = "\r\n" if "\r\n" in text else "\n"
    if not text:
        return rendered(lines, newline) + newline
    if text.endswith("\n"):
        return text + newline + rendered(lines, newline) + newline
    return text + newline * 2 + rendered(lines, newline)


def without_block(text: str) -> str:
    """`text` without its block and what was put around it; ValueError for one that somebody changed."""
    block = unedited_block(text)
    if block is None:
        return text
    before, after, newline = text[: block.start], text[block.end :], block.newline
    if not after and before.endswith(newline * 2):
        return before.removesuffix(newline * 2)
    above = before.removesuffix(newline)
    blank = above != before and (not above or above.endswith("\n"))
    return (above if blank else before) + after.removeprefix(newline)


# on disk


def instruction_files(root: str) -> list[Path]:
    """The files there are, links followed, each once; one that a link leads out of the project to is none.

    Those with a block come first.
    """
    inside = Path(root).resolve()
    paths = dict.fromkeys(Path(root, name).resolve() for name in NAMES)
    found = [path for path in paths if path.is_file() and path.is_relative_to(inside)]
    return sorted(found, key=lambda path: b"BEGIN memory-state" not in path.read_bytes())


def place_of_block(root: str) -> Path:
    """The file that holds the block or would: the first of `instruction_files`, else a new CLAUDE.md."""
    found = instruction_files(root)
    return found[0] if found else Path(root, NAMES[-1])


def write_block(root: str, lines: Sequence[str]) -> Path:
    """Write or renew the block of a project; gives the file. Refused for a block that somebody changed."""
    path = place_of_block(root)
    content = path.read_bytes() if path.is_file() else None
    try:
        text = with_block("" if content is None else content.decode(), lines)
    except UnicodeDecodeError as error:
        raise Misused(f"{path} is not UTF-8 at byte {error.start}") from error
    except ValueError as error:
        raise Refused(
            f"{path} {error}, and stays as it is; take it out from BEGIN to END to have it written anew",
            ("setup claude --instructions",),
        ) from error
    if text.encode() != content:
        replace_file(str(path), text.encode(), durable=False, expected=content)
    return path


def remove_block(path: Path, *, made: bool) -> str:
    """Take the block out of a file, which goes when it was `made` for that; gives what stands against it."""
    content = path.read_bytes()
    try:
        text = without_block(content.decode())
    except ValueError as error:
        return f"{path} {error}: take it out yourself, from BEGIN to END"
    if made and not text:
        path.unlink()
    elif text.encode() != content:
        replace_file(str(path), text.encode(), durable=False, expected=content)
    return ""


def guidance(memory: str, program: str) -> list[str]:
    """What the block says: where the workflow is and how it is worked with; `memory` as it is to be shown."""
    return [
        "## Workflow",
        "",
        f"Work here may follow a workflow of phases. It stands in `{memory}/state/active-workflow.md`: the",
        "current phase, what that allows, tasks and notes. Hooks deny what the phase does not allow.",
        "",
        f"- `{program} status`: where the workflow stands",
        f"- `{program} task done N`: tick task N of the current phase off",
        f"- `{program} note TEXT`: keep something for the next session",
        f"- `{program} check`: what the phase's gate still asks for",
        f"- `{program} next`: leave the phase through its gate",
    ]
