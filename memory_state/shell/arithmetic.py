"""Arithmetic, which runs commands hidden in the values of its variables (bash 5, Shell Arithmetic)."""

from __future__ import annotations

from memory_state.shell.scene import PLAIN, doubt, is_name, is_number, is_numeral
from memory_state.shell.tables import steers_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def check_arithmetic(scene: Scene, node: object, text: Callable[[Scene, Node | None], str]) -> None:
    """Walk an arithmetic expression; a doubt where a value may hold more than a number."""
    if isinstance(node, list):
        for each in node:
            check_arithmetic(scene, each, text)
    elif isinstance(node, dict):
        if "Parts" in node:
            check_operand(scene, node, text)
            return
        if node.get("Op") in ASSIGNING:
            set_number(scene, node.get("X"))
        for each in node.values():
            check_arithmetic(scene, each, text)


ASSIGNING = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=", "++", "--")


def set_number(scene: Scene, node: object) -> None:
    """A variable that an expression assigns holds a number from then on."""
    parts = node.get("Parts", []) if isinstance(node, dict) else []
    if len(parts) == 1 and parts[0].get("Type") == "Lit":
        name = str(parts[0].get("Value"))
        if steers_programs(name, ""):
            doubt(scene, f"{name} changes what programs do")
        if is_number(scene.variables.get(name, PLAIN)):
            scene.variables[name] = PLAIN


def check_operand(scene: Scene, node: Node, text: Callable[[Scene, Node | None], str]) -> None:
    """One operand: a number, the name of a variable, or an expansion."""
    for part in node["Parts"]:
        kind = part.get("Type")
        if kind == "Lit":
            check_name(scene, str(part.get("Value", "")))
        elif kind == "ParamExp" and is_name(str((part.get("Param") or {}).get("Value", ""))):
            text(scene, {"Parts": [part]})
            check_name(scene, str(part["Param"]["Value"]))
        elif not is_number(text(scene, {"Parts": [part]})):
            doubt(scene, "arithmetic on a text that nobody knows")


def check_name(scene: Scene, name: str) -> None:
    """A doubt when a variable of the line may hold more than a number."""
    if is_numeral(name) or name in ("@", "*"):
        return
    if not is_name(name):
        doubt(scene, "arithmetic on a text that nobody knows")
        return
    value = scene.variables.get(name)
    if value is not None and not is_number(value):
        doubt(scene, f"arithmetic on {name}, of which nobody knows that it is a number")
    if scene.arguments is None and name.isdigit():
        doubt(scene, "arithmetic on an argument that nobody knows")
