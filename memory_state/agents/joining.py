"""Joining the modules of `core` into few: for each kind of call one that holds what it mostly needs.

One file is read sooner than twenty, and a function that is not loaded costs nothing. A joined module
holds what its entry reaches; what only a cold function reaches stands in a module of its own, which
the function's stand-in imports when it is first called.
"""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import memory_state.core

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "memory_state.core"


class Form(NamedTuple):
    """One joined module: the function it is entered by, and what is cold in it, by cold module."""

    entry: str
    cold: Mapping[str, tuple[str, ...]]


HOT = "memory_state_hook"
RARE = (
    "is_expected", "slow_answer", "answer_fault", "decode_json", "read_settings", "known_choices",
    "main_worktree", "workflow_id", "Misused", "HeaderRefused",
)
FORMS: dict[str, Form] = {
    HOT: Form("main", {}),
    f"{HOT}_gate": Form("gate_main", {"rare": RARE}),
    f"{HOT}_note": Form("note_main", {"rare": RARE}),
}  # fmt: skip
INLINED_NODES = 60
INLINING_ROUNDS = 4
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)
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

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Leave out what only a type checker reads."""
        self.generic_visit(node)
        checking = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return node.orelse if checking else node

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


class Inlining(ast.NodeTransformer):
    """Calls of small functions replaced by what these return."""

    def __init__(self, bodies: Mapping[str, tuple[list[str], ast.expr]]) -> None:
        self.bodies = bodies
        self.own = frozenset[str]()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Remember the names that are a function's own: no expression that means others goes there."""
        outer, self.own = self.own, self.own | own_names(node)
        found = self.generic_visit(node)
        self.own = outer
        return found

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put the expression in the place of its call, where each argument is a name or a constant."""
        self.generic_visit(node)
        known = self.bodies.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if known is None or node.keywords or not all(map(is_simple, node.args)):
            return node
        names, body = known
        if (used(body) - set(names)) & self.own:
            return node
        values = dict(zip(names, node.args, strict=True))
        return ast.copy_location(Filled(values).visit(copy.deepcopy(body)), node)


class Filled(ast.NodeTransformer):
    """An expression with its names replaced."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The argument in the place of the parameter."""
        return self.values.get(node.id, node)


def own_names(node: ast.FunctionDef) -> frozenset[str]:
    """The names that a function binds: its parameters and what it assigns."""
    found = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return frozenset(found | {name for each in node.body for name in defined(each)})


def is_simple(node: ast.expr) -> bool:
    """Whether an argument may be evaluated twice, or never, and mean the same: a name, `a.b`, a constant."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name)
    return isinstance(node, ast.Name | ast.Constant)


def inlined(nodes: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with the calls of small functions replaced by what these return."""
    for _ in range(INLINING_ROUNDS):
        found = (small_body(node) for node in nodes)
        bodies = {name: (names, body) for each in found if each for name, names, body in (each,)}
        nodes = [ast.fix_missing_locations(Inlining(bodies).visit(node)) for node in nodes]
    return nodes


def small_body(node: ast.stmt) -> tuple[str, list[str], ast.expr] | None:
    """Name, parameters and expression of a function that only returns one; else None."""
    if not isinstance(node, ast.FunctionDef) or len(node.body) != 1:
        return None
    (only,), given = node.body, node.args
    if not isinstance(only, ast.Return) or only.value is None:
        return None
    plain = not (given.defaults or given.kwonlyargs or given.posonlyargs or given.vararg or given.kwarg)
    size = sum(1 for _ in ast.walk(only.value))
    scoped = any(isinstance(each, SCOPES) for each in ast.walk(only.value))
    names = [each.arg for each in given.args]
    return (node.name, names, only.value) if plain and not scoped and size <= INLINED_NODES else None


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


def used(node: ast.AST) -> set[str]:
    """The names that a statement or an expression may look up."""
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
    nodes = inlined(statements("hook"))
    found: dict[str, str] = {}
    for name, form in FORMS.items():
        found.update(form_sources(name, form, nodes, constants))
    return found


def form_sources(
    hot_name: str, form: Form, nodes: list[ast.stmt], constants: Mapping[str, object]
) -> dict[str, str]:
    """One joined module and the cold ones beside it."""
    cold = frozenset(name for names in form.cold.values() for name in names)
    hot = reached([form.entry], nodes, cold)
    stand_ins = [
        STAND_IN.format(name=name, module=f"{hot_name}_{group}")
        for group, names in form.cold.items()
        for name in names
    ]
    sources = {hot_name: [*written(nodes, hot), *settings(constants, hot), *stand_ins]}
    for group, names in form.cold.items():
        needs = reached(names, nodes, cold - set(names))
        shared = sorted(name for name in needs & hot if not is_constant(name, nodes))
        taken = [f"from {hot_name} import {', '.join(shared)}"] if shared else []
        foreign = sorted((cold - set(names)) & {name for node in made(nodes, needs) for name in used(node)})
        taken += [f"from {hot_name} import {name}" for name in foreign]
        sources[f"{hot_name}_{group}"] = [
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
    return list(dict.fromkeys(ast.unparse(node) for node in made(nodes, names)))


def settings(constants: Mapping[str, object], names: set[str]) -> list[str]:
    """The assignments of the constants that are needed among these names."""
    return [f"{name} = {value!r}" for name, value in constants.items() if name in names]


def is_constant(name: str, nodes: list[ast.stmt]) -> bool:
    """Whether a name is bound by something else than a function or a class."""
    return not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in made(nodes, {name}))
