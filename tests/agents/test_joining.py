"""Few modules made of many."""

from __future__ import annotations

import ast
import builtins
from functools import cache

import pytest

from memory_state.agents.clients import CLIENTS
from memory_state.agents.joining import BEHIND, HELD, PARTS, core_modules, joined_names, joined_sources
from memory_state.agents.joining import CLIENTS as JOINED_CLIENTS

ALLOWED = {
    "posix", "_json", "fcntl", "time", "zlib", "sys", "_signal", "unicodedata", "binascii", "os", "json",
    "traceback",
}  # fmt: skip
SLOW = {"memory_state.agents.session", "memory_state.shell.installed"}
LAUNCHER = {"loaded", "__file__"}


@cache
def trees() -> dict[str, ast.Module]:
    """The joined modules and parts, parsed."""
    return {name: ast.parse(source) for name, source in joined_sources({}).items()}


def functions(tree: ast.Module) -> set[str]:
    """The functions and classes of a module."""
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def top_names(tree: ast.Module) -> set[str]:
    """The functions, classes and variables of a module."""
    targets = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    return functions(tree) | {target.id for target in targets if isinstance(target, ast.Name)}


def asked_of(tree: ast.Module) -> set[tuple[str, str]]:
    """Part and name of everything that a module gets from a part."""
    calls = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    given = (node.args for node in calls if isinstance(node.func, ast.Name) and node.func.id == "loaded")
    return {(str(ast.literal_eval(part)), str(ast.literal_eval(name))) for part, name in given}


def test_every_client_has_a_module_and_one_for_its_answers() -> None:
    """What is joined is named after clients and parts."""
    assert set(joined_sources({})) == set(joined_names())
    assert set(JOINED_CLIENTS) == set(CLIENTS)
    assert {*HELD, *BEHIND}.union(*HELD.values(), *BEHIND.values()) <= set(PARTS)
    for client in CLIENTS:
        assert "main" in functions(trees()[client])
        assert "write_answer" not in functions(trees()[client])
        assert "write_answer" in functions(trees()[f"{client}_answers"])


def test_joined_modules_import_built_in_modules_only() -> None:
    """They import the slow path and built-in modules, and nothing of a third party."""
    nodes = [node for tree in trees().values() for node in ast.walk(tree)]
    found = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    found |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    assert found - ALLOWED == SLOW


@pytest.mark.parametrize("name", ["claude", "copilot"])
def test_constants_win(name: str) -> None:
    """The constants given stand after the modules' own."""
    source = joined_sources({"DEADLINE": 3})[name]
    assert source.index("DEADLINE = 8") < source.index("DEADLINE = 3")


def test_rare_entries_are_in_their_parts_alone() -> None:
    """What only some calls need is in its part and in those that hold it, and in no client's module."""
    found = trees()
    for part, names in PARTS.items():
        holding = {each for each in PARTS if part in HELD.get(each, ())}
        for name in names:
            assert name in functions(found[part]), name
            assert {each for each in (*CLIENTS, *PARTS) if name in functions(found[each])} <= {part, *holding}


def test_parts_hold_what_is_asked_of_them() -> None:
    """No part is asked for a name that it does not hold."""
    found = trees()
    for tree in found.values():
        for part, name in asked_of(tree):
            assert name in top_names(found[part]), f"{part} is asked for {name}"


@pytest.mark.parametrize("client", JOINED_CLIENTS)
def test_no_name_is_missing(client: str) -> None:
    """Every function of core that a client's module or a part looks up is there or is asked for."""
    found = trees()
    core = {name for path in core_modules().values() for name in functions(ast.parse(path.read_text()))}
    for name in (client, f"{client}_answers", *PARTS):
        there = (client, name, *BEHIND.get(name, ()))
        held = set().union(*(functions(found[each]) for each in there))
        looked_up = {node.id for node in ast.walk(found[name]) if isinstance(node, ast.Name)}
        assert looked_up & core <= held, name


@pytest.mark.parametrize("client", JOINED_CLIENTS)
def test_nothing_but_names_of_the_module_is_used(client: str) -> None:
    """Whatever a module looks up it binds, or Python or the launcher has it."""
    tree = trees()[client]
    bound = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | functions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {each.asname or each.name for each in node.names}
        elif isinstance(node, ast.ExceptHandler | ast.FunctionDef | ast.ClassDef) and node.name:
            bound.add(node.name)
    looked_up = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert looked_up - bound - set(dir(builtins)) <= LAUNCHER


def test_what_a_function_of_the_shell_layer_imports_is_a_part() -> None:
    """The verdict's walk comes with the first call, the programs each when they are called."""
    found = trees()
    assert "judge_shell_call" in functions(found["shell_call"])
    assert "run_words" in functions(found["shell_call"])
    assert "note_tar" in functions(found["shell_archives"])
    assert ("shell_archives", "ARCHIVE_PROGRAMS") in asked_of(found["shell_call"])
    assert "write" not in functions(found["shell_archives"])


def test_a_function_s_own_variables_are_no_names_of_the_module() -> None:
    """A variable that is called like a function of another module does not bring that one along."""
    core = {name for path in core_modules().values() for name in functions(ast.parse(path.read_text()))}
    assert functions(trees()["claude"]) <= core | {"main"}
    assert functions(trees()["codex"]) <= core | {"main", "read_call", "patched_paths"}
    assert functions(trees()["claude_answers"]) <= core | {"write_answer", "specific", "decision", "held"}
