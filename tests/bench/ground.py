"""What is measured: a project with a workflow and a bound session, and the payloads of a client."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.agents import installation
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from memory_state.agents.installation import Installed

CALL = "toolu_000000"
"""A tool call's id in a payload; each run of a measured command gets one of its own."""

LINE = 'Two "quoted" words, a tab\tand the end.\n'


class Ground(NamedTuple):
    """A project whose feature workflow is in its plan phase, the hook installed, a session bound to it."""

    project: Project
    hook: Installed

    @classmethod
    def make(cls, folder: Path, settings: str = "") -> Ground:
        """A project below a folder, with this text as its settings file if there is any."""
        folder.mkdir(exist_ok=True)
        project = Project.make(folder)
        if settings:
            (project.root / ".memory-state.toml").write_text(settings, encoding="utf-8")
        hook = installation.set_up(project.environment, str(project.root))
        project.workspace().start("feature", "Add login")
        ground = cls(project, hook)
        begun = subprocess.run(
            ground.command("SessionStart"), input=ground.started(), env=project.environment,
            capture_output=True, check=False,
        )  # fmt: skip
        if begun.returncode or b"workflow" not in begun.stdout:
            raise RuntimeError(f"the session did not begin: {begun}")
        return ground

    @property
    def document(self) -> Path:
        """The workflow's document."""
        return self.project.root / ".memory/state/active-workflow.md"

    @property
    def log(self) -> Path:
        """The workflow's event log."""
        return next((self.project.root / ".memory/state/workflow-history").glob("*/events.md"))

    @property
    def memory(self) -> str:
        """The project's memory path."""
        return f"{self.project.root}/.memory"

    @property
    def workflow(self) -> str:
        """The workflow's id."""
        return self.log.parent.name

    def bare(self, code: str = "pass", *flags: str) -> list[str]:
        """The hook's interpreter, running next to nothing."""
        return [self.hook.interpreter, "-I", "-S", *flags, "-c", code]

    def command(self, event: str) -> list[str]:
        """The hook as the settings that `setup claude` writes have it started."""
        path = self.project.root / ".claude/settings.local.json"
        entry = json.loads(path.read_text(encoding="utf-8"))["hooks"][event][0]["hooks"][0]
        return [entry["command"], *entry["args"]]

    def naive(self, event: str) -> list[str]:
        """The hook as it would be without care."""
        return [sys.executable, str(Path(__file__).with_name("naive.py")), event]

    def program(self, *arguments: str) -> list[str]:
        """Our command, started as its installed script starts it."""
        return [sys.executable, "-m", "memory_state", "-C", str(self.project.root), *arguments]

    def started(self) -> bytes:
        """What a client says of a session that begins."""
        given = {"session_id": SESSION, "cwd": str(self.project.root), "source": "startup"}
        return json.dumps({**given, "hook_event_name": "SessionStart"}).encode()

    def payload(self, event: str, tool: str, **given: object) -> bytes:
        """What a client says of a tool call; a finished one answers with what it was given."""
        found: dict[str, object] = {
            "session_id": SESSION,
            "transcript_path": "/home/user/.claude/projects/project/session.jsonl",
            "cwd": str(self.project.root),
            "permission_mode": "acceptEdits",
            "hook_event_name": event,
            "tool_name": tool,
            "tool_input": given,
        }
        if event == "PostToolUse":
            found["tool_response"] = {"type": "create", **given, "structuredPatch": []}
            found["duration_ms"] = 18
        return json.dumps({**found, "tool_use_id": CALL}, separators=(",", ":"), ensure_ascii=False).encode()

    def write(self, event: str, path: str = "plan.md", size: int = 500) -> bytes:
        """The payload of a Write, of about so many bytes."""
        each = size // 2 if event == "PostToolUse" else size
        text = LINE * (each // len(json.dumps(LINE)) + 1)
        return self.payload(event, "Write", file_path=str(self.project.root / path), content=text)

    def grow(self, events: int) -> None:
        """Have the log hold at least so many events, the last of which agrees with the document."""
        lines = self.log.read_bytes().split(b"\n")
        number, _, _ = lines[-2].partition(b". ")
        moment = lines[-2].split(b" ", 2)[1]
        doc = lines[-2].rpartition(b'"doc":')[2].partition(b"}")[0]
        with self.log.open("ab") as log:
            for each in range(int(number) + 1, events + 1):
                body = b'%d. %b **tool.used** %b `{"ok":true,"paths":["src/module_%d.py"],"ms":18,' % (
                    each, moment, (b"Read", b"Edit", b"Bash", b"mcp__lab__echo")[each % 4], each % 97,
                )  # fmt: skip
                body += b'"tool":"Edit","by":"hook","call":"toolu_%015d","session":"%b","doc":%b}`' % (
                    each, SESSION.encode(), doc,
                )  # fmt: skip
                log.write(b"%b ^%08x\n" % (body, zlib.crc32(body)))

    def entitle(self, source: str) -> None:
        """Edit the title's line in the document."""
        text = self.document.read_text(encoding="utf-8")
        line = next(each for each in text.split("\n") if each.startswith("title:"))
        self.document.write_text(text.replace(line, f"title: {source}"), encoding="utf-8")

    def loosen(self, word: str) -> None:
        """Edit an accepted document of our own form into YAML that only a YAML reader takes."""
        self.entitle('"Add login"')
        self.project.workspace().status()
        self.entitle(f"Add login  # {word}")
