"""The lines of a Markdown body that are neither code nor comment, with their places.

After the block rules of CommonMark 0.31: fenced code (section 4.5), indented code (4.4), HTML
comments (4.6, kind 2), list items (5.2) and the lazy continuation of paragraphs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TAB_STOP = 4
HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?")
FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t]|$)")


class SourceLine(NamedTuple):
    """A line that is Markdown, not code and not comment.

    `offset` is that of its first character, `indent` the columns and `lead` the characters before
    its `content`, `depth` the number of list items that hold it.
    """

    number: int
    offset: int
    indent: int
    lead: int
    content: str
    depth: int


class Block(NamedTuple):
    """A code fence or comment that is still open: what ends it, and the column of its list item."""

    fence: str
    column: int


def columns(blanks: str, start: int = 0) -> int:
    """The column after these blanks when the first stands in column `start`."""
    for blank in blanks:
        start += TAB_STOP - start % TAB_STOP if blank == "\t" else 1
    return start


def is_closed(block: Block, content: str, inner: int) -> bool:
    """Whether this line is the last one of an open fence or comment."""
    if not block.fence:
        return "-->" in content
    rest = content.rstrip(" \t")
    return inner < TAB_STOP and len(rest) >= len(block.fence) and not rest.strip(block.fence[0])


def opened(content: str, column: int) -> Block | None:
    """The fence or comment that begins with this line and goes on after it."""
    fence = FENCE.match(content)
    if fence:
        return Block(fence[1], column)
    if content.startswith("<!--") and "-->" not in content[2:]:
        return Block("", column)
    return None


def item_column(content: str, indent: int) -> int | None:
    """The column in which the content of a list item begins; None when the line is no item."""
    marker = ITEM.match(content)
    if marker is None:
        return None
    rest = content[marker.end() :]
    blanks = rest[: len(rest) - len(rest.lstrip(" \t"))]
    after = indent + marker.end()
    wide = columns(blanks, after) - after
    return after + (wide if 1 <= wide <= TAB_STOP and len(blanks) < len(rest) else 1)


def raw_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, offset and text of each line; lines end at LF, one CR before it is not theirs."""
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        yield number, offset, line.removesuffix("\r")
        offset += len(line) + 1


def source_lines(text: str) -> Iterator[SourceLine]:
    """The lines that are neither blank nor inside or part of code or a comment."""
    items: list[int] = []
    block: Block | None = None
    paragraph = False
    for number, offset, line in raw_lines(text):
        content = line.lstrip(" \t")
        lead = len(line) - len(content)
        indent = columns(line[:lead])
        if block and (not content or indent >= block.column):
            block = None if is_closed(block, content, indent - block.column) else block
            paragraph = False
            continue
        if not content:
            paragraph = False
            continue
        leave_items(items, indent, lazy=paragraph and not begins_block(content))
        found = SourceLine(number, offset, indent, lead, content, len(items))
        is_code = indent - column_of(items) >= TAB_STOP
        block = None if is_code else entered(found, items)
        paragraph = paragraph if is_code else is_paragraph(content)
        if not is_code and not is_hidden(content):
            yield found


def column_of(items: list[int]) -> int:
    """The column in which the content of the innermost open list item begins."""
    return items[-1] if items else 0


def entered(line: SourceLine, items: list[int]) -> Block | None:
    """Note the list item that begins with this line, and give the fence or comment that does."""
    column = item_column(line.content, line.indent)
    if column is None:
        return opened(line.content, column_of(items))
    items.append(column)
    return opened(ITEM.sub("", line.content, count=1).lstrip(" \t"), column)


def is_hidden(content: str) -> bool:
    """Whether a line is a code fence or begins a comment."""
    return bool(FENCE.match(content)) or content.startswith("<!--")


def is_paragraph(content: str) -> bool:
    """Whether the next line may go on with the paragraph in this one."""
    return not HEADING.fullmatch(content) and not is_hidden(content)


def begins_block(content: str) -> bool:
    """Whether a line can not be the continuation of the paragraph before it."""
    return bool(ITEM.match(content)) or not is_paragraph(content)


def leave_items(items: list[int], indent: int, *, lazy: bool) -> None:
    """Close the list items that a line of this indent is no part of."""
    while items and indent < items[-1] and not lazy:
        items.pop()
