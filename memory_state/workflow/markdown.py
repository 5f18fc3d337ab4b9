"""Reading a Markdown body: sections and task lines with their places, headings by their text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from memory_state.workflow.sourcelines import HEADING, ITEM, SourceLine, source_lines
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADINGS_LIMIT = 256 * 1024
# One command reads the same few bodies many times over: before and after a change, and as accepted.
BODIES = 8
# GitHub Flavored Markdown 0.29, "Task list items", with two more marks: begun and dropped.
BOX = re.compile(r"[ \t]{1,4}\[([ xX/-])\][ \t]+(?=[^ \t])")


class Section(NamedTuple):
    """What stands below an ATX heading, up to the next heading of its level or above.

    `line` is that of the heading, from 1; `start` and `end` are character offsets of the content.
    """

    level: int
    title: str
    line: int
    start: int
    end: int


class TaskLine(NamedTuple):
    """A list item with a checkbox.

    `line` counts from 1; `box` is the offset of the character between the brackets, which is `mark`;
    `indent` is the column of the list marker, from 0, a tab going to the next multiple of 4.
    """

    line: int
    box: int
    mark: str
    text: str
    indent: int


def first_column(row: str) -> int:
    """The column, from 1, of the first character of a line that is no blank."""
    return len(row) - len(row.lstrip()) + 1


def heading_title(rest: str) -> str:
    """The title of an ATX heading, its closing `#` characters left out."""
    rest = rest.strip(" \t")
    bare = rest.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else rest


@lru_cache(maxsize=BODIES)
def markdown_lines(text: str) -> tuple[SourceLine, ...]:
    """The lines of a body that are neither blank, code nor comment."""
    return tuple(source_lines(text))


def heading_lines(text: str) -> Iterator[tuple[int, str, SourceLine]]:
    """Level, title and line of each ATX heading outside lists."""
    for line in markdown_lines(text):
        found = HEADING.fullmatch(line.content)
        if found and not line.depth:
            yield len(found[1]), heading_title(found[2] or ""), line


@lru_cache(maxsize=BODIES)
def sections(text: str) -> tuple[Section, ...]:
    """The sections below ATX headings, in order; one of a deeper level stands inside those above."""
    found: list[Section] = []
    open_ones: list[int] = []
    for level, title, line in heading_lines(text):
        while open_ones and found[open_ones[-1]].level >= level:
            at = open_ones.pop()
            found[at] = found[at]._replace(end=line.offset)
        start = text.find("\n", line.offset) + 1 or len(text)
        open_ones.append(len(found))
        found.append(Section(level, title, line.number, start, len(text)))
    return tuple(found)


@lru_cache(maxsize=BODIES)
def task_lines(text: str) -> tuple[TaskLine, ...]:
    """The checkbox items of bullet and ordered lists, nested ones too, outside code and comments."""
    return tuple(task for line in markdown_lines(text) if (task := task_line(line)))


def task_line(line: SourceLine) -> TaskLine | None:
    """The checkbox item in this line."""
    marker = ITEM.match(line.content)
    box = BOX.match(line.content, marker.end()) if marker else None
    if box is None:
        return None
    text = line.content[box.end() :].rstrip(" \t")
    return TaskLine(line.number, line.offset + line.lead + box.start(1), box[1], text, line.indent)


def headings(text: str) -> tuple[str, ...]:
    """The plain text of the top-level headings, ATX and setext, empty ones left out.

    Only the first 256 Ki characters are read: the time mistune takes for a body is then bounded.
    """
    import mistune

    tokens, _ = mistune.create_markdown(renderer=None).parse(text[:HEADINGS_LIMIT])
    if isinstance(tokens, str):
        return ()
    found = (plain(token["children"]) for token in tokens if token["type"] == "heading")
    return tuple(title for each in found if (title := " ".join(each.split())))


PLAIN = {"softbreak": " ", "linebreak": " ", "inline_html": ""}


def plain(tokens: Iterable[dict[str, object]]) -> str:
    """The text that inline tokens show: no markup, no HTML tags, character references resolved."""
    return "".join(plain_token(token) for token in tokens)


def plain_token(token: dict[str, object]) -> str:
    """The text of one inline token."""
    kind = str(token["type"])
    if kind in PLAIN:
        return PLAIN[kind]
    children = token.get("children")
    if isinstance(children, list):
        return plain(children)
    raw = str(token.get("raw", ""))
    if kind == "codespan":
        return raw
    import html

    return html.unescape(raw)
