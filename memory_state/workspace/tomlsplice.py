"""One setting changed in a person's TOML file, every other byte kept."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from memory_state.core.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Iterator


def set_key(text: str, name: str, value: str | int) -> str:
    """`text` with `name = value` at its top level: its line changed, or a line added.

    A comment behind the value stays. What is tried is read back by a TOML parser, so nothing else can
    have changed its meaning. ValueError when the text is no TOML; Misused for a value with control
    characters, which one plain line can not hold.
    """
    wanted = {**tomllib.loads(text), name: value}
    statement = f"{name} = {toml_source(value)}"
    for candidate in (*replaced(text, name, statement), *inserted(text, statement)):
        if reads_as(candidate, wanted):
            return candidate
    raise ValueError(f"there is no place for {name}")


def toml_source(value: str | int) -> str:
    """A value as JSON and TOML both write it."""
    if isinstance(value, int):
        return str(value)
    if any(c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in value):
        raise Misused("the value holds a character that can not be in one line of text")
    return json.dumps(value, ensure_ascii=False)


def reads_as(text: str, wanted: dict[str, object]) -> bool:
    """Whether a text is TOML with exactly these values."""
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def replaced(text: str, name: str, statement: str) -> Iterator[str]:
    """The text with the statement in place of each that may be the setting's."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    key = re.compile(rf"""[ \t]*(["']?){re.escape(name)}\1[ \t]*=""")
    for start, line in enumerate(lines):
        if key.match(line):
            for end in range(start + 1, len(lines) + 1):
                old = "".join(lines[start:end])
                if parses(old):
                    new = line[: len(line) - len(line.lstrip(" \t"))] + statement + behind(old)
                    yield "".join((*lines[:start], new, *lines[end:]))
                    break


def parses(text: str) -> bool:
    """Whether a text is TOML."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def behind(statement: str) -> str:
    """What follows the value of a statement: blanks and a comment, if there is one, and the line's end."""
    ends = [at for at, character in enumerate(statement) if character == "#"]
    end = next((at for at in ends if parses(statement[:at])), len(statement))
    return statement[len(statement[:end].rstrip()) :]


def inserted(text: str, statement: str) -> Iterator[str]:
    """The text with the statement as a line of its own: at the end, before each table, at the start."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    yield text + ("" if text.endswith("\n") or not text else newline) + statement + newline
    for at in [*(at for at, line in enumerate(lines) if line.lstrip(" \t").startswith("[")), 0]:
        before = start_of_comments(lines, at)
        yield "\n".join((*lines[:before], statement + newline.removesuffix("\n"), *lines[before:]))


def start_of_comments(lines: list[str], at: int) -> int:
    """The first of the comment and blank lines right before a line: they belong to it."""
    while at and lines[at - 1].strip()[:1] in ("", "#"):
        at -= 1
    return at
