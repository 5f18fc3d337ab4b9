"""Loops: what their body does, run as often as it may."""

from __future__ import annotations

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.assignments import set_variable
from memory_state.shell.scene import HIDDEN, PLAIN, SPLIT, inner, join
from memory_state.shell.words import expand_text, expand_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

MOST_ITEMS = 200
ROUNDS = 3


def walk_for(node: Node, scene: Scene) -> None:
    """`for` and `select`: each known item in its turn, else any."""
    loop = node.get("Loop") or {}
    body = node.get("Do", [])
    if loop.get("Type") != "WordIter":
        for key in ("Init", "Cond", "Post"):
            check_arithmetic(scene, loop.get(key), expand_text)
            set_loop_numbers(scene, loop.get(key))
        repeat(scene, body)
        return
    name = str((loop.get("Name") or {}).get("Value", ""))
    items = expand_words(scene, loop.get("Items", [])) if loop.get("InPos") else (SPLIT,)
    if node.get("Select") or len(items) > MOST_ITEMS or any(SPLIT in each for each in items):
        set_variable(scene, name, PLAIN if items == (PLAIN,) else HIDDEN)
        repeat(scene, body, {name: scene.variables[name]})
        return
    for item in items:
        set_variable(scene, name, item)
        other = inner(scene)
        scene.effects.run_statements(body, other)
        join(scene, other)


def set_loop_numbers(scene: Scene, node: object) -> None:
    """The variables of a counting loop hold numbers in its body."""
    if isinstance(node, dict):
        parts = node.get("Parts") or [{}]
        if parts[0].get("Type") == "Lit" and str(parts[0].get("Value", "")).isidentifier():
            scene.variables[str(parts[0]["Value"])] = PLAIN
        for each in node.values():
            set_loop_numbers(scene, each)


def walk_while(node: Node, scene: Scene) -> None:
    """`while` and `until`."""
    repeat(scene, [*node.get("Cond", []), *node.get("Do", [])])


def repeat(scene: Scene, body: list[Node], fixed: dict[str, str] | None = None) -> None:
    """Walk a body until another round finds nothing new; then nothing is known of what still changes."""
    for turn in range(ROUNDS + 1):
        if turn == ROUNDS:
            scene.folders = ()
            scene.variables = dict.fromkeys(scene.variables, HIDDEN) | (fixed or {})
        before = (scene.folders, dict(scene.variables), set(scene.functions))
        other = inner(scene)
        scene.effects.run_statements(body, other)
        join(scene, other)
        scene.variables |= fixed or {}
        if (scene.folders, scene.variables, set(scene.functions)) == before:
            return
