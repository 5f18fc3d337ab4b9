"""Whether the policy would let a tool run, asked without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.workspace.policy import judge_tool

if TYPE_CHECKING:
    from memory_state.workspace.run import Run
    from tests.workspace.ground import Ground


@pytest.mark.parametrize(
    ("name", "paths", "decision"),
    [
        ("Read", ["a.py"], "allow"),
        ("read", ["a.py"], "allow"),
        ("Edit", ["docs/a.md"], "allow"),
        ("edit", ["docs/a.md", "src/a.py"], "deny"),
        ("Edit", ["docs/a.md", "docs/b.md"], "allow"),
        ("WebFetch", [], "deny"),
        ("Frobnicate", [], "deny"),
    ],
)
def test_the_strictest_path_counts(
    ground: Ground, started: Run, name: str, paths: list[str], decision: str
) -> None:
    """A client's name or a rule's word; of several paths one that is denied denies all."""
    given = [str(ground.root / path) for path in paths]
    assert judge_tool(ground.workspace(), name, given)[0] == decision


def test_a_tool_that_nobody_knows_is_named(ground: Ground, started: Run) -> None:
    """The reason says which."""
    _, reasons = judge_tool(ground.workspace(), "Frobnicate", [])
    assert len(reasons) == 1
    assert "Frobnicate" in reasons[0]


def test_without_a_workflow_everything_may_run(ground: Ground) -> None:
    """There is no phase to forbid it."""
    assert judge_tool(ground.workspace(), "Bash", []) == ("allow", [])
