"""Workflows that are not there: which one may have been meant."""

from __future__ import annotations

from pathlib import Path

from memory_state.core.errors import Missing, Misused
from memory_state.core.layout import workflow_id

ALIKE = 0.7


def meant_id(memory: str, text: str) -> str:
    """`text` as a workflow's id; Misused names the one workflow that it begins, if it is the begin of one."""
    try:
        return workflow_id(text)
    except Misused as error:
        begun = [each for each in known_ids(memory) if text and each.startswith(text)]
        if len(begun) != 1:
            raise
        hint = f"{error.sentence}; did you mean {begun[0]}?"
        raise Misused(hint, (f"show {begun[0]}", "list")) from error


def known_ids(memory: str) -> list[str]:
    """The ids that have a history here."""
    return [path.name for path in Path(memory, "state", "workflow-history").glob("*")]


def no_workflow(
    memory: str, wanted: str, what: str = "workflow", ways: tuple[str, ...] = ("list",)
) -> Missing:
    """The error of an id that names nothing here; it names the nearest id that there is."""
    import difflib

    near = difflib.get_close_matches(wanted, known_ids(memory), 1, ALIKE)
    hint = f"; did you mean {near[0]}?" if near else ""
    shown = tuple(f"show {each}" for each in near)
    return Missing(f"there is no {what} {wanted} below {memory}{hint}", shown + ways)
