"""A real session of Codex CLI held to its phase, compacted, killed, taken up again, held at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.codex.client import add_file, answers_taken, run_codex, session_id, shell
from tests.e2e.definitions import HOLDING
from tests.e2e.script import call, route, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.record import Request
    from tests.e2e.running import Session

COMPACTING = ("-c", "model_auto_compact_token_limit=150000")
FULL = 200_000  # tokens, more than that limit
SUMMARY = "CONTEXT CHECKPOINT COMPACTION"  # what the client asks for a summary with


def test_client_is_held_to_its_phase(place: Workplace) -> None:
    """Each way to write is denied in plan with its reason; what the phase allows is done and recorded."""
    far = call("exec_command", cmd=f"echo x > {place.root}/src/far.py", workdir="/tmp")
    own = (shell(f"{place.program} {each}") for each in ("approve", "task done plan.1", "next"))
    turns = (shell("echo x > src/new.py"), add_file("src/login.py"), far, add_file("plan.md"), *own)
    run = run_codex(place.session, script(*turns, add_file("src/login.py")))
    redirected, patched, absolute, planned, approved, ticked, moved, built = run.tool_results()
    assert "no rule allows the command's write on src/new.py" in redirected.text
    assert "no rule allows the command's write on src/new.py" in run.requests[1].text
    assert "no rule allows Edit on src/login.py" in patched.text
    assert "no rule allows the command's write on src/far.py" in absolute.text
    assert "a person runs it at a terminal of their own" in approved.text
    assert sorted(path.name for path in (place.root / "src").iterdir()) == ["app.py", "login.py"]
    assert "plan.1  [x] Write the plan" in ticked.text
    assert "phase     build" in moved.text
    assert "A plan.md" in planned.text
    assert "A src/login.py" in built.text
    assert place.status()["phase"] == "build"


def test_history_names_tools_paths_and_session(place: Workplace) -> None:
    """Calls, denials, our own commands and the session's ends are recorded once, with the client's id."""
    turns = add_file("src/a.py"), add_file("plan.md"), shell(f"{place.program} task done plan.1")
    run = run_codex(place.session, script(*turns))
    assert answers_taken(run) == [
        ("SessionStart", "Completed"),
        ("UserPromptSubmit", "Completed"),
        ("PreToolUse", "Blocked"),
        *[("PreToolUse", "Completed"), ("PostToolUse", "Completed")] * 2,
        ("Stop", "Completed"),
    ]
    assert place.events()[2:] == [
        "session.started", "tool.denied", "tool.used", "task.completed", "tool.used", "session.ended",
    ]  # fmt: skip
    used = place.details("tool.used")
    assert [(each["tool"], each.get("paths"), each.get("ok")) for each in used] == [
        ("Edit", ["plan.md"], True),
        ("Bash", None, None),
    ]
    (ticked,) = place.details("task.completed")
    assert {ticked["session"], *(each["session"] for each in used)} == {session_id(run)}


def test_context_is_there_at_start_and_after_a_compaction(place: Workplace) -> None:
    """The first request holds phase, task and command, and so does the first one after a compaction."""
    turns = shell("echo one"), shell("echo two", input_tokens=FULL), shell("echo three")
    run = run_codex(place.session, script(*turns, aside="ALL-SO-FAR"), args=COMPACTING)
    assert [each.route for each in run.requests] == ["main", "main", "aside", "main", "end"]
    for number, source in ((0, "startup"), (3, "compact")):
        text = run.requests[number].text
        for part in (f"({source}, event", "phase plan (1 of 5)", "plan.1 Write the plan", "task done plan.1"):
            assert part in text, part
    assert "(startup, event" not in run.requests[3].text
    assert "ALL-SO-FAR" in run.requests[3].text
    assert [each["source"] for each in place.details("session.started")] == ["startup", "compact"]
    assert place.details("context.compacted")[0]["trigger"] == "auto"
    assert {answer for _, answer in answers_taken(run)} == {"Completed"}


def test_session_killed_in_a_compaction_goes_on(place: Workplace) -> None:
    """The recovery file says that a compaction was under way; the resumed session is told anew."""

    def compacting(requests: Sequence[Request]) -> bool:
        return bool(requests) and requests[-1].route == "compaction"

    turns = shell("echo one", input_tokens=FULL), say("never")
    played = script(*turns, routes=[route("compaction", say("never", delay=60), last=SUMMARY)])
    run = run_codex(place.session, played, args=COMPACTING, kill_when=compacting)
    assert run.killed
    assert 'reason: "compact"' in place.recovery()
    again = run_codex(place.session, script(say("back")), resume=True)
    assert session_id(again) == session_id(run)
    assert "(resume, event" in again.requests[0].text
    assert [each["source"] for each in place.details("session.started")] == ["startup", "resume"]


def test_phase_that_holds_keeps_the_agent_at_its_task(session: Session) -> None:
    """A turn that ends with an open task is held twice with the task's text, then let go."""
    place = Workplace(session)
    place.run("setup", "codex")
    place.define("holding", HOLDING)
    place.run("start", "holding", "Hold it")
    run = run_codex(session, script(say("one"), say("two"), say("three"), say("four")))
    assert len(run.requests) == 3
    assert ["phase work has open tasks: Sweep the yard" in each.text for each in run.requests] == [
        False, True, True,
    ]  # fmt: skip
    assert [answer for event, answer in answers_taken(run) if event == "Stop"] == [
        "Blocked", "Blocked", "Completed",
    ]  # fmt: skip


def test_subagent_is_held_to_the_phase(place: Workplace) -> None:
    """A subagent is told the phase, denied as the session is, and recorded under the session with its id."""
    task = call("collaboration.spawn_agent", message="SUBTASK", task_name="sub", fork_turns="none")
    turns = task, call("collaboration.wait_agent", timeout_ms=20_000)
    below = route("subagent", add_file("src/login.py"), last="SUBTASK")
    run = run_codex(place.session, script(*turns, routes=[below]), args=["--enable", "multi_agent_v2"])
    told = [each.route for each in run.requests if "A subagent may look" in each.text]
    assert told[0] == "subagent"
    assert not (place.root / "src/login.py").exists()
    (denied,) = place.details("tool.denied")
    assert denied["session"] == session_id(run) != denied["agent"]
    assert {each["tool"] for each in place.details("tool.used")} == {"Agent", "TaskOutput"}
