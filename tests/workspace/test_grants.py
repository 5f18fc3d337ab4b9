"""One-time grants: a person's yes to one exact command, which an agent can neither make, keep nor move."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from memory_state.core.errors import Misused
from memory_state.workspace.grants import leave_grant, use_grant

APPROVE = ("approve", "--reason", "looks good")
LINE = "memory-state approve --reason 'looks good'"

# Asks, in a process of its own, for the grant of `memory-state approve`.
ASKING = """
import json, sys
from memory_state.workspace.grants import use_grant
environment, memory = json.loads(sys.argv[1])
print(use_grant(environment, memory, "s1", ("approve",)))
"""


class Place:
    """A memory path, and a user with a key of their own."""

    def __init__(self, folder: Path) -> None:
        self.memory = str(folder / "memory")
        self.environment = {"HOME": str(folder / "home")}
        self.path = folder / "memory" / "state" / ".cache" / "grant-s1"
        self.key = folder / "home" / ".local" / "share" / "memory-state" / "grant-key"

    def leave(self, line: str = LINE, session: str = "s1", **environment: str) -> None:
        """Leave the grant that the hook leaves."""
        leave_grant({**self.environment, **environment}, self.memory, session, line, time.time())

    def use(self, *words: str, session: str | None = "s1") -> bool:
        """Ask for it, as a call of our program with these arguments does."""
        return use_grant(self.environment, self.memory, session, words or APPROVE)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place without a grant."""
    return Place(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        'memory-state approve --reason "looks good"',
        "/opt/x/memory-state approve --reason 'looks good'",
        "  memory-state   approve --reason 'looks good'  ",
        "/usr/bin/python3 -m memory_state approve --reason 'looks good'",
    ],
)
def test_grant_lets_its_command_run_once(place: Place, line: str) -> None:
    """The very command, however its words were quoted, and no second time."""
    place.leave(line)
    assert place.use()
    assert not place.path.exists()
    assert not place.use()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "memory-state",
        "memory-state approve",
        "memory-state approve --reason 'looks bad'",
        "memory-state cancel --reason 'looks good'",
        "memory-state approve --reason 'looks good' --by Eve",
        "memory-state approve --reason 'looks good'; memory-state trust",
        "memory-state approve --reason 'looks good' && rm -rf /",
        "memory-state approve --reason 'looks good",
        'memory-state approve --reason "looks good',
        "memory-state approve --reason $(looks good)",
        "memory-state approve --reason 'looks good' \\",
        "memory-state approve --reason \udcff",
        "memory-state approve --reason looks\\ good",
    ],
)
def test_grant_of_another_command_is_used_up(place: Place, line: str) -> None:
    """Any other line lets nothing run, never raises, and the grant is gone."""
    place.leave(line)
    assert not place.use()
    assert not place.path.exists()


def test_grant_belongs_to_its_session(place: Place) -> None:
    """Another session, or none, can not use it, and does not use it up."""
    place.leave()
    assert not place.use(session="s2")
    assert not place.use(session=None)
    assert place.path.exists()
    assert place.use()


def test_grant_is_private(place: Place) -> None:
    """Grant and key are the user's alone to read."""
    place.leave()
    assert place.path.stat().st_mode & 0o777 == 0o600
    assert place.key.stat().st_mode & 0o777 == 0o600
    assert len(place.key.read_bytes()) == 32


# what an agent could try


def forged(**changes: object) -> bytes:
    """The words of a grant as our hook would write them, with some changed."""
    values = {
        "line": LINE,
        "session": "s1",
        "memory": "/m",
        "issued": time.time(),
        "client": None,
        "born": None,
    }
    return json.dumps({**values, **changes}, sort_keys=True).encode()


@pytest.mark.parametrize("signed", [b"", b"0" * 64 + b"\n", b"\n", LINE.encode() + b"\n"])
def test_written_grant_is_none(place: Place, signed: bytes) -> None:
    """A file with the right words and without the user's signature lets nothing run."""
    place.leave()
    place.path.write_bytes(signed + forged(memory=place.memory))
    assert not place.use()
    assert not place.path.exists()


def test_grant_signed_with_another_key_is_none(place: Place, tmp_path: Path) -> None:
    """Neither a key of the agent's own nor one of another user makes it good."""
    other = Place(tmp_path / "other")
    leave_grant(other.environment, place.memory, "s1", LINE, time.time())
    place.leave(session="s2")
    assert not place.use()


def test_changed_grant_is_none(place: Place) -> None:
    """A signature is for every word of it."""
    place.leave("memory-state approve")
    place.path.write_bytes(place.path.read_bytes().replace(b"approve", b"cancel "))
    assert not place.use("cancel")


def test_grant_of_another_session_or_place_is_none(place: Place, tmp_path: Path) -> None:
    """Moved to the name of another session, or below another memory path, it lets nothing run."""
    place.leave(session="s2")
    place.path.with_name("grant-s2").rename(place.path)
    assert not place.use()
    elsewhere = str(tmp_path / "elsewhere")
    leave_grant(place.environment, elsewhere, "s1", LINE, time.time())
    shutil.copy2(Path(elsewhere, "state", ".cache", "grant-s1"), place.path)
    assert not place.use()


@pytest.mark.parametrize("keep", [shutil.copy2, os.link])
def test_used_grant_does_not_come_back(place: Place, keep: object, tmp_path: Path) -> None:
    """A copy or a second name that was kept aside and put back later is refused, whatever its times say."""
    assert callable(keep)
    leave_grant(place.environment, place.memory, "s1", LINE, time.time() - 60)
    keep(place.path, tmp_path / "kept")
    os.utime(tmp_path / "kept", (1, 1))
    place.path.unlink()
    keep(tmp_path / "kept", place.path)
    os.utime(place.path, (time.time() - 60, time.time() - 60))
    assert not place.use()


def test_link_to_a_grant_is_none(place: Place, tmp_path: Path) -> None:
    """Only a file in its place counts."""
    place.leave()
    place.path.rename(tmp_path / "kept")
    place.path.symlink_to(tmp_path / "kept")
    assert not place.use()
    assert (tmp_path / "kept").exists()


def test_two_at_once_get_it_once(place: Place) -> None:
    """Of many that ask at the same moment one may run."""
    for _ in range(20):
        place.leave()
        found: list[bool] = []
        askers = [threading.Thread(target=lambda found=found: found.append(place.use())) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert sorted(found) == [False] * 7 + [True]


def test_odd_session_touches_no_path(place: Place, tmp_path: Path) -> None:
    """A session id that could leave the folder is refused."""
    victim = tmp_path / "victim"
    victim.write_text("memory-state approve")
    for session in ("x/../../../victim", "../../victim", "/etc/passwd", "a\0"):
        with pytest.raises(Misused):
            place.use(session=session)
        with pytest.raises(Misused):
            place.leave(session=session)
    assert victim.exists()


# which process may use it: this one stands for the client


def asker(place: Place, folder: Path) -> str:
    """A program that says whether it gets the grant."""
    path = folder / "ask"
    given = json.dumps([place.environment, place.memory])
    path.write_text(f"#!{sys.executable}\nimport sys\nsys.argv[1:] = [{given!r}]\n{ASKING}", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("script", ["exec $0", "sh -c $0; true", "true; sh -c 'sh -c $0' $0"])
def test_shell_that_the_client_starts_afterwards_may_use_it(
    place: Place, tmp_path: Path, script: str
) -> None:
    """The call that a person said yes to is a new process of the client, or one that this starts."""
    place.leave("memory-state approve", CLAUDE_PID=str(os.getpid()))
    time.sleep(0.1)
    line = ["sh", "-c", script.replace("'sh -c $0'", "'$0'"), asker(place, tmp_path)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_process_that_waited_for_the_grant_may_not(place: Place, tmp_path: Path) -> None:
    """What was started before the person was asked can not take the yes, nor can what that starts."""
    go = tmp_path / "go"
    script = f"while ! test -e '{go}'; do sleep 0.02; done; sh -c $0"
    line = ["sh", "-c", script, asker(place, tmp_path)]
    waiting = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    time.sleep(0.2)
    place.leave("memory-state approve", CLAUDE_PID=str(os.getpid()))
    go.touch()
    assert waiting.communicate(timeout=30)[0].strip() == "False"


def test_process_that_left_the_client_may_not(place: Place, tmp_path: Path) -> None:
    """One that had itself adopted by another process is no longer a call of the client."""
    place.leave("memory-state approve", CLAUDE_PID=str(os.getpid()))
    time.sleep(0.1)
    out = tmp_path / "out"
    script = f"sleep 0.3; $0 > '{out}'"
    subprocess.run(["setsid", "-f", "sh", "-c", script, asker(place, tmp_path)], check=True)
    deadline = time.monotonic() + 20
    while not (out.exists() and out.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert out.read_text().strip() == "False"
