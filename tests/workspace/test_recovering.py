"""Recovering: whatever is lost, a workflow goes on no later than what is left of it proves."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Missing, Refused
from memory_state.core.header import read_header
from memory_state.core.journal import format_event
from memory_state.workspace import sessions
from memory_state.workspace.recovering import recover
from memory_state.workspace.verification import verify
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run

TASKS = [("plan", "Write the plan", "completed"), ("build", "Build it", "completed")]


@pytest.fixture
def worked(ground: Ground) -> Run:
    """A workflow in its third phase, with a note, saved."""
    run = ground.start()
    ground.to_phase("review")
    ground.workspace().note("Seen")
    return run


def folder(ground: Ground, run: Run) -> Path:
    """The folder of a workflow's history."""
    return ground.log(run.id).parent


def archived(ground: Ground) -> list[str]:
    """The kinds of files in the archive."""
    return sorted(
        path.stem.split("-", 1)[1].rsplit("-", 1)[0] for path in (ground.state / "archive").iterdir()
    )


def spoil(path: Path) -> None:
    """Fill a file with NUL bytes, as a power cut can leave it."""
    path.write_bytes(b"\0" * 500)


def lose(ground: Ground, run: Run, what: str) -> None:
    """Lose the files that these words name."""
    files = {
        "document": ground.document,
        "log": ground.log(run.id),
        "definition": folder(ground, run) / "definition.md",
    }
    for word in what.split():
        if word == "history":
            shutil.rmtree(folder(ground, run))
        elif word.startswith("spoilt-"):
            spoil(files[word.removeprefix("spoilt-")])
        else:
            files[word].unlink()


LOSSES = {
    "document": "the document is missing",
    "spoilt-document": "it was rebuilt from the history",
    "log": "by its document and recovery file",
    "spoilt-log": "by its document and recovery file",
    "log document": "by its recovery file",
    "definition": "the definition steps as it is now took its place",
    "history": "its history was lost",
    "history document": "its history was lost",
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_lost_is_made_anew(ground: Ground, worked: Run, name: str) -> None:
    """Phase, status and tasks are as they were, the log and the document agree, and it is said from what."""
    lose(ground, worked, name)
    run, done = recover(ground.workspace())
    assert LOSSES[name] in " ".join(done)
    assert (run.id, run.state.phase, run.state.status) == (worked.id, "review", "review")
    assert tasks_of(run) == TASKS
    assert run.state.title == "Add login"
    assert "- Seen" in ground.document.read_text(encoding="utf-8")
    assert verify(str(ground.memory), run.id).problems == ()


@pytest.mark.parametrize("name", LOSSES)
def test_done_twice_nothing_happens(ground: Ground, worked: Run, name: str) -> None:
    """A workflow that was made whole is whole."""
    lose(ground, worked, name)
    first = recover(ground.workspace())
    events = ground.log(worked.id).read_bytes()
    assert recover(ground.workspace()).done == ()
    assert ground.log(worked.id).read_bytes() == events
    assert first.run.state == ground.workspace().status().state


def test_a_sound_workflow_is_left_alone(ground: Ground, worked: Run) -> None:
    """Nothing was wrong, so nothing is logged."""
    count = len(ground.events(worked.id))
    assert recover(ground.workspace()).done == ()
    assert len(ground.events(worked.id)) == count


@pytest.mark.parametrize(
    ("shown", "saved", "phase"), [("review", "build", "build"), ("plan", "review", "plan")]
)
def test_the_earlier_phase_holds(ground: Ground, worked: Run, shown: str, saved: str, phase: str) -> None:
    """Of document and recovery file the one that is less far on is believed."""
    ground.log(worked.id).unlink()
    edit(ground.document, 'phase: "review"', f'phase: "{shown}"')
    edit(ground.recovery(worked.id), 'phase: "review"', f'phase: "{saved}"')
    run, _ = recover(ground.workspace())
    assert (run.state.phase, run.state.status) == (phase, "in_progress")
    assert [each.status for each in run.state.phases].count("in_progress") == 1
    assert run.state.allow == (("read", "edit(docs/**)") if phase == "plan" else ("*",))
    assert "unproven" in archived(ground)


def test_a_document_alone_proves_nothing(ground: Ground, worked: Run) -> None:
    """Anybody can write a document: without log and recovery file it begins anew, its tasks kept."""
    ground.log(worked.id).unlink()
    ground.recovery(worked.id).unlink()
    run, done = recover(ground.workspace())
    assert run.state.phase == "plan"
    assert tasks_of(run) == TASKS
    assert "no recovery file confirms it" in done[0]


def test_an_approval_is_not_taken_from_a_document(ground: Ground, worked: Run) -> None:
    """Without its event nobody has approved."""
    ground.workspace().approve()
    ground.log(worked.id).unlink()
    run, _ = recover(ground.workspace())
    assert [each.approved_by for each in run.state.phases] == [None] * 4


def test_damaged_lines_are_passed_over_and_kept(ground: Ground, worked: Run) -> None:
    """Later lines count, the log stays as it is and goes to the archive too, and it is said once."""
    before = ground.log(worked.id).read_bytes().replace(b"Build it", b"Bvild it", 1)
    ground.log(worked.id).write_bytes(before)
    run, done = recover(ground.workspace())
    assert done[0].startswith("damaged lines in the history, passed over: 1; a copy of it is in ")
    assert (run.state.phase, tasks_of(run)) == ("review", TASKS)
    assert archived(ground) == ["log"]
    assert ground.log(worked.id).read_bytes().startswith(before)
    assert recover(ground.workspace()).done == ()


def test_a_definition_that_changed_does_not_fit(ground: Ground, worked: Run) -> None:
    """A definition without a phase that the workflow was in can not take the place of its own."""
    (folder(ground, worked) / "definition.md").unlink()
    edit(ground.memory / "workflows" / "steps.md", "id: build", "id: construct")
    edit(ground.memory / "workflows" / "steps.md", "returns_to: build", "returns_to: construct")
    with pytest.raises(Broken, match=r"has no phase build, which workflow .* was in"):
        recover(ground.workspace())


def test_a_damaged_definition_is_kept(ground: Ground, worked: Run) -> None:
    """What stood in its place is in the archive."""
    (folder(ground, worked) / "definition.md").write_text("nothing", encoding="utf-8")
    recover(ground.workspace())
    assert archived(ground) == ["definition"]


def test_an_ended_workflow_is_not_begun_again(ground: Ground, worked: Run) -> None:
    """Its final document is what is left."""
    ground.workspace().cancel()
    ground.log(worked.id).unlink()
    with pytest.raises(Refused, match=r"has ended; its history is lost, final\.md is left of it"):
        recover(ground.workspace(), worked.id)


def test_a_paused_workflow_stays_paused(ground: Ground, worked: Run) -> None:
    """Recovering is no way to take it up again."""
    ground.workspace().park()
    ground.log(worked.id).unlink()
    run, _ = recover(ground.workspace())
    assert (run.state.phase, run.state.status) == ("review", "paused")


def test_nothing_to_recover(ground: Ground, worked: Run) -> None:
    """Without any trace, or with several, it is said what there is."""
    with pytest.raises(Missing, match="there is no workflow zzzzzzzz"):
        recover(ground.workspace(), "zzzzzzzz")
    ground.workspace().park()
    other = ground.start(title="Other")
    ground.workspace().park()
    with pytest.raises(Missing, match="several can be recovered: name one") as caught:
        recover(ground.workspace())
    assert sorted(caught.value.next_commands) == sorted(f"recover {each}" for each in (worked.id, other.id))


def test_a_session_whose_state_is_gone_is_freed_by_a_person(ground: Ground) -> None:
    """Nothing can be built from a binding alone: a person ends the wait, an agent is told to ask one."""
    run = ground.workspace(session="s1").start("steps", "Add login")
    shutil.rmtree(ground.state)
    with pytest.raises(Broken, match="a person who runs recover frees the session of it"):
        recover(ground.workspace(person=None, session="s1"))
    assert len(sessions.bindings(ground.environment, run.id)) == 1
    with pytest.raises(Broken, match="the sessions that worked on it are free of it now"):
        recover(ground.workspace(session="s1"))
    assert sessions.bindings(ground.environment, run.id) == []


def senseless(ground: Ground, run: Run) -> None:
    """Let the log end with a move that no rule makes, its checksum in order."""
    number = ground.events(run.id)[-1][0] + 1
    line = format_event(
        number, "2026-11-20T10:00:09.000Z", "phase.completed", "review", {"to": 7, "doc": number}
    )
    with ground.log(run.id).open("ab") as log:
        log.write(line)


def test_an_event_that_makes_no_sense_is_no_traceback(ground: Ground, worked: Run) -> None:
    """Looking is refused, naming the repair; verifying tells it; recovering goes on without that log."""
    senseless(ground, worked)
    with pytest.raises(Broken, match=r"phase\.completed, does not fit the events before it") as caught:
        ground.workspace().status()
    assert caught.value.next_commands == ("verify", "recover")
    found = verify(str(ground.memory), worked.id).problems
    assert "does not fit the events before it" in found[0].message
    run, done = recover(ground.workspace())
    assert done[0].startswith("its history is of no use, as event ")
    assert (run.state.phase, tasks_of(run)) == ("review", TASKS)
    assert archived(ground) == ["log", "recovery", "unproven"]
    assert ground.workspace().status().problems == ()


def test_a_history_that_lost_its_way_back_goes_no_further(ground: Ground, worked: Run) -> None:
    """Sent back to build, the log cut before that: the document's earlier phase holds, and is logged."""
    end = len(ground.log(worked.id).read_bytes())
    ground.workspace().back("The second case is missing")
    log = ground.log(worked.id)
    log.write_bytes(log.read_bytes()[:end])
    run = ground.workspace().status()
    assert (run.state.phase, run.state.status) == ("build", "in_progress")
    assert "events are missing in its history, which would give phase review" in run.problems[0].message
    assert ground.types(worked.id)[-1] == "state.recovered"
    ground.accepted(worked.id).unlink()
    again = ground.workspace().status()
    assert (again.state, again.problems) == (run.state, ())
    assert verify(str(ground.memory), worked.id).problems == ()


def test_a_definition_does_not_fit_a_recovery_file_alone(ground: Ground, worked: Run) -> None:
    """Without history and snapshot the recovery file says which phase the definition must have."""
    shutil.rmtree(folder(ground, worked))
    edit(ground.memory / "workflows" / "steps.md", "id: review", "id: look")
    with pytest.raises(Broken, match=r"the definition steps has no phase review, which workflow .* was in"):
        recover(ground.workspace())


def test_a_whole_history_folder_is_made_anew(ground: Ground, worked: Run) -> None:
    """Log and snapshot gone with their folder: document and recovery file agree, and it goes on."""
    shutil.rmtree(folder(ground, worked))
    run, _ = recover(ground.workspace())
    assert (run.state.phase, tasks_of(run)) == ("review", TASKS)
    assert {"definition.md", "events.md"} <= {each.name for each in folder(ground, worked).iterdir()}
    assert read_header(ground.document.read_text())["event"] == ground.events(worked.id)[-1][0] == 2
    assert ground.workspace().status().problems == ()


def test_a_definition_without_a_name_is_told(ground: Ground, worked: Run) -> None:
    """Where nothing says which definition it was, there is none to take."""
    shutil.rmtree(folder(ground, worked))
    ground.recovery(worked.id).unlink()
    edit(ground.document, 'definition: "steps"\n', "")
    with pytest.raises(Broken, match="and '' is no name of a workflow definition"):
        recover(ground.workspace())
