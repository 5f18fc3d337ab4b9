"""Scripts of sed: the files that they write (GNU sed 4.9, POSIX.1-2017)."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"(?:\d+(?:~\d+)?|\$|[+~]\d+)")
BARE = "={}dDgGhHnNpPxzF"
NUMBERED = "lLqQ"
FLAGS = re.compile(r"[gpiImM0-9]*")
MOST_COMMANDS = 500


def script_files(script: str) -> list[str] | None:
    """The files that a script names for writing; None when it runs commands or is not understood."""
    files: list[str] = []
    at = 0
    for _ in range(MOST_COMMANDS):
        at = skip(script, at)
        if at >= len(script):
            return files
        after = addresses(script, at)
        if after is None or after >= len(script):
            return None
        step = command(script, after, files)
        if step is None:
            return None
        at = step
    return None


def skip(script: str, at: int) -> int:
    """Past blanks, separators and comments."""
    while at < len(script) and (script[at] in " \t\n;" or script[at] == "#"):
        at = line_end(script, at) if script[at] == "#" else at + 1
    return at


def line_end(script: str, at: int) -> int:
    """Where the line ends."""
    end = script.find("\n", at)
    return len(script) if end < 0 else end


def addresses(script: str, at: int) -> int | None:
    """Past the addresses and `!` before a command."""
    for _ in range(2):
        step = address(script, at)
        if step is None:
            return None
        at = blanks(script, step)
        if at < len(script) and script[at] == ",":
            at = blanks(script, at + 1)
        else:
            break
    while at < len(script) and script[at] in "! \t":
        at += 1
    return at


def address(script: str, at: int) -> int | None:
    """Past one address; where it stood when there is none."""
    found = ADDRESS.match(script, at)
    if found:
        return found.end()
    if script[at : at + 1] == "/" or script[at : at + 1] == "\\":
        opening = at + 1 if script[at] == "\\" else at
        end = delimited(script, opening + 1, script[opening : opening + 1])
        if end is None:
            return None
        while end < len(script) and script[end] in "IM":
            end += 1
        return end
    return at


def blanks(script: str, at: int) -> int:
    """Past blanks."""
    while at < len(script) and script[at] in " \t":
        at += 1
    return at


def delimited(script: str, at: int, mark: str, *, plain: bool = False) -> int | None:
    """Past a text that ends at a mark; inside of a bracket class (not if `plain`) the mark is a member."""
    if not mark or mark in "\n\\":
        return None
    while at < len(script):
        if script[at] == "\\":
            at += 2
        elif script[at] == mark:
            return at + 1
        elif script[at] == "[" and not plain:
            # Seds differ on a mark within a class; a script in which that matters is not understood.
            close = script.find("]", at + 2)
            if close >= 0 and mark in script[at:close]:
                return None
            at += 1
        else:
            at += 1
    return None


def command(script: str, at: int, files: list[str]) -> int | None:
    """Past one command; files it writes are added. None when it is not understood."""
    letter = script[at]
    if letter in BARE:
        return at + 1
    if letter in NUMBERED:
        return numbered(script, at + 1)
    if letter in "btT:":
        return label_end(script, at + 1)
    if letter in "rR":
        return line_end(script, at)
    if letter in "aic":
        return text_end(script, at)
    if letter in "wW":
        end = line_end(script, at)
        files.append(script[at + 1 : end].strip(" \t"))
        return end
    if letter == "y":
        return two_parts(script, at)
    return substitution(script, at, files) if letter == "s" else None


def numbered(script: str, at: int) -> int:
    """Past the number of a command."""
    at = blanks(script, at)
    while at < len(script) and script[at].isdigit():
        at += 1
    return at


def label_end(script: str, at: int) -> int:
    """Past a label, which GNU sed ends at a semicolon too."""
    at = blanks(script, at)
    while at < len(script) and script[at] not in ";\n }\t":
        at += 1
    return at


def text_end(script: str, at: int) -> int:
    """Past the text of `a`, `i` and `c`, whose lines go on behind a backslash."""
    end = line_end(script, at)
    while end < len(script) and script[end - 1] == "\\":
        end = line_end(script, end + 1)
    return end


def two_parts(script: str, at: int) -> int | None:
    """Past `s/a/b/` or `y/a/b/`."""
    mark = script[at + 1 : at + 2]
    middle = delimited(script, at + 2, mark, plain=script[at] == "y")
    return None if middle is None else delimited(script, middle, mark, plain=True)


def substitution(script: str, at: int, files: list[str]) -> int | None:
    """Past a substitution with its flags; `e` runs what it makes."""
    after = two_parts(script, at)
    if after is None:
        return None
    found = FLAGS.match(script, after)
    end = found.end() if found else after
    if script[end : end + 1] == "w":
        stop = line_end(script, end)
        files.append(script[end + 1 : stop].strip(" \t"))
        return stop
    return end if script[end : end + 1] in ("", ";", "\n", "}", " ", "\t", "#") else None
