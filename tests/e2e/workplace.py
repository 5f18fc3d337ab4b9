"""A project that memory-state is set up in, for the real client to work on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.e2e.client import administer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.running import Session


class Workplace(NamedTuple):
    """A session's project, used by a person beside the client; `workflow` is one that is not current."""

    session: Session
    workflow: str = ""

    @property
    def root(self) -> Path:
        """The project's root."""
        return self.session.project

    def run(self, *arguments: str) -> str:
        """What our program prints for a person's command in the project; AssertionError when it fails."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise AssertionError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What comes of a person's command in the project."""
        which = ["-w", self.workflow] if self.workflow else []
        return subprocess.run(
            [sys.executable, "-m", "memory_state", *which, *arguments, "--by", "Ann"],
            cwd=self.root,
            env={"HOME": str(self.session.home), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def status(self) -> dict[str, object]:
        """Where the workflow stands."""
        return dict(json.loads(self.run("status", "--json"))["workflow"])

    def events(self) -> list[str]:
        """The types of the workflow's events."""
        return [event["type"] for event in self._history()]

    def details(self, kind: str) -> list[dict[str, object]]:
        """The details of the workflow's events of one type, in order."""
        return [event["details"] for event in self._history() if event["type"] == kind]

    def sessions(self) -> list[str]:
        """The ids of the sessions in the workflow's history, in the order in which they came."""
        found = [event["details"].get("session") for event in self._history()]
        return list(dict.fromkeys(each for each in found if each))

    def _history(self) -> list[dict[str, Any]]:
        return list(json.loads(self.run("history", "--json"))["events"])

    def define(self, name: str, text: str) -> None:
        """Write a definition of the project's own."""
        path = self.root / ".memory" / "workflows" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def recovery(self) -> str:
        """The workflow's recovery file."""
        (found,) = (self.root / ".memory" / "state" / "interruption-recovery").glob("*.md")
        return found.read_text(encoding="utf-8")

    @property
    def program(self) -> str:
        """Our program as it is installed for the session's user, by absolute path."""
        return str(self._share / "bin" / "memory-state")

    def lose_interpreter(self) -> None:
        """Have the record of the installed hook name a Python that is not there, as after an upgrade."""
        record = self._share / "runtime"
        _, rest = record.read_text(encoding="utf-8").split("\n", 1)
        record.write_text(f"/nowhere/python3\n{rest}", encoding="utf-8")

    @property
    def _share(self) -> Path:
        return self.session.home / ".local" / "share" / "memory-state"


def prepared(session: Session, plugin: Path | None = None, client: str = "claude") -> Workplace:
    """A workplace in phase plan of a feature; its hooks come by settings, or from a plugin's folder."""
    place = Workplace(session)
    if plugin is None:
        place.run("setup", client)
    else:
        install_plugin(session, plugin)
        place.run("init")
    place.run("start", "feature", "Add login")
    return place


def install_plugin(session: Session, folder: Path) -> None:
    """Install our plugin for the client's user from a folder that is its marketplace."""
    administer(session, "plugin", "marketplace", "add", str(folder))
    administer(session, "plugin", "install", "memory-state@memory-state")
