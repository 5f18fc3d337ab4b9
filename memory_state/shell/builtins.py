"""Builtins that change the shell a line runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.shell.assignments import set_variable
from memory_state.shell.options import parse_options
from memory_state.shell.places import change_folder
from memory_state.shell.scene import HIDDEN, SPLIT, child_shell, doubt, is_known
from memory_state.shell.words import home_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

STRICT_OPTIONS = "abehmuvxBCEPT"


def cd(words: Words, scene: Scene) -> None:
    """`cd` and `pushd`."""
    operands = tuple(each for each in words if each not in ("-L", "-P", "-e", "-@", "--", "-q"))
    if len(operands) > 1 or any(SPLIT in each for each in operands):
        change_folder(scene, HIDDEN)
    elif not operands:
        change_folder(scene, home_folder(scene))
    elif operands[0] == "-":
        change_folder(scene, scene.previous or HIDDEN)
    elif not operands[0]:
        return
    else:
        change_folder(scene, HIDDEN if operands[0][0] in "+-" else operands[0])


def popd(words: Words, scene: Scene) -> None:
    """`popd`: nobody keeps the stack here."""
    change_folder(scene, HIDDEN)


def read(words: Words, scene: Scene) -> None:
    """`read` and `mapfile`: the variables hold any text."""
    if any(each.startswith(("-C", "-c")) or not is_known(each) for each in words):
        doubt(scene, "nobody knows what is read")
    options = parse_options(words, "dinNptuOs")
    if any("[" in each for each in options.operands):
        doubt(scene, "a variable whose name is computed")
    for name in (*words, *(each[2:] for each in words), "REPLY", "MAPFILE"):
        if name.isidentifier():
            set_variable(scene, name, HIDDEN, "read")


def printf(words: Words, scene: Scene) -> None:
    """`printf`, whose `-v` sets a variable."""
    if words[:1] == ("-v",) or (words and words[0].startswith("-v")):
        name = words[0][2:] or (words[1] if len(words) > 1 else "")
        if not name.isidentifier():
            doubt(scene, "a variable whose name is computed")
        set_variable(scene, name, HIDDEN)
    elif words and (SPLIT in words[0] or words[0].startswith(HIDDEN)):
        doubt(scene, "nobody knows the options of printf")


def set_shell(words: Words, scene: Scene) -> None:
    """`set`: options that only make the shell stricter, or new arguments."""
    for at, word in enumerate(words):
        if word == "--":
            scene.arguments = ("", *words[at + 1 :])
            return
        if word in ("pipefail", "errexit", "nounset", "posix") and at and words[at - 1][1:].endswith("o"):
            continue
        if not ((word[:1] in ("-", "+") and word[1:].strip("o") != "") or word in ("-o", "+o")):
            scene.arguments = ("", *words[at:])
            return
        if not is_known(word) or not set(word[1:]) <= set(STRICT_OPTIONS + "o"):
            doubt(scene, "an option of the shell that nobody knows")


def shift(words: Words, scene: Scene) -> None:
    """`shift`."""
    if scene.arguments is not None and not words and not any(SPLIT in each for each in scene.arguments):
        scene.arguments = (*scene.arguments[:1], *scene.arguments[2:])
    else:
        scene.arguments = None


def unset(words: Words, scene: Scene) -> None:
    """`unset`: a variable of which nobody relies on the value, or a function."""
    for word in words:
        if word in ("-v", "-f"):
            continue
        if not word.isidentifier():
            doubt(scene, "a variable whose name is computed")
        set_variable(scene, word, "")
        if scene.functions.pop(word, None) is not None:
            doubt(scene, "a function is removed")


def trap(words: Words, scene: Scene) -> None:
    """`trap`: its command may run at any later point."""
    if len(words) < 2 or words[0] in ("-", "", "-l", "-p"):
        return
    before = len(scene.effects.writes)
    later = child_shell(scene, ())
    later.folders = ()
    if is_known(words[0]):
        scene.effects.run_line(words[0], later)
    changes = bool(set(later.variables) - set(scene.variables)) or len(scene.effects.writes) > before
    if changes or not is_known("".join(words)):
        doubt(scene, "a trap may run at any point")


def evaluate(words: Words, scene: Scene) -> None:
    """`eval`: a constant is walked like a line."""
    if not all(is_known(each) for each in words):
        doubt(scene, "eval of a text that nobody knows")
        return
    scene.effects.run_line(" ".join(words), scene)


def shopt(words: Words, scene: Scene) -> None:
    """Options that change what globs mean."""
    if words and words not in (("-s", "nullglob"), ("-p",)):
        doubt(scene, "an option of the shell that nobody knows")


def condition(words: Words, scene: Scene) -> None:
    """`test` and `[`, whose `-v` computes the name of a variable."""
    asked = [
        words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-v", "-R") or not is_known(word)
    ]
    if "-v" in words and not all(each.isidentifier() for each in asked if each not in ("-v", "]")):
        doubt(scene, "a question about a variable whose name is computed")
    if any(mark in each for each in words for mark in ("$(", "`")) and not {
        "=",
        "==",
        "!=",
        "-n",
        "-z",
    } & set(words):
        doubt(scene, "nobody knows what is tested")


def history(words: Words, scene: Scene) -> None:
    """`history` without words, or with a number."""
    if words and not all(each.isdecimal() for each in words):
        doubt(scene, "history may write its file")


def alias(words: Words, scene: Scene) -> None:
    """`alias` that only tells."""
    if words:
        doubt(scene, "an alias changes what words mean")


def jobs(words: Words, scene: Scene) -> None:
    """`jobs` and `wait`, but for options that run a command or set a variable."""
    if any(each.startswith(("-x", "-p")) for each in words):
        doubt(scene, "a job that is more than waited for")


def kept(words: Words, scene: Scene) -> None:
    """`let` behind a prefix: its words are not parsed."""
    doubt(scene, "arithmetic on a text that nobody knows")


BUILTINS: dict[str, Callable[[Words, Scene], None]] = {
    "[": condition,
    "alias": alias,
    "cd": cd,
    "chdir": cd,
    "declare": kept,
    "eval": evaluate,
    "export": kept,
    "history": history,
    "jobs": jobs,
    "let": kept,
    "local": kept,
    "mapfile": read,
    "popd": popd,
    "printf": printf,
    "pushd": cd,
    "read": read,
    "readarray": read,
    "readonly": kept,
    "set": set_shell,
    "shift": shift,
    "shopt": shopt,
    "test": condition,
    "trap": trap,
    "typeset": kept,
    "unset": unset,
    "wait": jobs,
}
