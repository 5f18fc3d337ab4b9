"""What the hook's tests share: a project with a workflow, and the recorded payloads of a real client."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace

PAYLOADS = Path(__file__).parent / "payloads"
SESSION = "00000001-0000-4000-8000-000000000001"


class Played(NamedTuple):
    """What a hook process answered."""

    status: int
    output: str
    message: str

    @property
    def answer(self) -> dict[str, str]:
        """The answer's `hookSpecificOutput`; empty when there is none."""
        found = json.loads(self.output) if self.output else {}
        return dict(found.get("hookSpecificOutput", found))

    @property
    def decision(self) -> str:
        """`deny`, `ask`, or empty for no objection."""
        return self.answer.get("permissionDecision", "")


class Project(NamedTuple):
    """A project folder with an environment of its own."""

    root: Path
    environment: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> Project:
        """A project below a folder, its user's home beside it."""
        root, home = folder / "project", folder / "home"
        root.mkdir()
        home.mkdir()
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "CLAUDE_PROJECT_DIR": str(root)}
        return cls(root, environment)

    def workspace(self, *, person: str | None = "Ann") -> Workspace:
        """The project's workspace, as a person or as nobody in particular."""
        actor = Actor("person", person) if person else Actor("cli")
        return Workspace.find(self.root, environment=self.environment, actor=actor)

    def payload(self, name: str, **changes: object) -> dict[str, object]:
        """A recorded payload, moved into this project, with some fields changed."""
        text = (PAYLOADS / f"{name}.json").read_text(encoding="utf-8")
        found = json.loads(text.replace("/home/user/project", str(self.root)))
        return {**found, **changes}

    def play(self, name: str, **changes: object) -> Played:
        """Give a recorded payload to a hook process."""
        payload = self.payload(name, **changes)
        return self.play_raw(str(payload["hook_event_name"]), json.dumps(payload).encode())

    def play_raw(self, event: str, content: bytes, command: tuple[str, ...] = ()) -> Played:
        """Give any bytes to a hook process; the default command runs the hook from its modules."""
        source = "from memory_state.agents.claude import main; main()"
        done = subprocess.run(
            [*(command or (sys.executable, "-c", source)), event],
            input=content, capture_output=True, env=self.environment, cwd=self.root, timeout=60, check=False,
        )  # fmt: skip
        return Played(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, path: str, **changes: object) -> Played:
        """Ask whether a file may be written."""
        given = {"file_path": str(self.root / path), "content": "x"}
        return self.play("PreToolUse.Write", tool_input=given, **changes)

    def shell(self, command: str, **changes: object) -> Played:
        """Ask whether a shell command may run."""
        return self.play("PreToolUse.Bash", tool_input={"command": command}, **changes)
