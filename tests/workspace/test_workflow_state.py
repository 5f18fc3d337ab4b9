"""One workflow from Python."""

from __future__ import annotations

import doctest
import io
import json
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.fold import fold
from memory_state.workspace import workflow_state
from memory_state.workspace.history import read_events
from memory_state.workspace.run import load
from memory_state.workspace.workflow_state import WorkflowState

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run
    from tests.workspace.ground import Ground

AGENT = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "00000001-0000-4000-8000-000000000001"}


def loaded(ground: Ground, workflow: str | None = None, *, by: str | None = "Ann") -> WorkflowState:
    """The workflow as a program finds it."""
    found = WorkflowState.load(workflow, folder=ground.root, environment=ground.environment, by=by)
    assert found is not None
    return found


def piped(ground: Ground, text: str, **options: str) -> WorkflowState | None:
    """The workflow that a program reads from a stream."""
    return WorkflowState.from_stdin(
        io.StringIO(text), folder=ground.root, environment=ground.environment, **options
    )


def written(state: WorkflowState) -> str:
    """What a program hands on."""
    stream = io.StringIO()
    state.to_stdout(stream)
    return stream.getvalue()


def agree(ground: Ground, workflow: str) -> bool:
    """Whether log, document and a fresh load say the same."""
    run = load(str(ground.memory), workflow)
    folded = fold(run.definition, read_events(str(ground.memory), workflow))
    return run.stored == run.text.encode() and folded == run.state == run.origin


def test_the_examples_of_the_module_hold(tmp_path: Path) -> None:
    """What the documentation shows is what happens."""
    environment = {"HOME": str(tmp_path / "home")}
    found = doctest.testmod(
        workflow_state,
        extraglobs={"folder": tmp_path, "environment": environment},
        optionflags=doctest.ELLIPSIS,
    )
    assert found.failed == 0
    assert found.attempted > 20


def test_nothing_to_load(ground: Ground) -> None:
    """Without a workflow there is None, and no file is made."""
    before = ground.files()
    assert WorkflowState.load(folder=ground.root, environment=ground.environment) is None
    assert WorkflowState.load("zzzzzzzz", folder=ground.root, environment=ground.environment) is None
    assert ground.files() == before


@pytest.mark.parametrize("workflow", ["../../x", "/etc/x", "a/b", "-rf", "CON", "", "7F3A9C21"])
def test_an_id_is_checked(ground: Ground, workflow: str) -> None:
    """What is no id never becomes a path."""
    with pytest.raises(Misused, match="is no workflow id"):
        WorkflowState.load(workflow, folder=ground.root, environment=ground.environment)


def test_fields_as_they_stand(ground: Ground) -> None:
    """Each core field can be read."""
    run = ground.start(issue_number=42, branch_name="feat/login", plan_file="plan.md", context={"a": 1})
    state = loaded(ground)
    assert (state.workflow_id, state.title, state.definition) == (run.id, "Add login", "steps")
    assert (state.status, state.phase, state.role) == ("in_progress", "plan", "architect")
    assert (state.issue_number, state.branch_name, state.plan_file) == (42, "feat/login", "plan.md")
    assert (state.context, state.problems) == ({"a": 1}, ())
    assert [each.text for each in state.tasks] == ["Write the plan"]
    assert [each.id for each in state.phases] == ["plan", "build", "review", "close"]
    assert (state.created_at, state.updated_at) == (run.state.created_at, run.state.updated_at)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Log in"},
        {"issue_number": 7},
        {"branch_name": "feat/login"},
        {"plan_file": "docs/plan.md"},
        {"context": {"autonomy": "L3", "deep": {"list": [1, None, True]}}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_update_survives(ground: Ground, started: Run, fields: dict[str, object]) -> None:
    """A field that is set is there after a fresh load, as one event that log and document share."""
    loaded(ground).update(**fields)
    assert {name: getattr(loaded(ground), name) for name in fields} == fields
    assert ground.events(started.id)[-1][1:3] == ("document.edited", "-")
    assert agree(ground, started.id)


def test_an_update_of_all_is_one_event(ground: Ground, started: Run) -> None:
    """However many fields are set, and none when they stand so already."""
    before = len(ground.events(started.id))
    fields = {"title": "Log in", "issue_number": 7, "context": {"a": 1}}
    loaded(ground).update(**fields)
    loaded(ground).update(**fields, workflow_id=started.id)
    assert len(ground.events(started.id)) == before + 1


def test_an_update_keeps_what_a_person_wrote(ground: Ground, started: Run) -> None:
    """Notes and comments stay byte for byte."""
    text = ground.document.read_text() + "\nKeep <!-- this -->  \n"
    ground.document.write_text(text)
    loaded(ground).update(branch_name="feat/login")
    assert "\nKeep <!-- this -->  \n" in ground.document.read_text()
    assert agree(ground, started.id)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"issue_number": "abc"}, "issue_number: must be a whole number, not the text 'abc'"),
        ({"isue_number": 1}, "a workflow has no field 'isue_number'; did you mean 'issue_number'?"),
        ({"fase": "build"}, "a workflow has no field 'fase'; did you mean 'phase'?"),
        ({"context": {"_run": 1}}, "context: the context has the key '_run': keys that begin with _ are"),
        ({"phase": "foo"}, "steps has no phase 'foo'; it has plan, build, review, close"),
        ({"status": "done"}, "status must be one of blocked, cancelled"),
    ],
)
def test_a_wrong_update_changes_nothing(
    ground: Ground, started: Run, fields: dict[str, object], sentence: str
) -> None:
    """The mistake is named with its field, and what stood beside it is not set either."""
    before = (ground.document.read_bytes(), ground.log(started.id).read_bytes())
    with pytest.raises(Misused) as caught:
        loaded(ground).update(title="Log in", **fields)
    assert caught.value.sentence.startswith(sentence)
    assert (ground.document.read_bytes(), ground.log(started.id).read_bytes()) == before


def test_an_id_is_for_ever(ground: Ground, started: Run) -> None:
    """A workflow does not become another."""
    with pytest.raises(Refused, match=f"workflow_id: {started.id} keeps its id for ever"):
        loaded(ground).update(workflow_id="zzzzzzzz")


def test_an_agent_sets_no_fields(ground: Ground, started: Run) -> None:
    """In an agent's session fields are a person's, as in the document; a name vouches for nothing there."""
    state = WorkflowState.load(folder=ground.root, environment=ground.environment | AGENT, by="Ann")
    assert state is not None
    with pytest.raises(Refused, match="setting title is for a person"):
        state.update(title="Log in")
    assert loaded(ground).title == "Add login"


def test_save_writes_the_recovery_file(ground: Ground, started: Run) -> None:
    """Without a phase the place stays as it is."""
    ground.recovery(started.id).unlink()
    loaded(ground).save()
    assert ground.recovery(started.id).is_file()
    assert loaded(ground).phase == "plan"


def test_save_moves_to_a_neighbour(ground: Ground) -> None:
    """`next` to the phase that follows, `back` where the phase returns to."""
    run = ground.start()
    state = loaded(ground)
    ground.workspace().task("done", "1")
    state.save(phase="build")
    assert (state.phase, loaded(ground).phase) == ("build", "build")
    assert state.updated_at > run.state.updated_at
    ground.to_phase("review")
    with pytest.raises(Misused, match="going back to build needs a reason"):
        loaded(ground).save(phase="build")
    loaded(ground).save(phase="build", reason="a button is missing")
    assert loaded(ground).phase == "build"
    loaded(ground).save(phase="build")
    assert agree(ground, run.id)


def test_a_gate_holds_from_python_too(ground: Ground, started: Run) -> None:
    """A phase is left only when its gate is met, to a neighbour, by whichever method."""
    for attempt in ("build", "review"):
        with pytest.raises(Refused):
            loaded(ground).save(phase=attempt)
        with pytest.raises(Refused):
            loaded(ground).update(phase=attempt)
    assert loaded(ground).phase == "plan"


def test_one_return_too_many(ground: Ground) -> None:
    """A move that ends blocked did not come to its phase, and says so."""
    ground.start()
    for _ in range(2):
        ground.to_phase("review")
        loaded(ground).save(phase="build", reason="again")
    ground.to_phase("review")
    with pytest.raises(Refused, match="is blocked in phase review"):
        loaded(ground).save(phase="build", reason="again")


@pytest.mark.parametrize(
    ("moves", "status"),
    [
        (["waiting"], "waiting"),
        (["waiting", "in_progress"], "in_progress"),
        (["paused"], "paused"),
        (["paused", "in_progress"], "in_progress"),
        (["failed"], "failed"),
        (["failed", "in_progress"], "in_progress"),
        (["cancelled"], "cancelled"),
        (["in_progress", "review"], "in_progress"),
    ],
)
def test_transitions(ground: Ground, started: Run, moves: list[str], status: str) -> None:
    """Each status is come to by its move, and coming again changes nothing."""
    for each in moves:
        assert loaded(ground, started.id).transition_to(each, reason="why") is True
    assert loaded(ground, started.id).status == status
    events = ground.events(started.id)
    assert loaded(ground, started.id).transition_to(moves[-1]) is True
    assert ground.events(started.id) == events
    assert agree(ground, started.id)


def test_completed_is_finished(ground: Ground) -> None:
    """`completed` is reached from the last phase, through its gate."""
    run = ground.start()
    with pytest.raises(Refused, match="no move leads to completed, only to waiting or paused"):
        loaded(ground).transition_to("completed")
    ground.to_phase("close")
    with pytest.raises(Refused, match="tasks: 1 of 1 open"):
        loaded(ground).transition_to("completed")
    ground.workspace().task("done", "1")
    state = loaded(ground)
    assert state.transition_to("completed") is True
    assert state.get_progress()["is_complete"] is True
    with pytest.raises(Refused, match=r"no move leads to in_progress$"):
        loaded(ground, run.id).transition_to("in_progress")


@pytest.mark.parametrize("status", ["paused", "failed", "cancelled"])
def test_what_is_for_a_person(ground: Ground, started: Run, status: str) -> None:
    """Nobody in particular does not set a workflow aside."""
    with pytest.raises(Refused, match="is for a person"):
        loaded(ground, by=None).transition_to(status)


def test_update_of_the_status_is_a_move(ground: Ground, started: Run) -> None:
    """`status` goes through the rules, before the fields beside it."""
    with pytest.raises(Refused, match="no move leads to blocked"):
        loaded(ground).update(status="blocked", title="Log in")
    assert loaded(ground).title == "Add login"
    loaded(ground).update(status="waiting", title="Log in")
    assert (loaded(ground).status, loaded(ground).title) == ("waiting", "Log in")


def test_progress_is_for_json(ground: Ground, started: Run) -> None:
    """The keys are there and the values can be written."""
    progress = loaded(ground).get_progress()
    assert json.loads(json.dumps(progress)) == progress
    assert list(progress) == [
        "progress_percentage", "is_complete", "status", "phase", "phases", "tasks", "created_at",
        "updated_at", "seconds", "retries", "can_retry", "valid_transitions",
    ]  # fmt: skip


def test_the_document_for_others(ground: Ground, started: Run) -> None:
    """What is written is one line that means the workflow it was written by."""
    text = written(loaded(ground))
    assert (text.count("\n"), text[-1]) == (1, "\n")
    assert json.loads(text)["kind"] == "status"
    found = piped(ground, text)
    assert found is not None
    assert found.state == loaded(ground).state


def test_a_workflow_arrives(ground: Ground, started: Run) -> None:
    """Elsewhere it is made, and goes on there by itself."""
    text = written(loaded(ground))
    (ground.root / "other" / "workflows").mkdir(parents=True)
    (ground.root / "other/workflows/steps.md").write_bytes(
        (ground.memory / "workflows/steps.md").read_bytes()
    )
    there = piped(ground, text, memory_path="other")
    assert there is not None
    there.update(title="There")
    assert (there.workflow_id, there.title, loaded(ground).title) == (started.id, "There", "Add login")


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_stream_is_no_state(ground: Ground, text: str) -> None:
    """Nothing on standard input is no workflow, and no error."""
    assert piped(ground, text) is None


@pytest.mark.parametrize(
    ("text", "reason"), [("text", "no JSON"), ("[]", "no object"), ("{}", "no workflow_id")]
)
def test_a_stream_that_makes_no_sense(ground: Ground, text: str, reason: str) -> None:
    """What is there and is no workflow is an error."""
    with pytest.raises(Misused, match=reason):
        piped(ground, text)


def test_an_error_is_raised_again(ground: Ground) -> None:
    """The error of an earlier program ends this one too."""
    with pytest.raises(Refused, match="The gate is closed"):
        piped(ground, '{"kind": "error", "code": "refused", "message": "The gate is closed."}')


def test_a_rollback_takes_back_the_last_changes(ground: Ground, started: Run) -> None:
    """Two updates and a rollback by one leave the first, in object, document and log; not too many."""
    state = loaded(ground, started.id)
    state.update(branch_name="feat/one")
    state.update(branch_name="feat/two")
    state.rollback(steps=1)
    assert state.branch_name == "feat/one"
    assert agree(ground, started.id)
    with pytest.raises(Refused):
        state.rollback(steps=99)
    with pytest.raises(Refused, match="for a person"):
        loaded(ground, started.id, by=None).rollback(steps=1)
