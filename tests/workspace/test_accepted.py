"""What is kept of the document as it was last accepted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.layout import accepted_copy, standing_file
from memory_state.core.locate import Located
from memory_state.core.standing import read_standing

if TYPE_CHECKING:
    from tests.sessions import Project


def located(project: Project) -> Located:
    """Where a call of a session bound to the project's workflow belongs."""
    memory = f"{project.root}/.memory"
    workflow = project.workspace().status().id
    return Located(root=str(project.root), memory=memory, workflow=workflow, bound=True)


def kept(here: Located) -> Path:
    """Where what a hook asks of the document is."""
    return Path(standing_file(here["memory"], str(here["workflow"])))


def loosen(project: Project) -> Path:
    """Fold the title as YAML lets a person do, and have it adopted."""
    path = project.root / ".memory/state/active-workflow.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title: "Add login"', "title: >-\n  Add\n  login"), encoding="utf-8")
    project.workspace().status()
    return path


def test_looser_document_is_believed_once_it_was_accepted(planned: Project) -> None:
    """A hook needs no YAML for a document that was read as such before, and every byte of it stays."""
    path = loosen(planned)
    assert "title: >-\n  Add\n  login\n" in path.read_text(encoding="utf-8")
    header = read_standing(located(planned))
    assert header is not None
    assert (header["phase"], header["status"]) == ("plan", "in_progress")
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


def test_what_is_kept_of_an_earlier_event_counts_no_more(planned: Project) -> None:
    """As after a crash between two writes."""
    here = located(planned)
    before = kept(here).read_bytes()
    planned.workspace().note("more")
    kept(here).write_bytes(before)
    assert read_standing(here) is None


def test_what_is_kept_ends_with_the_workflow(planned: Project) -> None:
    """Copy and standing go together."""
    here = located(planned)
    copy = Path(accepted_copy(here["memory"], str(here["workflow"])))
    assert (kept(here).exists(), copy.exists()) == (True, True)
    planned.workspace().cancel()
    assert (kept(here).exists(), copy.exists()) == (False, False)


def test_lost_or_damaged_standing_is_made_again(planned: Project) -> None:
    """The next command that writes anything mends it; until then the call goes the slow path."""
    here = located(planned)
    whole = kept(here).read_bytes()
    for damaged in (b"", whole[:-1], whole.replace(b"plan", b"flan", 1), bytes(len(whole))):
        kept(here).write_bytes(damaged)
        assert read_standing(here) is None
    kept(here).unlink()
    assert read_standing(here) is None
    planned.workspace().status()
    assert kept(here).read_bytes() == whole
    assert read_standing(here) is not None


def test_standing_is_what_a_hook_asks(planned: Project) -> None:
    """A person can read it; every rule is there as it was written."""
    lines = kept(located(planned)).read_text(encoding="utf-8").split("\n")
    assert [line.partition(":")[0] for line in lines[1:-3]] == [
        "workflow_id", "parent", "status", "phase", "allow", "deny", "updated_at", "event",
    ]  # fmt: skip
    assert lines[-3] == "---"
    assert lines[-2].isdigit()


def test_copy_and_standing_of_two_documents_do_not_count(planned: Project) -> None:
    """Both may be of the same event, of two branches' histories."""
    here = located(planned)
    copy = Path(accepted_copy(here["memory"], str(here["workflow"])))
    assert read_standing(here) is not None
    for path in (copy, planned.root / ".memory/state/active-workflow.md"):
        path.write_bytes(path.read_bytes() + b"\nMore.\n")
    assert read_standing(here) is None
