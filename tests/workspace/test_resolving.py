"""A person's choice between workflows, and between the sides of a conflict; nothing is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict, Refused
from memory_state.workspace.resolving import archive_workflow, keep_workflow, merge_workflow
from memory_state.workspace.verification import verify
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from memory_state.workspace.run import Run

HEADER = '<<<<<<< HEAD\nphase: "build"\n=======\nphase: "plan"\n>>>>>>> theirs\n'
NOTES = "## Notes\n\n<<<<<<< HEAD\n- one\n=======\n- two\n>>>>>>> theirs\n"


@pytest.fixture
def pair(ground: Ground) -> tuple[Run, Run]:
    """Two live workflows, the first in the current place."""
    first = ground.start(title="First")
    return first, ground.start(title="Second", beside=True)


def test_the_kept_one_becomes_current(ground: Ground, pair: tuple[Run, Run]) -> None:
    """The other is parked and can be resumed."""
    first, second = pair
    run = keep_workflow(ground.workspace(), second.id)
    assert (run.id, run.path) == (second.id, str(ground.document))
    assert ground.workspace().show(first.id).state.status == "paused"
    assert ground.further(first.id).is_file()


def test_an_inner_workflow_is_kept_with_its_parent(ground: Ground) -> None:
    """Workflows within each other do not share a place: both stay."""
    outer = ground.start(title="Outer")
    inner = ground.start(title="Inner", inner=True)
    keep_workflow(ground.workspace(), outer.id)
    statuses = {run.id: run.state.status for run in ground.workspace().workflows()}
    assert statuses == {outer.id: "waiting", inner.id: "in_progress"}


def test_an_ended_one_can_not_be_kept(ground: Ground, pair: tuple[Run, Run]) -> None:
    """One that is parked is resumed instead."""
    ground.workspace(workflow=pair[1].id).park()
    with pytest.raises(Refused, match="is paused") as caught:
        keep_workflow(ground.workspace(), pair[1].id)
    assert caught.value.next_commands == (f"resume {pair[1].id}",)


def test_archive_is_for_one_that_is_over(ground: Ground, pair: tuple[Run, Run]) -> None:
    """A live one is refused, a parked one is cancelled with its history kept, an ended one stays as it is."""
    first, second = pair
    with pytest.raises(Refused, match="archive is for one that is parked or over"):
        archive_workflow(ground.workspace(), second.id)
    ground.workspace(workflow=second.id).park()
    run = archive_workflow(ground.workspace(), second.id)
    assert (run.state.status, ground.events(second.id)[-1][3]["reason"]) == ("cancelled", "archived")
    assert not ground.further(second.id).exists()
    assert (ground.log(second.id).parent / "final.md").is_file()
    count = len(ground.events(second.id))
    archive_workflow(ground.workspace(), second.id)
    assert len(ground.events(second.id)) == count
    assert ground.workspace().status().id == first.id


def test_merging_brings_open_tasks_and_notes(ground: Ground, pair: tuple[Run, Run]) -> None:
    """What is done stays behind, what is there already comes once, and the other is archived."""
    first, second = pair
    other = ground.workspace(workflow=second.id)
    other.task("add", "Open", "build")
    other.task("add", "Begun")
    other.task("start", "Begun")
    other.task("add", "Over")
    other.task("done", "Over")
    other.note("Remember")
    run = merge_workflow(ground.workspace(), second.id)
    assert run.id == first.id
    assert tasks_of(run) == [
        ("plan", "Write the plan", "pending"),
        ("plan", "Begun", "in_progress"),
        ("build", "Open", "pending"),
    ]
    assert ground.document.read_text(encoding="utf-8").endswith("## Notes\n\n- Remember\n")
    assert ground.workspace().show(second.id).state.status == "cancelled"
    assert verify(str(ground.memory), first.id).problems == ()


def test_a_workflow_is_not_merged_into_itself(ground: Ground, started: Run) -> None:
    """The current one can not be its own other."""
    with pytest.raises(Refused, match="can not be merged into itself"):
        merge_workflow(ground.workspace(), started.id)


@pytest.mark.parametrize("choice", [keep_workflow, merge_workflow, archive_workflow])
def test_only_a_person_chooses(ground: Ground, pair: tuple[Run, Run], choice: object) -> None:
    """An agent is refused, and nothing changes."""
    before = ground.files()
    with pytest.raises(Refused, match="is for a person"):
        choice(ground.workspace(person=None), pair[1].id)  # type: ignore[operator]  # one of the functions above
    assert ground.files() == before


def conflicting(ground: Ground) -> Run:
    """A workflow in phase build in whose document git left conflicts over phase and notes."""
    run = ground.start()
    ground.to_phase("build")
    edit(ground.document, 'phase: "build"\n', HEADER)
    edit(ground.document, "## Notes\n", NOTES)
    return run


def test_the_stricter_side_of_a_conflict_counts(ground: Ground) -> None:
    """The file stays, the earlier phase is in force, it is told each time, and nothing moves."""
    run = conflicting(ground)
    before = ground.document.read_bytes()
    for _ in range(2):
        standing = ground.workspace().status()
        assert (standing.state.phase, standing.state.allow) == ("plan", ("read", "edit(docs/**)"))
        assert standing.problems[0].line == 9
        assert "git left a merge conflict" in standing.problems[0].message
    with pytest.raises(Conflict, match="stands still: git left a merge conflict") as caught:
        ground.workspace().task("add", "More")
    assert caught.value.next_commands == (f"resolve --keep {run.id}",)
    assert ground.document.read_bytes() == before


def test_a_person_resolves_a_conflict(ground: Ground) -> None:
    """The stricter state is written with the notes of both sides; the file is in the archive."""
    run = conflicting(ground)
    before = ground.document.read_bytes()
    resolved = keep_workflow(ground.workspace(), run.id)
    text = ground.document.read_text(encoding="utf-8")
    assert (resolved.state.phase, resolved.held) == ("plan", "")
    assert "<<<<<<<" not in text
    assert text.endswith("- one\n- two\n")
    assert before in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    assert verify(str(ground.memory), run.id).problems == ()
    assert ground.workspace().status().problems == ()


def test_markers_taken_out_by_hand(ground: Ground) -> None:
    """An edit that leaves one side is adopted like any other."""
    conflicting(ground)
    edit(ground.document, HEADER, 'phase: "build"\n')
    edit(ground.document, NOTES, "## Notes\n\n- one\n- two\n")
    run = ground.workspace().status()
    assert (run.state.phase, run.problems, run.held) == ("build", (), "")


def test_a_conflict_of_which_no_side_can_be_read(ground: Ground) -> None:
    """The history's state counts, and resolving builds the document anew from it."""
    run = ground.start()
    edit(ground.document, "schema: 1\n", "<<<<<<< HEAD\nschema: [\n=======\nschema: {\n>>>>>>> theirs\n")
    assert ground.workspace().status().state.phase == "plan"
    keep_workflow(ground.workspace(), run.id)
    assert "<<<<<<<" not in ground.document.read_text(encoding="utf-8")
    assert verify(str(ground.memory), run.id).problems == ()


def test_a_workflow_that_waits_is_not_merged(ground: Ground) -> None:
    """One with an inner workflow at work is named with it, and stays."""
    outer = ground.start(title="Outer")
    inner = ground.start(title="Inner", inner=True)
    other = ground.start(title="Other", beside=True)
    with pytest.raises(Refused) as caught:
        merge_workflow(ground.workspace(workflow=other.id), outer.id)
    assert caught.value.sentence.startswith(
        f"resolve: workflow {outer.id} waits for its inner workflow {inner.id}"
    )
