"""States that no legal history gives, as a damaged or forged file may hold them."""

from __future__ import annotations

from typing import Any

import pytest

from memory_state.workflow.flaws import flaw, flaws
from memory_state.workflow.model import PhaseState, Task
from tests.workflow.examples import FREE, at

STATE = at("b", FREE).state


def test_a_legal_state_has_none() -> None:
    """Of none the first is empty."""
    assert list(flaws(FREE, STATE)) == []
    assert flaw(FREE, STATE) == ""


NO_COUNT: Any = None


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"phase": "x"}, "phase 'x' is not one of a, b, c"),
        ({"phases": STATE.phases[:2]}, "phase 'b' is not one of a, b, c"),
        ({"status": "lost"}, "status is 'lost'"),
        ({"event": "1"}, "event is '1'"),
        ({"retries": True}, "retries is True"),
        ({"issue_number": "7"}, "issue_number is '7'"),
        ({"allow": ("read", 7)}, "allow is ('read', 7)"),
        (
            {"tasks": (Task("x", "Write"),)},
            "the task Task(phase='x', text='Write', status='pending') is none",
        ),
        (
            {"tasks": (Task("a", "Write", "gone"),)},
            "the task Task(phase='a', text='Write', status='gone') is none",
        ),
        (
            {"phases": (PhaseState(*("a", "completed", None, None, None, NO_COUNT)), *STATE.phases[1:])},
            "returns of phase a is None",
        ),
        ({"phases": (PhaseState("a", "never"), *STATE.phases[1:])}, "status of phase a is 'never'"),
    ],
)
def test_each_flaw_is_named(changes: dict[str, Any], wanted: str) -> None:
    """With the value that is wrong."""
    assert flaw(FREE, STATE._replace(**changes)) == wanted
