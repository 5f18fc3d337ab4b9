"""Multi-phase workflows for coding agents, kept as Markdown, gated and recovered by hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory_state.workspace.workspace import Workspace, generate_workflow_id

__version__ = "0.1.0"
__all__ = ["Workspace", "__version__", "generate_workflow_id"]


def __getattr__(name: str) -> object:
    """Import the public API when it is first used: a hook that loads a submodule pays nothing for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from memory_state.workspace import workspace

    return getattr(workspace, name)
