"""Where a run's document stands: in the current place, one of its own, or with its history once it ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import read_if_there, remove_file, replace_file
from memory_state.core.layout import (
    active_document,
    further_document,
    history_folder,
    recovery_file,
)
from memory_state.workflow.document import header_values
from memory_state.workflow.model import Problem
from memory_state.workspace.accepted import forget_accepted
from memory_state.workspace.run import keep, pointer

if TYPE_CHECKING:
    from memory_state.workspace.run import Run


def relocate(run: Run) -> Run:
    """Put the document where its status belongs: current, further, or ended."""
    wanted = place_of(run)
    kept: list[str] = []
    if wanted != run.path:
        from memory_state.workspace.moving import move_file

        kept += clear_place(run, wanted)
        move_file(run.path, wanted)
    kept += clear_other_places(run, wanted)
    if kept:
        told = f"another version of it stood in a place that is not its own; kept in {', '.join(kept)}"
        run = run._replace(problems=(*run.problems, Problem(wanted, 0, told)))
    if run.state.status in ("completed", "cancelled"):
        forget_accepted(run.memory, run.id)
        remove_file(recovery_file(run.memory, run.id))
    current = wanted == active_document(run.memory)
    remembered = read_if_there(pointer(run.memory))
    if current and remembered != run.id.encode():
        replace_file(pointer(run.memory), run.id.encode(), durable=False)
    elif not current and remembered == run.id.encode():
        remove_file(pointer(run.memory))
    return run._replace(path=wanted)


def clear_other_places(run: Run, wanted: str) -> list[str]:
    """Remove the document's second name, which a crash in the middle of a move leaves.

    One that holds something else is kept in the archive; gives where.
    """
    places = (active_document(run.memory), further_document(run.memory, run.id))
    return [kept for path in places if path != wanted for kept in clear_place(run, path)]


def clear_place(run: Run, path: str) -> list[str]:
    """Remove a document of this run from a place that is not its own; gives what was kept of it."""
    content = read_if_there(path)
    if content is None or document_id(content) != run.id:
        return []
    from memory_state.workspace.swapping import take_away

    label = f"{run.id}-{run.state.event}-second"
    kept = [] if content == run.stored else [keep(run.memory, label, content)]
    taken = take_away(path)
    return kept if taken in (content, None) else [*kept, keep(run.memory, label, taken)]


def document_id(content: bytes) -> object:
    """The workflow that a document says it is of."""
    return header_values(content.decode("utf-8", "replace"))[0].get("workflow_id")


def place_of(run: Run) -> str:
    """The path that a run's document should have."""
    if run.state.status in ("completed", "cancelled"):
        return f"{history_folder(run.memory, run.id)}/final.md"
    if run.state.status in ("paused", "failed"):
        return further_document(run.memory, run.id)
    active = active_document(run.memory)
    if run.state.parent is None and run.path != active and not Path(active).exists():
        return active
    return run.path
