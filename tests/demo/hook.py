"""The main job without any agent: the real hook, the real program, recorded payloads of a real client."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PAYLOADS = Path(__file__).parents[1] / "payloads"
CONTENT = "# Plan\n\nOne table, one endpoint.\n"


class Stage(NamedTuple):
    """A temporary project, and the environment that everything runs in."""

    root: Path
    environment: dict[str, str]
    hook: tuple[str, ...]


def tell(text: str) -> None:
    """Print a line of the transcript."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def told(text: str) -> None:
    """Print what a program said, indented."""
    for line in text.rstrip("\n").split("\n"):
        tell(f"    {line}".rstrip())


def person(stage: Stage, *arguments: str) -> str:
    """Run our program as a person would; gives what it printed."""
    tell(f"\n$ memory-state {' '.join(each if ' ' not in each else repr(each) for each in arguments)}")
    done = subprocess.run(
        [sys.executable, "-m", "memory_state", *arguments],
        cwd=stage.root, env=stage.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    told(done.stdout + done.stderr)
    return done.stdout


def agent(stage: Stage, name: str, says: str, **changes: object) -> int:
    """Give a recorded payload to the hook as the client would; gives its exit code."""
    text = (PAYLOADS / f"{name}.json").read_text(encoding="utf-8")
    payload = {**json.loads(text.replace("/home/user/project", str(stage.root))), **changes}
    tell(f"\n> {says}")
    done = subprocess.run(
        [*stage.hook, str(payload["hook_event_name"])],
        input=json.dumps(payload), env=stage.environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)["hookSpecificOutput"] if done.stdout else {}
    told(answer.get("permissionDecisionReason") or answer.get("additionalContext") or "(no objection)")
    return done.returncode


def write(stage: Stage, path: str, call: str) -> int:
    """The agent writes a file; it is made when the hook lets it pass."""
    target = stage.root / path
    given = {"file_path": str(target), "content": CONTENT}
    status = agent(stage, "PreToolUse.Write", f"the agent writes {path}", tool_input=given, tool_use_id=call)
    if status == 0:
        target.parent.mkdir(exist_ok=True)
        target.write_text(CONTENT, encoding="utf-8")
        agent(stage, "PostToolUse.Write", f"{path} is written", tool_input=given, tool_use_id=call)
    return status


def set_up(folder: Path) -> Stage:
    """A project with the hook wired, in a home of its own."""
    root, home = folder / "project", folder / "home"
    root.mkdir()
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }
    stage = Stage(root, {**environment, "CLAUDE_PROJECT_DIR": str(root)}, ())
    person(stage, "setup", "claude")
    settings = json.loads((root / ".claude/settings.local.json").read_text(encoding="utf-8"))
    handler = settings["hooks"]["PreToolUse"][0]["hooks"][0]
    return stage._replace(hook=(handler["command"], *handler["args"][:-1]))


def expect(what: str, holds: object) -> None:
    """End the demo when what it shows is not so."""
    if not holds:
        raise SystemExit(f"\nthe demo failed: {what}")


def show(stage: Stage) -> None:
    """The main job, from start to the next session."""
    tell("\n== A workflow begins; the session is told where it stands")
    person(stage, "start", "feature", "Add login", "--issue", "42")
    agent(stage, "SessionStart.startup", "the agent's session starts")
    tell("\n== The phase is plan: source files stay as they are")
    expect("a write in plan is denied", write(stage, "src/login.py", "call-1") == 2)
    person(stage, "next")
    expect("the plan may be written", write(stage, "plan.md", "call-2") == 0)
    person(stage, "task", "done", "plan.1")
    tell("\n== The gate is met: on to build")
    person(stage, "next", "--plain")
    expect("a write in build passes", write(stage, "src/login.py", "call-3") == 0)
    person(stage, "task", "done", "build.1")
    tell("\n== The client is killed here. The next session knows")
    answer = agent(stage, "SessionStart.startup", "another session starts", session_id="another-session")
    expect("the new session is answered", answer == 0)
    tell("\n== What happened")
    history = person(stage, "history")
    expect("the interruption is in the history", "session.interrupted" in history)


def main() -> None:
    """Show it in a temporary folder, of which nothing stays."""
    with tempfile.TemporaryDirectory(prefix="memory-state-demo-") as folder:
        show(set_up(Path(folder).resolve()))
    tell("\nThe temporary project is gone again.")


if __name__ == "__main__":
    main()
