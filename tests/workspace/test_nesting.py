"""Workflows within and beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from memory_state.workflow.machine import park
from memory_state.workspace.actor import Actor
from memory_state.workspace.sessions import binding_of
from memory_state.workspace.transaction import transact
from memory_state.workspace.workspace import Workspace
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from memory_state.workspace.run import Run

SMALL = """---
schema: 1
name: small
level: inner
phases:
  - id: work
    allow: [read, "edit(docs/**)", "edit(src/**)"]
---
# Small
"""


def as_session(project: Project, session: str = SESSION) -> Workspace:
    """The workspace of a person within a session."""
    return Workspace.find(
        project.root, environment=project.environment, actor=Actor("person", "Ann", session)
    )


def nested(project: Project) -> tuple[Run, Run]:
    """A feature in plan, and an inner workflow in it, for one session."""
    folder = project.root / ".memory/workflows"
    folder.mkdir(parents=True)
    (folder / "small.md").write_text(SMALL, encoding="utf-8")
    workspace = as_session(project)
    parent = workspace.start("feature", "Outer work", context={"autonomy": "L3"}, issue_number=42)
    return parent, workspace.start("small", "Inner work", inner=True)


def state_of(project: Project, workflow: str) -> str:
    """The status of a workflow."""
    return as_session(project).show(workflow).state.status


def test_parent_waits_and_session_is_the_childs(project: Project) -> None:
    """An inner workflow holds its parent, and the session works on it."""
    parent, child = nested(project)
    assert child.state.parent == parent.id
    assert child.state.level == "inner"
    assert state_of(project, parent.id) == "waiting"
    binding = binding_of(project.environment, SESSION)
    assert binding is not None
    assert binding.workflow == child.id
    assert as_session(project).status().id == child.id


def test_context_is_inherited_as_it_was(project: Project) -> None:
    """The child has its parent's context as of its start; later changes of the parent stay there."""
    parent, child = nested(project)
    assert dict(child.state.context) == {"autonomy": "L3"}
    assert child.state.issue_number == 42
    document = project.root / ".memory/state/active-workflow.md"
    text = document.read_text(encoding="utf-8").replace('"L3"', '"L1"')
    document.write_text(text, encoding="utf-8")
    assert dict(as_session(project).show(parent.id).state.context) == {"autonomy": "L3"}
    Workspace.find(
        project.root, environment=project.environment, workflow=parent.id, actor=Actor("person", "Ann")
    ).status()
    assert dict(as_session(project).show(parent.id).state.context) == {"autonomy": "L1"}
    assert dict(as_session(project).show(child.id).state.context) == {"autonomy": "L3"}


def test_both_policies_hold(project: Project) -> None:
    """A call passes only where child and parent allow it."""
    nested(project)
    assert project.write("docs/a.md").decision == ""
    assert project.write("src/a.py").decision == "deny"
    assert project.write("plan.md").decision == "deny"


def test_end_gives_the_binding_back(project: Project) -> None:
    """When the child ends, the parent goes on and the session is its again."""
    parent, child = nested(project)
    as_session(project).finish()
    assert state_of(project, child.id) == "completed"
    assert state_of(project, parent.id) == "in_progress"
    binding = binding_of(project.environment, SESSION)
    assert binding is not None
    assert binding.workflow == parent.id
    assert project.write("plan.md").decision == ""


@pytest.mark.parametrize("verb", ["park", "cancel"])
def test_leaving_early_gives_the_binding_back(project: Project, verb: str) -> None:
    """A child that is parked or cancelled lets its parent go on too."""
    parent, _ = nested(project)
    getattr(as_session(project), verb)()
    assert state_of(project, parent.id) == "in_progress"


def test_parked_child_takes_up_again(project: Project) -> None:
    """A resumed child holds its parent again."""
    parent, child = nested(project)
    as_session(project).park()
    as_session(project).resume(child.id)
    assert state_of(project, parent.id) == "waiting"
    assert as_session(project).status().id == child.id


def stuck(project: Project) -> tuple[Run, Run]:
    """A parent that still waits, and a session still bound, for a child that was parked from elsewhere.

    So a crash between the child's end and the parent's going on leaves them.
    """
    parent, child = nested(project)
    found = binding_of(project.environment, SESSION)
    transact(as_session(project).project, child.id, Actor("person", "Ann"),
             lambda run: park(run.state, "park", "paused", None))  # fmt: skip
    assert found == binding_of(project.environment, SESSION)
    assert state_of(project, parent.id) == "waiting"
    return parent, child


def test_policy_of_the_parent_holds_where_a_child_stands_still(project: Project) -> None:
    """A session that is still bound to a child which is not at work is held to the parent's policy."""
    stuck(project)
    assert project.write("src/a.py").decision == "deny"
    assert project.write("plan.md").decision == ""


def test_a_parent_that_waits_for_nothing_goes_on(project: Project) -> None:
    """The next look has the parent at work and the session its own again."""
    parent, _ = stuck(project)
    run = as_session(project).status()
    assert (run.id, run.state.status) == (parent.id, "in_progress")
    binding = binding_of(project.environment, SESSION)
    assert binding is not None
    assert binding.workflow == parent.id


def test_a_parent_that_a_person_keeps_waiting_waits(project: Project) -> None:
    """A look takes up no work that somebody laid down on purpose."""
    parent, _ = nested(project)
    as_session(project).finish()
    as_session(project).wait()
    assert as_session(project).status().state.status == "waiting"
    assert state_of(project, parent.id) == "waiting"


def test_a_child_takes_up_again_under_a_parent_that_waits_for_it(project: Project) -> None:
    """A resume that was cut off after its first half can be asked for again."""
    parent, child = stuck(project)
    assert as_session(project).resume(child.id).state.status == "in_progress"
    assert state_of(project, parent.id) == "waiting"


def test_a_child_without_its_document_still_holds_its_parent(project: Project) -> None:
    """Its history says that it is at work: the parent waits, though the child's document is gone."""
    parent, child = nested(project)
    (project.root / f".memory/state/active-workflow.{child.id}.md").unlink()
    workspace = Workspace.find(project.root, environment=project.environment, workflow=parent.id)
    with pytest.raises(Refused, match=f"waits for its inner workflow {child.id}"):
        workspace.next()


def test_parent_does_not_move_above_its_child(project: Project) -> None:
    """A parent can not go on while its child is at work; the refusal names the child."""
    parent, child = nested(project)
    workspace = Workspace.find(project.root, environment=project.environment, workflow=parent.id)
    with pytest.raises(Refused, match=child.id):
        workspace.next()
    assert state_of(project, parent.id) == "waiting"


def test_second_workflow_needs_to_be_asked_for(project: Project) -> None:
    """Beside a live workflow a start is refused with all ways out, and works beside it for a person."""
    first = as_session(project).start("feature", "One")
    with pytest.raises(Refused) as refusal:
        as_session(project, "other").start("bugfix", "Two")
    assert refusal.value.next_commands == (
        "finish", "park", "start --inner DEFINITION TITLE", "start --beside DEFINITION TITLE",
    )  # fmt: skip
    with pytest.raises(Refused, match="for a person"):
        Workspace.find(project.root, environment=project.environment).start("bugfix", "Two", beside=True)
    second = as_session(project, "other").start("bugfix", "Two", beside=True)
    assert as_session(project).status().id == first.id
    assert as_session(project, "other").status().id == second.id


def test_two_sessions_are_held_to_their_own_workflows(project: Project) -> None:
    """In one memory path each session has the policy of the workflow it is bound to."""
    as_session(project).start("feature", "One")
    other = as_session(project, "other").start("tdd", "Two", beside=True)
    assert other.state.phase == "red"
    assert project.write("tests/test_a.py").decision == "deny"
    assert project.write("tests/test_a.py", session_id="other").decision == ""


def test_unbound_reader_finds_the_current_one(project: Project) -> None:
    """Without a session the current workflow is meant, and -w names another."""
    first = as_session(project).start("feature", "One")
    second = as_session(project, "other").start("bugfix", "Two", beside=True)
    assert Workspace.find(project.root, environment=project.environment).status().id == first.id
    named = Workspace.find(project.root, environment=project.environment, workflow=second.id)
    assert named.status().id == second.id


def test_the_parent_s_history_names_the_inner_one(project: Project) -> None:
    """When it waits and when it goes on."""
    parent, inner = nested(project)
    as_session(project).task("done", "1") if inner.state.tasks else None
    as_session(project).finish()
    events = Workspace.find(project.root, environment=project.environment, workflow=parent.id).history()
    assert [
        (each.type, each.details.get("from"), each.details.get("inner"))
        for each in events
        if each.type in ("workflow.parked", "workflow.resumed")
    ] == [("workflow.parked", None, inner.id), ("workflow.resumed", "waiting", inner.id)]
