"""The real client in print mode: its own home, a network of loopback only, a scripted model."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.e2e import network
from tests.e2e.record import Request, Run, read_lines, read_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.e2e.script import Script

    Condition = Callable[[Sequence[Request]], bool]

# The first version in which a hook can ask to stop the call when the hook itself fails.
OLDEST = (2, 1, 295)
REPOSITORY = Path(__file__).parents[2]
PACKAGES = "node_modules/@anthropic-ai/claude-code-linux-*/claude"
KEY = "sk-ant-scripted-0000000000"
POLL = 0.02  # seconds between two looks at a condition

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


class Session(NamedTuple):
    """One session of a client in a project: every run of it goes on where the last one ended.

    `folder` holds the client's home and a folder per run.
    """

    client: Path
    project: Path
    folder: Path
    id: str

    @property
    def home(self) -> Path:
        """The client's home."""
        return self.folder / "home"


class Api(NamedTuple):
    """A scripted API that listens in a network of its own."""

    pid: int
    port: int
    log: Path
    folder: Path


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
    """Run one prompt to its end, or to where `kill_when` holds over the requests made so far.

    The client's process group is then killed; whatever else it started goes when the API does, at
    the end of the run. Raises TimeoutError after `limit` seconds.
    """
    options = ["--output-format", "stream-json", "--verbose", "--include-hook-events", *args]
    with serving(session, script) as api:
        command = [*command_line(session, api, resume=resume, mode=mode), "-p", prompt, *options]
        with _started(session, api, command, env or {}) as client:
            killed = _wait(client, api, kill_when, limit)
        return gather(api, client.returncode, killed=killed)


def administer(session: Session, *arguments: str) -> str:
    """What a command of the client outside any session prints, `plugin install …`, without a network.

    Raises AssertionError, with what it printed, when the command fails. Without a key the client asks
    nobody first: with one it waits some 18 s for an API that it can not reach.
    """
    keyless = {name: value for name, value in _ENVIRONMENT.items() if name != "ANTHROPIC_API_KEY"}
    done = subprocess.run(
        [*(network.separate() or ()), str(session.client), *arguments],
        cwd=session.project,
        env={**keyless, "HOME": str(session.home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def command_line(session: Session, api: Api, *, resume: bool, mode: str | None) -> list[str]:
    """The client's command, inside the API's network, for the next run of a session."""
    which = ["--resume" if resume else "--session-id", session.id]
    rights = ["--permission-mode", mode] if mode else []
    debug = ["--debug-file", str(api.folder / "debug.log")]
    return [*network.joining(api.pid), str(session.client), *which, *rights, *debug]


def environment(session: Session, api: Api, extra: Mapping[str, str]) -> dict[str, str]:
    """All that the client's environment holds: nothing of ours gets in."""
    places = {
        "HOME": str(session.home),
        "CLAUDE_CODE_TMPDIR": str(session.folder),
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{api.port}",
    }
    return {**_ENVIRONMENT, **places, **extra}


@contextlib.contextmanager
def serving(session: Session, script: Script) -> Iterator[Api]:
    """A scripted API in a network of its own, where everything ends with it."""
    folder = _next_folder(session)
    (folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    with (folder / "api.stderr").open("wb") as stderr:
        server = subprocess.Popen(_server_command(folder), cwd=REPOSITORY, stderr=stderr)
    try:
        port = _port(folder / "port", server)
        yield Api(server.pid, port, folder / "requests.jsonl", folder)
    finally:
        network.end_members(server.pid)
        server.kill()
        server.wait()


def _next_folder(session: Session) -> Path:
    number = 1 + sum(1 for _ in session.folder.glob("run-*"))
    folder = session.folder / f"run-{number:02d}"
    folder.mkdir()
    return folder


def _server_command(folder: Path) -> list[str]:
    files = {"--script": "script.json", "--port-file": "port", "--log": "requests.jsonl"}
    options = [word for flag, name in files.items() for word in (flag, str(folder / name))]
    server = [sys.executable, "-m", "tests.e2e.messages_api", "--raise-loopback", *options]
    return [*(network.separate() or ()), *server]


def _port(file: Path, server: subprocess.Popen[bytes], limit: float = 20.0) -> int:
    poll_until(lambda: file.exists() or server.poll() is not None, limit, "the API to listen")
    return int(file.read_text(encoding="utf-8"))


@contextlib.contextmanager
def _started(
    session: Session, api: Api, command: Sequence[str], env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """The client as leader of a process group of its own, which does not outlive the block."""
    with (
        (api.folder / "stdout.jsonl").open("wb") as stdout,
        (api.folder / "stderr.txt").open("wb") as stderr,
    ):
        client = subprocess.Popen(
            command,
            cwd=session.project,
            env=environment(session, api, env),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield client
    finally:
        end_group(client)


def end_group(client: subprocess.Popen[bytes]) -> None:
    """Kill the process group that `client` leads, if `client` has not ended by itself."""
    if client.poll() is None:
        with contextlib.suppress(ProcessLookupError):  # it does not lead a group yet
            os.killpg(client.pid, signal.SIGKILL)
        client.kill()
        client.wait()


def _wait(client: subprocess.Popen[bytes], api: Api, kill_when: Condition | None, limit: float) -> bool:
    """Wait for the client's end; True when it was killed because `kill_when` held first."""
    if kill_when is None:
        poll_until(lambda: client.poll() is not None, limit, f"the end of {api.folder}")
        return False
    poll_until(
        lambda: client.poll() is not None or kill_when(read_requests(api.log)),
        limit,
        f"what to kill for in {api.folder}",
    )
    killed = client.poll() is None
    end_group(client)
    return killed


def poll_until(condition: Callable[[], bool], limit: float, what: str) -> None:
    """Wait until a condition holds; raises TimeoutError, naming `what`, after `limit` seconds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit:g} s for {what}")
        time.sleep(POLL)


def gather(api: Api, exit_code: int, *, killed: bool = False, screen: str = "") -> Run:
    """What a run that has ended left in its folder."""
    stderr = api.folder / "stderr.txt"
    return Run(
        exit_code=exit_code,
        killed=killed,
        requests=read_requests(api.log),
        events=tuple(read_lines(api.folder / "stdout.jsonl")),
        stderr=stderr.read_text(encoding="utf-8", errors="replace") if stderr.exists() else "",
        screen=screen,
        folder=api.folder,
    )
