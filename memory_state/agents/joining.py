"""Joining the modules of `core` and `shell` with a client's: few files, each for one step of a call.

One file is read sooner than twenty, and a function that is not loaded costs nothing. A client's joined
module holds what its every call needs. What only some calls reach stands in a part of its own, which is
run in the same names where it is first needed; of `shell` each module that a function imports is such a
part. `tests/bench` says what each function costs.
"""

from __future__ import annotations

import ast
import copy
import symtable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import memory_state
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "memory_state."
LAYERS = ("core", "shell")
FORMS = "memory_state.agents.forms"
APART = ("memory_state.shell.installed",)
"""What stays an import, as no hook needs it."""
ENTRY, WRITER = "main", "write_answer"
CORE = "core.hook"
"""The module of which the parts are made."""
CLIENTS = ("claude", "codex", "copilot")
"""The clients that there are modules for."""
PARTS: dict[str, tuple[str, ...]] = {
    "settings": ("locate_unbound", "find_memory", "known_choices", "has_state"),
    "prompt": ("prompt_answer",),
    "gate": ("gate_answer",),
    "record": ("record_answer", "note_call", "append_note", "last_event"),
    "recovery": ("refresh_recovery",),
    "rewriting": ("replace_file", "changed_line", "encode_json"),
    "shell": ("judge_line",),
    "lexing": ("split_commands",),
    "readers": ("options_known", "checked_reads"),
    "words": (
        "after_prefix", "strip_git_options", "own_module_arguments", "strip_own_options",
        "deny_words_anywhere", "line_words", "judge_own", "needs_person", "judge_tree", "restricts_edits",
    ),
    "errors": ("MemoryStateError", "Misused", "Conflict", "Broken", "HeaderRefused"),
    "json": ("decode_json",),
    "links": ("follow_links",),
    "long": ("read_deciding", "read_end", "read_last"),
    "places": ("judge_place",),
    "redaction": ("redact_start", "redact_end"),
    "answers": (
        "own_program", "answer_deny", "answer_fault", "next_steps", "call_text",
        "allowed_text", "one_line",
    ),
    "rare": (
        "json_fallback", "read_header", "read_settings", "main_worktree", "possible_paths",
        "match_tokens", "glob_tokens", "covers_folder", "may_hold", "mcp_name", "slow_answer",
        "has_surrogate_escape", "has_wide_gap", "json_escape", "write_stream",
    ),
}  # fmt: skip
SHELL_ENTRY, SHELL_CALLER = "shell_call", "judge_tree"
"""The part of `shell` that is loaded first, and the function that needs it."""
HELD: dict[str, tuple[str, ...]] = {"record": ("recovery", "settings")}
"""Parts of which a part holds what it needs itself, as its every call needs it."""
BEHIND = {"shell": ("gate",), "lexing": ("gate",), "readers": ("gate",), "words": ("gate",)}
"""The parts that are loaded before a part: what they hold it lacks."""


class Stripped(ast.NodeTransformer):
    """A module without docstrings, annotations and imports from its own package."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Leave out what the joined modules hold themselves."""
        own = layer_of(node) is not None or node.module == "__future__"
        return None if own else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Leave out docstrings."""
        return None if isinstance(node.value, ast.Constant) else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Leave out what only a type checker reads."""
        checking = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return node.orelse if checking else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave out annotations, which would bring `__future__` with them."""
        node.returns = None
        given = node.args
        for argument in (*given.args, *given.kwonlyargs, *given.posonlyargs, given.vararg, given.kwarg):
            if argument is not None:
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
    return {
        name.removeprefix("core."): path
        for name, path in joined_modules().items()
        if name.startswith("core.")
    }


def joined_modules() -> dict[str, Path]:
    """The modules that are joined, by their names in our package."""
    package = Path(memory_state.__file__).parent
    paths = [path for layer in LAYERS for path in sorted((package / layer).glob("*.py"))]
    paths += [package / "agents" / f"{name}.py" for name in ("forms", *CLIENTS)]
    found = {f"{path.parent.name}.{path.stem}": path for path in paths if path.stem != "__init__"}
    return {name: path for name, path in found.items() if PREFIX + name not in APART}


@cache
def module_trees() -> dict[str, ast.Module]:
    """The syntax trees of the modules that are joined."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in joined_modules().items()}


def layer_of(node: ast.stmt) -> str | None:
    """The layer that a statement imports a joined module from; None for any other statement."""
    if not isinstance(node, ast.ImportFrom) or not node.module or node.module in APART:
        return None
    if node.module == FORMS:
        return "agents"
    first = node.module.removeprefix(PREFIX).partition(".")[0]
    return first if node.module.startswith(PREFIX) and first in LAYERS else None


def imported(tree: ast.Module) -> list[str]:
    """The joined modules that a module imports at its top level."""
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom) and layer_of(node)]
    return sorted(str(node.module).removeprefix(PREFIX) for node in found)


@cache
def parts() -> dict[str, tuple[str, ...]]:
    """The parts with the names by which they are reached: those of `PARTS`, and what functions import."""
    found: dict[str, tuple[str, ...]] = dict(PARTS)
    for tree in module_trees().values():
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        for node in (inner for function in functions for inner in ast.walk(function)):
            if isinstance(node, ast.ImportFrom) and layer_of(node) == "shell":
                part = str(node.module).removeprefix(PREFIX).replace(".", "_")
                names = {*found.get(part, ()), *(each.name for each in node.names)}
                found[part] = tuple(sorted(names))
    return found


def ordered(name: str, trees: Mapping[str, ast.Module]) -> list[str]:
    """A module and all it imports, each after what it imports itself."""
    found: list[str] = []
    for each in imported(trees[name]):
        found += [module for module in ordered(each, trees) if module not in found]
    return [*found, name]


@cache
def statements(entry: str) -> tuple[Statement, ...]:
    """The top-level statements of a module, of all it imports, and of `shell`, stripped."""
    trees = module_trees()
    entries = [entry, *(name for name in trees if name.startswith("shell."))]
    names = dict.fromkeys(each for name in entries for each in ordered(name, trees))
    return tuple(each for name in names for each in module_statements(name))


@cache
def module_statements(name: str) -> tuple[Statement, ...]:
    """The top-level statements of one module, stripped."""
    tree = ast.fix_missing_locations(Stripped().visit(copy.deepcopy(module_trees()[name])))
    scopes = {each.get_name(): each for each in module_scope(tree).get_children()}
    return tuple(Statement(node, ast.unparse(node), defined(node), used(node, scopes)) for node in tree.body)


def module_scope(tree: ast.Module) -> symtable.SymbolTable:
    """What Python makes of the names of a module."""
    return symtable.symtable(ast.unparse(tree), "joined", "exec")


class Statement(NamedTuple):
    """A top-level statement, its source, the names that it binds, and those that it may look up."""

    node: ast.stmt
    source: str
    binds: frozenset[str]
    uses: frozenset[str]


def defined(node: ast.stmt) -> frozenset[str]:
    """The names that a top-level statement binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return frozenset((node.name,))
    if isinstance(node, ast.Import | ast.ImportFrom):
        return frozenset(each.asname or each.name for each in node.names)
    if isinstance(node, ast.Assign):  # not what a comprehension of its value binds
        return frozenset(
            each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)
        )
    inner = list(ast.walk(node))
    stored = {each.id for each in inner if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    imports = (each for each in inner if isinstance(each, ast.Import))
    return frozenset(stored | {name.asname or name.name for each in imports for name in each.names})


def used(node: ast.stmt, scopes: Mapping[str, symtable.SymbolTable]) -> frozenset[str]:
    """The names that a statement may look up; for a function or a class not those that it binds itself."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    given = node.args.defaults + node.args.kw_defaults if isinstance(node, ast.FunctionDef) else node.bases
    outside = {each.id for part in given if part for each in ast.walk(part) if isinstance(each, ast.Name)}
    return frozenset(outside | global_names(scopes[node.name]))


def global_names(scope: symtable.SymbolTable) -> set[str]:
    """The names that a scope and those within it look up in the module."""
    found = {each.get_name() for each in scope.get_symbols() if each.is_global()}
    return found.union(*(global_names(each) for each in scope.get_children()))


def reached(entries: Iterable[str], without: frozenset[str], module: str = CORE) -> frozenset[str]:
    """The names that some entries of a module need, directly or not, going through none of `without`."""
    makers = {name: each for each in statements(module) for name in each.binds}
    waiting, found = list(entries), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found and name in makers:
            found |= makers[name].binds
            waiting += makers[name].uses - without
    return frozenset(found)


def joined_names() -> tuple[str, ...]:
    """The names of the joined modules and their parts."""
    return (*CLIENTS, *map(answers_of, CLIENTS), *parts())


def places(without: str = "") -> dict[str, str]:
    """The names by which parts are reached, each with its part; not those that a part has itself."""
    own = (without, *HELD.get(without, ()))
    return {name: part for part, names in parts().items() if part not in own for name in names}


def joined_sources(constants: Mapping[str, object]) -> dict[str, str]:
    """The joined modules and parts by name, these constants set in each that has them."""
    shared = frozenset.intersection(*map(client_names, CLIENTS))
    found = {}
    for client in CLIENTS:
        module, elsewhere = f"agents.{client}", {**places(), WRITER: answers_of(client)}
        found[client] = source(client_names(client), elsewhere, module, constants)
        names = reached([WRITER], frozenset(places()), module) - client_names(client)
        found[answers_of(client)] = source(names, places(), module, constants)
    for part in parts():
        names = part_names(part) - shared - there_before(part)
        found[part] = source(names, places(part), CORE, constants)
    return found


def answers_of(client: str) -> str:
    """The part that writes a client's answers."""
    return f"{client}_answers"


@cache
def client_names(client: str) -> frozenset[str]:
    """The names that a client's module holds."""
    return reached([ENTRY], frozenset((*places(), WRITER)), f"agents.{client}")


@cache
def part_names(part: str) -> frozenset[str]:
    """The names that a part needs and no other part is asked for."""
    return reached(parts()[part], frozenset(places(part)))


@cache
def there_before(part: str) -> frozenset[str]:
    """The names that are there whenever a part is loaded: those of `shell` come with a shell call."""
    earlier = list(BEHIND.get(part, ()))
    if part.startswith("shell_"):
        earlier = ["gate", "shell", places()[SHELL_CALLER]]
        earlier += [] if part == SHELL_ENTRY else [SHELL_ENTRY]
    return frozenset[str]().union(*(part_names(each) for each in earlier))


class Elsewhere(ast.NodeTransformer):
    """Names of other parts replaced by what gets them from there."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """`loaded(PART, NAME)`, a call of the launcher's; TypeError where a variable has the name."""
        if node.id not in self.places:
            return node
        if not isinstance(node.ctx, ast.Load):
            raise TypeError(f"line {node.lineno} binds {node.id}, which names a function of another part")
        given: list[ast.expr] = [ast.Constant(self.places[node.id]), ast.Constant(node.id)]
        return ast.copy_location(ast.Call(ast.Name("loaded", ast.Load()), given, []), node)


def source(
    names: frozenset[str], elsewhere: Mapping[str, str], module: str, constants: Mapping[str, object]
) -> str:
    """The source of a module's statements that bind these names, with what is elsewhere got from there."""
    found = [
        rewritten(each.node, elsewhere) if each.uses & elsewhere.keys() else each.source
        for each in statements(module)
        if each.binds & names
    ]
    found += [f"{name} = {value!r}" for name, value in constants.items() if name in names]
    return "\n".join([*found, ""])


def rewritten(node: ast.stmt, elsewhere: Mapping[str, str]) -> str:
    """The source of a statement whose names of other parts are got from there."""
    return ast.unparse(ast.fix_missing_locations(Elsewhere(elsewhere).visit(copy.deepcopy(node))))
