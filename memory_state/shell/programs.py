"""Simple commands: each by its program, unknown where no table lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.prefixes import system_program
from memory_state.core.reads import reads_words
from memory_state.shell import archives, builtins, copying, editors, fetching, files, finding, git, runners
from memory_state.shell.scene import HIDDEN, PIPE, PLAIN, doubt, is_known, may_be_option, step
from memory_state.shell.tables import (
    ASKED,
    READERS,
    RUNNERS,
    SHORT_VERSION,
    SIMPLE_WRITERS,
    TELLING,
    TELLING_NOT,
    VERSION_WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

UNLISTED_OPTION = "-\x7f"


def run_words(words: Words, scene: Scene) -> None:
    """Note the effect of one simple command."""
    step(scene)
    if not words or not is_known(words[0]):
        doubt(scene, "nobody knows which program runs")
        return
    name = program_name(words[0])
    if name in scene.functions:
        call_function(name, words, scene)
    elif name in READERS and name != "cd":
        return
    elif name in PROGRAMS:
        PROGRAMS[name](words[1:], scene)
    elif name in SIMPLE_WRITERS:
        files.simple_writer(name, words[1:], scene)
    elif name in RUNNERS:
        runners.run_behind(name, words[1:], scene)
    elif not tells(name, words[1:]) and not reads(words):
        doubt(scene, f"nobody knows what {words[0]!r} writes")


def program_name(word: str) -> str:
    """A program's name when it is called by name or from a folder of the system."""
    name = system_program(word)
    for folder in ("/usr/local/bin/", "/usr/sbin/", "/sbin/", "/opt/homebrew/bin/"):
        name = name.removeprefix(folder)
    return name


def call_function(name: str, words: Words, scene: Scene) -> None:
    """Walk the body of a function with its arguments."""
    from memory_state.shell.walk import walk_statement

    outer, depth = scene.arguments, scene.depth
    scene.arguments, scene.depth = (name, *words[1:]), depth + 1
    walk_statement(scene.functions[name], scene)
    scene.arguments, scene.depth = outer, depth


def tells(name: str, words: Words) -> bool:
    """Whether a program is only asked for its version, or for a list."""
    if (
        len(words) == 1
        and name in ASKED
        and (words[0] in VERSION_WORDS[:1] or words[0] == SHORT_VERSION.get(name))
    ):
        return True
    if len(words) == 1 and (name, words[0]) in VERSION_QUESTIONS:
        return True
    known = all(is_known(word) for word in words)
    return (
        known and words[:1] != () and words[0] in TELLING.get(name, ()) and not set(words) & set(TELLING_NOT)
    )


VERSION_QUESTIONS = (
    ("go", "version"),
    ("python3", "-V"),
    ("python", "-V"),
    ("java", "-version"),
    ("bash", "--help"),
)


def reads(words: Words) -> bool:
    """Whether the tables of the plain test know a command to change nothing, its unknown words included."""
    return reads_words((program_name(words[0]), *judged_words(words[1:])))


def judged_words(words: Words) -> Words:
    """Words for the tables: one that may turn out as an option is one that no table lists."""
    found = []
    for at, word in enumerate(words):
        if "--" in words[:at]:
            found.append("operand")
        elif may_be_option(word):
            found.append(UNLISTED_OPTION)
        else:
            found.append(word.replace(HIDDEN, "x").replace(PLAIN, "1").replace(PIPE, "/dev/fd/63"))
    return tuple(found)


PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    **builtins.BUILTINS,
    **archives.PROGRAMS,
    **copying.PROGRAMS,
    **editors.PROGRAMS,
    **fetching.PROGRAMS,
    **files.PROGRAMS,
    "find": finding.find,
    "gfind": finding.find,
    "git": git.git,
    **runners.PROGRAMS,
}
