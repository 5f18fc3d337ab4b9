"""The real Copilot CLI, one prompt at a time: its own home, a network of loopback only, a scripted model."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from tests.e2e.running import Api, Condition, Launch, Session, find_program, run_client
from tests.e2e.script import call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.e2e.record import Run
    from tests.e2e.script import Script, Turn

VARIABLE = "MEMORY_STATE_COPILOT"
PACKAGE = "@github/copilot-linux-*/copilot"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "COPILOT_OFFLINE": "true",
    "COPILOT_MODEL": "scripted",
    "COPILOT_PROVIDER_API_KEY": "none",
}


def find_copilot() -> Path | None:
    """The client that MEMORY_STATE_COPILOT names, else the one that `make client` fetched."""
    return find_program(VARIABLE, PACKAGE)


def open_copilot(client: Path, project: Path, folder: Path, unpacked: Path) -> Session:
    """A session that no run has begun yet, with a home that trusts the project.

    What the client unpacks at its first start goes to `unpacked`.
    """
    session = Session(client, project, folder, str(uuid.uuid4()))
    settings = session.home / ".copilot" / "config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"trustedFolders": [str(project)]}), encoding="utf-8")
    if not (session.home / ".cache").exists():
        (session.home / ".cache").symlink_to(unpacked)
    return session


def run_copilot(
    session: Session,
    script: Script,
    *,
    resume: bool = False,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    kill_when: Condition | None = None,
) -> Run:
    """Run the prompt `go`, every tool allowed by the client itself."""

    def launch(api: Api) -> Launch:
        which = [f"--resume={session.id}"] if resume else ["--session-id", session.id]
        logs = ["--log-level", "debug", "--log-dir", str(api.folder / "logs")]
        command = [str(session.client), *which, "-p", "go", "--allow-all-tools", *logs, *args]
        place = {"COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{api.port}/v1"}
        return Launch(command, {**ENVIRONMENT, **place, "HOME": str(session.home), **(env or {})})

    return run_client(session, script, launch, kill_when=kill_when)


def shell(command: str, *, input_tokens: int = 100) -> Turn:
    """A turn that runs a shell command."""
    return call("bash", input_tokens=input_tokens, command=command, description="run", mode="sync")


def create(path: Path, text: str = "x = 1\n", *, input_tokens: int = 100) -> Turn:
    """A turn that writes a new file."""
    return call("create", input_tokens=input_tokens, path=str(path), file_text=text)
