"""What the gate says of our own commands, by who calls them."""

from __future__ import annotations

import pytest

from memory_state.core.gate import judge_call

HEADER: dict[str, object] = {"status": "in_progress", "allow": ["read"]}
PROGRAM = "/usr/bin/memory-state"
LOOKING = (
    "status", "check", "prime", "list", "show", "history", "timeline", "report", "explain", "graph",
    "verify", "validate", "statusline", "orphans", "doctor", "config", "completion",
)  # fmt: skip
WORKING = ("next", "back", "wait", "finish", "save", "resume")
PERSONS = (
    "approve", "trust", "override", "skip", "rollback", "resolve", "cancel", "fail", "park", "archive",
    "gc", "uninstall", "config set", "setup --remove", "start --beside", "start --test", "doctor --fix",
)  # fmt: skip


def judged(line: str, status: str = "in_progress", **fields: object) -> tuple[str, str]:
    """Decision and reason for a shell command in a phase that only lets files be read."""
    payload: dict[str, object] = {"tool_name": "Bash", "tool_input": {"command": line}, **fields}
    return judge_call(payload, {**HEADER, "status": status}, "/p", "/p/.memory", (), (PROGRAM,))


@pytest.mark.parametrize("verb", [*LOOKING, *WORKING, "task", "note"])
def test_an_agent_may_look_and_work(verb: str) -> None:
    """Whatever the phase allows, also beside commands that only read."""
    assert judged(f"memory-state {verb}") == ("allow", "")
    assert judged(f"{PROGRAM} {verb} x && ls") == ("allow", "")


@pytest.mark.parametrize("verb", [*LOOKING, "task", "note"])
def test_a_subagent_may_look(verb: str) -> None:
    """And say what it did."""
    assert judged(f"memory-state {verb}", agent_id="a1") == ("allow", "")


@pytest.mark.parametrize("verb", [*WORKING, "start", "init"])
def test_a_subagent_moves_nothing(verb: str) -> None:
    """The main session moves the workflow."""
    wanted = f"a subagent may look, and use task and note; {verb} is for the main session"
    assert judged(f"memory-state {verb}", agent_id="a1") == ("deny", wanted)


@pytest.mark.parametrize("command", PERSONS)
def test_a_person_is_asked(command: str) -> None:
    """What only a person may do is asked alone, and denied in a longer line."""
    assert judged(f"memory-state {command}") == ("ask", f"{command} is for a person to allow")
    verb = command.partition(" ")[0]
    wanted = f"{verb} is for a person to allow: run it alone, in a line of its own"
    assert judged(f"memory-state {command} && ls") == ("deny", wanted)


@pytest.mark.parametrize(
    ("status", "decision"),
    [("paused", "allow"), ("in_progress", "allow"), ("blocked", "ask"), ("failed", "ask")],
)
def test_resuming_what_failed_is_for_a_person(status: str, decision: str) -> None:
    """An agent resumes what was parked, no more."""
    assert judged("memory-state resume", status)[0] == decision
