"""The public names: all there, and cheap where they are only types."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import memory_state

if TYPE_CHECKING:
    from pathlib import Path

LOADED = "import sys; print(*sorted(name for name in sys.modules if name.startswith('memory_state')))"
FOREIGN = "import sys; print(*sorted({'yaml', 'click', 'frontmatter', 'mistune'} & set(sys.modules)))"
TYPES = (
    "Broken", "Conflict", "Definition", "Event", "MemoryStateError", "Missing", "Misused", "Phase", "Problem",
    "Refused", "State", "Task",
)  # fmt: skip


def run(code: str, folder: Path) -> list[str]:
    """The words that some lines print, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout.split()


def test_importing_the_package_loads_nothing_else(tmp_path: Path) -> None:
    """`import memory_state` is the package alone."""
    assert run(f"import memory_state; {LOADED}", tmp_path) == ["memory_state"]


def test_types_come_without_the_store(tmp_path: Path) -> None:
    """The types and errors need no disk, no YAML and no command line."""
    code = f"from memory_state import {', '.join(TYPES)}; {LOADED}; {FOREIGN}"
    assert run(code, tmp_path) == [
        "memory_state", "memory_state.core", "memory_state.core.errors", "memory_state.workflow",
        "memory_state.workflow.model", "memory_state.workflow.tuples",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_every_public_name_is_there() -> None:
    """Each name of `__all__` can be had, each says what it is."""
    for name in memory_state.__all__:
        assert getattr(memory_state, name) is not None
    assert {*TYPES, "WorkflowState", "Workspace", "generate_workflow_id", "__version__"} == set(
        memory_state.__all__
    )


def test_a_generated_id_is_an_id() -> None:
    """Eight characters that may be part of a path."""
    found = memory_state.generate_workflow_id()
    assert len(found) == 8
    assert found.isalnum()
    assert found == found.lower()


def test_there_are_no_other_names() -> None:
    """A name that is not public is told as Python does."""
    with pytest.raises(AttributeError, match="module 'memory_state' has no attribute 'Manager'"):
        _ = memory_state.Manager
