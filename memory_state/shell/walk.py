"""A walk through the syntax tree of a shell line."""

from __future__ import annotations

from memory_state.shell.assignments import assign
from memory_state.shell.parse import parse_line
from memory_state.shell.redirects import walk_redirects
from memory_state.shell.scene import HIDDEN, doubt, inner, join, step
from memory_state.shell.words import expand_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene


def walk_line(line: str, scene: Scene) -> None:
    """Walk a text, in a plain shell as either kind of shell reads it. Raises Unparsed and Overrun."""
    step(scene)
    if scene.plain:
        other = inner(scene)
        walk_statements(parse_line(line, scene.effects.ends, "posix").get("Stmts", []), other)
        walk_statements(parse_line(line, scene.effects.ends).get("Stmts", []), scene)
        join(scene, other)
        return
    walk_statements(parse_line(line, scene.effects.ends).get("Stmts", []), scene)


def walk_statements(statements: list[Node], scene: Scene) -> None:
    """Walk statements in their order."""
    for each in statements:
        walk_statement(each, scene)


def walk_statement(node: Node, scene: Scene) -> None:
    """One statement with its redirections."""
    step(scene)
    place = inner(scene) if node.get("Background") or node.get("Coprocess") or node.get("Disown") else scene
    redirects = node.get("Redirs", [])
    walk_redirects(place, redirects)
    command = node.get("Cmd")
    if not command:
        return
    if redirects and command.get("Assigns"):
        # Shells differ on whether the assignments before a command hold in its redirections.
        other = inner(place)
        for each in command["Assigns"]:
            assign(other, each, program="read")
        walk_redirects(other, redirects)
    walk_command(command, place)


def walk_command(node: Node, scene: Scene) -> None:
    """One command by its kind."""
    step(scene)
    kind = node.get("Type")
    scene.depth += 1
    if kind == "CallExpr":
        walk_call(node, scene)
    elif kind == "BinaryCmd":
        walk_binary(node, scene)
    else:
        walk_clause(node, scene)
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
    if words[0] in scene.functions or words[0] in ("eval", "command", "builtin", "exec"):
        names = [str((each.get("Name") or {}).get("Value", "")) for each in node.get("Assigns", [])]
        scene.variables |= dict.fromkeys(names, HIDDEN)
    scene.effects.run_words(words, scene)


def walk_binary(node: Node, scene: Scene) -> None:
    """`&&` and `||`, of which the second part may not run; pipes, whose last part may be the shell."""
    first, rest = chain(node)
    if node.get("Op") in ("&&", "||"):
        walk_lists(first, rest, scene)
        return
    parts = [first, *(part for _, part in rest)]
    for part in parts[:-1]:
        walk_statement(part, inner(scene))
    last = inner(scene)
    walk_statement(parts[-1], last)
    join(scene, last)


def chain(node: Node) -> tuple[Node, list[tuple[str, Node]]]:
    """The first statement of operators of one kind in a row, and the others behind their operators."""
    kinds = ("&&", "||") if node.get("Op") in ("&&", "||") else ("|", "|&")
    rest: list[tuple[str, Node]] = []
    while True:
        rest.append((str(node["Op"]), node["Y"]))
        first: Node = node["X"]
        node = first.get("Cmd") or {}
        plain = not any(first.get(key) for key in ("Redirs", "Negated", "Background", "Coprocess"))
        if not plain or node.get("Type") != "BinaryCmd" or node.get("Op") not in kinds:
            return first, rest[::-1]


def walk_lists(first: Node, rest: list[tuple[str, Node]], scene: Scene) -> None:
    """`&&`, behind which all before has succeeded; `||`, behind which any of it has failed."""
    walk_statement(first, scene)
    failed: list[Scene] = []
    before = first
    for operator, part in rest:
        if operator == "&&":
            if not is_sure(before):
                failed.append(inner(scene))
            walk_statement(part, scene)
        else:
            join(scene, *failed)
            failed = []
            other = inner(scene)
            walk_statement(part, other)
            join(scene, other)
        before = part
    join(scene, *failed)


def is_sure(statement: Node) -> bool:
    """Whether a statement's failure is in the scene behind it already: assignments and `cd`."""
    command = statement.get("Cmd") or {}
    words = command.get("Args", [])
    name = words[0]["Parts"][0].get("Value") if words and words[0].get("Parts") else None
    return command.get("Type") == "CallExpr" and (not words or name == "cd")


def walk_clause(node: Node, scene: Scene) -> None:
    """Any other command by its kind."""
    from memory_state.shell.clauses import CLAUSES

    walker = CLAUSES.get(str(node.get("Type")))
    if walker is None:
        doubt(scene, f"nobody knows what {node.get('Type')} is")
    else:
        walker(node, scene)
