"""Going back: the state afterwards is the fold up to the point, in the document and by the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.fold import fold
from memory_state.workspace.history import read_events
from memory_state.workspace.rollback import roll_back
from memory_state.workspace.verification import verify
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from memory_state.workflow.model import State
    from memory_state.workspace.run import Run


def state_at(ground: Ground, run: Run, number: int) -> State:
    """The fold of a log up to an event."""
    events = read_events(str(ground.memory), run.id)
    state = fold(run.definition, [each for each in events if each.number <= number])
    assert state is not None
    return state


def is_whole(ground: Ground, run: Run) -> bool:
    """Whether log and document are whole and agree."""
    return verify(str(ground.memory), run.id).problems == ()


def test_one_step_back(ground: Ground) -> None:
    """A phase move is undone with its policy, its phases and its tasks."""
    run = ground.start()
    ground.to_phase("review")
    before = state_at(ground, run, 8)
    back = roll_back(ground.workspace(), steps=1)
    assert back.state == before._replace(event=back.state.event, updated_at=back.state.updated_at)
    assert (back.state.phase, back.state.status, back.state.allow) == ("build", "in_progress", ("*",))
    assert ground.types(run.id)[-2:] == ["state.rolled_back", "log.sealed"]
    assert ground.events(run.id)[-2][3]["undone"] == 1
    assert is_whole(ground, run)


def test_undone_tasks_leave_the_document(ground: Ground) -> None:
    """The lines that were added are gone, all others stand as they were, and the history keeps all."""
    run = ground.start()
    edit(ground.document, "## Notes\n", "## Notes\n\nMine.\n")
    before = ground.workspace().status().text
    ground.workspace().task("add", "More")
    ground.workspace().task("done", "More")
    roll_back(ground.workspace(), steps=2)
    header = before.index("updated_at")
    now = ground.document.read_text(encoding="utf-8")
    assert now[: header - 100] == before[: header - 100]
    assert now[now.index("# Add login") :] == before[before.index("# Add login") :]
    assert ground.types(run.id).count("task.added") == 1
    assert is_whole(ground, run)


def test_what_stands_below_an_undone_task_stays(ground: Ground) -> None:
    """Lines that a person wrote below a task are not ours to remove."""
    run = ground.start()
    ground.workspace().task("add", "More")
    edit(ground.document, "- [ ] More\n", "- [ ] More\n  a detail of mine\n")
    ground.workspace().status()
    roll_back(ground.workspace(), steps=1)
    text = ground.document.read_text(encoding="utf-8")
    assert "[ ] More" not in text
    assert "  a detail of mine\n" in text
    assert is_whole(ground, run)


def test_a_second_rollback_goes_further(ground: Ground) -> None:
    """Steps count from where the first one went; what it undid can not be reached any more."""
    ground.start()
    ground.to_phase("review")
    roll_back(ground.workspace(), steps=1)
    assert roll_back(ground.workspace(), steps=3).state.phase == "plan"
    with pytest.raises(Refused, match="event 9 was undone already, and there is no way forward"):
        roll_back(ground.workspace(), to="9")
    with pytest.raises(Refused, match="too many"):
        roll_back(ground.workspace(), steps=2)


def test_checkpoints(ground: Ground) -> None:
    """A named save is a point to go back to; done twice, nothing happens."""
    run = ground.start()
    ground.workspace().task("add", "Kept")
    ground.workspace().save("before-build")
    ground.workspace().task("add", "Undone")
    back = roll_back(ground.workspace(), to="before-build", reason="It was wrong")
    assert [text for _, text, _ in tasks_of(back)] == ["Write the plan", "Kept"]
    assert ground.events(run.id)[-2][3]["reason"] == "It was wrong"
    count = len(ground.events(run.id))
    roll_back(ground.workspace(), to="before-build")
    assert len(ground.events(run.id)) == count


@pytest.mark.parametrize("name", ["", "12", "a b", "../x", "-", "x" * 65])
def test_names_that_no_checkpoint_has(ground: Ground, started: Run, name: str) -> None:
    """A checkpoint's name is a word and no number."""
    with pytest.raises(Misused, match="is no name of a checkpoint"):
        ground.workspace().save(name)


def test_a_large_state_is_kept_in_a_file(ground: Ground) -> None:
    """What is too long for a line stands beside the log, named by its digest, and the fold reads it."""
    run = ground.start()
    for number in range(40):
        ground.workspace().task("add", f"{number} " + "x" * 400)
    ground.workspace().note("after")
    ground.workspace().task("add", "Undone")
    back = roll_back(ground.workspace(), steps=1)
    details = ground.events(run.id)[-2][3]
    assert "state" not in details
    assert len(back.state.tasks) == 41
    assert is_whole(ground, run)
    ground.accepted(run.id).unlink()
    assert ground.workspace().status().state == back.state


def test_a_lost_state_file_leads_to_the_first_phase(ground: Ground) -> None:
    """Without the state it went back to, a history proves no more than its beginning."""
    run = ground.start()
    ground.to_phase("build")
    for number in range(40):
        ground.workspace().task("add", f"{number} " + "x" * 400)
    ground.workspace().task("add", "Undone")
    roll_back(ground.workspace(), steps=1)
    name = str(ground.events(run.id)[-2][3]["file"])
    (ground.log(run.id).parent / name).unlink()
    assert any(f"is lost: {name}" in each.message for each in verify(str(ground.memory), run.id).problems)
    ground.accepted(run.id).unlink()
    ground.document.unlink()
    assert ground.workspace().status().state.phase == "plan"


def test_only_a_person_rolls_back(ground: Ground, started: Run) -> None:
    """Nobody else may, and the attempt is recorded."""
    ground.workspace().task("add", "More")
    with pytest.raises(Refused, match="rollback is for a person"):
        roll_back(ground.workspace(person=None), steps=1)
    assert ground.types(started.id)[-1] == "violation.recorded"


def test_only_a_live_workflow_rolls_back(ground: Ground, started: Run) -> None:
    """A parked one is resumed first, and a point at which it was parked is no place to go."""
    ground.workspace().park()
    with pytest.raises(Refused, match="is paused, and rollback is for a live one"):
        roll_back(ground.workspace(workflow=started.id), steps=1)
    ground.workspace().resume(started.id)
    with pytest.raises(Refused, match="at event 3 the workflow was paused"):
        roll_back(ground.workspace(), to="3")


def test_a_crash_before_the_document_is_written(ground: Ground, started: Run) -> None:
    """With the rollback logged and the document as it was, the next command brings it to agree."""
    ground.workspace().task("add", "More")
    document, accepted = ground.document.read_bytes(), ground.accepted(started.id).read_bytes()
    back = roll_back(ground.workspace(), steps=1)
    ground.document.write_bytes(document)
    ground.accepted(started.id).write_bytes(accepted)
    run = ground.workspace().status()
    assert run.state == back.state
    assert b"More" not in ground.document.read_bytes()
    assert "document.edited" not in ground.types(started.id)
