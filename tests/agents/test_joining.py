"""Few modules made of many."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

from memory_state.agents.joining import COLD, ENTRY, HOT, core_modules, joined_sources

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = {
    "posix", "_json", "fcntl", "time", "zlib", "sys", "_signal", "unicodedata", "binascii", "os", "json",
    "traceback",
}  # fmt: skip


def trees() -> dict[str, ast.Module]:
    """The joined modules, parsed."""
    return {name: ast.parse(source) for name, source in joined_sources({}).items()}


def functions(tree: ast.Module) -> set[str]:
    """The functions and classes of a module."""
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_joined_modules_import_built_in_modules_only() -> None:
    """They import each other, the slow path and built-in modules, and nothing of a third party."""
    nodes = [node for tree in trees().values() for node in ast.walk(tree)]
    found = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    found |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    own = {HOT, *(f"{HOT}_{group}" for group in COLD)}
    assert found - ALLOWED - own == {"memory_state.agents.session", "memory_state.shell.call"}


def test_constants_win() -> None:
    """The constants given stand after the modules' own."""
    source = joined_sources({"LEVELS": 3})[HOT]
    assert source.index("LEVELS = 8") < source.index("LEVELS = 3")


def test_cold_entries_have_stand_ins() -> None:
    """What only some calls need is in a module of its own, and the hot one knows the way to it."""
    found = trees()
    for group, names in COLD.items():
        assert set(names) <= functions(found[f"{HOT}_{group}"])
        assert set(names) <= functions(found[HOT])


def test_every_function_of_core_that_the_hook_reaches_is_joined() -> None:
    """No name of core is looked up in a joined module that does not hold or import it."""
    core = {name for path in core_modules().values() for name in functions(ast.parse(path.read_text()))}
    for name, tree in trees().items():
        held = functions(tree) | {
            each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names
        }
        looked_up = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert looked_up & core <= held, name


def test_gate_loads_no_other_module(tmp_path: Path) -> None:
    """Importing the joined module loads nothing but itself."""
    for name, source in joined_sources({}).items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    script = (
        "import sys; before = set(sys.modules); sys.path.insert(0, sys.argv[1]); "
        f"from {HOT} import {ENTRY}; print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"['{HOT}']"
