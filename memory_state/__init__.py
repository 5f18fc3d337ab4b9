"""Multi-phase workflows for coding agents, kept as Markdown, gated and recovered by hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused, Refused
    from memory_state.workflow.model import Definition, Event, Phase, Problem, State, Task
    from memory_state.workspace.workflow_state import WorkflowState
    from memory_state.workspace.workspace import Workspace, generate_workflow_id

__version__ = "0.1.0"
__all__ = [
    "Broken",
    "Conflict",
    "Definition",
    "Event",
    "MemoryStateError",
    "Missing",
    "Misused",
    "Phase",
    "Problem",
    "Refused",
    "State",
    "Task",
    "WorkflowState",
    "Workspace",
    "__version__",
    "generate_workflow_id",
]
MODULES = {
    "core.errors": ("Broken", "Conflict", "MemoryStateError", "Missing", "Misused", "Refused"),
    "workflow.model": ("Definition", "Event", "Phase", "Problem", "State", "Task"),
    "workspace.workflow_state": ("WorkflowState",),
    "workspace.workspace": ("Workspace", "generate_workflow_id"),
}


def __getattr__(name: str) -> object:
    """Import a part of the public API when it is first used.

    A hook that loads a submodule pays nothing for it, and the types cost neither disk nor YAML.
    """
    for module, names in MODULES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"memory_state.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
