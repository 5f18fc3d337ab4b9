"""A project that memory-state is set up in, for the real client to work on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from tests.e2e.client import administer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.client import Session


class Workplace(NamedTuple):
    """A session's project, used by a person beside the client."""

    session: Session

    @property
    def root(self) -> Path:
        """The project's root."""
        return self.session.project

    def run(self, *arguments: str) -> str:
        """What our program prints for a person's command in the project."""
        environment = {"HOME": str(self.session.home), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        command = [sys.executable, "-m", "memory_state", *arguments, "--by", "Ann"]
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def status(self) -> dict[str, object]:
        """Where the workflow stands."""
        return dict(json.loads(self.run("status", "--json"))["workflow"])

    def events(self) -> list[str]:
        """The types of the workflow's events."""
        return [event["type"] for event in json.loads(self.run("history", "--json"))["events"]]


def prepared(session: Session, plugin: Path | None = None) -> Workplace:
    """A workplace in phase plan of a feature; its hooks come by settings, or from a plugin's folder."""
    place = Workplace(session)
    if plugin is None:
        place.run("setup", "claude")
    else:
        install_plugin(session, plugin)
        place.run("init")
    place.run("start", "feature", "Add login")
    return place


def install_plugin(session: Session, folder: Path) -> None:
    """Install our plugin for the client's user from a folder that is its marketplace."""
    administer(session, "plugin", "marketplace", "add", str(folder))
    administer(session, "plugin", "install", "memory-state@memory-state")
