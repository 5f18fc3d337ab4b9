"""A workflow that comes through a pipe into another memory path."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from memory_state.core.errors import Missing, Misused, Refused
from memory_state.workflow.exchange import document_text, document_values, workflow_in
from memory_state.workflow.fold import fold
from memory_state.workflow.model import Problem
from memory_state.workspace.actor import Actor
from memory_state.workspace.arriving import INPUT_LIMIT, text_of
from memory_state.workspace.history import read_events
from memory_state.workspace.run import load
from memory_state.workspace.sessions import binding_of
from memory_state.workspace.workspace import Workspace
from tests.workspace.ground import STEPS, Ground

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run


class Slave(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def there(tmp_path: Path) -> Ground:
    """Another project, which knows the same definition."""
    return Ground(tmp_path / "there")


def sent(ground: Ground) -> dict[str, Any]:
    """The current workflow as it goes into a pipe."""
    workspace = ground.workspace()
    return workflow_in(document_values(document_text("status", workspace.values(workspace.status()))))


def arrived(there: Ground, values: dict[str, Any], *, person: str | None = None) -> Run:
    """The run that a workflow has where it arrives."""
    run = there.workspace(person=person).receive(values)
    assert run is not None
    return run


def kept(state: Any) -> Any:
    """What of a state does not depend on where its log is."""
    return state._replace(event=0, updated_at="")


def agree(ground: Ground, workflow: str) -> bool:
    """Whether log, document and a fresh load say the same."""
    run = load(str(ground.memory), workflow)
    folded = fold(run.definition, read_events(str(ground.memory), workflow))
    return run.stored == run.text.encode() and folded == run.state == run.origin


def test_a_workflow_arrives_whole(ground: Ground, there: Ground) -> None:
    """Id, fields, phases with their times, tasks with their boxes: all as it was, in log and document."""
    ground.start(issue_number=42, branch_name="feat/login", context={"a": [1, {"b": None}]})
    ground.to_phase("review")
    ground.workspace().task("add", "Look `twice`")
    ground.workspace().task("start", "Look `twice`")
    run = ground.workspace().status()
    found = arrived(there, sent(ground))
    assert kept(found.state) == kept(run.state)
    assert (found.path, found.problems) == (str(there.document), ())
    assert there.types(run.id)[0] == "workflow.started"
    assert there.workspace().workflow() == run.id
    assert kept(there.workspace().status().state) == kept(run.state)
    assert there.recovery(run.id).is_file()
    assert agree(there, run.id)


def test_it_goes_on_where_it_arrived(ground: Ground, there: Ground) -> None:
    """Moves are made there, and the place it came from does not change."""
    run = ground.start()
    before = ground.files()
    arrived(there, sent(ground))
    there.to_phase("review")
    assert agree(there, run.id)
    assert load(str(ground.memory), run.id).state.phase == "plan"
    assert ground.files().keys() == before.keys()


def test_a_document_that_is_lost_is_built_from_the_log(ground: Ground, there: Ground) -> None:
    """The new log alone is enough."""
    ground.start(context={"a": 1})
    ground.to_phase("build")
    run = arrived(there, sent(ground))
    there.document.unlink()
    there.accepted(run.id).unlink()
    assert kept(there.workspace().status().state) == kept(run.state)


def test_one_that_is_here_stays_as_it_is(ground: Ground, started: Run) -> None:
    """The pipe only says which is meant; what it says besides changes nothing."""
    values = sent(ground) | {"title": "Another", "phase": "close", "definition": "gone"}
    workspace = ground.workspace()
    before = ground.files()
    assert workspace.receive(values) is None
    assert workspace.workflow() == started.id
    assert ground.files() == before


def test_a_session_is_not_bound_by_a_pipe(ground: Ground, there: Ground) -> None:
    """What arrives does not take a session from the workflow it works on."""
    session = "00000001-0000-4000-8000-000000000001"
    run = ground.start()
    ground.workspace(session=session).bind(run.id)
    there.environment = ground.environment
    assert there.workspace(person=None, session=session).receive(sent(ground)) is not None
    binding = binding_of(ground.environment, session)
    assert binding is not None
    assert binding.memory == str(ground.memory)


def test_beside_a_live_one_it_is_refused(ground: Ground, there: Ground) -> None:
    """As with a start: one live workflow has the current place."""
    there.start(title="Here first")
    ground.start()
    before = there.files()
    with pytest.raises(Refused, match="Here first"):
        arrived(there, sent(ground))
    assert there.files() == before


def test_beside_one_that_is_parked_it_finds_its_place(ground: Ground, there: Ground) -> None:
    """A workflow that was set aside is in nobody's way."""
    there.start(title="Here first")
    there.workspace().park()
    ground.start()
    assert arrived(there, sent(ground)).path == str(there.document)


@pytest.mark.parametrize("status", ["paused", "failed", "cancelled"])
def test_what_is_not_live_takes_no_place(ground: Ground, there: Ground, status: str) -> None:
    """Set aside or ended, it stands beside a live one and is as it was."""
    run = ground.start()
    other = there.start(title="Here first")
    workspace = ground.workspace(workflow=run.id)
    {"paused": workspace.park, "failed": lambda: workspace.fail("no"), "cancelled": workspace.cancel}[
        status
    ]()
    values = workflow_in(document_values(document_text("status", workspace.values(workspace.status()))))
    found = arrived(there, values)
    assert (found.state.status, there.workspace().workflow()) == (status, other.id)
    assert agree(there, run.id)
    final = there.state / "workflow-history" / run.id / "final.md"
    assert found.path == str(final if status == "cancelled" else there.further(run.id))


def test_what_has_ended_is_looked_at(ground: Ground, there: Ground) -> None:
    """A completed workflow arrives, and no move is made on it."""
    run = ground.start()
    ground.to_phase("close")
    ground.workspace().task("done", "1")
    ground.workspace().finish()
    workspace = ground.workspace(workflow=run.id)
    values = workflow_in(document_values(document_text("status", workspace.values(workspace.show(run.id)))))
    found = arrived(there, values)
    assert kept(found.state) == kept(workspace.show(run.id).state)
    with pytest.raises(Refused, match="is completed"):
        there.workspace(workflow=run.id).next()


def test_many_tasks_arrive(ground: Ground, there: Ground) -> None:
    """However long the list is: each task has a line of its own in the history."""
    ground.start()
    for number in range(60):
        ground.workspace().task("add", f"{number} " + "x" * 400)
    run = arrived(there, sent(ground))
    assert len(run.state.tasks) == 61
    assert agree(there, run.id)


def test_one_too_large_is_refused(ground: Ground, there: Ground) -> None:
    """What does not fit into a history is said before anything is written."""
    phases = "".join(f"  - id: p{n}\n    skippable: true\n" for n in range(30))
    definition = STEPS.replace("name: steps\nphases:\n", "name: long\nphases:\n" + phases)
    ground.define("long", definition)
    there.define("long", definition)
    ground.start("long")
    for number in range(1, 20):
        ground.workspace().skip("x" * 480, f"p{number}")
    before = there.files()
    with pytest.raises(Misused, match=r"an event of .* bytes is longer than 8192"):
        arrived(there, sent(ground))
    assert set(there.files()) - set(before) == {".memory/state/.gitignore"}


def test_without_its_definition_it_does_not_come(ground: Ground, there: Ground) -> None:
    """What is missing is named with the place where it belongs, and no file is made."""
    (there.memory / "workflows" / "steps.md").unlink()
    ground.start()
    before = there.files()
    with pytest.raises(Missing) as caught:
        arrived(there, sent(ground))
    assert "there is no workflow definition 'steps'" in caught.value.sentence
    assert f"which must be at {there.memory}/workflows/steps.md first" in caught.value.sentence
    assert there.files() == before


def test_an_id_alone_is_not_enough(there: Ground) -> None:
    """A bare id means a workflow that is here; another can not arrive."""
    with pytest.raises(Missing, match=r"there is no workflow 7f3a9c21 below .* has no definition"):
        arrived(there, {"workflow_id": "7f3a9c21"})


def test_a_definition_that_differs_is_told(ground: Ground, there: Ground) -> None:
    """A phase that the definition here lacks, or has besides, keeps the workflow out."""
    there.define("steps", STEPS.replace("  - id: plan\n", "  - id: think\n  - id: plan\n"))
    ground.start()
    with pytest.raises(Misused, match="phase think is pending, but comes before the current phase"):
        arrived(there, sent(ground))


def test_the_policy_is_that_of_the_definition_here(ground: Ground, there: Ground) -> None:
    """A wider policy in the pipe opens nothing, and that it was there is told."""
    run = ground.start()
    found = arrived(there, sent(ground) | {"allow": ["*"], "deny": []})
    assert found.state.allow == run.state.allow
    assert found.problems == (
        Problem(
            str(there.document),
            0,
            "the policy of phase plan is that of the definition here; another one was sent",
        ),
    )


def test_an_approval_comes_with_a_person(ground: Ground, there: Ground, tmp_path: Path) -> None:
    """A gate that a person opened elsewhere is closed here, unless a person passes it on."""
    ground.start()
    ground.to_phase("review")
    ground.workspace().approve()
    found = arrived(there, sent(ground))
    assert found.state.phases[2].approved_by is None
    assert "the approval of phase review by Ann was left behind" in found.problems[0].message
    assert "review" in there.workspace(person=None).status().state.phase
    with pytest.raises(Refused):
        there.workspace(person=None).next()
    third = Ground(tmp_path / "third")
    assert arrived(third, sent(ground), person="Ben").state.phases[2].approved_by == "Ann"


@pytest.mark.parametrize(
    "workflow", ["../../../x", "a/b", "ABCDEFGH", "7f3a9c2", "7f3a9c2\0", "-rf", "a" * 999]
)
def test_a_hostile_id_is_no_path(there: Ground, started: Run, ground: Ground, workflow: str) -> None:
    """An id is checked before anything is made of it."""
    before = there.files()
    with pytest.raises(Misused, match="is no workflow id"):
        arrived(there, sent(ground) | {"workflow_id": workflow})
    assert there.files() == before


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/b", "-rf", "\0", "", "\ud800"])
def test_a_hostile_definition_is_no_path(there: Ground, started: Run, ground: Ground, name: str) -> None:
    """So is the name of a definition."""
    with pytest.raises(Misused, match="is no name of a workflow definition"):
        arrived(there, sent(ground) | {"definition": name})


def test_wrong_values_leave_no_file(there: Ground, started: Run, ground: Ground) -> None:
    """What makes no sense is told whole, and nothing is written."""
    before = there.files()
    with pytest.raises(Misused, match=r"title: .*; phases\[0\]\.status: "):
        arrived(there, sent(ground) | {"title": 7, "phases": [{"id": "plan", "status": "done"}]})
    assert there.files() == before


def test_an_arrival_that_was_cut_off_is_made_again(ground: Ground, there: Ground) -> None:
    """A process that died before the first event left only the definition."""
    run = ground.start()
    folder = there.state / "workflow-history" / run.id
    folder.mkdir(parents=True)
    (folder / "definition.md").write_text("half of", encoding="utf-8")
    arrived(there, sent(ground))
    assert agree(there, run.id)


def test_two_arrivals_at_once_are_one(ground: Ground, there: Ground) -> None:
    """The slower of two processes finds what the faster made."""
    run = ground.start()
    values = sent(ground)
    code = f"print(workspace.receive({values!r}), file=sys.stderr)"
    both = [there.program(code, person=False) for _ in range(4)]
    assert [each.wait() for each in both] == [0, 0, 0, 0]
    for each in both:
        each.communicate()
    assert there.types(run.id).count("workflow.started") == 1
    assert agree(there, run.id)


def test_the_text_of_a_stream() -> None:
    """All of it; nothing of a closed one, None of a terminal."""
    assert text_of(io.StringIO("text")) == "text"
    assert text_of(None) == ""
    assert text_of(Slave("text")) is None


def test_a_stream_without_end_is_refused() -> None:
    """More than 16 Mi characters is no workflow; what is not UTF-8 is told by its place."""
    with pytest.raises(Misused, match="holds more than 16777216 characters"):
        text_of(io.StringIO("x" * (INPUT_LIMIT + 2)))
    with pytest.raises(Misused, match="is not UTF-8 at byte 1"):
        text_of(io.TextIOWrapper(io.BytesIO(b"{\xff}"), encoding="utf-8"))


def test_a_workspace_stays_nobodys(there: Ground, ground: Ground) -> None:
    """Who asks is in the first event."""
    ground.start()
    run = arrived(there, sent(ground))
    assert there.events(run.id)[0][3]["by"] == "cli"
    assert Workspace(there.workspace().project, Actor("cli"), run.id).status().id == run.id
