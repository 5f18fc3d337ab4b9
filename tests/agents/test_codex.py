"""Codex CLI, as hook processes see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from memory_state.agents.codex import CLIENT, patched_paths, read_call, write_answer
from memory_state.agents.wiring import differences, unwire, wire
from memory_state.core.locate import read_binding
from tests.agents.players import play, play_raw, told
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from pathlib import Path

DENIED = {"hookEventName": "PreToolUse", "permissionDecision": "deny", "permissionDecisionReason": "No."}


@pytest.fixture
def started(tmp_path: Path) -> Project:
    """A project in phase plan with a session of the client, which names no project to its hooks."""
    project = Project.make(tmp_path)
    del project.environment["CLAUDE_PROJECT_DIR"]
    project.workspace().start("feature", "Add login")
    assert "Add login" in play(project, "codex", "SessionStart.startup").output
    return project


def used(project: Project) -> dict[str, object]:
    """The details of the last event."""
    return dict(project.workspace().history()[-1].details)


def patch(project: Project, text: str) -> dict[str, object]:
    """What is said to a patch."""
    given = {"command": f"*** Begin Patch\n{text}\n*** End Patch"}
    return told(play(project, "codex", "PreToolUse.apply_patch", tool_input=given))


def test_session_is_told_where_it_stands_and_bound(started: Project) -> None:
    """The answer holds exactly the fields that the client knows; its process is noted with the session."""
    answer = told(play(started, "codex", "SessionStart.startup", source="resume"))
    assert list(answer) == ["hookSpecificOutput"]
    found = answer["hookSpecificOutput"]
    assert isinstance(found, dict)
    assert sorted(found) == ["additionalContext", "hookEventName"]
    binding = read_binding(started.environment, SESSION) or {}
    assert binding["root"] == str(started.root)
    assert isinstance(binding["pid"], int)


@pytest.mark.parametrize("line", ["Add File: src/a.py", "Update File: src/a.py", "Delete File: src/a.py"])
def test_patch_is_judged_by_the_files_it_names(started: Project, line: str) -> None:
    """A patch of a source file is denied in phase plan, one of the plan passes."""
    found = patch(started, f"*** {line}\n@@\n-x\n+y")["hookSpecificOutput"]
    assert isinstance(found, dict)
    assert sorted(found) == ["hookEventName", "permissionDecision", "permissionDecisionReason"]
    assert found["permissionDecision"] == "deny"
    assert "no rule allows Edit on src/a.py" in str(found["permissionDecisionReason"])
    assert patch(started, f"*** {line.replace('src/a.py', 'plan.md')}\n@@\n-x\n+y") == {}


def test_every_file_of_a_patch_counts(started: Project) -> None:
    """One forbidden file among allowed ones, or the place that one is moved to, denies the whole."""
    first = "*** Add File: plan.md\n+x\n"
    assert patch(started, first + "*** Update File: docs/a.md\n*** Move to: src/a.py\n@@\n-x\n+y") != {}
    assert patch(started, first + "  *** Delete File: src/a.py  ") != {}
    assert patch(started, first + "*** Add File: docs/a.md\n+*** Add File: src/a.py") == {}


def test_patch_of_state_or_of_the_client_s_hooks_is_denied(started: Project) -> None:
    """Protected places are closed to patches, too."""
    for path in (".codex/hooks.json", ".memory/state/active-workflow.md", f"{started.root}/.git/config"):
        assert patch(started, f"*** Update File: {path}\n@@\n-x\n+y") != {}, path


def test_names_in_a_patch() -> None:
    """Headers count, with white space around them; content lines begin with a sign of their own."""
    text = (
        "*** Begin Patch\n*** Add File: a b.py\n+*** Add File: no\n  *** Move to:  c.py \n-x\n*** End Patch"
    )
    assert patched_paths(text) == ["a b.py", "c.py"]


@pytest.mark.parametrize("folder", ["/", "/tmp"])
def test_call_in_another_folder_is_held_alike(started: Project, folder: str) -> None:
    """A command that is run elsewhere is judged by the session's workflow, paths from where it runs."""
    line = {"command": f"echo x > {started.root}/src/a.py"}
    found = told(play(started, "codex", "PreToolUse.Bash.workdir", cwd=folder, tool_input=line))
    assert "src/a.py" in json.dumps(found)
    outside = told(
        play(started, "codex", "PreToolUse.Bash.workdir", cwd=folder, tool_input={"command": "echo x > a"})
    )
    assert "no rule allows" in json.dumps(outside)


def test_session_that_goes_on_elsewhere_is_of_the_place_where_it_is(started: Project, tmp_path: Path) -> None:
    """At its start a session belongs to the folder it is started in, whatever it was bound to before."""
    other = tmp_path / "other"
    (other / ".memory").mkdir(parents=True)
    assert play(started, "codex", "SessionStart.startup", source="resume", cwd=str(other)).output == ""


def test_finished_patch_is_recorded_with_its_files(started: Project) -> None:
    """The files that the patch names are in the event."""
    assert play(started, "codex", "PostToolUse.apply_patch").status == 0
    assert used(started)["paths"] == ["sub/a.txt", "seed.txt", "moved.txt"]
    assert used(started)["ok"] is True


def test_outcome_of_a_command_is_not_guessed(started: Project) -> None:
    """The client does not tell how a command ended, so the event does not say."""
    assert play(started, "codex", "PostToolUse.Bash").status == 0
    assert used(started)["tool"] == "Bash"
    assert "ok" not in used(started)


def test_no_phase_is_left_by_a_command_that_may_have_failed(tmp_path: Path) -> None:
    """A rule that a success advances the workflow holds where the client tells of success only."""
    project = Project.make(tmp_path)
    folder = project.root / ".memory/workflows"
    folder.mkdir(parents=True)
    (folder / "quick.md").write_text(
        "---\nschema: 1\nname: quick\nphases:\n  - id: a\n    advance_on: ['shell(echo *)', 'edit(go.txt)']\n"
        "  - id: b\n---\n# Quick\n",
        encoding="utf-8",
    )
    project.workspace().start("quick", "Go")
    play(project, "codex", "SessionStart.startup")
    play(project, "codex", "PostToolUse.Bash", tool_input={"command": "echo hi"})
    assert project.workspace().status().state.phase == "a"
    given = {"command": "*** Begin Patch\n*** Add File: go.txt\n+x\n*** End Patch"}
    play(project, "codex", "PostToolUse.apply_patch", tool_input=given)
    assert project.workspace().status().state.phase == "b"


def test_nobody_is_asked(started: Project) -> None:
    """What only a person may do is denied, recorded, and told how a person does it; no grant is left."""
    asked = play(started, "codex", "PreToolUse.Bash.workdir", cwd=str(started.root),
                 tool_input={"command": "memory-state approve"})  # fmt: skip
    found = json.dumps(told(asked))
    assert '"deny"' in found
    assert "a person runs it at a terminal of their own" in found
    assert started.workspace().history()[-1].type == "tool.denied"
    assert not list((started.root / ".memory/state/.cache").glob("grant-*"))


@pytest.mark.parametrize("name", ["PreToolUse.view_image", "PreToolUse.create_goal", "UserPromptSubmit"])
def test_harmless_calls_pass_in_silence(started: Project, name: str) -> None:
    """Looking at a picture and keeping goals is nobody's business."""
    assert play(started, "codex", name) == (0, "", "")


def test_plugin_form_takes_the_event_from_the_payload(started: Project) -> None:
    """Without an event in its command the payload's counts."""
    given = {"command": "*** Begin Patch\n*** Add File: src/a.py\n+x\n*** End Patch"}
    found = json.dumps({
        "session_id": SESSION, "cwd": str(started.root), "hook_event_name": "PreToolUse",
        "tool_name": "apply_patch", "tool_input": given, "tool_use_id": "call_1",
    }).encode()  # fmt: skip
    assert '"deny"' in play_raw(started, "codex", "", found).output


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"tool_name": 5}'])
def test_unusable_payload_is_denied_in_the_client_s_form(started: Project, content: bytes) -> None:
    """A denial is JSON with exit status 0."""
    played = play_raw(started, "codex", "PreToolUse", content)
    assert (played.status, played.decision) == (0, "deny")


def test_answers() -> None:
    """No answer holds a field that the client does not know for its event."""
    assert json.loads(write_answer("PreToolUse", "deny", "No.")[0]) == {"hookSpecificOutput": DENIED}
    assert json.loads(write_answer("PreToolUse", "ask", "No.")[0]) == {"hookSpecificOutput": DENIED}
    assert json.loads(write_answer("PostToolUse", "fact", "Look.")[0]) == {
        "systemMessage": "Look.",
        "hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": "Look."},
    }
    assert write_answer("Stop", "hold", "Open.") == ('{"decision": "block", "reason": "Open."}\n', "", 0)
    assert write_answer("Stop", "message", "Look.") == ('{"systemMessage": "Look."}\n', "", 0)
    assert write_answer("Stop", "fact", "Look.") == ('{"systemMessage": "Look."}\n', "", 0)
    assert write_answer("Stop", "fault", "Disk.") == ("", "Disk.\n", 1)


def test_common_form() -> None:
    """What is not the client's own stays as it is."""
    event, found = read_call("", {"hook_event_name": "Stop", "session_id": "s", "other": 1})
    assert event == "Stop"
    assert (found["session_id"], found["other"], found["client"]) == ("s", 1, "codex")


def test_settings_come_and_go() -> None:
    """Its file is wired and unwired around what somebody else wrote there."""
    entries = CLIENT.entries("/usr/bin/python3", "/nowhere/launch.py")
    before = '{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "./mine.sh"}]}]}}\n'
    text, undo = wire(before, entries)
    assert differences(text, entries) == []
    assert "./mine.sh" in text
    assert unwire(text, undo) == before
    assert "/nowhere" not in text
    limits = {
        name: json.loads(json.dumps(groups))[0]["hooks"][0]["timeout"] for name, groups in entries.items()
    }
    assert (limits["PreToolUse"], limits["SessionEnd"]) == (10, 3)
