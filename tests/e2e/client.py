"""The real client in print mode: its own home, a network of loopback only, a scripted model."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.running import REPOSITORY, Api, Condition, Launch, Session, ask_client, run_client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.e2e.record import Run
    from tests.e2e.script import Script

# The first version in which a hook can ask to stop the call when the hook itself fails.
OLDEST = (2, 1, 295)
PACKAGES = "node_modules/@anthropic-ai/claude-code-linux-*/claude"
KEY = "sk-ant-scripted-0000000000"

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    "SHELL": "/bin/bash",
    "ANTHROPIC_API_KEY": KEY,
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_TELEMETRY": "1",
}


def find_client() -> Path | None:
    """The client named by MEMORY_STATE_CLAUDE, else a fresh enough one that is installed."""
    named = os.environ.get("MEMORY_STATE_CLAUDE")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    return next((path for path in _installed() if version_of(path) >= OLDEST), None)


def _installed() -> Iterator[Path]:
    for base in (REPOSITORY, Path.home() / ".cache" / "memory-state-e2e"):
        yield from sorted(base.glob(PACKAGES))
    on_path = shutil.which("claude")
    if on_path:
        yield Path(on_path)


def version_of(client: Path) -> tuple[int, ...]:
    """The client's version; empty when it does not say one."""
    said = subprocess.run([client, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", said.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()


def open_session(client: Path, project: Path, folder: Path) -> Session:
    """A session that no run has begun yet, with a home of its own that trusts the project."""
    session = Session(client, project, folder, str(uuid.uuid4()))
    session.home.mkdir(parents=True, exist_ok=True)
    (session.home / ".claude.json").write_text(json.dumps(_answers(project)), encoding="utf-8")
    return session


def _answers(project: Path) -> dict[str, object]:
    """What a terminal session would otherwise ask before its first prompt."""
    return {
        "hasCompletedOnboarding": True,
        "lastOnboardingVersion": "99.0.0",
        "theme": "dark",
        "bypassPermissionsModeAccepted": True,
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {
            str(project): {
                "hasTrustDialogAccepted": True,
                "hasCompletedProjectOnboarding": True,
            }
        },
    }


def run_print(
    session: Session,
    prompt: str,
    script: Script,
    *,
    resume: bool = False,
    mode: str | None = None,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    kill_when: Condition | None = None,
    limit: float = 60.0,
) -> Run:
    """Run one prompt as `run_client` does."""
    options = ["--output-format", "stream-json", "--verbose", "--include-hook-events", *args]

    def launch(api: Api) -> Launch:
        command = [*command_line(session, api, resume=resume, mode=mode), "-p", prompt, *options]
        return Launch(command, environment(session, api, env or {}))

    return run_client(session, script, launch, kill_when=kill_when, limit=limit)


def administer(session: Session, *arguments: str) -> str:
    """What a command of the client outside any session prints, `plugin install …`, without a network.

    Raises AssertionError, with what it printed, when the command fails. Without a key the client asks
    nobody first: with one it waits some 18 s for an API that it can not reach.
    """
    keyless = {name: value for name, value in _ENVIRONMENT.items() if name != "ANTHROPIC_API_KEY"}
    return ask_client(session, keyless, *arguments)


def command_line(session: Session, api: Api, *, resume: bool, mode: str | None) -> list[str]:
    """The client's command for the next run of a session."""
    which = ["--resume" if resume else "--session-id", session.id]
    rights = ["--permission-mode", mode] if mode else []
    debug = ["--debug-file", str(api.folder / "debug.log")]
    return [str(session.client), *which, *rights, *debug]


def environment(session: Session, api: Api, extra: Mapping[str, str]) -> dict[str, str]:
    """All that the client's environment holds: nothing of ours gets in."""
    places = {
        "HOME": str(session.home),
        "CLAUDE_CODE_TMPDIR": str(session.folder),
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{api.port}",
    }
    return {**_ENVIRONMENT, **places, **extra}
