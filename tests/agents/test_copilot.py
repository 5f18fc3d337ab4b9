"""Copilot CLI, as hook processes see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from memory_state.agents.copilot import CLIENT, exit_status, read_call, tool_name, write_answer
from memory_state.agents.wiring import differences
from tests.agents.players import play, play_raw, told
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def started(tmp_path: Path) -> Project:
    """A project in phase plan with a session of the client."""
    project = Project.make(tmp_path)
    project.workspace().start("feature", "Add login")
    assert "Add login" in play(project, "copilot", "SessionStart.new").output
    return project


def types(project: Project) -> list[str]:
    """The types of all events."""
    return [event.type for event in project.workspace().history()]


def write(project: Project, path: str, **changes: object) -> dict[str, object]:
    """What is said to an edit of a file."""
    given = {"path": f"{project.root}/{path}", "old_str": "a", "new_str": "b"}
    return told(play(project, "copilot", "PreToolUse.Edit", tool_input=given, **changes))


def test_context_stands_at_the_top_level(started: Project) -> None:
    """Where the client reads it; a new session counts as a start."""
    answer = told(play(started, "copilot", "SessionStart.new"))
    assert list(answer) == ["additionalContext"]
    assert "(startup, event" in str(answer["additionalContext"])


def test_denial_stands_at_the_top_level(started: Project) -> None:
    """With exit status 0, as any other loses the reason."""
    answer = write(started, "src/a.py")
    assert sorted(answer) == ["permissionDecision", "permissionDecisionReason"]
    assert answer["permissionDecision"] == "deny"
    assert "no rule allows Edit on src/a.py" in str(answer["permissionDecisionReason"])
    assert write(started, "plan.md") == {}
    assert types(started)[-1] == "tool.denied"


def test_document_may_be_ticked_by_an_edit(started: Project) -> None:
    """The client's names of an edit's parts are understood, so its result is judged."""
    path = ".memory/state/active-workflow.md"
    given = {"path": f"{started.root}/{path}", "old_str": "- [ ] Write", "new_str": "- [x] Write"}
    assert told(play(started, "copilot", "PreToolUse.Edit", tool_input=given)) == {}
    given["new_str"] = ""
    assert told(play(started, "copilot", "PreToolUse.Edit", tool_input=given)) != {}


@pytest.mark.parametrize(
    "name", ["PreToolUse.Read", "PreToolUse.Grep", "PreToolUse.sql", "PreToolUse.Agent", "UserPromptSubmit"]
)
def test_harmless_calls_pass_in_silence(started: Project, name: str) -> None:
    """Reading, searching, its own lists and subagents pass in phase plan."""
    assert play(started, "copilot", name) == (0, "", "")


def test_finished_call_is_recorded_once(started: Project) -> None:
    """A call has no id; told twice at the same moment it is one, a moment later it is another."""
    for _ in range(2):
        play(started, "copilot", "PostToolUse.Edit")
    assert types(started).count("tool.used") == 1
    play(started, "copilot", "PostToolUse.Edit", timestamp="2026-11-21T08:12:28.264Z")
    assert types(started).count("tool.used") == 2


def test_two_calls_of_one_moment_are_two(started: Project) -> None:
    """Calls that differ in what they are given are told apart."""
    for path in ("a.txt", "b.txt"):
        given = {"path": f"{started.root}/{path}", "old_str": "a", "new_str": "b"}
        play(started, "copilot", "PostToolUse.Edit", tool_input=given)
    found = [event.details["paths"] for event in started.workspace().history() if event.type == "tool.used"]
    assert found == [["a.txt"], ["b.txt"]]


def test_failed_command_is_recorded_as_failed(started: Project) -> None:
    """The client tells a command that failed as one that is done; its result says otherwise."""
    play(started, "copilot", "PostToolUse.Bash.failed")
    assert started.workspace().history()[-1].details["ok"] is False
    play(started, "copilot", "PostToolUseFailure.Agent")
    assert started.workspace().history()[-1].details["ok"] is False


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("\n<shellId: 1 completed with exit code 3>", "3"),
        ("hi\n<shellId: 0 completed with exit code 0>", "0"),
        ("<command started in background with shellId: 0>", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_exit_status(text: object, status: str) -> None:
    """It stands at the end of what the model is shown."""
    assert exit_status({"result_type": "success", "text_result_for_llm": text}) == status
    assert exit_status(text) == ""


def test_where_it_stands_is_told_again_after_a_compaction(started: Project) -> None:
    """With the next finished call, once, as the client shows nothing sooner."""
    compaction = {
        "hook_event_name": "PreCompact", "session_id": SESSION, "cwd": str(started.root),
        "timestamp": "2026-11-21T08:12:29.000Z", "trigger": "auto",
    }  # fmt: skip
    assert play_raw(started, "copilot", "PreCompact", json.dumps(compaction).encode()) == (0, "", "")
    answer = told(play(started, "copilot", "PostToolUse.Edit"))
    assert "phase plan (1 of 5)" in str(answer["additionalContext"])
    assert "(compact, event" in str(answer["additionalContext"])
    assert types(started)[-2:] == ["context.compacted", "tool.used"]
    assert play(started, "copilot", "PostToolUse.Edit", timestamp="2026-11-21T08:12:30.000Z").output == ""


def test_nobody_is_asked(started: Project) -> None:
    """What only a person may do is denied with how a person does it."""
    given = {"command": "memory-state approve", "mode": "sync"}
    answer = told(play(started, "copilot", "PreToolUse.Bash", tool_input=given))
    assert answer["permissionDecision"] == "deny"
    assert "a person runs it at a terminal of their own" in str(answer["permissionDecisionReason"])
    assert not list((started.root / ".memory/state/.cache").glob("grant-*"))


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("github-get_issue", "mcp__github__get_issue"),
        ("github-mcp-server-get_issue", "mcp__github-mcp-server__get_issue"),
        ("Bash", "Bash"),
        ("read_bash", "BashOutput"),
        ("unheard_of", "unheard_of"),
    ],
)
def test_common_names_of_tools(name: str, common: str) -> None:
    """A server's tool has the server before its last dash; a name that nobody knows stays."""
    assert tool_name(name) == common


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_unusable_payload_is_denied_in_the_client_s_form(started: Project, content: bytes) -> None:
    """A denial is JSON with exit status 0, so that its reason is not lost."""
    played = play_raw(started, "copilot", "PreToolUse", content)
    assert (played.status, told(played)["permissionDecision"]) == (0, "deny")


def test_answers() -> None:
    """Context, facts and messages all go to the model, at the top level."""
    for kind in ("context", "fact", "message"):
        assert write_answer(kind, "Look.") == ('{"additionalContext": "Look."}\n', "", 0)
    assert write_answer("hold", "Open.") == ('{"decision": "block", "reason": "Open."}\n', "", 0)
    assert write_answer("fault", "Disk.") == ("", "Disk.\n", 1)


def test_common_form() -> None:
    """Inputs have their common names, the rest stays."""
    given = {"path": "a", "file_text": "x", "other": 1}
    event, found = read_call("", {"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": given})
    assert event == "PreToolUse"
    assert found["tool_input"] == {"path": "a", "content": "x", "other": 1}


def test_settings_have_no_matcher() -> None:
    """An empty one would switch the hooks off in silence."""
    entries = CLIENT.entries("/usr/bin/python3", "/nowhere/launch.py")
    assert "matcher" not in json.dumps(entries)
    assert differences(json.dumps({"version": 1, "hooks": entries}), entries) == []
