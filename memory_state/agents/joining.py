"""Joining the modules of `core` into one: one file is read sooner than many."""

from __future__ import annotations

import ast
from pathlib import Path

import memory_state.core

PREFIX = "memory_state.core"


class Stripped(ast.NodeTransformer):
    """A module without docstrings and without imports from its own package."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Leave out what the joined module holds itself."""
        own = node.module is not None and node.module.startswith((PREFIX, "__future__"))
        return None if own else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Leave out docstrings."""
        return None if isinstance(node.value, ast.Constant) else node


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
    parts = ["from __future__ import annotations"]
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
