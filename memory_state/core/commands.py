"""The simple commands of a shell line: which only read, and which are calls of memory-state."""

from __future__ import annotations

from memory_state.core.files import path_exists
from memory_state.core.lines import EXPANDING, EXPANDING_LOOSE, bare_words, split_commands
from memory_state.core.reads import reads_words

OWN_PROGRAM = "memory-state"
OWN_MODULE = "memory_state"
OWN_VALUED = ("--memory-path", "--color")


def split_line(line: str) -> tuple[tuple[str, ...], ...] | None:
    """The simple commands of a plain line, each as its words; None when the line is not plain."""
    words = bare_words(line)
    return (words,) if words else split_commands(line, EXPANDING)


def split_loosely(line: str) -> tuple[tuple[str, ...], ...] | None:
    """Like `split_line`, but words may hold `*`, `?`, `[` and `~`, which stand as they are written."""
    return split_commands(line, EXPANDING_LOOSE)


def reads_only(line: str) -> bool:
    """Whether every simple command of a plain line is known to change nothing."""
    commands = split_line(line)
    return commands is not None and all(map(reads_words, commands))


def asks_elsewhere(line: str, folder: str) -> bool:
    """Whether a line asks git about a repository other than one that plainly stands in its folder.

    Such a one may be planted there, with settings that make git run programs.
    """
    moves = any([word in line for word in (" -C", "cd", "pushd", "chdir")])
    return "git" in line and (moves or not path_exists(f"{folder}/.git"))


def own_command(words: tuple[str, ...], programs: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments of a call of memory-state without its leading global options, else None.

    Known by the program's name in any folder, by an absolute path in `programs`, or as
    `python -m memory_state`. Prefixes (`env`, `sudo`) are the caller's to remove, or to refuse.
    """
    if not words:
        return None
    name = words[0].rpartition("/")[2]
    if name == OWN_PROGRAM or words[0] in programs:
        return strip_own_options(words[1:])
    if name.startswith("python"):
        return own_module_arguments(words)
    return None


def own_module_arguments(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments of `python [options] -m memory_state ...`, else None."""
    at = 1
    while at < len(words) and words[at].startswith("-"):
        letter, attached = valued_letter(words[at], "mcXW")
        at += 1
        if letter and not attached:
            attached = words[at] if at < len(words) else ""
            at += 1
        if letter in ("m", "c"):
            own = letter == "m" and attached.partition(".")[0] == OWN_MODULE
            return strip_own_options(words[at:]) if own else None
    return None


def strip_own_options(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words from the first one that is neither an option nor an option's value."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return words[at + 1 :]
        letter, attached = valued_letter(words[at], "Cw")
        at += 2 if words[at] in OWN_VALUED or (letter and not attached) else 1
    return words[at:]


def valued_letter(option: str, letters: str) -> tuple[str, str]:
    """The first letter of a cluster of short options that takes a value, and what is attached to it."""
    if not option.startswith("--"):
        for at, letter in enumerate(option):
            if letter in letters:
                return letter, option[at + 1 :]
    return "", ""
