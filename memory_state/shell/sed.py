"""Scripts of sed: the files that they write (GNU sed 4.9, POSIX.1-2017)."""

from __future__ import annotations

BARE_COMMANDS = "={}dDgGhHnNpPxzF"
NUMBERED_COMMANDS = "lLqQ"
FLAGS = "gpiImM0123456789"
DIGITS = "0123456789"
MOST_COMMANDS = 500


def script_files(script: str) -> list[str] | None:
    """The files that a script names for writing; None when it runs commands or is not understood."""
    files: list[str] = []
    at = 0
    for _ in range(MOST_COMMANDS):
        at = skip_blank(script, at)
        if at >= len(script):
            return files
        after = skip_addresses(script, at)
        if after is None or after >= len(script):
            return None
        step = skip_command(script, after, files)
        if step is None:
            return None
        at = step
    return None


def skip_blank(script: str, at: int) -> int:
    """Past blanks, separators and comments."""
    while at < len(script) and (script[at] in " \t\n;" or script[at] == "#"):
        at = script_line_end(script, at) if script[at] == "#" else at + 1
    return at


def script_line_end(script: str, at: int) -> int:
    """Where the line ends."""
    end = script.find("\n", at)
    return len(script) if end < 0 else end


def skip_addresses(script: str, at: int) -> int | None:
    """Past the addresses and `!` before a command."""
    for _ in range(2):
        step = skip_address(script, at)
        if step is None:
            return None
        at = past_blanks(script, step)
        if at < len(script) and script[at] == ",":
            at = past_blanks(script, at + 1)
        else:
            break
    return run_end(script, at, "! \t")


def skip_address(script: str, at: int) -> int | None:
    """Past one address; where it stood when there is none."""
    line = line_address(script, at)
    if line > at:
        return line
    if script[at : at + 1] == "/" or script[at : at + 1] == "\\":
        opening = at + 1 if script[at] == "\\" else at
        end = skip_delimited(script, opening + 1, script[opening : opening + 1])
        if end is None:
            return None
        return run_end(script, end, "IM")
    return at


def line_address(script: str, at: int) -> int:
    """Past `7`, `7~2`, `$`, `+7` or `~7`; where it stood when there is none of them."""
    if script[at : at + 1] == "$":
        return at + 1
    if script[at : at + 1] in ("+", "~"):
        end = run_end(script, at + 1, DIGITS)
        return end if end > at + 1 else at
    end = run_end(script, at, DIGITS)
    if end > at and script[end : end + 1] == "~":
        step = run_end(script, end + 1, DIGITS)
        return step if step > end + 1 else end
    return end


def run_end(script: str, at: int, characters: str) -> int:
    """Past these characters."""
    while at < len(script) and script[at] in characters:
        at += 1
    return at


def past_blanks(script: str, at: int) -> int:
    """Past blanks."""
    return run_end(script, at, " \t")


def skip_delimited(script: str, at: int, mark: str, *, plain: bool = False) -> int | None:
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


def skip_command(script: str, at: int, files: list[str]) -> int | None:
    """Past one command; files it writes are added. None when it is not understood."""
    letter = script[at]
    if letter in BARE_COMMANDS:
        return at + 1
    if letter in NUMBERED_COMMANDS:
        return skip_number(script, at + 1)
    if letter in "btT:":
        return skip_label(script, at + 1)
    if letter in "rR":
        return script_line_end(script, at)
    if letter in "aic":
        return skip_text(script, at)
    if letter in "wW":
        end = script_line_end(script, at)
        files.append(script[at + 1 : end].strip(" \t"))
        return end
    if letter == "y":
        return skip_parts(script, at)
    return skip_substitution(script, at, files) if letter == "s" else None


def skip_number(script: str, at: int) -> int:
    """Past the number of a command."""
    return run_end(script, past_blanks(script, at), DIGITS)


def skip_label(script: str, at: int) -> int:
    """Past a label, which GNU sed ends at a semicolon too."""
    at = past_blanks(script, at)
    while at < len(script) and script[at] not in ";\n }\t":
        at += 1
    return at


def skip_text(script: str, at: int) -> int:
    """Past the text of `a`, `i` and `c`, whose lines go on behind a backslash."""
    end = script_line_end(script, at)
    while end < len(script) and script[end - 1] == "\\":
        end = script_line_end(script, end + 1)
    return end


def skip_parts(script: str, at: int) -> int | None:
    """Past `s/a/b/` or `y/a/b/`."""
    mark = script[at + 1 : at + 2]
    middle = skip_delimited(script, at + 2, mark, plain=script[at] == "y")
    return None if middle is None else skip_delimited(script, middle, mark, plain=True)


def skip_substitution(script: str, at: int, files: list[str]) -> int | None:
    """Past a substitution with its flags; `e` runs what it makes."""
    after = skip_parts(script, at)
    if after is None:
        return None
    end = run_end(script, after, FLAGS)
    if script[end : end + 1] == "w":
        stop = script_line_end(script, end)
        files.append(script[end + 1 : stop].strip(" \t"))
        return stop
    return end if script[end : end + 1] in ("", ";", "\n", "}", " ", "\t", "#") else None
