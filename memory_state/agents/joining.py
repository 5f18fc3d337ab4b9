"""Joining the modules of `core` into one: one file is read sooner than many."""

from __future__ import annotations

import ast
from pathlib import Path

import memory_state.core

PREFIX = "memory_state.core"


class Stripped(ast.NodeTransformer):
    """A module without docstrings, annotations and imports from its own package."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Leave out what the joined module holds itself."""
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
        if node.value is None:
            return None
        return ast.Assign([node.target], node.value)


def core_modules() -> dict[str, Path]:
    """The modules of `core` by name."""
    folder = Path(memory_state.core.__file__).parent
    return {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}


def imported(tree: ast.Module) -> set[str]:
    """The modules of `core` that a module imports at its top level."""
    found = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    return {name.removeprefix(PREFIX + ".") for name in found if name.startswith(PREFIX + ".")}


def joined_source(constants: dict[str, object]) -> str:
    """One module with everything in `core`, in the order of its imports, and these constants set."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in core_modules().items()}
    wanted = needed("hook", trees)
    parts = []
    for name in wanted:
        tree = ast.fix_missing_locations(Stripped().visit(trees[name]))
        parts.append(ast.unparse(tree))
    parts += [f"{name} = {value!r}" for name, value in constants.items()]
    return "\n".join(parts) + "\n"


def needed(name: str, trees: dict[str, ast.Module]) -> list[str]:
    """A module and all it imports, each after what it imports itself."""
    ordered: list[str] = []
    for each in sorted(imported(trees[name])):
        ordered += [found for found in needed(each, trees) if found not in ordered]
    return [*ordered, name]
