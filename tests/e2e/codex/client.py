"""The real Codex CLI, one prompt at a time: its own home, a network of loopback only, a scripted model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e.running import Api, Condition, Launch, Session, ask_client, find_program, run_client
from tests.e2e.script import call

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.record import Run
    from tests.e2e.script import Script, Turn

VARIABLE = "MEMORY_STATE_CODEX"
PACKAGE = "@openai/codex-linux-*/vendor/*/bin/codex"
TRUSTING = ("--dangerously-bypass-hook-trust",)
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "SCRIPTED_KEY": "none",
}
CONFIGURATION = """\
model = "gpt-5.5"
model_provider = "scripted"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:1/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0

[projects."{project}"]
trust_level = "trusted"
"""
HOOKS = re.compile(r"^hook: (\w+) (Completed|Blocked|Failed|Stopped)", re.MULTILINE)


def find_codex() -> Path | None:
    """The client that MEMORY_STATE_CODEX names, else the one that `make client` fetched."""
    return find_program(VARIABLE, PACKAGE)


def open_codex(client: Path, project: Path, folder: Path) -> Session:
    """A session that no run has begun yet, with a home that trusts the project, not its hooks."""
    session = Session(client, project, folder, "")
    configuration = session.home / ".codex" / "config.toml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(CONFIGURATION.replace("{project}", str(project)), encoding="utf-8")
    return session


def run_codex(
    session: Session,
    script: Script,
    *,
    resume: bool = False,
    trust: Sequence[str] = TRUSTING,
    args: Sequence[str] = (),
    kill_when: Condition | None = None,
) -> Run:
    """Run the prompt `go`, in a new session of the client's or in its last one.

    `trust` says that hooks run although no person has looked at them.
    """

    def launch(api: Api) -> Launch:
        place = f'model_providers.scripted.base_url="http://127.0.0.1:{api.port}/v1"'
        which = ["resume", "--last"] if resume else []
        command = [str(session.client), "exec", *which, *trust, "-c", place, *args, "go"]
        return Launch(command, {**ENVIRONMENT, "HOME": str(session.home)})

    return run_client(session, script, launch, kill_when=kill_when)


def administer(session: Session, *arguments: str) -> str:
    """What a command of the client outside any session prints; AssertionError when it fails."""
    return ask_client(session, ENVIRONMENT, *arguments)


def session_id(run: Run) -> str:
    """The id that the client gave the session of a run."""
    found = re.search(r"^session id: (\S+)$", run.stderr, re.MULTILINE)
    assert found, run.stderr
    return found[1]


def answers_taken(run: Run) -> list[tuple[str, str]]:
    """Each hook's event and what the client says became of the answer, in order."""
    return HOOKS.findall(run.stderr)


def shell(command: str, *, input_tokens: int = 100) -> Turn:
    """A turn that runs a shell command."""
    return call("exec_command", input_tokens=input_tokens, cmd=command)


def add_file(path: str, text: str = "x = 1") -> Turn:
    """A turn that adds a file of one line by a patch."""
    return call("apply_patch", input=f"*** Begin Patch\n*** Add File: {path}\n+{text}\n*** End Patch")
