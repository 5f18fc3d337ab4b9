"""A run of a real client: a scripted model in a network of loopback only, and the client beside it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.e2e import network
from tests.e2e.record import Request, Run, read_lines, read_requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.script import Script

REPOSITORY = Path(__file__).parents[2]
Condition = Callable[[Sequence[Request]], bool]
"""Whether a run is to be ended, of the requests made so far."""
POLL = 0.02  # seconds between two looks at a condition

# Seconds; a client writes its own conversation down behind what it sends.
SETTLING = 1.5


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


class Launch(NamedTuple):
    """A client's command line and all that its environment holds."""

    command: Sequence[str]
    environment: Mapping[str, str]


def run_client(
    session: Session,
    script: Script,
    launch: Callable[[Api], Launch],
    *,
    kill_when: Condition | None = None,
    limit: float = 60.0,
) -> Run:
    """Run a client, as `launch` says for the API, to its end, or to where `kill_when` holds.

    `kill_when` is asked about the requests made so far. The client's process group is then killed;
    whatever else it started goes when the API does, at the end of the run. Raises TimeoutError after
    `limit` seconds.
    """
    with serving(session, script) as api:
        with _started(session, api, launch(api)) as client:
            killed = _wait(client, api, kill_when, limit)
        return gather(api, client.returncode, killed=killed)


def ask_client(session: Session, environment: Mapping[str, str], *arguments: str) -> str:
    """What a command of the client outside any session prints, without a network.

    Raises AssertionError, with what it printed, when the command fails.
    """
    done = subprocess.run(
        [*(network.separate() or ()), str(session.client), *arguments],
        cwd=session.project,
        env={**environment, "HOME": str(session.home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def find_program(variable: str, pattern: str) -> Path | None:
    """The program that an environment variable names, else the one of our own packages; None for neither."""
    named = os.environ.get(variable)
    found = [Path(named)] if named else sorted(REPOSITORY.glob(f"node_modules/{pattern}"))
    return next((path for path in found if os.access(path, os.X_OK)), None)


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
def _started(session: Session, api: Api, launch: Launch) -> Iterator[subprocess.Popen[bytes]]:
    """The client as leader of a process group of its own, which does not outlive the block."""
    with (
        (api.folder / "stdout.jsonl").open("wb") as stdout,
        (api.folder / "stderr.txt").open("wb") as stderr,
    ):
        client = subprocess.Popen(
            [*network.joining(api.pid), *launch.command],
            cwd=session.project,
            env=dict(launch.environment),
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
    time.sleep(SETTLING)
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
