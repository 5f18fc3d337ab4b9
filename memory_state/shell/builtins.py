"""Builtins that change the shell a line runs in, but for its folder."""

from __future__ import annotations

from memory_state.shell.assignments import set_variable
from memory_state.shell.options import parse_options
from memory_state.shell.scene import HIDDEN, SPLIT, child_shell, doubt, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

STRICT_OPTIONS = "abehmuvxBCEPT"
# Arguments that tell whether a trap's command changes them.
UNSHIFTED = ("", "1", "2", "3")


def note_read(words: Words, scene: Scene) -> None:
    """`read` and `mapfile`: the variables hold any text."""
    if any(each.startswith(("-C", "-c")) or not is_known(each) for each in words):
        doubt(scene, "nobody knows what is read")
    options = parse_options(words, "dinNptuOs")
    if any("[" in each for each in options.operands):
        doubt(scene, "a variable whose name is computed")
    for name in (*words, *(each[2:] for each in words), "REPLY", "MAPFILE"):
        if name.isidentifier():
            set_variable(scene, name, HIDDEN, "read")


def note_printf(words: Words, scene: Scene) -> None:
    """`printf`, whose `-v` sets a variable."""
    if words[:1] == ("-v",) or (words and words[0].startswith("-v")):
        name = words[0][2:] or (words[1] if len(words) > 1 else "")
        if not name.isidentifier():
            doubt(scene, "a variable whose name is computed")
        set_variable(scene, name, HIDDEN)
    elif words and (SPLIT in words[0] or words[0].startswith(HIDDEN)):
        doubt(scene, "nobody knows the options of printf")


def note_set(words: Words, scene: Scene) -> None:
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


def note_shift(words: Words, scene: Scene) -> None:
    """`shift`."""
    if scene.arguments is not None and not words and not any(SPLIT in each for each in scene.arguments):
        scene.arguments = (*scene.arguments[:1], *scene.arguments[2:])
    else:
        scene.arguments = None


def note_unset(words: Words, scene: Scene) -> None:
    """`unset`: a variable of which nobody relies on the value, or a function."""
    for word in words:
        if word in ("-v", "-f"):
            continue
        if not word.isidentifier():
            doubt(scene, "a variable whose name is computed")
        set_variable(scene, word, "")
        if scene.functions.pop(word, None) is not None:
            doubt(scene, "a function is removed")


def note_trap(words: Words, scene: Scene) -> None:
    """`trap`: its command may run at any later point."""
    if len(words) < 2 or words[0] in ("-", "", "-l", "-p"):
        return
    before = len(scene.effects.writes), scene.effects.moves
    later = child_shell(scene, UNSHIFTED)
    later.folders = ()
    if is_known(words[0]):
        scene.effects.run_line(words[0], later)
    after = len(scene.effects.writes), scene.effects.moves
    changes = bool(set(later.variables) - set(scene.variables)) or later.arguments != UNSHIFTED
    if changes or after != before or not is_known("".join(words)):
        doubt(scene, "a trap may run at any point")


def note_eval(words: Words, scene: Scene) -> None:
    """`eval`: a constant is walked like a line."""
    if not all(is_known(each) for each in words):
        doubt(scene, "eval of a text that nobody knows")
        return
    scene.effects.run_line(" ".join(words), scene)


def note_shopt(words: Words, scene: Scene) -> None:
    """Options that change what globs mean."""
    if words and words not in (("-s", "nullglob"), ("-p",)):
        doubt(scene, "an option of the shell that nobody knows")


def note_test(words: Words, scene: Scene) -> None:
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


def note_history(words: Words, scene: Scene) -> None:
    """`history` without words, or with a number."""
    if words and not all(each.isdecimal() for each in words):
        doubt(scene, "history may write its file")


def note_alias(words: Words, scene: Scene) -> None:
    """`alias` that only tells."""
    if words:
        doubt(scene, "an alias changes what words mean")


def note_jobs(words: Words, scene: Scene) -> None:
    """`jobs` and `wait`, but for options that run a command or set a variable."""
    if any(each.startswith(("-x", "-p")) for each in words):
        doubt(scene, "a job that is more than waited for")


def note_kept(words: Words, scene: Scene) -> None:
    """`let` behind a prefix: its words are not parsed."""
    doubt(scene, "arithmetic on a text that nobody knows")


BUILTINS: dict[str, Callable[[Words, Scene], None]] = {
    "[": note_test,
    "alias": note_alias,
    "declare": note_kept,
    "eval": note_eval,
    "export": note_kept,
    "history": note_history,
    "jobs": note_jobs,
    "let": note_kept,
    "local": note_kept,
    "mapfile": note_read,
    "printf": note_printf,
    "read": note_read,
    "readarray": note_read,
    "readonly": note_kept,
    "set": note_set,
    "shift": note_shift,
    "shopt": note_shopt,
    "test": note_test,
    "trap": note_trap,
    "typeset": note_kept,
    "unset": note_unset,
    "wait": note_jobs,
}
