"""Assignments: the values that a line gives to variables, and the variables that steer programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.scene import HIDDEN, doubt, is_known, is_number
from memory_state.shell.tables import COMPUTED_NAMES, HARMLESS_VALUES, STEERING_NAMES, STEERING_PREFIXES
from memory_state.shell.words import expand_text, expand_words

if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def assign(scene: Scene, node: Node, program: str = "") -> None:
    """One assignment; `program` when it is for that command alone."""
    name = str((node.get("Name") or {}).get("Value", ""))
    if node.get("Index"):
        check_arithmetic(scene, node["Index"], expand_text)
    for element in (node.get("Array") or {}).get("Elems", []):
        if element.get("Index"):
            check_arithmetic(scene, element["Index"], expand_text)
        if element.get("Value"):
            expand_words(scene, [element["Value"]])
    value = expand_text(scene, node.get("Value"))
    whole = not (node.get("Index") or node.get("Array"))
    if node.get("Append"):
        value = scene.variables.get(name, HIDDEN) + value
    set_variable(scene, name, value if whole else HIDDEN, program)


def set_variable(scene: Scene, name: str, value: str, program: str = "") -> None:
    """Give a variable a value; a doubt when it changes what programs do."""
    if name in COMPUTED_NAMES or name in scene.effects.fixed:
        doubt(scene, f"{name} is not what it is set to")
    if steers(name, value) and not (name == "IFS" and program in ("", "read")):
        doubt(scene, f"{name} changes what programs do")
    scene.variables[name] = value if is_known(value) or is_number(value) else HIDDEN


def steers(name: str, value: str) -> bool:
    """Whether a variable decides what programs run or write."""
    if value in HARMLESS_VALUES.get(name, ()):
        return False
    return name in STEERING_NAMES or name.startswith(STEERING_PREFIXES)


def declare(scene: Scene, node: Node) -> None:
    """`export`, `local`, `declare` and their kin."""
    fixed = (node.get("Variant") or {}).get("Value") == "readonly"
    for each in node.get("Args", []):
        name = str((each.get("Name") or {}).get("Value", ""))
        if each.get("Naked") and each.get("Value"):
            words = expand_words(scene, [each["Value"]])
            fixed = fixed or any(word.startswith("-") and "r" in word for word in words)
            declare_words(scene, words)
        elif not each.get("Naked"):
            assign(scene, each)
        if fixed and name:
            scene.effects.fixed.add(name)


def declare_words(scene: Scene, words: tuple[str, ...]) -> None:
    """Options of a declaration, and names that only an expansion gives."""
    for word in words:
        if word.startswith("-") and word[1:].isalpha():
            if set(word[1:]) - set("aAfgprx"):
                doubt(scene, "a declaration makes values be computed")
        elif not (is_known(word) and word.partition("=")[0].isidentifier()):
            doubt(scene, "nobody knows what is declared")
        elif "=" in word:
            name, _, value = word.partition("=")
            set_variable(scene, name, value)
