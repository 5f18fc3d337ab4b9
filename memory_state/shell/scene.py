"""Where a walk through a shell line stands, and what it has found."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory_state.shell.parse import Node

# What stands in a word for text that is not known. No line that is judged holds these characters.
HIDDEN = "\x00"  # any text, within this word
SPLIT = "\x01"  # any text, any number of words
PLAIN = "\x02"  # text that is no option and holds no slash: a number, a date, a hash
EMPTY = "\x03"  # nothing, where quotes keep a word that would else be none
BELOW = "\x04"  # any path below the folder written before it
PIPE = "\x05"  # the name of a pipe to another command
MARKERS = HIDDEN + SPLIT + PLAIN + BELOW + PIPE

MOST_STEPS = 20_000
MOST_FOLDERS = 8
DEEPEST = 60
MOST_WRITES = 2_000

# A number in arithmetic; an empty text counts as zero.
NUMBER = re.compile(r"[-+]?(?:0[xX][0-9A-Fa-f]+|\d+(?:#\w+)?)?")

Words = tuple[str, ...]


class Overrun(Exception):
    """A walk takes longer than it may; the message says which limit."""


@dataclass(slots=True)
class Effects:
    """What one line does, gathered over all of its parts.

    `writes` are absolute resolved paths, a trailing `/` for a whole folder; `folders` those that the line
    itself makes, `links` where it puts links; `doubts` why its effect can not be known. `run_line` and
    `run_words` walk a text and a simple command in a scene. `fixed` are variables that no assignment
    changes. `names_output` says that a path stands for the output (`/dev/stdout`), `swaps_output` that
    the output may be a file opened for reading: both together write that file.
    """

    root: str
    environment: Mapping[str, str]
    ends: float
    run_line: Callable[[str, Scene], None]
    run_words: Callable[[Words, Scene], None]
    writes: dict[str, None] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    fixed: set[str] = field(default_factory=set)
    steps: int = 0
    names_output: bool = False
    swaps_output: bool = False


@dataclass(slots=True)
class Scene:
    """A shell at one point of a line.

    `folders` are the absolute folders it may stand in, none when that is not known. A variable that is
    not listed has the value it had before the line. `arguments` are `$0`, `$1` and so on, None where
    nobody knows them. `plain` is a shell called `sh`, which may be bash or know nothing of it.
    """

    effects: Effects
    folders: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Node] = field(default_factory=dict)
    arguments: Words | None = None
    previous: str | None = None
    plain: bool = False
    depth: int = 0


def doubt(scene: Scene, reason: str) -> None:
    """Note why the effect of the line can not be known."""
    scene.effects.doubts.append(reason)


def step(scene: Scene) -> None:
    """Count one step of the walk. Raises Overrun at its limits."""
    scene.effects.steps += 1
    if scene.effects.steps > MOST_STEPS or len(scene.effects.writes) > MOST_WRITES:
        raise Overrun("the command does too much to be judged")
    if scene.depth > DEEPEST:
        raise Overrun("the command nests too deep to be judged")
    if time.monotonic() > scene.effects.ends:
        raise Overrun("the command takes too long to be judged")


def inner(scene: Scene) -> Scene:
    """A copy for a part that can change nothing of the shell it stands in."""
    return replace(
        scene,
        variables=dict(scene.variables),
        functions=dict(scene.functions),
        depth=scene.depth + 1,
    )


def child_shell(scene: Scene, arguments: Words) -> Scene:
    """A shell of its own: nobody knows which variables it gets, and it has no functions."""
    return replace(
        scene,
        variables=dict.fromkeys(scene.variables, HIDDEN),
        functions={},
        arguments=arguments,
        previous=None,
        depth=scene.depth + 1,
    )


def join(scene: Scene, *others: Scene) -> None:
    """Make a scene hold for every one of several ways to come to the same point."""
    for other in others:
        if not scene.folders or not other.folders:
            scene.folders = ()
        else:
            scene.folders = tuple(dict.fromkeys((*scene.folders, *other.folders)))
        for name in scene.variables.keys() | other.variables.keys():
            values = scene.variables.get(name, HIDDEN), other.variables.get(name, HIDDEN)
            if values[0] != values[1] or name not in scene.variables:
                scene.variables[name] = PLAIN if all(map(is_number, values)) else HIDDEN
        for name, body in other.functions.items():
            if scene.functions.setdefault(name, body) != body:
                doubt(scene, f"the function {name} has more than one body")
        if scene.previous != other.previous:
            scene.previous = None
        if scene.arguments != other.arguments:
            scene.arguments = None
    if len(scene.folders) > MOST_FOLDERS:
        scene.folders = ()


def become(scene: Scene, other: Scene) -> None:
    """Make a scene what another one is."""
    scene.folders, scene.previous, scene.arguments = other.folders, other.previous, other.arguments
    scene.variables, scene.functions = other.variables, other.functions


def is_known(word: str) -> bool:
    """Whether a word holds no text that is not known."""
    return not any(mark in word for mark in MARKERS)


def is_number(value: str) -> bool:
    """Whether a value is certainly a number."""
    return HIDDEN not in value and bool(NUMBER.fullmatch(value.replace(PLAIN, "1").strip()))


def may_be_option(word: str) -> bool:
    """Whether a word could turn out as an option that nobody sees."""
    return SPLIT in word or word.startswith(HIDDEN)
