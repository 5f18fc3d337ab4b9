"""Workflows that are not there: which one may have been meant."""

from __future__ import annotations

import difflib
from pathlib import Path

from memory_state.core.errors import Missing

ALIKE = 0.7


def no_workflow(
    memory: str, wanted: str, what: str = "workflow", ways: tuple[str, ...] = ("list",)
) -> Missing:
    """The error of an id that names nothing here; it names the nearest id that there is."""
    known = [path.name for path in Path(memory, "state", "workflow-history").glob("*")]
    near = difflib.get_close_matches(wanted, known, 1, ALIKE)
    hint = f"; did you mean {near[0]}?" if near else ""
    shown = tuple(f"show {each}" for each in near)
    return Missing(f"there is no {what} {wanted} below {memory}{hint}", shown + ways)
