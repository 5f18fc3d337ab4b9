"""Runs that stand still: a history or a document that git merged is left as it is until it is repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.files import read_if_there
from memory_state.core.layout import event_log
from memory_state.workflow.document import read_document
from memory_state.workflow.model import Problem

if TYPE_CHECKING:
    from memory_state.workflow.merging import Entry
    from memory_state.workspace.run import Run

MERGED_WAYS = ("doctor --fix",)
MERGED = "git merged its history, whose numbers are equal or fall; nothing moves before that is repaired"
CONFLICT = "git left a merge conflict in its document; the stricter side counts until that is resolved"


def with_merged_log(run: Run, entries: list[Entry]) -> Run:
    """A run whose log git merged, in the earlier phase of those that were merged."""
    from memory_state.workflow.merging import merged_state

    stored = read_if_there(run.path)
    problem = Problem(event_log(run.memory, run.id), 0, f"{MERGED}: doctor --fix")
    return run._replace(
        state=merged_state(run.definition, entries) or run.state,
        text=(stored or b"").decode("utf-8", "replace"), stored=stored, shown=None, fault="",
        held=MERGED, ways=MERGED_WAYS, problems=(*run.problems, problem),
    )  # fmt: skip


def in_conflict(run: Run) -> Run | None:
    """The run as the stricter side of its document has it, if git left a conflict there; else None."""
    stored = read_if_there(run.path) or b""
    if b"<<<<<<<" not in stored:
        return None
    from memory_state.workflow.conflict import conflict_line, sides, stricter

    text = stored.decode("utf-8", "replace")
    line = conflict_line(text)
    if not line:
        return None
    documents = [read_document(side, run.definition, run.path).state for side in sides(text)]
    way = f"resolve --keep {run.id}"
    problem = Problem(run.path, line, f"{CONFLICT}: take the markers out by hand, or {way}")
    return run._replace(
        state=stricter(run.definition, run.state, [each for each in documents if each is not None]),
        text=text, stored=stored, held=CONFLICT, ways=(way,), problems=(*run.problems, problem),
    )  # fmt: skip
