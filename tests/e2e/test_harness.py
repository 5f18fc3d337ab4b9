"""The harness itself, with the real client and hooks of a few lines."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from tests.e2e import terminal
from tests.e2e.client import run_print
from tests.e2e.record import ToolResult
from tests.e2e.script import call, compaction, parallel, say, script, subagent
from tests.e2e.terminal import interactive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.record import Request
    from tests.e2e.running import Session

ANSWER = """
import json
print(json.dumps({"hookSpecificOutput": {"hookEventName": "%s", %s}}))
"""
DENY = (
    ANSWER % ("PreToolUse", '"permissionDecision": "deny", "permissionDecisionReason": "Not yet."')
    + 'import sys; sys.exit(sys.stderr.write("Not yet.") and 2)\n'
)
ASK = ANSWER % ("PreToolUse", '"permissionDecision": "ask", "permissionDecisionReason": "Sure?"')
GREET = ANSWER % ("SessionStart", '"additionalContext": "The phase is build."')
# Appends the source of every SessionStart to the file `starts` of the project.
NOTE_START = """
import json, os, sys
event = json.load(sys.stdin)
with open(os.path.join(os.environ["CLAUDE_PROJECT_DIR"], "starts"), "a") as file:
    print(event["source"], event["session_id"], file=file)
"""


def install_hook(project: Path, event: str, source: str) -> None:
    """Make a Python program a hook of the project's local settings, closed when it fails."""
    folder = project / ".claude"
    folder.mkdir(exist_ok=True)
    program = folder / "hook.py"
    program.write_text(source, encoding="utf-8")
    entry = {
        "type": "command",
        "command": sys.executable,
        "args": ["-I", "-S", str(program)],
        "timeout": 10,
    }
    settings = {"hooks": {event: [{"hooks": [entry]}]}}
    (folder / "settings.local.json").write_text(json.dumps(settings), encoding="utf-8")


def starts(project: Path) -> list[list[str]]:
    """Source and session id of each SessionStart that `NOTE_START` saw."""
    return [line.split() for line in (project / "starts").read_text().splitlines()]


def test_a_denied_write_leaves_no_file_and_tells_the_model_why(session: Session) -> None:
    """A hook that denies a Write stops it, and its reason is in the next request."""
    install_hook(session.project, "PreToolUse", DENY)
    made = session.project / "made.txt"
    turns = call("Write", file_path=str(made), content="x"), say("bye")
    run = run_print(session, "go", script(*turns), mode="acceptEdits")
    assert not made.exists()
    assert run.exit_code == 0
    assert run.answer() == "bye"
    (result,) = run.tool_results()
    assert (result.tool, result.is_error) == ("Write", True)
    assert "Not yet." in run.requests[1].text
    assert "Not yet." not in run.requests[0].text


def test_parallel_calls_are_answered_together(session: Session) -> None:
    """Two calls of one turn run both, and the next request carries both results."""
    turn = parallel(call("Bash", command="echo one"), call("Bash", command="echo two"))
    run = run_print(session, "go", script(turn), args=["--allowedTools", "Bash"])
    assert sorted(run.tool_results()) == [
        ToolResult("Bash", is_error=False, text="one"),
        ToolResult("Bash", is_error=False, text="two"),
    ]
    assert [request.route for request in run.requests] == ["main", "end"]


def test_the_client_sees_loopback_and_none_of_our_environment(session: Session) -> None:
    """A command that the client runs finds no other network and no variable of the test run."""
    look = call("Bash", command="cut -d: -f1 /proc/net/dev | tail -n +3; env | grep -c PYTEST; true")
    run = run_print(session, "go", script(look), args=["--allowedTools", "Bash"])
    assert "PYTEST_CURRENT_TEST" in os.environ
    (result,) = run.tool_results()
    assert result.text.split() == ["lo", "0"]


def test_context_of_a_session_start_reaches_the_model(session: Session) -> None:
    """What a SessionStart hook adds stands in the first request."""
    install_hook(session.project, "SessionStart", GREET)
    run = run_print(session, "go", script(say("hello")))
    assert "The phase is build." in run.requests[0].text
    assert run.answer() == "hello"


def test_a_subagent_plays_its_own_turns(session: Session) -> None:
    """A request of a subagent is answered by the route for its task."""
    task = call("Agent", "Task", description="d", prompt="SUBTASK", subagent_type="general-purpose")
    routes = [subagent("SUBTASK", call("Bash", command="echo from below"), say("below"))]
    played = script(task, say("bye"), routes=routes)
    run = run_print(session, "go", played, args=["--allowedTools", "Bash,Agent"])
    assert [request.route for request in run.requests].count("subagent") == 2
    assert ToolResult("Bash", is_error=False, text="from below") in run.tool_results()


def second_request(requests: Sequence[Request]) -> bool:
    """Whether the model was asked twice."""
    return len(requests) == 2


def test_a_client_killed_in_mid_turn_goes_on_when_resumed(session: Session) -> None:
    """A kill ends the turn where it stands; the next run of the session knows what came before."""
    turns = call("Bash", command="echo one"), say("never said", delay=60)
    run = run_print(session, "go", script(*turns), args=["--allowedTools", "Bash"], kill_when=second_request)
    assert (run.killed, run.exit_code) == (True, -9)
    assert run.answer() == ""
    again = run_print(session, "go on", script(say("back")), resume=True)
    assert (again.exit_code, again.answer()) == (0, "back")
    assert [result.tool for result in again.tool_results()] == ["Bash"]


def test_a_full_conversation_is_compacted_in_mid_turn(session: Session) -> None:
    """A request that cost nearly the whole window is followed by a summary, then by the rest."""
    install_hook(session.project, "SessionStart", NOTE_START)
    turns = [call("Bash", command="echo one", input_tokens=used) for used in (99_000, 99_900)]
    played = script(*turns, say("bye"), routes=[compaction("ALL-SO-FAR")])
    args = ["--allowedTools", "Bash", "--autocompact", "100000"]
    run = run_print(session, "go", played, args=args)
    assert [request.route for request in run.requests] == ["main", "main", "compaction", "main"]
    assert "ALL-SO-FAR" in run.requests[3].text
    assert starts(session.project) == [["startup", session.id], ["compact", session.id]]


def test_a_conversation_is_compacted_on_request(session: Session) -> None:
    """The prompt `/compact` replaces the conversation of a resumed session by its summary."""
    run_print(session, "go", script(say("one")))
    run = run_print(session, "/compact", script(routes=[compaction("ALL-SO-FAR")]), resume=True)
    assert [request.route for request in run.requests] == ["compaction"]
    after = run_print(session, "go on", script(say("two")), resume=True)
    assert "ALL-SO-FAR" in after.requests[0].text


def test_a_question_that_nobody_can_answer_stops_the_call(session: Session) -> None:
    """A hook that asks, in print mode, denies."""
    install_hook(session.project, "PreToolUse", ASK)
    turns = call("Bash", command="touch made"), say("bye")
    run = run_print(session, "go", script(*turns), args=["--allowedTools", "Bash"])
    assert not (session.project / "made").exists()
    assert [result.is_error for result in run.tool_results()] == [True]


def test_a_person_can_say_yes(session: Session) -> None:
    """A hook that asks brings up a dialog on a terminal, and a yes lets the call run."""
    install_hook(session.project, "PreToolUse", ASK)
    played = script(call("Bash", command="touch made"), say("bye"))
    with interactive(session, played, mode="default") as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        assert "Sure?" in screen.expect(terminal.ASKS)
        screen.answer(terminal.YES, until="bye")
        run = screen.close()
    assert (session.project / "made").exists()
    assert [result.is_error for result in run.tool_results()] == [False]


def test_a_person_can_say_no(session: Session) -> None:
    """A no in the dialog stops the call and the turn; the model hears of it with the next prompt."""
    install_hook(session.project, "PreToolUse", ASK)
    played = script(call("Bash", command="touch made"), say("bye"))
    with interactive(session, played, mode="default") as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        screen.expect(terminal.ASKS)
        screen.answer(terminal.NO, until=terminal.REJECTED)
        screen.submit("and now")
        screen.expect("bye")
        run = screen.close()
    assert not (session.project / "made").exists()
    assert [result.is_error for result in run.tool_results()] == [True]


def test_a_terminal_session_can_be_compacted_and_cleared(session: Session) -> None:
    """`/compact` keeps the session's id and `/clear` gives a new one."""
    install_hook(session.project, "SessionStart", NOTE_START)
    played = script(say("hello"), say("fresh"), routes=[compaction("ALL-SO-FAR")])
    with interactive(session, played, mode="default") as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        screen.expect("hello")
        screen.submit("/compact")
        screen.expect("Compacted")
        screen.submit("/clear")
        screen.expect("you: /clear")
        screen.expect(terminal.READY)
        screen.submit("once more")
        screen.expect("fresh")
        run = screen.close()
    sources = [source for source, _ in starts(session.project)]
    assert sources == ["startup", "compact", "clear"]
    before, compacted, cleared = (identity for _, identity in starts(session.project))
    assert before == compacted == session.id
    assert cleared != session.id
    assert "ALL-SO-FAR" not in run.requests[-1].text


def test_a_terminal_session_can_be_killed(session: Session) -> None:
    """A kill ends a terminal session in mid turn, and print mode can resume it."""
    turns = call("Bash", command="echo one"), say("never said", delay=60)
    with interactive(session, script(*turns), args=["--allowedTools", "Bash"]) as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        screen.expect_request(second_request)
        run = screen.kill()
    assert (run.killed, run.exit_code) == (True, -9)
    assert "never said" not in run.screen
    again = run_print(session, "go on", script(say("back")), resume=True)
    assert again.answer() == "back"
    assert again.was_told("please go")
