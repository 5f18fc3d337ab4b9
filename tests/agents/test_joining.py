"""One module made of many."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

from memory_state.agents.joining import core_modules, joined_source

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = {
    "posix", "_json", "fcntl", "time", "zlib", "sys", "_signal", "unicodedata", "binascii", "os", "json",
    "traceback",
}  # fmt: skip


def test_joined_module_imports_built_in_modules_only() -> None:
    """Nothing of the package is imported but the slow path, and nothing of a third party."""
    tree = ast.parse(joined_source({}))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert found - ALLOWED == {"memory_state.agents.session"}


def test_constants_win() -> None:
    """The constants given stand after the modules' own."""
    assert joined_source({"PROGRAM": "/opt/x"}).endswith("PROGRAM = '/opt/x'\n")


def test_every_core_module_is_joined() -> None:
    """Each module of core is on the hook path: its functions are in the joined module."""
    tree = ast.parse(joined_source({}))
    joined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for name, path in core_modules().items():
        module = ast.parse(path.read_text(encoding="utf-8"))
        own = {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert own <= joined, name


def test_gate_loads_no_other_module(tmp_path: Path) -> None:
    """After a bare interpreter's start, importing the joined module loads built-in C modules only."""
    (tmp_path / "memory_state_hook.py").write_text(joined_source({}), encoding="utf-8")
    script = (
        "import sys; before = set(sys.modules); sys.path.insert(0, sys.argv[1]); import memory_state_hook; "
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['memory_state_hook']"
