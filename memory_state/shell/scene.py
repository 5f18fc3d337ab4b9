"""Where a walk through a shell line stands, and what it has found."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory_state.shell.parse import Node

    Words = tuple[str, ...]

# What stands in a word for text that is not known. No line that is judged holds these characters.
HIDDEN = "\x00"  # any text, within this word
SPLIT = "\x01"  # any text, any number of words
PLAIN = "\x02"  # text that is no option and holds no slash: a number, a date, a hash
EMPTY = "\x03"  # nothing, where quotes keep a word that would else be none
BELOW = "\x04"  # any path below the folder written before it
PIPE = "\x05"  # the name of a pipe to another command
OPEN = "\x06"  # the number of a descriptor that the line itself opens
MARKERS = HIDDEN + SPLIT + PLAIN + BELOW + PIPE + OPEN

MOST_STEPS = 20_000
MOST_FOLDERS = 8
DEEPEST = 60
MOST_WRITES = 2_000


class Overrun(Exception):
    """A walk takes longer than it may; the message says which limit."""


class Effects:
    """What one line does, gathered over all of its parts.

    `writes` are absolute resolved paths, a trailing `/` for a whole folder; `folders` those that the line
    itself makes, `links` where it puts links; `doubts` why its effect can not be known. `run_line`,
    `run_statements` and `run_words` walk a text, statements and a simple command in a scene. `fixed` are
    variables that no assignment changes. `names_output` says that a path stands for the output
    (`/dev/stdout`), `swaps_output` that the output may be a file opened for reading: both together write
    that file. `moves` counts the changes of folder, `records` are like `writes` what git
    keeps of a repository and writes itself. `ends` is the monotonic time by which the walk must
    be over.
    """

    __slots__ = (
        "doubts", "ends", "environment", "fixed", "folders", "links", "moves", "names_output", "records",
        "root", "run_line", "run_statements", "run_words", "steps", "swaps_output", "writes",
    )  # fmt: skip

    def __init__(
        self,
        root: str,
        environment: Mapping[str, str],
        ends: float,
        run_line: Callable[[str, Scene], None],
        run_statements: Callable[[list[Node], Scene], None],
        run_words: Callable[[Words, Scene], None],
    ) -> None:
        self.root = root
        self.environment = environment
        self.ends = ends
        self.run_line = run_line
        self.run_statements = run_statements
        self.run_words = run_words
        self.writes: dict[str, None] = {}
        self.records: dict[str, None] = {}
        self.folders: set[str] = set()
        self.links: set[str] = set()
        self.doubts: list[str] = []
        self.fixed: set[str] = set()
        self.steps = 0
        self.moves = 0
        self.names_output = False
        self.swaps_output = False


class Scene:
    """A shell at one point of a line.

    `folders` are the absolute folders it may stand in, none when that is not known. A variable that is
    not listed has the value it had before the line. `arguments` are `$0`, `$1` and so on, None where
    nobody knows them. `previous` is the folder of `cd -`. `plain` is a shell called `sh`, which may be
    bash or know nothing of it.
    """

    __slots__ = ("arguments", "depth", "effects", "folders", "functions", "plain", "previous", "variables")

    def __init__(self, effects: Effects, folders: tuple[str, ...]) -> None:
        self.effects = effects
        self.folders = folders
        self.variables: dict[str, str] = {}
        self.functions: dict[str, Node] = {}
        self.arguments: Words | None = None
        self.previous: str | None = None
        self.plain = False
        self.depth = 0


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
    copy = Scene(scene.effects, scene.folders)
    copy.variables = dict(scene.variables)
    copy.functions = dict(scene.functions)
    copy.arguments = scene.arguments
    copy.previous = scene.previous
    copy.plain = scene.plain
    copy.depth = scene.depth + 1
    return copy


def child_shell(scene: Scene, arguments: Words) -> Scene:
    """A shell of its own: nobody knows which variables it gets, and it has no functions."""
    child = inner(scene)
    child.variables = dict.fromkeys(scene.variables, HIDDEN)
    child.functions = {}
    child.arguments = arguments
    child.previous = None
    return child


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
    return word.isprintable() or not any(mark in word for mark in MARKERS)


def is_number(value: str) -> bool:
    """Whether a value is certainly a number."""
    return HIDDEN not in value and is_numeral(value.replace(PLAIN, "1").replace(OPEN, "1").strip())


def is_numeral(text: str) -> bool:
    """Whether a text is a number as arithmetic reads it: `7`, `-7`, `0x1f`, `16#1f`, and nothing for 0."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if digits[:2] in ("0x", "0X"):
        return digits[2:] != "" and not digits[2:].strip("0123456789abcdefABCDEF")
    base, sign, rest = digits.partition("#")
    if sign and not is_name(rest):
        return False
    return base.isascii() and base.isdigit() if base else not sign


def is_name(text: str) -> bool:
    """Whether a text is made of letters, digits and underscores."""
    return text.replace("_", "a").isalnum()


def may_be_option(word: str) -> bool:
    """Whether a word could turn out as an option that nobody sees."""
    return SPLIT in word or word.startswith(HIDDEN)
