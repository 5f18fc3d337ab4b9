"""Whatever the hook denies or asks says what to do next; our own commands and reading state never are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from memory_state.core.gate import judge_call
from tests.cli.ways import named_commands, takes
from tests.sessions import Project
from tests.workflow.examples import BUILT_IN, built_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sessions import Played

NARROW = """---
schema: 1
name: narrow
phases:
  - id: plan
    allow: [read, "edit(docs/**)", "shell(make docs)"]
    deny: ["shell(git push *)"]
    exit: [tasks]
  - id: build
    exit: [{command: "false"}]
    returns_to: plan
    max_returns: 1
  - id: review
    exit: [approval]
---
"""
OWN = (
    "status", "check", "next", "back --reason x", "task list", "task done 1", "task add More", "note Hi",
    "wait", "finish", "save", "resume", "prime", "list", "show", "history", "verify", "validate", "orphans",
    "doctor", "config list", "completion bash",
)  # fmt: skip


@pytest.fixture
def narrow(tmp_path: Path) -> Project:
    """A project whose workflow is in a phase that allows little."""
    project = Project.make(tmp_path)
    path = project.root / ".memory" / "workflows" / "narrow.md"
    path.parent.mkdir(parents=True)
    path.write_text(NARROW, encoding="utf-8")
    project.workspace().start("narrow", "Add login")
    project.workspace().task("add", "Write it")
    return project


def check(played: Played, decision: str) -> list[str]:
    """See that an answer is this decision and names commands that exist; gives them."""
    told = played.answer["permissionDecisionReason"]
    assert played.decision == decision, told
    commands = named_commands(told)
    assert commands, told
    assert [each for each in commands if not takes(each)] == [], told
    return commands


@pytest.mark.parametrize(
    "path",
    [
        "src/app.py", ".memory/state/x", ".memory-state.toml", ".git/hooks/pre-commit", ".codex/hooks.json",
        "../x",
    ],
)  # fmt: skip
def test_denied_edits_name_the_way_on(narrow: Project, path: str) -> None:
    """By the phase, and protected ones."""
    check(narrow.write(path), "deny")


@pytest.mark.parametrize(
    "content", ['{"hooks": {}}', "no json", '{"env": {"A": "1"}}', '{"disableAllHooks": true}']
)
def test_denied_settings_name_the_way_on(narrow: Project, content: str) -> None:
    """Of the client, by what would be in them."""
    given = {"file_path": str(narrow.root / ".claude" / "settings.json"), "content": content}
    check(narrow.play("PreToolUse.Write", tool_input=given), "deny")


def test_denied_edits_of_the_document_name_the_way_on(narrow: Project) -> None:
    """An agent that moves the phase by hand learns the command for it."""
    path = narrow.root / ".memory" / "state" / "active-workflow.md"
    moved = path.read_text(encoding="utf-8").replace('phase: "plan"', 'phase: "build"')
    for content in (moved, "nothing", ""):
        given = {"file_path": str(path), "content": content}
        check(narrow.play("PreToolUse.Write", tool_input=given), "deny")


@pytest.mark.parametrize(
    "command",
    [
        "git push origin", "rm -rf src", "make all", "python3 x.py", "echo x > src/app.py", "if true; then",
        "env memory-state next", "memory-state status; memory-state approve", "X=1 memory-state approve",
        "memory-state approve && ls", "eval 'memory-state next'", "cat x | sh", "echo x > .memory/state/y",
    ],
)  # fmt: skip
def test_denied_commands_name_the_way_on(narrow: Project, command: str) -> None:
    """By a rule, by what they write, and ours in a disguise."""
    check(narrow.shell(command), "deny")


@pytest.mark.parametrize(
    "command", ["approve", "trust", "park", "cancel", "skip --reason x", "config set a b"]
)
def test_asked_commands_name_the_way_on(narrow: Project, command: str) -> None:
    """What a person may allow is asked, and says where the workflow stands."""
    check(narrow.shell(f"memory-state {command}"), "ask")


def test_who_can_not_be_asked_is_denied(narrow: Project) -> None:
    """A call of no session leaves no grant, and says who runs the command."""
    played = narrow.shell("memory-state approve", session_id="")
    check(played, "deny")
    assert "a person runs it" in played.message
    assert list((narrow.root / ".memory/state/.cache").glob("grant-*")) == []


def test_other_denied_tools_name_the_way_on(narrow: Project) -> None:
    """A server's tool, an unknown one, the web, a subagent, and what a subagent may not do."""
    check(narrow.play("PreToolUse.mcp__lab__echo"), "deny")
    check(narrow.play("PreToolUse.Agent"), "deny")
    for name in ("WebFetch", "Frobnicate"):
        check(narrow.play("PreToolUse.Write", tool_name=name, tool_input={}), "deny")
    check(narrow.shell("memory-state next", agent_id="a1"), "deny")


@pytest.mark.parametrize(
    ("status", "way"),
    [("waiting", "next"), ("blocked", "resume"), ("review", "next"), ("in_progress", "next")],
)
def test_the_way_on_is_that_of_the_status(narrow: Project, status: str, way: str) -> None:
    """A denial in a blocked workflow does not send anybody to `next`."""
    workspace = narrow.workspace()
    if status == "waiting":
        workspace.wait()
    if status in ("blocked", "review"):
        workspace.task("done", "1")
        workspace.next()
        workspace.approve()
        workspace.next()
    if status == "blocked":
        workspace.cancel()
        other = narrow.workspace()
        other.start("narrow", "Again")
        for task in ("One", "Two"):
            other.task("add", task)
            for text in [each.text for each in other.status().state.tasks if each.status == "pending"]:
                other.task("done", text)
            other.next()
            other.back("Wrong")
    assert narrow.workspace().status().state.status == status
    assert check(narrow.write(".memory-state.toml"), "deny") == ["status", way]


def test_lost_state_and_faults_name_the_way_on(narrow: Project) -> None:
    """What can not be decided is denied with the command that looks into it."""
    narrow.play("SessionStart.startup")
    log = next(narrow.root.glob(".memory/state/workflow-history/*/events.md"))
    log.unlink()
    check(narrow.write("docs/x.md"), "deny")
    given = json.dumps({"tool_name": "Write", "cwd": str(narrow.root)}).encode()[:-1]
    played = narrow.play_raw("PreToolUse", given)
    assert played.decision == "deny"
    check(played, "deny")


# never blocked


def header(allow: object, deny: object, status: str) -> dict[str, object]:
    """The front matter that a decision reads."""
    return {"workflow_id": "7f3a9c21", "status": status, "phase": "p", "allow": allow, "deny": deny}


def judged(name: str, given: dict[str, object], policy: dict[str, object]) -> str:
    """The decision on a call of a tool in the project `/p`."""
    payload: dict[str, object] = {"tool_name": name, "tool_input": given, "cwd": "/p"}
    return judge_call(payload, policy, "/p", "/p/.memory", (), ("/opt/bin/memory-state",))[0]


def policies() -> list[tuple[str, object, object]]:
    """Every phase of every built-in definition, and the narrowest there can be."""
    found: list[tuple[str, object, object]] = [
        (f"{name}/{phase.id}", None if phase.allow is None else list(phase.allow), list(phase.deny))
        for name in BUILT_IN
        for phase in built_in(name).phases
    ]
    return [
        *found,
        ("nothing", [], []),
        ("no", [], ["*", "read", "shell", "shell(*)", "shell(memory-state *)"]),
    ]


@pytest.mark.parametrize(("name", "allow", "deny"), policies())
def test_our_commands_and_reading_state_are_never_blocked(name: str, allow: object, deny: object) -> None:
    """In every phase of every definition, in every status, however narrow its policy is."""
    for status in ("pending", "in_progress", "waiting", "review", "blocked"):
        policy = header(allow, deny, status)
        for command in OWN:
            if (command, status) == ("resume", "blocked"):
                continue  # for a person
            for program in ("memory-state", "/opt/bin/memory-state", "python3 -m memory_state"):
                assert judged("Bash", {"command": f"{program} {command}"}, policy) == "allow", (name, command)
        for path in (
            "/p/.memory/state/active-workflow.md",
            ".memory/state/workflow-history/7f3a9c21/events.md",
        ):
            assert judged("Read", {"file_path": path}, policy) == "allow", (name, path)
        assert judged("Grep", {"path": "/p/.memory/state"}, policy) == "allow", name
        assert judged("Bash", {"command": "memory-state approve"}, policy) == "ask", name
