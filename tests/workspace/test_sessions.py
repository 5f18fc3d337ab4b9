"""Which workflow a session works on."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.workspace.ancestry import process_birth
from memory_state.workspace.sessions import Binding, bind, binding_of, bindings, is_alive, sweep, unbind
from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run

DAY = 86400


def folder(ground: Ground) -> Path:
    """Where the bindings are."""
    return ground.home / ".local" / "state" / "memory-state" / "sessions"


def bind_here(ground: Ground, session: str, workflow: str = "7f3a9c21") -> None:
    """Bind a session to a workflow of the ground."""
    bind(ground.environment, session, str(ground.root), str(ground.memory), workflow)


def test_binding_is_one_small_private_file(ground: Ground) -> None:
    """Front matter that the hook reads, in a file of the session's name, for its owner alone."""
    bind_here(ground, "s1")
    (path,) = folder(ground).iterdir()
    assert path.name == "s1"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == (
        f'---\nmemory_path: "{ground.memory}"\nroot: "{ground.root}"\nworkflow_id: "7f3a9c21"\n---\n'
    )
    found = binding_of(ground.environment, "s1")
    assert found == Binding("s1", str(ground.root), str(ground.memory), "7f3a9c21")


def test_later_binding_replaces_the_first(ground: Ground) -> None:
    """A session works on one workflow at a time."""
    bind_here(ground, "s1", "aaaaaaaa")
    bind_here(ground, "s1", "bbbbbbbb")
    assert [each.workflow for each in bindings(ground.environment, "bbbbbbbb")] == ["bbbbbbbb"]
    assert bindings(ground.environment, "aaaaaaaa") == []


def test_sessions_of_a_workflow_are_found(ground: Ground) -> None:
    """All of them, and none of another's."""
    assert bindings(ground.environment, "7f3a9c21") == []
    for session in ("s2", "s1"):
        bind_here(ground, session)
    bind_here(ground, "s3", "00000000")
    assert [each.session for each in bindings(ground.environment, "7f3a9c21")] == ["s1", "s2"]


def test_unbound_session_is_forgotten(ground: Ground) -> None:
    """Twice is once."""
    bind_here(ground, "s1")
    unbind(ground.environment, "s1")
    unbind(ground.environment, "s1")
    assert binding_of(ground.environment, "s1") is None


@pytest.mark.parametrize("session", ["../s1", "/tmp/s1", "", "a b", "-x", "a\0", ".."])
def test_odd_session_ids_touch_no_path(ground: Ground, session: str) -> None:
    """They can not be bound or unbound, and are not bound."""
    with pytest.raises(Misused, match="no session id"):
        bind_here(ground, session)
    with pytest.raises(Misused, match="no session id"):
        unbind(ground.environment, session)
    assert binding_of(ground.environment, session) is None
    assert not [path for path in ground.home.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "text",
    [
        b"", b"garbage", b"\xff", b"---\n---\n", b'---\nworkflow_id: "7f3a9c21"\n---\n',
        b'---\nworkflow_id: "../../../x"\nroot: "/r"\nmemory_path: "/m"\n---\n',
        b'---\nworkflow_id: 7\nroot: "/r"\nmemory_path: "/m"\n---\n',
        b'---\nworkflow_id: "7f3a9c21"\nroot: "/r"\nmemory_path: ["/m"]\n---\n',
    ],
)  # fmt: skip
def test_damaged_binding_is_none(ground: Ground, text: bytes) -> None:
    """A file that is not as we write it binds nothing, and hinders nothing."""
    bind_here(ground, "good")
    (folder(ground) / "bad").write_bytes(text)
    (folder(ground) / ".left.123-abc.tmp").write_bytes(text)
    assert binding_of(ground.environment, "bad") is None
    assert [each.session for each in bindings(ground.environment, "7f3a9c21")] == ["good"]


def test_client_that_runs_is_alive(ground: Ground) -> None:
    """The session's process, while it runs; not after its end, even before anybody waited for it."""
    client = subprocess.Popen(["sleep", "30"])
    ground.environment["CLAUDE_PID"] = str(client.pid)
    bind_here(ground, "s1")
    found = binding_of(ground.environment, "s1")
    assert found is not None
    assert found.pid == client.pid
    assert is_alive(found)
    client.kill()
    deadline = time.monotonic() + 5
    while is_alive(found) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(found)
    client.wait()
    assert not is_alive(found)


def test_another_process_of_the_same_number_is_not_the_client(ground: Ground) -> None:
    """A number given again is told apart by when the process was started."""
    ground.environment["CLAUDE_PID"] = str(os.getpid())
    bind_here(ground, "s1")
    found = binding_of(ground.environment, "s1")
    assert found is not None
    assert found.born is not None
    assert is_alive(found)
    assert not is_alive(found._replace(born=found.born - 1))


@pytest.mark.parametrize("pid", ["", "x", "-1", "²", "0", "99999999999999999999", "4194305"])
def test_unknown_client_counts_as_gone(ground: Ground, pid: str) -> None:
    """Without a process that can be looked at, nobody is said to be alive."""
    ground.environment["CLAUDE_PID"] = pid
    bind_here(ground, "s1")
    found = binding_of(ground.environment, "s1")
    assert found is not None
    assert not is_alive(found)


def test_command_with_odd_brackets_is_read(ground: Ground) -> None:
    """A process whose name looks like the fields that follow it is read all the same."""
    script = ground.root / "a) R 1 (b"
    script.write_text("#!/bin/sh\nread line\n")
    script.chmod(0o700)
    with subprocess.Popen([str(script)], stdin=subprocess.PIPE) as client:
        assert process_birth(client.pid) == process_birth(client.pid)
        assert (process_birth(client.pid) or 0) > 1000
        client.kill()


def test_old_bindings_are_swept(ground: Ground) -> None:
    """Those of more than thirty days ago go, the others stay."""
    assert sweep(ground.environment, time.time()) == 0
    for session, days in (("old", 31), ("older", 400), ("new", 29)):
        bind_here(ground, session)
        moment = time.time() - days * DAY
        os.utime(folder(ground) / session, (moment, moment))
    assert sweep(ground.environment, time.time()) == 2
    assert [path.name for path in folder(ground).iterdir()] == ["new"]


# as workspaces use them


def test_start_and_resume_bind_the_session(ground: Ground) -> None:
    """The session that starts or resumes a workflow is bound to it."""
    run = ground.workspace(session="s1").start("steps", "Add login")
    ground.workspace(session="s2").resume()
    assert [each.session for each in bindings(ground.environment, run.id)] == ["s1", "s2"]


def test_bound_session_keeps_its_workflow(ground: Ground) -> None:
    """Of two sessions each goes on with its own, whichever is the current one."""
    first = ground.workspace(session="s1").start("steps", "First")
    ground.workspace().park("lunch")
    second = ground.workspace(session="s2").start("steps", "Second")
    assert ground.workspace(session="s1").status().id == first.id
    assert ground.workspace(session="s2").status().id == second.id
    assert ground.workspace().status().id == second.id


def test_environment_and_option_come_before_the_binding(ground: Ground) -> None:
    """-w before the environment before the binding before the current one."""
    first = ground.workspace(session="s1").start("steps", "First")
    ground.workspace().park("lunch")
    second = ground.workspace(session="s2").start("steps", "Second")
    ground.environment["MEMORY_STATE_WORKFLOW"] = second.id
    assert ground.workspace(session="s1").status().id == second.id
    assert ground.workspace(session="s1", workflow=first.id).status().id == first.id


def test_binding_to_another_memory_path_does_not_count(ground: Ground, started: Run) -> None:
    """A session that asks below another memory path is not led astray."""
    bind(ground.environment, "s1", str(ground.root), "/elsewhere", "00000000")
    assert ground.workspace(session="s1").status().id == started.id


def test_binding_to_a_workflow_that_is_gone_does_not_count(ground: Ground, started: Run) -> None:
    """Nor does a binding to an id that has no history here."""
    bind_here(ground, "s1", "00000000")
    assert ground.workspace(session="s1").status().id == started.id
