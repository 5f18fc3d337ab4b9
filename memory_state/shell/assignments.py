"""Assignments: the values that a line gives to variables, and the variables that steer programs."""

from __future__ import annotations

from memory_state.shell.scene import HIDDEN, doubt, is_known, is_number
from memory_state.shell.tables import COMPUTED_NAMES, listed, steers_programs
from memory_state.shell.words import expand_text, expand_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def assign(scene: Scene, node: Node, program: str = "") -> None:
    """One assignment; `program` when it is for that command alone."""
    name = str((node.get("Name") or {}).get("Value", ""))
    whole = not (node.get("Index") or node.get("Array"))
    if not whole:
        check_elements(scene, node)
    value = expand_text(scene, node.get("Value"))
    if node.get("Append"):
        value = scene.variables.get(name, HIDDEN) + value
    set_variable(scene, name, value if whole else HIDDEN, program)


def check_elements(scene: Scene, node: Node) -> None:
    """Walk what stands in an assignment to a list."""
    from memory_state.shell.arithmetic import check_arithmetic

    elements = (node.get("Array") or {}).get("Elems", [])
    for each in (node, *elements):
        if each.get("Index"):
            check_arithmetic(scene, each["Index"], expand_text)
    for each in elements:
        if each.get("Value"):
            expand_words(scene, [each["Value"]])


def set_variable(scene: Scene, name: str, value: str, program: str = "") -> None:
    """Give a variable a value; a doubt when it changes what programs do."""
    if listed(name, COMPUTED_NAMES) or name in scene.effects.fixed:
        doubt(scene, f"{name} is not what it is set to")
    if steers_programs(name, value) and not (name == "IFS" and program in ("", "read")):
        doubt(scene, f"{name} changes what programs do")
    scene.variables[name] = value if is_known(value) or is_number(value) else HIDDEN
