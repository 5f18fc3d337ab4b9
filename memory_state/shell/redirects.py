"""Redirections: the files that a shell opens for writing (bash 5, Redirections)."""

from __future__ import annotations

from memory_state.shell.assignments import set_variable
from memory_state.shell.places import write
from memory_state.shell.scene import OPEN, doubt
from memory_state.shell.words import expand_text, expand_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

WRITING_REDIRECTS = (">", ">>", ">|", "&>", "&>>", "<>", ">&", "&>|", ">>|", ">!", ">>!")
READING_REDIRECTS = ("<", "<<", "<<-", "<<<", "<&")


def walk_redirects(scene: Scene, redirects: list[Node]) -> None:
    """Note what the redirections of one statement write."""
    for each in redirects:
        walk_redirect(scene, each)


def walk_redirect(scene: Scene, node: Node) -> None:
    """One redirection."""
    operator = node.get("Op")
    name = str((node.get("N") or {}).get("Value", ""))
    if name.startswith("{"):
        set_variable(scene, name.strip("{}"), OPEN)
    if operator in READING_REDIRECTS:
        scene.effects.swaps_output |= name not in ("", "0") or operator == "<&"
        expand_text(scene, node.get("Word") or None)
        expand_text(scene, node.get("Hdoc") or None)
        return
    if operator not in WRITING_REDIRECTS:
        doubt(scene, f"nobody knows the redirection {operator}")
        return
    targets = expand_word(scene, node["Word"])
    if any(set(str(part.get("Value", ""))) & set("*?[") for part in node["Word"].get("Parts", [])):
        doubt(scene, "a redirection with a glob, which only some shells expand")
    for target in targets:
        if operator == ">&" and is_descriptor(target):
            scene.effects.swaps_output |= target not in ("1", "2", "-")
        else:
            write(scene, target)


def is_descriptor(word: str) -> bool:
    """Whether the word behind `>&` names an open descriptor and no file."""
    bare = word.removesuffix("-")
    return word == OPEN or not bare or (bare.isascii() and bare.isdigit())
