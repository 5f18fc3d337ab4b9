"""Telling agents without hooks, too, where the workflow is: our block in AGENTS.md or CLAUDE.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import blocks
from memory_state.agents.records import project_records, write_record
from memory_state.core.text import one_line

if TYPE_CHECKING:
    from memory_state.workspace.project import Project


def instruct(project: Project) -> Path:
    """Write or renew the block of a project that was set up; gives the file.

    A file that is made for it is noted in setup's record first, so that it can go with the block.
    """
    root = project.settings.root
    path = blocks.place_of_block(root)
    for known in project_records(project.environment, root):
        if not path.exists() and path.name not in known.made:
            write_record(project.environment, known._replace(made=(*known.made, path.name)))
    return blocks.write_block(root, blocks.guidance(shown_memory(project), "memory-state"))


def shown_memory(project: Project) -> str:
    """The memory path as a reader in the project's root would name it."""
    memory, root = Path(project.memory), Path(project.settings.root)
    return one_line(str(memory.relative_to(root) if memory.is_relative_to(root) else memory), 200)
