"""The layout that earlier trackers kept below `.claude/memory`: found and named, never touched."""

from __future__ import annotations

from pathlib import Path

FOLDER = ".claude/memory"
MARKS = ("state/active-workflow.md", "state/workflow-history", "state/interruption-recovery", "entities")


def legacy_hint(root: str, memory: str) -> str:
    """A sentence about a legacy layout that is not the memory path; empty where there is none."""
    folder = Path(root, FOLDER)
    if str(folder) == memory or not any((folder / mark).exists() for mark in MARKS):
        return ""
    return (
        f"an earlier layout stands in {folder}; it is left as it is. To keep new workflows there, set "
        f'memory_path = "{FOLDER}" in .memory-state.toml; to go on elsewhere, start a workflow here'
    )
