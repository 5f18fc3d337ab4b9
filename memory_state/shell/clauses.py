"""Compound commands, declarations and conditions: what each of them walks."""

from __future__ import annotations

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.conditions import check_test
from memory_state.shell.declarations import declare
from memory_state.shell.loops import walk_for, walk_while
from memory_state.shell.scene import become, doubt, inner, join
from memory_state.shell.words import expand_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def walk_block(node: Node, scene: Scene) -> None:
    """`{ ...; }`."""
    scene.effects.run_statements(node.get("Stmts", []), scene)


def walk_subshell(node: Node, scene: Scene) -> None:
    """`( ... )`."""
    scene.effects.run_statements(node.get("Stmts", []), inner(scene))


def walk_if(node: Node, scene: Scene) -> None:
    """`if`, `elif`, `else`."""
    scene.effects.run_statements(node.get("Cond", []), scene)
    then = inner(scene)
    scene.effects.run_statements(node.get("Then", []), then)
    other = inner(scene)
    last = node.get("Else") or {}
    if last.get("Cond"):
        walk_if(last, other)
    else:
        scene.effects.run_statements(last.get("Then", []), other)
    become(scene, then)
    join(scene, other)


def walk_case(node: Node, scene: Scene) -> None:
    """`case`: any branch may run, or some of them one behind the other."""
    expand_text(scene, node.get("Word"))
    for item in node.get("Items", []):
        for pattern in item.get("Patterns", []):
            expand_text(scene, pattern)
        branch = inner(scene)
        scene.effects.run_statements(item.get("Stmts", []), branch)
        join(scene, branch)


def walk_function(node: Node, scene: Scene) -> None:
    """A definition: its body is walked where it is called."""
    from memory_state.shell.names import is_shell_name

    name = str((node.get("Name") or {}).get("Value", ""))
    if is_shell_name(name) or not name:
        doubt(scene, f"the function {name} stands for a program of that name")
    scene.functions[name] = node["Body"]


def walk_arithmetic(node: Node, scene: Scene) -> None:
    """`(( ... ))`."""
    check_arithmetic(scene, node.get("X"), expand_text)


def walk_let(node: Node, scene: Scene) -> None:
    """`let`."""
    check_arithmetic(scene, node.get("Exprs"), expand_text)


def walk_declaration(node: Node, scene: Scene) -> None:
    """`export`, `local`, `declare`, `readonly`, `typeset`."""
    declare(scene, node)


def walk_test(node: Node, scene: Scene) -> None:
    """`[[ ... ]]`."""
    check_test(scene, node.get("X") or {})


def walk_time(node: Node, scene: Scene) -> None:
    """`time` as grammar."""
    if node.get("Stmt"):
        scene.effects.run_statements([node["Stmt"]], scene)


def walk_coprocess(node: Node, scene: Scene) -> None:
    """`coproc`."""
    scene.effects.run_statements([node["Stmt"]], inner(scene))


CLAUSES: dict[str, Callable[[Node, Scene], None]] = {
    "ArithmCmd": walk_arithmetic,
    "Block": walk_block,
    "CaseClause": walk_case,
    "CoprocClause": walk_coprocess,
    "DeclClause": walk_declaration,
    "ForClause": walk_for,
    "FuncDecl": walk_function,
    "IfClause": walk_if,
    "LetClause": walk_let,
    "Subshell": walk_subshell,
    "TestClause": walk_test,
    "TimeClause": walk_time,
    "WhileClause": walk_while,
}
