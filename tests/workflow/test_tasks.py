"""Tasks: addresses, verbs, refusals."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.machine import Draft, addressed
from memory_state.workflow.model import State, Task
from memory_state.workflow.tasks import find_task, task_move
from tests.workflow.examples import FEATURE, History, at


def listed() -> History:
    """A run in build with tasks in two phases, two of them equal."""
    run = at("build")
    for text in ("Add the table", "Add the form", "Add the table", "3"):
        run = run.then(Draft("task.added", "build", {"text": text}))
    return run


def test_tasks_are_numbered_within_their_phase() -> None:
    """Addresses count from 1 in each phase."""
    assert [(address, task.text) for address, task in addressed(listed().state)] == [
        ("plan.1", "Write the plan"),
        ("build.1", "Add the table"),
        ("build.2", "Add the form"),
        ("build.3", "Add the table"),
        ("build.4", "3"),
    ]


@pytest.mark.parametrize(
    ("reference", "text", "nth"),
    [
        ("build.2", "Add the form", 1),
        ("2", "Add the form", 1),
        (" 2 ", "Add the form", 1),
        ("plan.1", "Write the plan", 1),
        ("Write the plan", "Write the plan", 1),
        ("Add the form", "Add the form", 1),
        ("build.3", "Add the table", 2),
        ("3", "Add the table", 2),
        ("Add the table", "Add the table", 1),
    ],
)
def test_a_task_is_found(reference: str, text: str, nth: int) -> None:
    """By full address, by number in the current phase, or by its exact text."""
    task, number = find_task(listed().state, reference)
    assert (task.text, number) == (text, nth)


def test_of_equal_tasks_the_open_one_is_meant() -> None:
    """A text that stands twice means the one that is still to do."""
    run = listed().then(Draft("task.completed", "build", {"text": "Add the table"}))
    assert find_task(run.state, "Add the table")[1] == 2
    assert task_move(FEATURE, run.state, "done", "Add the table") == (
        Draft("task.completed", "build", {"text": "Add the table", "nth": 2}),
    )


@pytest.mark.parametrize(
    "reference", ["5", "0", "build.9", "deploy.1", "Sing a song", "", "\u0662", "-1", "1.0"]
)
def test_a_task_that_is_not_there(reference: str) -> None:
    """The refusal names the tasks there are and the command that lists them."""
    with pytest.raises(Misused, match=r"there are plan\.1, build\.1, build\.2, build\.3, build\.4") as caught:
        find_task(listed().state, reference)
    assert caught.value.next_commands == ("task list",)


def test_a_text_that_is_nearly_right_is_told() -> None:
    """A task's text with a slip leads to the task, whatever its case."""
    with pytest.raises(
        Misused, match=r"there is no task 'add the fomr'; did you mean build\.2, 'Add the form'\?"
    ):
        find_task(listed().state, "add the fomr")


def test_of_many_tasks_some_of_the_current_phase_are_named() -> None:
    """A list of a hundred is not read out: ten of the current phase, and how many more."""
    run = at("build")
    many = tuple(Task("build", f"Step {n}", "pending") for n in range(1, 101))
    with pytest.raises(Misused, match=r"there are build\.1, .*, build\.10 and 90 more$"):
        find_task(run.state._replace(tasks=(Task("plan", "Plan", "completed"), *many)), "nothing")


def test_without_tasks_none_are_named() -> None:
    """An empty list is said to be one."""
    run = at("build")
    with pytest.raises(Misused, match="there are none yet"):
        find_task(run.state._replace(tasks=()), "1")


@pytest.mark.parametrize(
    ("verb", "kind", "status"),
    [
        ("start", "task.started", "in_progress"),
        ("done", "task.completed", "completed"),
        ("drop", "task.dropped", "dropped"),
    ],
)
def test_a_verb_has_its_event_and_nothing_the_second_time(verb: str, kind: str, status: str) -> None:
    """Each verb drafts one event, and none where the task stands so already; undo takes it back."""
    run = listed()
    drafts = task_move(FEATURE, run.state, verb, "2")
    assert drafts == (Draft(kind, "build", {"text": "Add the form"}),)
    after = run.then(*drafts)
    assert [task.status for task in after.state.tasks] == ["pending", "pending", status, "pending", "pending"]
    assert task_move(FEATURE, after.state, verb, "2") == ()
    undone = task_move(FEATURE, after.state, "undo", "2")
    assert undone == (Draft("task.reopened", "build", {"text": "Add the form"}),)
    assert after.then(*undone).state.tasks == run.state.tasks
    assert task_move(FEATURE, run.state, "undo", "2") == ()


def test_a_reason_goes_with_the_event() -> None:
    """A reason is kept beside the text; a long one is misuse."""
    assert task_move(FEATURE, listed().state, "drop", "2", reason=" not needed ") == (
        Draft("task.dropped", "build", {"text": "Add the form", "reason": "not needed"}),
    )
    with pytest.raises(Misused):
        task_move(FEATURE, listed().state, "drop", "2", reason="x" * 501)


def test_tasks_are_added_in_order_to_a_known_phase() -> None:
    """A new task goes to the end of the current phase, or of the one that is named."""
    run = at("build")
    assert task_move(FEATURE, run.state, "add", "  Add it ") == (
        Draft("task.added", "build", {"text": "Add it"}),
    )
    assert task_move(FEATURE, run.state, "add", "Say it", "document") == (
        Draft("task.added", "document", {"text": "Say it"}),
    )
    with pytest.raises(Misused, match="feature has no phase 'deploy'"):
        task_move(FEATURE, run.state, "add", "Ship it", "deploy")


@pytest.mark.parametrize("text", ["", "x" * 501, "two\nlines", "broken \ud800"])
def test_a_task_is_one_short_line(text: str) -> None:
    """A task is a line of 1 to 500 characters that can be written."""
    with pytest.raises(Misused):
        task_move(FEATURE, at("build").state, "add", text)


@pytest.mark.parametrize("status", ["paused", "failed", "completed", "cancelled"])
@pytest.mark.parametrize("verb", ["add", "start", "done", "undo", "drop"])
def test_only_live_runs_take_tasks(status: str, verb: str) -> None:
    """A run that nobody works on refuses, naming the way back to work."""
    state = listed().state._replace(status=status)
    with pytest.raises(Refused) as caught:
        task_move(FEATURE, state, verb, "1")
    assert caught.value.next_commands[0] in ("resume", "start DEFINITION TITLE")


@pytest.mark.parametrize("status", ["pending", "in_progress", "waiting", "review", "blocked"])
def test_live_runs_take_tasks(status: str) -> None:
    """In every live status a task can be done."""
    state: State = listed().state._replace(status=status)
    assert [each.type for each in task_move(FEATURE, state, "done", "1")] == ["task.completed"]
