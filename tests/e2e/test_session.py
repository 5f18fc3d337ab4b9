"""A real client held to its phase, killed, and taken up again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tests.e2e import terminal
from tests.e2e.client import run_print
from tests.e2e.script import call, compaction, say, script
from tests.e2e.terminal import interactive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.record import Request, Run, ToolResult
    from tests.e2e.running import Session
    from tests.e2e.script import Script, Turn
    from tests.e2e.workplace import Workplace

BASH = ("--allowedTools", "Bash")


def shell(command: str) -> Turn:
    """A turn that runs a shell command."""
    return call("Bash", command=command)


def write(place: Workplace, path: str) -> Turn:
    """A turn that writes a file of the project."""
    return call("Write", file_path=str(place.root / path), content="x = 1\n")


def play(session: Session, played: Script) -> Run:
    """Run a script in print mode, edits and shell allowed by the client itself."""
    return run_print(session, "go", played, mode="acceptEdits", args=BASH)


def results(run: Run) -> list[ToolResult]:
    """The results of the run's tool calls."""
    return list(run.tool_results())


def test_client_is_held_to_its_phase(place: Workplace) -> None:
    """A write is denied in plan with its reason, next is refused with an open task, then both pass."""
    turns = (
        write(place, "src/login.py"),
        shell("memory-state next"),
        write(place, "plan.md"),
        shell("memory-state task done plan.1"),
        shell("memory-state next"),
        write(place, "src/login.py"),
    )
    run = play(place.session, script(*turns))
    denied, refused, planned, ticked, moved, written = results(run)
    assert denied.is_error
    assert "no rule allows Write on src/login.py" in run.requests[1].text
    assert refused.is_error
    assert "1 of 1 open" in refused.text
    assert not any(each.is_error for each in (planned, ticked, moved, written))
    assert (place.root / "src/login.py").read_text(encoding="utf-8") == "x = 1\n"
    assert place.status()["phase"] == "build"
    assert [each for each in place.events() if each in ("tool.denied", "gate.refused")] == [
        "tool.denied",
        "gate.refused",
    ]


def test_start_tells_where_the_workflow_stands(place: Workplace) -> None:
    """The first request of a session holds workflow, phase, open task and commands."""
    run = play(place.session, script(say("hello")))
    for part in ("Add login", "phase plan (1 of 5)", "plan.1 Write the plan", "task done plan.1", " next`"):
        assert part in run.requests[0].text, part


def test_next_session_knows_where_a_killed_one_stood(place: Workplace) -> None:
    """After a SIGKILL in mid phase a new session is told of it, of the phase and its tasks."""

    def third_request(requests: Sequence[Request]) -> bool:
        return len(requests) == 3

    turns = write(place, "plan.md"), shell("memory-state task done plan.1"), say("never", delay=60)
    run = run_print(
        place.session, "go", script(*turns), mode="acceptEdits", args=BASH, kill_when=third_request
    )
    assert run.killed
    recovery = list((place.root / ".memory/state/interruption-recovery").glob("*.md"))
    assert len(recovery) == 1
    fresh = place.session._replace(id=str(uuid.uuid4()))
    again = play(fresh, script(say("back")))
    for part in (
        "the last session was interrupted",
        "phase plan",
        "plan.1 Write the plan",
        "memory-state next",
    ):
        assert part in again.requests[0].text, part
    assert "session.interrupted" in place.events()


def test_resumed_session_is_told_anew(place: Workplace) -> None:
    """A resumed session gets a briefing beside the one of its start."""
    play(place.session, script(say("one")))
    run = run_print(place.session, "go on", script(say("two")), resume=True)
    assert "(resume, event" in run.requests[-1].text


def test_compaction_keeps_the_workflow(place: Workplace) -> None:
    """After a compaction in mid turn the model is told anew, in other words than before."""
    turns = [call("Bash", command="echo one", input_tokens=used) for used in (99_000, 99_900)]
    played = script(*turns, say("bye"), routes=[compaction("ALL-SO-FAR")])
    run = run_print(place.session, "go", played, args=[*BASH, "--autocompact", "100000"])
    last = run.requests[-1].text
    assert "ALL-SO-FAR" in last
    assert "(compact, event" in last
    assert "phase plan (1 of 5)" in last
    assert {"context.compacted", "session.started"} <= set(place.events())


def test_person_only_command_does_not_run_unasked(place: Workplace) -> None:
    """Where nobody can be asked, an agent's approval does not run."""
    run = play(place.session, script(shell("memory-state cancel"), shell("sh -c 'memory-state cancel'")))
    assert [each.is_error for each in results(run)] == [True, True]
    assert place.status()["status"] == "in_progress"


def test_person_can_allow_a_command(place: Workplace) -> None:
    """A person who is asked and says yes lets that one command run."""
    with interactive(place.session, script(shell("memory-state park"), say("bye")), mode="default") as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        assert "is for a person to allow" in screen.expect(terminal.ASKS)
        screen.answer(terminal.YES, until="bye")
        screen.close()
    assert '"paused"' in place.run("list", "--json")


def test_cleared_session_is_told_anew(place: Workplace) -> None:
    """After /clear the new session knows the workflow."""
    with interactive(place.session, script(say("hello"), say("fresh")), mode="default") as screen:
        screen.expect(terminal.READY)
        screen.submit("please go")
        screen.expect("hello")
        starts = place.events().count("session.started")
        screen.submit("/clear")
        screen.expect_that(lambda: place.events().count("session.started") > starts, "a new session")
        screen.expect(terminal.READY)
        screen.submit("once more")
        screen.expect("fresh")
        run = screen.close()
    assert "(clear, event" in run.requests[-1].text
