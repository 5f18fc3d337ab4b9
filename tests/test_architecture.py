"""The contract of the house: which layer may use which, what the hook path may load, what stands nowhere."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "memory_state"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
CORE = sorted((PACKAGE / "core").glob("*.py"))
# Looking for the parser is no work of a hook.
SHELL = sorted({*(PACKAGE / "shell").glob("*.py")} - {PACKAGE / "shell" / "installed.py"})
JOINED = [path for path in (*CORE, *SHELL) if path.name != "__init__.py"]

# A layer may use those of a lower number, and itself.
LAYERS = {"core": 0, "workflow": 1, "shell": 2, "workspace": 3, "agents": 4, "reports": 4, "cli": 5}
# The hook hands what it can not decide to the whole package, in the same process.
HANDED_OVER = {("core/hook.py", "agents"), ("core/quick.py", "shell")}

BUILT_IN = {
    "posix", "_json", "fcntl", "time", "zlib", "sys", "_signal", "unicodedata", "binascii", "__future__",
}  # fmt: skip
SHELL_BUILT_IN = {"_json", "time", "__future__"}
FALLBACKS = {"os", "json", "binascii"}
DISK_MODULES = {
    "os", "io", "pathlib", "time", "tempfile", "shutil", "subprocess", "socket", "glob", "posix", "fcntl",
    "fileinput", "random", "secrets", "importlib", "urllib", "http", "threading", "multiprocessing",
}  # fmt: skip
DISK_CALLS = {
    "open", "mkdir", "rename", "replace", "unlink", "rmdir", "link", "symlink", "truncate", "fsync", "chmod",
    "fchmod", "utime", "write_text", "write_bytes", "read_text", "read_bytes", "touch", "hardlink_to",
    "symlink_to",
}  # fmt: skip
CLOCK_CALLS = {"now", "utcnow", "today", "monotonic", "time_ns"}

FUNCTION_LINES = 60
MODULE_LINES = 300

# Written so that this file does not hold them itself.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"\.\./" + "shared", "/work" + "/", "/tmp/" + "arch", "/tmp/" + "venv",
            r"\bissue " + r"#?(?!42\b)\d", r"\bS0\d\d-" + r"\d\d\b", r"\bdesign" + r"\.md,? (?:section|§)",
            r"\breference/" + "(?:performance|reliability|ecosystem|peers|claude)", "aesthetics-" + "anchors",
            r"\bas an AI\b", r"\bClaude wrote\b",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip


def name_of(path: Path) -> str:
    """A file as the contract names it, relative to the package or the repository."""
    return str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else REPOSITORY))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        if node.module == "memory_state":
            return [f"memory_state.{each.name}" for each in node.names]
        return [node.module or ""]
    return []


def layer_of(module: str) -> str | None:
    """The layer of a module of ours; None for one of nobody's or of no layer."""
    parts = module.split(".")
    return parts[1] if parts[0] == "memory_state" and len(parts) > 1 and parts[1] in LAYERS else None


def is_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, whose body no interpreter runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below this one that is there at run time."""
    for child in ast.iter_child_nodes(node):
        if not is_for_types(child):
            yield child
            yield from run_time_nodes(child)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, however deep."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def code_lines(path: Path) -> int:
    """Lines of a module that hold code: neither blank, nor comment, nor docstring; a table counts as one."""
    tree = tree_of(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            texts |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    for table in tree.body:
        value = getattr(table, "value", None)
        if isinstance(table, ast.Assign | ast.AnnAssign) and isinstance(
            value, ast.Tuple | ast.Dict | ast.Set
        ):
            texts |= set(range(table.lineno + 1, (table.end_lineno or table.lineno) + 1))
    ignored = {
        tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
        tokenize.ENDMARKER, tokenize.ENCODING,
    }  # fmt: skip
    found: set[int] = set()
    for token in tokenize.tokenize(io.BytesIO(path.read_bytes()).readline):
        if token.type not in ignored:
            found |= set(range(token.start[0], token.end[0] + 1))
    return len(found - texts)


def calls(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """What is called: the name before the dot (empty without one), the name, the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                yield "", called.id, node.lineno
            elif isinstance(called, ast.Attribute):
                owner = called.value.id if isinstance(called.value, ast.Name) else "?"
                yield owner, called.attr, node.lineno


def tracked_files() -> list[Path]:
    """Every file of the repository that git has or would take; all of them in a source archive."""
    listed = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [name.decode() for name in listed.stdout.split(b"\0") if name]
        return [path for name in names if (path := REPOSITORY / name).is_file()]
    return [path for path in REPOSITORY.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


# layers


def test_layers_import_one_way() -> None:
    """A module uses its own layer and those below it, and no other."""
    found = []
    for path in MODULES:
        own = path.relative_to(PACKAGE).parts[0]
        for module in (each for node in ast.walk(tree_of(path)) for each in imported(node)):
            layer = layer_of(module)
            if own not in LAYERS or layer in (None, own) or (name_of(path), layer) in HANDED_OVER:
                continue
            if LAYERS[str(layer)] >= LAYERS[own]:
                found.append(f"{name_of(path)} imports {module}")
    assert found == []


def test_hook_hands_over_only_inside_a_function() -> None:
    """What the hook needs of the upper layers is imported when it is needed, never at its start."""
    tree = tree_of(PACKAGE / "core" / "hook.py")
    for node in tree.body:
        assert not [module for module in imported(node) if layer_of(module) not in (None, "core")]


# the hook path


def is_fallback(node: ast.AST) -> bool:
    """Whether a node is there for an interpreter that lacks a C module: by its handler, or by its name."""
    if isinstance(node, ast.ExceptHandler):
        return isinstance(node.type, ast.Name) and node.type.id == "ImportError"
    return isinstance(node, ast.FunctionDef) and node.name.endswith("_fallback")


def allowed_imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each module that a core module imports at run time, and whether that is allowed."""
    tree = tree_of(path)
    fallbacks = {id(inner) for node in ast.walk(tree) if is_fallback(node) for inner in ast.walk(node)}
    faults = {id(inner) for node in functions(tree) if node.name == "write_fault" for inner in ast.walk(node)}
    for node in run_time_nodes(tree):
        for module in imported(node):
            fine = (
                module in BUILT_IN
                or layer_of(module) is not None
                or (module in FALLBACKS and id(node) in fallbacks)
                or (module == "traceback" and path.name == "fault.py" and id(node) in faults)
            )
            yield module, fine


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_loads_built_in_modules_only(path: Path) -> None:
    """The hook path has CPython's built-in C modules, named fallbacks where one is missing, and itself."""
    assert [module for module, fine in allowed_imports(path) if not fine] == []


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_imports_itself_in_one_form(path: Path) -> None:
    """`from memory_state.core.NAME import a, b` at the top: the form that the generator strips."""
    tree = tree_of(path)
    for node in run_time_nodes(tree):
        assert not (isinstance(node, ast.Import) and any("memory_state" in each for each in imported(node)))
        if isinstance(node, ast.ImportFrom) and layer_of(node.module or "") == "core":
            assert node in tree.body, f"line {node.lineno} is not at the top"
            assert not [each.name for each in node.names if each.asname]
            assert (node.module or "").count(".") == 2
            assert node.level == 0


@pytest.mark.parametrize("path", SHELL, ids=name_of)
def test_shell_loads_built_in_modules_only(path: Path) -> None:
    """A hook call that needs a verdict has built-in C modules, core and the layer itself."""
    found = [module for node in run_time_nodes(tree_of(path)) for module in imported(node)]
    assert [
        each for each in found if each not in SHELL_BUILT_IN and layer_of(each) not in ("core", "shell")
    ] == []


@pytest.mark.parametrize("path", SHELL, ids=name_of)
def test_shell_imports_in_one_form(path: Path) -> None:
    """`from memory_state.LAYER.NAME import a, b` at the top; in a function what becomes a part of its own."""
    tree = tree_of(path)
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Import) and any("memory_state" in each for each in imported(node)))
        if isinstance(node, ast.ImportFrom) and layer_of(node.module or "") is not None:
            assert layer_of(node.module or "") == "shell" or node in tree.body, f"line {node.lineno}"
            assert not [each.name for each in node.names if each.asname]
            assert (node.module or "").count(".") == 2
            assert node.level == 0


def top_names(path: Path) -> Iterator[str]:
    """The names that a module defines at its top."""
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for inner in ast.walk(target) if isinstance(target, ast.AST) else ():
                if isinstance(inner, ast.Name):
                    yield inner.id


def test_names_are_unique_across_what_is_joined() -> None:
    """The modules of core and shell run in the same names: no two of them define the same one."""
    seen: dict[str, str] = {}
    for path in JOINED:
        for name in set(top_names(path)) - {"TYPE_CHECKING"}:
            assert name not in seen, f"{name} is in {seen.get(name)} and in {name_of(path)}"
            seen[name] = name_of(path)


def test_hook_path_builds_no_costly_classes() -> None:
    """No decorator runs when the hook starts: each costs objects that no answer needs."""
    for path in JOINED:
        for node in tree_of(path).body:
            decorators = getattr(node, "decorator_list", [])
            assert decorators == [], f"{path.name}:{node.lineno}"


# the disk and the clock


@pytest.mark.parametrize("path", sorted((PACKAGE / "workflow").glob("*.py")), ids=name_of)
def test_rules_touch_neither_disk_nor_clock(path: Path) -> None:
    """Rules take state and time as arguments."""
    tree = tree_of(path)
    for node in ast.walk(tree):
        assert not {module.partition(".")[0] for module in imported(node)} & DISK_MODULES
        assert "memory_state.core.files" not in imported(node)
    for owner, name, line in calls(tree):
        assert (owner, name) != ("", "open"), f"line {line}"
        assert owner in ("", "?") or name not in CLOCK_CALLS, f"{owner}.{name} in line {line}"


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_files_are_the_one_door_of_the_hook_path(path: Path) -> None:
    """Of the core modules only `files` opens, makes or moves files; the hook's fault log is the exception."""
    if path.name == "files.py":
        return
    tree = tree_of(path)
    faults = {
        line
        for node in functions(tree)
        if node.name == "write_fault"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for owner, name, line in calls(tree):
        if owner in ("posix", "os") or (owner, name) == ("", "open"):
            allowed = name not in DISK_CALLS or (path.name == "fault.py" and line in faults)
            assert allowed, f"{path.name}:{line} calls {owner}.{name}"


@pytest.mark.parametrize("layer", ["cli", "reports"])
def test_commands_and_reports_write_no_files(layer: str) -> None:
    """What they show comes from the workspace, and what they change goes through it."""
    writing = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "touch", "rmdir"}
    for path in sorted((PACKAGE / layer).rglob("*.py")):
        found = [f"{path.name}:{line} {name}" for _, name, line in calls(tree_of(path)) if name in writing]
        assert found == []


# words


def described(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Every class and function that is not inside of a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield child
        if not isinstance(child, ast.FunctionDef):
            yield from described(child)


def test_everything_public_is_explained() -> None:
    """Every module, class and function has a docstring."""
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []
    assert [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in described(tree_of(path))
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ] == []


def test_every_test_says_what_it_holds() -> None:
    """Each test has a docstring of one paragraph that begins like a sentence and ends like one."""
    assert [name_of(path) for path in TESTS if not ast.get_docstring(tree_of(path))] == []
    found = []
    for path in TESTS:
        for node in functions(tree_of(path)):
            text = ast.get_docstring(node) or ""
            sentence = text.endswith(".") and not text[:1].islower() and "\n\n" not in text
            if node.name.startswith("test_") and not sentence:
                found.append(f"{name_of(path)}:{node.lineno} {node.name}")
    assert found == []


def test_nothing_of_the_workshop_is_left() -> None:
    """No file of the repository names the places and papers it was made with."""
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = [
            f"{name_of(path)}:{text.count(chr(10), 0, each.start()) + 1}: {each[0]}"
            for each in FORBIDDEN.finditer(text)
        ]
        assert found == []


# size


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    """No function is longer than a screen."""
    assert [
        f"{name_of(path)}:{node.lineno} {node.name} has {length_of(node)} lines"
        for path in MODULES
        for node in functions(tree_of(path))
        if length_of(node) > FUNCTION_LINES
    ] == []


def test_modules_are_short() -> None:
    """No module has more than 300 lines of code."""
    assert [name_of(path) for path in MODULES if code_lines(path) > MODULE_LINES] == []


def test_most_of_it_is_small() -> None:
    """Of all functions half have less than 12 lines, of all modules half less than 100."""
    lengths = sorted(length_of(node) for path in MODULES for node in functions(tree_of(path)))
    assert lengths[len(lengths) // 2] < 12
    sizes = sorted(code_lines(path) for path in MODULES)
    assert sizes[len(sizes) // 2] < 100
