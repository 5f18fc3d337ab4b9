"""What an agent may make of the document with its own tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory_state.agents.proposal import judge_document
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
from tests.sessions import Project


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("## Notes\n", "## Notes\n\nSeen.\n", ""),
        ("- [ ] review\n", "- [x] review\n", "the line of phase review: not as it is written"),
        ("- [ ] review\n", "- [ ] review, later\n", "the line of phase review: not as it is written"),
        ('title: "Add login"', 'title: "Other"', "title is for a person to edit"),
        ('phase: "plan"', 'phase: "build"', "phase plan to build"),
    ],
)
def test_an_agent_ticks_and_notes(planned: Project, old: str, new: str, reason: str) -> None:
    """Ticks, new tasks and notes pass; what is more is denied, and named."""
    run = Workspace.find(planned.root, environment=planned.environment, actor=Actor("cli")).status()
    text = Path(run.path).read_text(encoding="utf-8")
    assert old in text
    decision, why = judge_document(run, run.path, text.replace(old, new))
    assert (decision, reason in why) == ("deny" if reason else "allow", True)
    assert why.startswith("this edit of the document is more than ticks, new tasks and notes: ") == bool(
        reason
    )
