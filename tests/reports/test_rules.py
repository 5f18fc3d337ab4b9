"""The rule behind a denial: as it was recorded, else by the sentence of an earlier version."""

from __future__ import annotations

import pytest

from memory_state.reports.rules import rule_of
from memory_state.workflow.model import Event


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        ({"reason": "no rule allows Write on a.py; allowed: read", "rule": "edit(a*)"}, "edit(a*)"),
        ({"reason": "no rule allows Write on a.py; allowed: read"}, "no allow rule"),
        ({"reason": 'the command "x" is denied by the rule "shell(x)"'}, "shell(x)"),
        ({"reason": ".git/config is protected in every phase: it decides"}, "protected"),
        ({"reason": "approve is for a person to allow: run it alone"}, "person-only"),
        ({"reason": "memory-state approve is to be run plainly: no"}, "hidden command"),
        ({"reason": "a subagent may look"}, "subagent"),
        ({"reason": "because"}, "other"),
        ({}, "other"),
    ],
)
def test_the_rule_of_a_denial(details: dict[str, object], rule: str) -> None:
    """What was recorded wins."""
    assert rule_of(Event(1, "2026-11-20T10:00:00.000Z", "tool.denied", "Write", details)) == rule
