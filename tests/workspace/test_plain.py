"""The front matter that a hook reads where a person's own is looser YAML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.hook import read_standing
from memory_state.core.layout import plain_header
from memory_state.core.locate import Located

if TYPE_CHECKING:
    from tests.sessions import Project


def located(project: Project) -> Located:
    """Where a call of a session bound to the project's workflow belongs."""
    memory = f"{project.root}/.memory"
    return Located(str(project.root), memory, project.workspace().status().id, bound=True)


def loosen(project: Project) -> Path:
    """Fold the title as YAML lets a person do, and have it adopted."""
    path = project.root / ".memory/state/active-workflow.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title: "Add login"', "title: >-\n  Add\n  login"), encoding="utf-8")
    project.workspace().status()
    return path


def test_looser_document_is_read_by_the_hook_once_it_was_accepted(planned: Project) -> None:
    """A hook needs no YAML for a document that was read as such before, and every byte of it stays."""
    path = loosen(planned)
    assert "title: >-\n  Add\n  login\n" in path.read_text(encoding="utf-8")
    header = read_standing(located(planned))
    assert header is not None
    assert (header["phase"], header["title"]) == ("plan", "Add login")
    planned.workspace().override("go")
    moved = read_standing(located(planned))
    assert moved is not None
    assert (moved["phase"], moved["allow"]) == ("build", ["read", "search", "web", "agent", "edit", "shell"])


def test_edited_looser_document_is_not_taken_for_the_accepted_one(planned: Project) -> None:
    """What nobody has looked at yet is for the slow path."""
    path = loosen(planned)
    here = located(planned)
    path.write_text(path.read_text(encoding="utf-8").replace("phase:", "phase :"), encoding="utf-8")
    assert read_standing(here) is None


def test_kept_front_matter_behind_its_log_counts_no_more(planned: Project) -> None:
    """One of an earlier event is of no use, as after a crash between two writes."""
    loosen(planned)
    here = located(planned)
    kept = Path(plain_header(here.memory, str(here.workflow)))
    before = kept.read_bytes()
    planned.workspace().note("more")
    kept.write_bytes(before)
    assert read_standing(here) is None


def test_document_in_our_own_form_has_none(planned: Project) -> None:
    """Nothing is kept where the hook reads the document itself, nor after the end."""
    here = located(planned)
    kept = Path(plain_header(here.memory, str(here.workflow)))
    assert not kept.exists()
    loosen(planned)
    assert kept.exists()
    planned.workspace().cancel()
    assert not kept.exists()


def test_without_a_kept_one_the_document_is_for_the_slow_path(planned: Project) -> None:
    """A looser document whose kept front matter is gone is refused by the quick reader."""
    loosen(planned)
    here = located(planned)
    Path(plain_header(here.memory, str(here.workflow))).unlink()
    with pytest.raises(ValueError, match="must be read as YAML"):
        read_standing(here)
