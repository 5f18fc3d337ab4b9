"""Text that is wrapped between words at the width of the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

NARROWEST = 20
FENCE = "```"
# A line that means something by how it begins: indented, a list item, a quote, a table row, a heading.
KEPT = r"\s|[-*+>|#]|\d+[.)]\s"


def wrapped(text: str, width: int) -> list[str]:
    """The lines of one paragraph; a word longer than the width stays whole."""
    if len(text) <= width and text.isprintable() and text == text.strip():
        return [text] if text else []
    import textwrap

    return textwrap.wrap(text, max(width, NARROWEST), break_long_words=False, break_on_hyphens=False)


def hung(head: str, text: str, width: int, color: str | None = None) -> str:
    """A text beside its head, its further lines below its first."""
    rows = wrapped(text, width - len(head))
    said = f"\n{'':{len(head)}}".join(rows)
    return head + (click.style(said, fg=color) if color else said) if rows else head.rstrip()


def reflowed(text: str, width: int) -> list[str]:
    """Markdown whose paragraphs are wrapped anew where a line is too long; everything else stays."""
    lines = text.split("\n")
    if all(len(line) <= width for line in lines):
        return lines
    return [
        line for is_prose, block in blocks(lines) for line in (fitted(block, width) if is_prose else block)
    ]


def blocks(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """The paragraphs, and each other line by itself; what stands between fences is never a paragraph."""
    paragraph: list[str] = []
    fenced = False
    for line in lines:
        is_fence = line.lstrip().startswith(FENCE)
        fenced = fenced is not is_fence
        if line and not (fenced or is_fence or re.match(KEPT, line)):
            paragraph.append(line)
            continue
        if paragraph:
            yield True, paragraph
        paragraph = []
        yield False, [line]
    if paragraph:
        yield True, paragraph


def fitted(block: list[str], width: int) -> list[str]:
    """A paragraph as it is, or wrapped anew when a line of it is too long."""
    return block if all(len(line) <= width for line in block) else wrapped(" ".join(block), width)
