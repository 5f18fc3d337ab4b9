"""`[[ ... ]]`: which only asks, but for arithmetic on values that hold commands."""

from __future__ import annotations

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.scene import doubt, step
from memory_state.shell.words import expand_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

NUMBER_TESTS = ("-eq", "-ne", "-lt", "-le", "-gt", "-ge")
NAME_TESTS = ("-v", "-R")


def check_test(scene: Scene, node: Node) -> None:
    """Walk a condition."""
    step(scene)
    kind = node.get("Type")
    if kind == "Word":
        expand_text(scene, node)
    elif kind == "BinaryTest":
        for key in ("X", "Y"):
            if node.get("Op") in NUMBER_TESTS:
                check_arithmetic(scene, node[key], expand_text)
            else:
                check_test(scene, node[key])
    elif kind in ("UnaryTest", "ParenTest"):
        if node.get("Op") in NAME_TESTS and not expand_text(scene, node["X"]).isidentifier():
            doubt(scene, "a question about a variable whose name is computed")
        check_test(scene, node["X"])
    else:
        doubt(scene, f"nobody knows what {kind} is")
