"""The value of `$name` and `${name...}` as far as the line itself says."""

from __future__ import annotations

from memory_state.core.patterns import match_tokens
from memory_state.shell.scene import HIDDEN, PLAIN, SPLIT, doubt, is_known
from memory_state.shell.tables import steers_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

    Text = Callable[[Scene, Node | None], str]

# Special parameters that are numbers.
NUMBER_NAMES = (
    "?", "#", "$", "!", "RANDOM", "SECONDS", "LINENO", "UID", "EUID", "PPID", "EPOCHSECONDS", "BASHPID",
)  # fmt: skip
CONSTANT_NAMES = ("HOME", "TMPDIR")


def expand_parameter(scene: Scene, node: Node, *, quoted: bool, text: Text) -> str:
    """The value of a parameter expansion; what stands in it is walked by `text`."""
    name = str((node.get("Param") or {}).get("Value", ""))
    operand = (node.get("Exp") or {}).get("Word")
    argument = text(scene, operand) if operand else ""
    check_parts(scene, node, text)
    check_indirection(scene, node, name)
    if node.get("NestedParam") or node.get("Flags") or node.get("Modifiers"):
        doubt(scene, "an expansion that only some shells know")
        return HIDDEN
    if node.get("Length") or node.get("Width"):
        return PLAIN
    if name in ("@", "*") or is_list(node):
        return SPLIT
    if node.get("Excl") or node.get("Index") or node.get("Slice") or node.get("Repl") or node.get("Names"):
        return HIDDEN
    value = parameter_value(scene, name)
    operator = (node.get("Exp") or {}).get("Op")
    return value if operator is None else apply_operator(scene, name, value, str(operator), argument)


def check_parts(scene: Scene, node: Node, text: Text) -> None:
    """Walk what stands in an expansion besides its operand."""
    if (node.get("Exp") or {}).get("Op") == "@":
        doubt(scene, "an operator that may expand a value once more")
    if not (node.get("Repl") or node.get("Slice") or node.get("Index")):
        return
    from memory_state.shell.arithmetic import check_arithmetic

    replacement = node.get("Repl") or {}
    for key in ("Orig", "With"):
        text(scene, replacement.get(key))
    part = node.get("Slice") or {}
    for each in (node.get("Index"), part.get("Offset"), part.get("Length")):
        if each:
            check_arithmetic(scene, each, text)


def check_indirection(scene: Scene, node: Node, name: str) -> None:
    """`${!name}`: the value is a name, whose subscript, if it has one, is expanded."""
    if not node.get("Excl") or node.get("Names") or is_list(node) or name in NUMBER_NAMES:
        return
    if node.get("Index") or not parameter_value(scene, name).isidentifier():
        doubt(scene, "a variable whose name is computed")


def is_list(node: Node) -> bool:
    """Whether an expansion is that of a whole list."""
    index = node.get("Index") or {}
    parts = index.get("Parts", [])
    return len(parts) == 1 and parts[0].get("Value") in ("@", "*")


def parameter_value(scene: Scene, name: str) -> str:
    """What a parameter is set to; HIDDEN for one that the line does not set."""
    if name in scene.variables:
        return scene.variables[name]
    if name in NUMBER_NAMES:
        return PLAIN
    if name.isdigit():
        return argument_value(scene, int(name))
    if name == "PWD":
        return scene.folders[0] if len(scene.folders) == 1 else HIDDEN
    if name == "OLDPWD":
        return scene.previous or HIDDEN
    if name in CONSTANT_NAMES:
        return scene.effects.environment.get(name, "" if name == "TMPDIR" else HIDDEN)
    return HIDDEN


def argument_value(scene: Scene, number: int) -> str:
    """A positional parameter."""
    if scene.arguments is None:
        return HIDDEN
    if any(SPLIT in each for each in scene.arguments[: number + 1]):
        return HIDDEN
    return scene.arguments[number] if number < len(scene.arguments) else ""


def apply_operator(scene: Scene, name: str, value: str, operator: str, argument: str) -> str:
    """The value behind `:-`, `=`, `%` and their kin."""
    if operator in ("=", ":="):
        if steers_programs(name, argument):
            doubt(scene, f"{name} changes what programs do")
        scene.variables[name] = value if value and is_known(value) else HIDDEN
        return scene.variables[name]
    if operator in ("#", "##", "%", "%%"):
        return trim(value, operator, argument)
    if operator in ("-", ":-", "?", ":?"):
        if value and (is_known(value) or value == PLAIN):
            return value
        known_empty = value == "" and operator == ":-"
        return argument if known_empty else HIDDEN
    if operator in ("+", ":+"):
        return argument if value and is_known(value) else HIDDEN
    return HIDDEN


def trim(value: str, operator: str, pattern: str) -> str:
    """A value without what a pattern matches at its beginning or end."""
    if not is_known(value + pattern) or "\\" in pattern or "[" in pattern:
        return HIDDEN
    sizes = range(len(value) + 1) if len(operator) == 1 else range(len(value), -1, -1)
    for size in sizes:
        if operator[0] == "#" and match_tokens(list(pattern), value[:size]):
            return value[size:]
        if operator[0] == "%" and match_tokens(list(pattern), value[len(value) - size :]):
            return value[: len(value) - size]
    return value
