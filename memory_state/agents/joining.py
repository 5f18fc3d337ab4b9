"""Joining the modules of `core` into few: what every call needs in one, what some need in another.

One file is read sooner than twenty, and a function that is not loaded costs nothing. The joined
module holds what the hook's entry reaches; what only a cold entry reaches stands in a module of its
own, which the entry's stand-in imports when it is first called.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import memory_state.core

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "memory_state.core"
HOT = "memory_state_hook"
ENTRY = "main"
COLD = {
    "shell": ("judge_line",),
    "record": ("note_call", "append_note", "refresh_recovery", "write_grant"),
    "answers": (
        "own_program", "answer_deny", "answer_ask", "answer_fault", "next_steps", "call_text",
        "allowed_text", "one_line",
    ),
    "rare": (
        "json_fallback", "check_header_characters", "read_settings", "known_choices", "main_worktree",
        "possible_paths", "match_tokens", "covers_folder", "may_hold", "mcp_name", "slow_answer",
    ),
}  # fmt: skip
STAND_IN = """
def {name}(*arguments, **options):
    from {module} import {name} as loaded
    return loaded(*arguments, **options)
"""


class Stripped(ast.NodeTransformer):
    """A module without docstrings, annotations and imports from its own package."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Leave out what the joined modules hold themselves."""
        own = node.module is not None and node.module.startswith((PREFIX, "__future__"))
        return None if own else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Leave out docstrings."""
        return None if isinstance(node.value, ast.Constant) else node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Leave out what only a type checker reads."""
        checking = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if checking else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave out annotations, which would bring `__future__` with them."""
        node.returns = None
        for argument in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs):
            argument.annotation = None
        found = self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return found

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Keep a class whose docstring was all it had."""
        found = self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return found

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Make an annotated assignment a plain one."""
        return None if node.value is None else ast.Assign([node.target], node.value)


def core_modules() -> dict[str, Path]:
    """The modules of `core` by name."""
    folder = Path(memory_state.core.__file__).parent
    return {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}


def imported(tree: ast.Module) -> list[str]:
    """The modules of `core` that a module imports at its top level."""
    found = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    return sorted(name.removeprefix(PREFIX + ".") for name in found if name.startswith(PREFIX + "."))


def ordered(name: str, trees: Mapping[str, ast.Module]) -> list[str]:
    """A module and all it imports, each after what it imports itself."""
    found: list[str] = []
    for each in imported(trees[name]):
        found += [module for module in ordered(each, trees) if module not in found]
    return [*found, name]


def statements(entry: str) -> list[ast.stmt]:
    """The top-level statements of a module of `core` and of all it imports, stripped."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in core_modules().items()}
    names = ordered(entry, trees)
    stripped = (ast.fix_missing_locations(Stripped().visit(trees[name])) for name in names)
    return [node for tree in stripped for node in tree.body]


def defined(node: ast.stmt) -> set[str]:
    """The names that a top-level statement binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {each.asname or each.name for each in node.names}
    stored = (
        each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )
    imports = (each for each in ast.walk(node) if isinstance(each, ast.Import))
    return {each.id for each in stored} | {a.asname or a.name for each in imports for a in each.names}


def used(node: ast.stmt) -> set[str]:
    """The names that a statement may look up."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def reached(entries: Iterable[str], nodes: list[ast.stmt], without: frozenset[str]) -> set[str]:
    """The names that some entries need, directly or not, going through none of `without`."""
    makers = {name: node for node in nodes for name in defined(node)}
    waiting, found = list(entries), set[str]()
    while waiting:
        name = waiting.pop()
        if name in found or name not in makers:
            continue
        found |= defined(makers[name])
        waiting += used(makers[name]) - without
    return found


def joined_sources(constants: Mapping[str, object]) -> dict[str, str]:
    """The joined modules by name, these constants set in each."""
    nodes = statements("hook")
    cold = frozenset(name for names in COLD.values() for name in names)
    hot = reached([ENTRY], nodes, cold)
    stand_ins = [
        STAND_IN.format(name=name, module=f"{HOT}_{group}") for group, names in COLD.items() for name in names
    ]
    sources = {HOT: [*written(nodes, hot), *settings(constants, hot), *stand_ins]}
    for group, names in COLD.items():
        needs = reached(names, nodes, cold - set(names))
        shared = sorted(name for name in needs & hot if not is_constant(name, nodes))
        taken = [f"from {HOT} import {', '.join(shared)}"] if shared else []
        foreign = sorted((cold - set(names)) & {name for node in made(nodes, needs) for name in used(node)})
        taken += [f"from {HOT} import {name}" for name in foreign]
        sources[f"{HOT}_{group}"] = [
            *taken,
            *written(nodes, needs - set(shared)),
            *settings(constants, needs),
        ]
    return {name: "\n".join(parts) + "\n" for name, parts in sources.items()}


def made(nodes: list[ast.stmt], names: set[str]) -> list[ast.stmt]:
    """The statements that bind one of these names."""
    return [node for node in nodes if defined(node) & names]


def written(nodes: list[ast.stmt], names: set[str]) -> list[str]:
    """The source of the statements that bind one of these names."""
    return [ast.unparse(node) for node in made(nodes, names)]


def settings(constants: Mapping[str, object], names: set[str]) -> list[str]:
    """The assignments of the constants that are needed among these names."""
    return [f"{name} = {value!r}" for name, value in constants.items() if name in names]


def is_constant(name: str, nodes: list[ast.stmt]) -> bool:
    """Whether a name is bound by something else than a function or a class."""
    return not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in made(nodes, {name}))
