"""A real session of Copilot CLI held to its phase, compacted, killed, taken up again, held at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.copilot.client import create, run_copilot, shell
from tests.e2e.definitions import HOLDING
from tests.e2e.script import call, route, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.record import Request
    from tests.e2e.running import Session
    from tests.e2e.script import Route, Turn

SMALL = {"COPILOT_PROVIDER_MAX_PROMPT_TOKENS": "100000", "COPILOT_PROVIDER_MAX_OUTPUT_TOKENS": "4000"}
FULL = 98_000  # tokens, nearly all of that
SUMMARY = "The history is being compacted"  # what the client asks for a summary with


def summary(delay: float = 0.0) -> Route:
    """The answer to the request for a summary."""
    return route("compaction", say("<overview>ALL-SO-FAR</overview>", delay=delay), last=SUMMARY)


def test_client_is_held_to_its_phase(place: Workplace) -> None:
    """Each way to write is denied in plan with its reason; what the phase allows is done."""
    own = (shell(f"{place.program} {each}") for each in ("approve", "task done plan.1", "next"))
    source = create(place.root / "src/login.py")
    edited = call("edit", path=str(place.root / "src/app.py"), old_str="hello", new_str="bye")
    turns = shell("echo x > src/new.py"), source, edited, create(place.root / "plan.md"), *own, source
    run = run_copilot(place.session, script(*turns))
    redirected, created, changed, planned, approved, ticked, moved, built = run.tool_results()
    assert "no rule allows the command's write on src/new.py" in redirected.text
    assert "no rule allows the command's write on src/new.py" in run.requests[1].text
    assert "no rule allows Write on src/login.py" in created.text
    assert "no rule allows Edit on src/app.py" in changed.text
    assert "a person runs it at a terminal of their own" in approved.text
    assert sorted(path.name for path in (place.root / "src").iterdir()) == ["app.py", "login.py"]
    assert (place.root / "src/app.py").read_text(encoding="utf-8") == "print('hello')\n"
    assert "Created file" in planned.text
    assert "plan.1  [x] Write the plan" in ticked.text
    assert "phase     build" in moved.text
    assert "Created file" in built.text
    assert place.status()["phase"] == "build"


def test_history_names_tools_paths_outcome_and_session(place: Workplace) -> None:
    """Calls, denials, our own commands and the session's ends are recorded once, with the client's id."""
    search = call("grep", pattern="print", **{"-n": True, "-i": False})
    turns = (
        create(place.root / "src/a.py"),
        create(place.root / "plan.md"),
        shell("exit 3"),
        search,
        shell(f"{place.program} task done plan.1"),
    )
    run_copilot(place.session, script(*turns))
    assert place.events()[2:] == [
        "session.started", "tool.denied", *["tool.used"] * 3, "task.completed", "tool.used", "session.ended",
    ]  # fmt: skip
    used = place.details("tool.used")
    assert [(each["tool"], each.get("paths"), each["ok"]) for each in used] == [
        ("Write", ["plan.md"], True),
        ("Bash", None, False),
        ("Grep", None, True),
        ("Bash", None, True),
    ]
    (ticked,) = place.details("task.completed")
    assert {ticked["session"], *(each["session"] for each in used)} == {place.session.id}


def test_context_is_there_at_start_and_after_a_compaction(place: Workplace) -> None:
    """The first request holds phase, task and command, and so does a tool's answer after a compaction."""
    turns = shell("echo one"), shell("echo two", input_tokens=FULL), shell("echo three"), shell("echo four")
    run = run_copilot(place.session, script(*turns, say("bye"), routes=[summary()]), env=SMALL)
    first, last = run.requests[0].text, run.requests[-1].text
    for text, source in ((first, "startup"), (last, "compact")):
        for part in (f"({source}, event", "phase plan (1 of 5)", "plan.1 Write the plan", "task done plan.1"):
            assert part in text, part
    assert "ALL-SO-FAR" in last
    assert "(startup, event" not in last
    assert last.count("(compact, event") == 1
    assert [each["trigger"] for each in place.details("context.compacted")] == ["auto"]


def test_session_killed_in_a_compaction_goes_on(place: Workplace) -> None:
    """The recovery file says that a compaction was under way; the resumed session is told anew."""

    def compacting(requests: Sequence[Request]) -> bool:
        return [each.route for each in requests][2:] in (["compaction", "main"], ["main", "compaction"])

    turns = shell("echo one"), shell("echo two", input_tokens=FULL), say("never", delay=60)
    played = script(*turns, routes=[summary(delay=60)])
    run = run_copilot(place.session, played, env=SMALL, kill_when=compacting)
    assert run.killed
    assert 'reason: "compact"' in place.recovery()
    again = run_copilot(place.session, script(say("back")), resume=True)
    assert "(resume, event" in again.requests[0].text
    assert [each["source"] for each in place.details("session.started")] == ["startup", "resume"]


def test_phase_that_holds_keeps_the_agent_at_its_task(session: Session) -> None:
    """A turn that ends with an open task is held twice with the task's text, then let go."""
    place = Workplace(session)
    place.run("setup", "copilot")
    place.define("holding", HOLDING)
    place.run("start", "holding", "Hold it")
    run = run_copilot(session, script(say("one"), say("two"), say("three"), say("four")))
    assert ["phase work has open tasks: Sweep the yard" in each.text for each in run.requests] == [
        False, True, True,
    ]  # fmt: skip


def test_subagent_is_held_to_the_phase(place: Workplace) -> None:
    """A subagent is told the phase, denied as the session is, and recorded under the session with its id."""
    what = {"description": "d", "name": "sub", "agent_type": "general-purpose", "mode": "sync"}
    below = (create(place.root / "src/login.py"), shell(f"{place.program} next"), say("done below"))
    routes = [route("subagent", *below, first="SUBTASK")]
    task: Turn = {"calls": [{"tool": ["task"], "arguments": {"prompt": "SUBTASK", **what}}]}
    run = run_copilot(place.session, script(task, routes=routes))
    assert [each.route for each in run.requests if "A subagent may look" in each.text] == ["subagent"] * 3
    assert not (place.root / "src/login.py").exists()
    written, moved = place.details("tool.denied")
    assert written["session"] == moved["session"] == place.session.id != written["agent"]
    assert "next is for the main session" in str(moved["reason"])
    assert place.events().count("session.started") == 1
