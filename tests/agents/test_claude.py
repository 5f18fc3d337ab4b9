"""The Claude Code client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from memory_state.agents.claude import CLIENT, EVENTS, hook_entries, write_answer
from memory_state.agents.wiring import Entries, differences, is_ours, unwire, wire
from tests.agents.layouts import files

SETTINGS = Path(__file__).parent / "settings"
PYTHON = "/usr/bin/python3"
LAUNCH = "/opt/memory-state/hook/1/launch.py"
ENTRIES = hook_entries(PYTHON, LAUNCH)
NEWER = hook_entries("/usr/bin/python3.13", "/opt/memory-state/hook/2/launch.py")
TWO = {name: ENTRIES[name] for name in ("PreToolUse", "Stop")}
OURS = json.dumps(ENTRIES["Stop"][0]["hooks"])[1:-1]
THEIRS = '{"type": "command", "command": "./mine.sh"}'


def wired(text: str, entries: Entries) -> list[str]:
    """What keeps a settings text from running these entries."""
    return [*CLIENT.problems(text), *differences(text, entries)]


def read(name: str) -> str:
    """A settings file of the examples, line ends and BOM as they are."""
    return (SETTINGS / name).read_bytes().decode()


@pytest.mark.parametrize("name", ["blank", "foreign", "one_line", "windows"])
def test_examples_are_wired_and_unwired(name: str) -> None:
    """Each example file takes two hooks in its own style and gets its bytes back."""
    before, after = read(f"{name}.before.json"), read(f"{name}.after.json")
    text, undo = wire(before, TWO)
    assert text == after
    assert unwire(text, undo) == before


def test_handlers_are_in_exec_form() -> None:
    """A tool event has a matcher for every tool, and only PreToolUse stops the call when the hook fails."""
    assert ENTRIES["PreToolUse"] == [
        {
            "matcher": "*",
            "hooks": [
                {
                    "type": "command",
                    "command": "/usr/bin/python3",
                    "args": ["-I", "-S", "-X", "utf8", "/opt/memory-state/hook/1/launch.py", "PreToolUse"],
                    "timeout": 10,
                    "bash": "exit 0",
                    "onFailure": "block",
                }
            ],
        }
    ]
    assert [name for name in ENTRIES if "onFailure" in json.dumps(ENTRIES[name])] == ["PreToolUse"]
    assert [name for name in ENTRIES if "matcher" in ENTRIES[name][0]] == [
        "PreToolUse",
        "PostToolUse",
        "PostToolUseFailure",
    ]


def test_wired_events() -> None:
    """Eleven events are wired, those of subagents among them."""
    assert list(EVENTS) == [
        "SessionStart",
        "UserPromptSubmit",
        "PreToolUse",
        "PostToolUse",
        "PostToolUseFailure",
        "SubagentStart",
        "SubagentStop",
        "PreCompact",
        "Stop",
        "SessionEnd",
        "ConfigChange",
    ]


@settings(max_examples=100, deadline=None)
@given(files(("hooks", "Stop")))
def test_any_settings_are_wired_and_unwired(text: str) -> None:
    """Whatever the layout: wiring is complete and stable, unwiring gives every byte back."""
    once, undo = wire(text, TWO)
    assert wired(once, TWO) == []
    assert wire(once, TWO, undo) == (once, undo)
    assert unwire(once, undo) == text


@settings(max_examples=50, deadline=None)
@given(files(("hooks", "Stop")))
def test_another_version_takes_the_place_of_ours(text: str) -> None:
    """Wiring over an older version leaves exactly the newer, and the way back to the first text."""
    old, undo = wire(text, TWO)
    entries = {"Stop": NEWER["Stop"], "SessionEnd": NEWER["SessionEnd"]}
    new, later = wire(old, entries, undo)
    assert new == wire(text, entries)[0]
    assert unwire(new, later) == text


def test_wiring_without_the_record_does_not_add_twice() -> None:
    """Also without the undo value of before, older entries are replaced."""
    text, _ = wire(read("foreign.before.json"), ENTRIES)
    again, undo = wire(text, NEWER)
    assert wired(again, NEWER) == []
    assert "hook/1/launch.py" not in again
    assert unwire(again, undo) == read("foreign.before.json")


def test_a_foreign_handler_in_our_group_stays() -> None:
    """A handler that somebody put beside ours keeps its group, its matcher and its bytes."""
    text = f'{{"hooks": {{"Stop": [{{"matcher": "x", "hooks": [{OURS}, {THEIRS} ]}}]}}}}'
    assert unwire(text) == f'{{"hooks": {{"Stop": [{{"matcher": "x", "hooks": [{THEIRS} ]}}]}}}}'


def test_a_foreign_handler_in_our_group_is_no_problem() -> None:
    """Our handler counts as wired when somebody put theirs beside it."""
    text = f'{{"hooks": {{"Stop": [{{"hooks": [{THEIRS}, {OURS}]}}]}}}}'
    assert wired(text, {"Stop": ENTRIES["Stop"]}) == []


def test_hooks_of_a_person_stay() -> None:
    """Foreign groups, empty ones and odd ones are left alone."""
    for text in (
        f'{{"hooks": {{"Stop": [{{"hooks": [{THEIRS}]}}, {{"hooks": []}}, 1, {{}}]}}}}',
        '{"hooks": 1}',
    ):
        assert unwire(text) == text


@pytest.mark.parametrize(
    ("handler", "ours"),
    [
        ({"command": "/p", "args": ["-I", "/data/memory-state/hook/0.1.0/launch.py", "Stop"]}, True),
        ({"command": "/data/memory-state/hook/launch.py"}, True),
        ({"command": "/p", "args": ["/data/memory-state/hook/9/start.py"]}, False),
        ({"command": "/p", "args": ["/data/other/launch.py"]}, False),
        ({"command": "/p", "args": ["/data/my-memory-state/launch.py"]}, False),
        ({"command": "sh -c 'echo /x/memory-state/hook/1/launch.py'"}, False),
        ({"command": "/p", "args": "launch.py"}, False),
        ({"command": 1, "args": [None, {}]}, False),
        ("launch.py", False),
    ],
)
def test_ours_is_told_by_its_launcher(handler: object, *, ours: bool) -> None:
    """A handler is ours when it names launch.py somewhere below a folder called memory-state."""
    assert is_ours(handler) is ours


def test_problems_of_settings() -> None:
    """Missing, doubled, changed and superfluous entries each have their sentence."""
    stop, end = {"Stop": ENTRIES["Stop"]}, {"SessionEnd": ENTRIES["SessionEnd"]}
    once, _ = wire("{}", stop)
    assert wired("", stop) == ["Stop is not wired"]
    assert wired(once, end) == ["SessionEnd is not wired", "Stop is wired and should not be"]
    assert wired(f'{{"hooks": {{"Stop": [{{"hooks": [{OURS}, {OURS}]}}]}}}}', stop) == [
        "Stop is wired 2 times"
    ]
    assert wired(once.replace(PYTHON, "/old/python"), stop) == [
        'Stop: command is "/old/python" and should be "/usr/bin/python3"'
    ]
    assert wired(once.replace('"timeout": 10', '"async": true'), stop) == [
        "Stop: timeout is null and should be 10, async is true and should be null"
    ]


def test_settings_that_switch_hooks_off() -> None:
    """Hooks switched off are a problem beside complete entries, and wiring leaves it to the person."""
    text, _ = wire('{"disableAllHooks": true}', TWO)
    assert wired(text, TWO) == ["disableAllHooks is true, so no hook runs"]
    assert json.loads(text)["disableAllHooks"] is True


def test_settings_that_cannot_be_read() -> None:
    """Damaged settings are a problem to name, and are never written over."""
    damaged = '{\n  "model": "opus",\n}\n'
    sentence = "line 3: a key in double quotes is expected"
    with pytest.raises(ValueError, match=sentence):
        wire(damaged, TWO)
    with pytest.raises(ValueError, match='line 1: "hooks" should be an object'):
        wire('{"hooks": []}', TWO)


def test_a_denial_is_told_twice() -> None:
    """The JSON decides, and exit status 2 with the reason on stderr stops the call without it."""
    stdout, stderr, status = write_answer("PreToolUse", "deny", "Not in phase plan \u2192 build.")
    assert json.loads(stdout) == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": "Not in phase plan \u2192 build.",
        }
    }
    assert (stderr, status) == ("Not in phase plan \u2192 build.\n", 2)


def test_the_other_answers() -> None:
    """A question, a context and a message leave with status 0, a hold by status 2 as well, a fault by 1."""
    stdout, stderr, status = write_answer("PreToolUse", "ask", "Approve?")
    assert json.loads(stdout) == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "ask",
            "permissionDecisionReason": "Approve?",
        }
    }
    assert (stderr, status) == ("", 0)
    said = '{"hookEventName": "SessionStart", "additionalContext": "Phase build."}'
    assert write_answer("SessionStart", "context", "Phase build.") == (
        '{"hookSpecificOutput": ' + said + "}\n", "", 0,
    )  # fmt: skip
    assert write_answer("SessionStart", "fact", "Phase build.") == (
        '{"systemMessage": "Phase build.", "hookSpecificOutput": ' + said + "}\n", "", 0,
    )  # fmt: skip
    assert write_answer("Stop", "message", "Changed.") == ('{"systemMessage": "Changed."}\n', "", 0)
    assert write_answer("Stop", "hold", "2 tasks are open.") == (
        '{"decision": "block", "reason": "2 tasks are open."}\n', "2 tasks are open.\n", 2,
    )  # fmt: skip
    assert write_answer("Stop", "fault", "No disk.") == ("", "No disk.\n", 1)
