"""A walk through the syntax tree of a shell line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.assignments import assign, declare
from memory_state.shell.loops import walk_for, walk_while
from memory_state.shell.parse import parse_line
from memory_state.shell.redirects import walk_redirects
from memory_state.shell.scene import doubt, inner, join, step
from memory_state.shell.tables import SHELL_NAMES
from memory_state.shell.conditions import check_test
from memory_state.shell.words import expand_text, expand_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def walk_line(line: str, scene: Scene) -> None:
    """Walk a text. Raises Unparsed and Overrun."""
    step(scene)
    walk_statements(parse_line(line, scene.effects.ends).get("Stmts", []), scene)


def walk_statements(statements: list[Node], scene: Scene) -> None:
    """Walk statements in their order."""
    for each in statements:
        walk_statement(each, scene)


def walk_statement(node: Node, scene: Scene) -> None:
    """One statement with its redirections."""
    step(scene)
    place = inner(scene) if node.get("Background") or node.get("Coprocess") or node.get("Disown") else scene
    walk_redirects(place, node.get("Redirs", []))
    command = node.get("Cmd")
    if command:
        walk_command(command, place)


def walk_command(node: Node, scene: Scene) -> None:
    """One command by its kind."""
    step(scene)
    walker = WALKERS.get(str(node.get("Type")))
    if walker is None:
        doubt(scene, f"nobody knows what {node.get('Type')} is")
        return
    scene.depth += 1
    walker(node, scene)
    scene.depth -= 1


def walk_call(node: Node, scene: Scene) -> None:
    """A simple command: assignments that stay, or words with assignments for them alone."""
    words = expand_words(scene, node.get("Args", []))
    if not words:
        for each in node.get("Assigns", []):
            assign(scene, each)
        if node.get("Args"):
            doubt(scene, "nobody knows which program runs")
        return
    own = inner(scene)
    for each in node.get("Assigns", []):
        assign(own, each, program=words[0])
    scene.effects.run_words(words, scene)


def walk_block(node: Node, scene: Scene) -> None:
    """`{ ...; }`."""
    walk_statements(node.get("Stmts", []), scene)


def walk_subshell(node: Node, scene: Scene) -> None:
    """`( ... )`."""
    walk_statements(node.get("Stmts", []), inner(scene))


def walk_binary(node: Node, scene: Scene) -> None:
    """`&&` and `||`, of which the second part may not run; pipes, of which the last may be the shell itself."""
    if node.get("Op") in ("&&", "||"):
        walk_statement(node["X"], scene)
        other = inner(scene)
        walk_statement(node["Y"], other)
        join(scene, other)
        return
    walk_statement(node["X"], inner(scene))
    last = inner(scene)
    walk_statement(node["Y"], last)
    join(scene, last)




def walk_if(node: Node, scene: Scene) -> None:
    """`if`, `elif`, `else`."""
    walk_statements(node.get("Cond", []), scene)
    then = inner(scene)
    walk_statements(node.get("Then", []), then)
    other = inner(scene)
    if node.get("Else"):
        walk_if(node["Else"], other)
    join(scene, then, other)


def walk_case(node: Node, scene: Scene) -> None:
    """`case`: any branch may run, or some of them one behind the other."""
    expand_text(scene, node.get("Word"))
    for item in node.get("Items", []):
        for pattern in item.get("Patterns", []):
            expand_text(scene, pattern)
        branch = inner(scene)
        walk_statements(item.get("Stmts", []), branch)
        join(scene, branch)


def walk_function(node: Node, scene: Scene) -> None:
    """A definition: its body is walked where it is called."""
    name = str((node.get("Name") or {}).get("Value", ""))
    if name in SHELL_NAMES or not name:
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
        walk_statement(node["Stmt"], scene)


def walk_coprocess(node: Node, scene: Scene) -> None:
    """`coproc`."""
    walk_statement(node["Stmt"], inner(scene))


WALKERS: dict[str, Callable[[Node, Scene], None]] = {
    "ArithmCmd": walk_arithmetic,
    "BinaryCmd": walk_binary,
    "Block": walk_block,
    "CallExpr": walk_call,
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
