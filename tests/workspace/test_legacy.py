"""The layout of earlier trackers."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Missing
from memory_state.workspace.legacy import legacy_hint
from tests.sessions import Project


def earlier(project: Project) -> str:
    """A project with an earlier layout; gives its folder."""
    folder = project.root / ".claude/memory/state"
    folder.mkdir(parents=True)
    (folder / "active-workflow.md").write_text("# Active Workflow State\n", encoding="utf-8")
    return str(folder.parent)


def test_it_is_named_where_no_workflow_is(project: Project) -> None:
    """Asking for a workflow names the earlier layout and what to do, and leaves it as it is."""
    folder = earlier(project)
    with pytest.raises(Missing, match="an earlier layout stands in"):
        project.workspace().status()
    assert (
        project.root / ".claude/memory/state/active-workflow.md"
    ).read_text() == "# Active Workflow State\n"
    assert legacy_hint(str(project.root), folder) == ""


def test_nothing_to_name(project: Project) -> None:
    """A folder of that name without the layout's marks is nobody's business."""
    (project.root / ".claude/memory").mkdir(parents=True)
    assert legacy_hint(str(project.root), str(project.root / ".memory")) == ""
