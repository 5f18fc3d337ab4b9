"""`check` and `prime`: asking without acting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_check_tells_every_condition(planning: Program) -> None:
    """Alone it asks the exit gate; what is not met is a reason, and the exit code is 1."""
    told = planning("check", "--json")
    assert told.code == 1
    assert told.document == {
        "schemaVersion": 1,
        "kind": "check",
        "decision": "deny",
        "reasons": ['tasks: 1 of 1 open: "Write the plan"', "file: plan.md: plan.md is missing or empty"],
        "conditions": [
            {"name": "tasks", "met": False, "reason": '1 of 1 open: "Write the plan"'},
            {"name": "file: plan.md", "met": False, "reason": "plan.md is missing or empty"},
        ],
        "shell": None,
    }


def test_check_changes_nothing(planning: Program) -> None:
    """A gate that is asked leaves no event."""
    before = planning("history", "--json").document["events"]
    planning("check")
    planning("check", "--tool", "Write", "--path", "src/app.py")
    assert planning("history", "--json").document["events"] == before


@pytest.mark.parametrize(
    ("arguments", "decision"),
    [
        (("--tool", "Read", "--path", "src/app.py"), "allow"),
        (("--tool", "Write", "--path", "docs/plan.md"), "allow"),
        (("--tool", "Write", "--path", "src/app.py"), "deny"),
        (("--tool", "edit", "--path", "docs/a.md", "--path", "src/app.py"), "deny"),
        (("--tool", "Write", "--path", ".git/hooks/pre-commit"), "deny"),
        (("--tool", "Write", "--path", ".memory/state/.lock"), "deny"),
        (("--tool", "search"), "allow"),
        (("--tool", "web"), "allow"),
        (("--tool", "TodoWrite"), "allow"),
        (("--tool", "Teleport"), "deny"),
        (("--tool", "mcp__github__get_issue"), "deny"),
        (("--shell", "git status"), "allow"),
        (("--shell", "npm install"), "deny"),
        (("--shell", "memory-state status"), "allow"),
        (("--shell", "memory-state approve"), "ask"),
        (("--shell", "memory-state approve && rm -r src"), "deny"),
    ],
)
def test_check_asks_the_policy(planning: Program, arguments: tuple[str, ...], decision: str) -> None:
    """A tool call or a shell command is judged as the hook judges it."""
    told = planning("-C", str(planning.project.root), "check", *arguments, "--json")
    assert told.document["decision"] == decision
    assert told.code == (0 if decision == "allow" else 1)
    assert bool(told.document["reasons"]) is (decision != "allow")


@pytest.mark.parametrize(("line", "verdict"), [("git status | head -3", "read"), ("make all", "unknown")])
def test_the_effect_of_a_command_needs_no_workflow(ask: Program, line: str, verdict: str) -> None:
    """Without a workflow everything is allowed, and the verdict is told all the same."""
    told = ask("check", "--shell", line, "--json")
    assert (told.code, told.document["decision"]) == (0, "allow")
    assert told.document["shell"] == {"verdict": verdict, "writes": []}


def test_without_a_workflow_every_tool_is_allowed(ask: Program) -> None:
    """No workflow, no policy."""
    assert ask("check", "--tool", "Write", "--path", "src/app.py").code == 0


def test_a_paused_workflow_has_no_policy(planning: Program) -> None:
    """What is set aside forbids nothing."""
    planning("park", "--by", "Ada")
    assert planning("check", "--tool", "Write", "--path", "src/app.py").code == 0


@pytest.mark.parametrize(
    "arguments", [("--run", "--tool", "Read"), ("--path", "x"), ("--tool", "Read", "--shell", "ls")]
)
def test_questions_exclude_each_other(planning: Program, arguments: tuple[str, ...]) -> None:
    """One call asks one thing."""
    assert planning("check", *arguments).code == 2


def test_prime_is_short_fenced_and_never_the_same(planning: Program) -> None:
    """The briefing marks its data, names the legal commands, and differs each time."""
    first, second = (planning("prime").out for _ in range(2))
    assert len(first) <= 1501
    assert re.search(r"<<<([0-9a-f]{8})\n.*\n\1>>>", first, re.DOTALL)
    assert "`memory-state task done plan.1`" in first
    assert first != second


def test_prime_as_json(planning: Program) -> None:
    """The same text in a document."""
    told = planning("prime", "--json")
    assert "Add login" in str(told.document["text"])
