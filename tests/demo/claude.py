"""The main job with the real Claude Code, whose model is scripted; no login, no network but loopback."""

from __future__ import annotations

import sys
import tempfile
import uuid
from pathlib import Path

from tests.demo.hook import tell, told
from tests.e2e import network
from tests.e2e.client import find_client, open_session, run_print
from tests.e2e.record import Run
from tests.e2e.running import Session
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace, prepared

BASH = ("--allowedTools", "Bash")


def play(session: Session, *turns: object, kill: bool = False) -> Run:
    """Run some turns and show what the model was told of its calls."""
    kill_when = (lambda requests: len(requests) == 2) if kill else None
    played = script(*turns)  # type: ignore[arg-type]  # turns as `call` and `say` make them
    run = run_print(session, "go", played, mode="acceptEdits", args=BASH, kill_when=kill_when)
    for result in run.tool_results():
        tell(f"\n> {result.tool}: {'stopped' if result.is_error else 'ran'}")
        told(result.text)
    return run


def show(place: Workplace) -> None:
    """Held to plan, through the gate, killed, taken up again."""
    source = call("Write", file_path=str(place.root / "src/login.py"), content="x = 1\n")
    plan = call("Write", file_path=str(place.root / "plan.md"), content="# Plan\n")
    tell("== A session in phase plan")
    play(place.session, source, call("Bash", command="memory-state next"), plan)
    tell("\n== Through the gate")
    fresh = place.session._replace(id=str(uuid.uuid4()))
    play(fresh, call("Bash", command="memory-state task done 1 && memory-state next"), source)
    tell("\n== Killed in the middle, and what the next session is told first")
    play(fresh._replace(id=str(uuid.uuid4())), call("Bash", command="ls"), say("never", delay=60), kill=True)
    run = play(fresh._replace(id=str(uuid.uuid4())), say("I know where I am."))
    text = run.requests[0].text
    start = text.index("memory-state at ")
    told(text[start : text.index("Commands:", start) + 200].partition("\n\n")[0])
    tell("\n== The history")
    told(place.run("history"))


def main() -> None:
    """Show it in a temporary folder; without the client, say what is missing."""
    client = find_client()
    if client is None or network.separate() is None:
        sys.exit(
            "Claude Code 2.1.295 or later and a network namespace are needed: make client fetches the client"
        )
    with tempfile.TemporaryDirectory(prefix="memory-state-demo-") as folder:
        root = Path(folder).resolve() / "project"
        root.mkdir()
        show(prepared(open_session(client, root, Path(folder).resolve() / "session")))


if __name__ == "__main__":
    main()
