"""`export`, `local`, `declare` and their kin."""

from __future__ import annotations

from memory_state.shell.assignments import assign, set_variable
from memory_state.shell.scene import doubt, is_known
from memory_state.shell.words import expand_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


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
