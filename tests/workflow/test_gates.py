"""Exit conditions: what each says, and that all are asked."""

from __future__ import annotations

import pytest

from memory_state.workflow.gates import GATES, CommandResult, Facts, ask
from memory_state.workflow.machine import Draft, Verdict
from memory_state.workflow.model import Condition, Phase, Task
from tests.workflow.examples import FEATURE, History, at

NOTHING = Facts({}, {}, {})


def ran(status: int | None, output: str = "") -> Facts:
    """The facts after `$test` was run."""
    return Facts({}, {"$test": CommandResult("pytest -q", status, 1.25, output)}, {})


def with_tasks(*statuses: str) -> History:
    """A run in build whose tasks stand so."""
    run = at("build")
    tasks = tuple(Task("build", f"task {n}", status) for n, status in enumerate(statuses, 1))
    return run._replace(state=run.state._replace(tasks=(Task("plan", "open", "pending"), *tasks)))


@pytest.mark.parametrize(
    ("statuses", "met", "reason"),
    [
        ((), False, "phase build has no task yet"),
        (("dropped",), False, "phase build has no task yet"),
        (("pending",), False, '1 of 1 open: "task 1"'),
        (("completed", "in_progress"), False, '1 of 2 open: "task 2"'),
        (("completed", "dropped"), True, "1 of 1 done"),
        (("completed", "completed"), True, "2 of 2 done"),
        (("pending",) * 7, False,
         '7 of 7 open: "task 1"; "task 2"; "task 3"; "task 4"; "task 5"'),
    ],
)  # fmt: skip
def test_tasks(statuses: tuple[str, ...], met: bool, reason: str) -> None:  # noqa: FBT001 - a table's column
    """At least one task of the current phase counts, and every one that counts is done."""
    verdicts = ask(FEATURE.phases[1], with_tasks(*statuses).state, NOTHING)
    assert verdicts == (Verdict("tasks", met, reason),)


@pytest.mark.parametrize(
    ("headings", "met", "reason"),
    [
        (None, False, "plan.md is missing or empty"),
        ((), False, "plan.md lacks the headings Goal, Risks"),
        (("goal", "Other"), False, "plan.md lacks the headings Risks"),
        (("RISKS", "Goal"), True, "plan.md is there"),
    ],
)
def test_files(headings: tuple[str, ...] | None, met: bool, reason: str) -> None:  # noqa: FBT001 - a column
    """A file must be there, not empty, and have its headings, whatever their case."""
    phase = Phase("build", exit=(Condition("file", "plan.md", ("Goal", "Risks")),))
    facts = Facts({"plan.md": headings}, {}, {})
    assert ask(phase, at("build").state, facts) == (Verdict("file: plan.md", met, reason),)


def test_a_file_that_was_not_looked_at_is_not_met() -> None:
    """What nobody looked for is as good as missing."""
    phase = Phase("build", exit=(Condition("file", "plan.md"),))
    assert [each.met for each in ask(phase, at("build").state, NOTHING)] == [False]


@pytest.mark.parametrize(
    ("facts", "met", "reason"),
    [
        (NOTHING, None, "not run"),
        (ran(0), True, "pytest -q passed in 1.2 s"),
        (ran(1, "many\nlines\n2 failed\n"), False, "pytest -q ended with status 1: 2 failed"),
        (ran(1, "x" * 300), False, "pytest -q ended with status 1: " + "x" * 200),
        (ran(-9), False, "pytest -q ended with status -9: "),
        (ran(None), False, "pytest -q was stopped after 600 s"),
        (Facts({}, {}, {"$test": "no test command is known"}), False, "no test command is known"),
    ],
)
def test_commands(facts: Facts, met: bool | None, reason: str) -> None:  # noqa: FBT001 - a table's column
    """A command must have ended with status 0; one that was not run is neither met nor unmet."""
    assert ask(FEATURE.phases[2], at("test").state, facts) == (Verdict("command: $test", met, reason),)


def test_an_approval_stands_for_a_command() -> None:
    """A person's approval lets a phase be left whose command can not run or fails."""
    run = at("test").then(Draft("approval.given", "test", {"name": "Ann"}))
    for facts in (NOTHING, ran(1), Facts({}, {}, {"$test": "unknown"})):
        assert ask(FEATURE.phases[2], run.state, facts) == (
            Verdict("command: $test", met=True, reason="approved by Ann"),
        )


def test_approval() -> None:
    """Only an approval of this phase since its entering counts."""
    run = at("review")
    assert ask(FEATURE.phases[3], run.state, NOTHING) == (
        Verdict("approval", met=False, reason="no person has approved phase review"),
    )
    earlier = at("test").then(Draft("approval.given", "test", {"name": "Ann"})).next()
    assert ask(FEATURE.phases[3], earlier.state, NOTHING)[0].met is False
    given = run.then(Draft("approval.given", "review", {"name": "Ann"}))
    assert ask(FEATURE.phases[3], given.state, NOTHING) == (
        Verdict("approval", met=True, reason="approved by Ann at 2026-11-20T10:12:02Z"),
    )


def test_all_conditions_are_asked() -> None:
    """The first unmet condition does not hide the others; they answer in order."""
    exits = (
        Condition("tasks"),
        Condition("file", "a.md"),
        Condition("command", "make"),
        Condition("approval"),
    )
    verdicts = ask(Phase("build", exit=exits), at("build").state, NOTHING)
    assert [(each.name, each.met) for each in verdicts] == [
        ("tasks", False),
        ("file: a.md", False),
        ("command: make", None),
        ("approval", False),
    ]
    assert set(GATES) == {"tasks", "file", "command", "approval"}


def test_a_phase_without_exit_is_open() -> None:
    """No condition, no verdict."""
    assert ask(Phase("build"), at("build").state, NOTHING) == ()
