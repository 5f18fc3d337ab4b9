"""The repository as a plugin of the real client: installed from a folder, holding a session to its phase."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import installation
from tests.e2e.client import administer, run_print
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace, install_plugin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.record import Request, Run
    from tests.e2e.running import Session
    from tests.e2e.script import Turn

SKILLS = ("ask-for-approval", "recover", "where-it-stands", "work-a-phase")
BASH = ("--allowedTools", "Bash")


@pytest.fixture
def place(session: Session, clone: Path) -> Workplace:
    """A session with the plugin, its program not installed, and a workflow in phase plan."""
    install_plugin(session, clone)
    place = Workplace(session)
    place.run("start", "feature", "Add login")
    return place


@pytest.fixture
def ready(place: Workplace) -> Workplace:
    """The same with the program installed; no settings of the project name a hook."""
    installation.install({"HOME": str(place.session.home), "PATH": "/usr/local/bin:/usr/bin:/bin"})
    assert not (place.root / ".claude").exists()
    return place


def write(place: Workplace, path: str) -> Turn:
    """A turn that writes a file of the project."""
    return call("Write", file_path=str(place.root / path), content="x = 1\n")


def shell(command: str) -> Turn:
    """A turn that runs a shell command."""
    return call("Bash", command=command)


def play(place: Workplace, *turns: Turn, resume: bool = False) -> Run:
    """Run some turns in print mode, edits and shell allowed by the client itself."""
    return run_print(place.session, "go", script(*turns), resume=resume, mode="acceptEdits", args=BASH)


def test_repository_is_a_valid_plugin_and_marketplace(session: Session, clone: Path) -> None:
    """The client's own strict validation finds nothing in either manifest, the hooks or the skills."""
    for path in (clone, clone / ".claude-plugin/plugin.json"):
        assert "Validation passed" in administer(session, "plugin", "validate", "--strict", str(path))


def test_plugin_holds_a_session_to_its_phase(ready: Workplace, clone: Path) -> None:
    """A write is denied in plan, next is refused with an open task, then both pass."""
    run = play(
        ready,
        write(ready, "src/login.py"),
        shell("command -v memory-state"),
        shell("memory-state next"),
        write(ready, "plan.md"),
        shell("memory-state task done plan.1"),
        shell("memory-state next"),
        write(ready, "src/login.py"),
    )
    denied, found, refused, *passed = run.tool_results()
    assert "no rule allows Write on src/login.py" in denied.text
    assert found.text == f"{clone}/bin/memory-state"
    assert "1 of 1 open" in refused.text
    assert [each.is_error for each in passed] == [False] * 4
    assert ready.status()["phase"] == "build"
    assert ready.events().count("tool.denied") == 1


def test_killed_session_goes_on(ready: Workplace) -> None:
    """A session is told where the workflow stands, is killed in mid turn, and is told anew when resumed."""

    def second_request(requests: Sequence[Request]) -> bool:
        return len(requests) == 2

    played = script(shell("memory-state note 'Half way'"), say("never", delay=60))
    run = run_print(ready.session, "go", played, mode="acceptEdits", args=BASH, kill_when=second_request)
    assert run.killed
    assert "(startup, event" in run.requests[0].text
    assert "phase plan (1 of 5)" in run.requests[0].text
    again = play(ready, say("back"), resume=True)
    assert "(resume, event" in again.requests[-1].text
    assert "note.added" in ready.events()


def test_skills_are_offered_and_loaded(ready: Workplace) -> None:
    """All skills are offered under the plugin's name, and a called one reaches the model."""
    run = play(ready, call("Skill", skill="memory-state:where-it-stands"), say("bye"))
    offered = run.requests[0].text + run.requests[0].system
    for name in SKILLS:
        assert f"memory-state:{name}" in offered
    assert "memory-state check --tool Write --path src/app.py" in run.requests[1].text


def test_plugin_without_its_program(place: Workplace) -> None:
    """The session is told how to install it, only reading tools pass, and `memory-state` is 127."""
    run = play(place, write(place, "plan.md"), call("Read", file_path=str(place.root / "src/app.py")))
    denied, read = run.tool_results()
    assert "pip install" in run.requests[0].text
    assert "Until then only reading tools pass" in denied.text
    assert not read.is_error
    place.run("cancel")
    fresh = Workplace(place.session._replace(id=str(uuid.uuid4())))
    (told,) = play(fresh, shell("memory-state status; echo exit $?")).tool_results()
    assert "pip install" in told.text
    assert "exit 127" in told.text
