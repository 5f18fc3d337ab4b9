"""How hooks come to run in the real Codex CLI: trusted or not, from settings, from the plugin, from both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.codex.client import add_file, administer, answers_taken, run_codex, session_id, shell
from tests.e2e.definitions import NARROW
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.record import Run
    from tests.e2e.running import Session


@pytest.fixture
def plugin(session: Session, clone: Path) -> Workplace:
    """A workplace in phase plan whose only hooks are those of our plugin, added from a folder."""
    administer(session, "plugin", "marketplace", "add", str(clone))
    administer(session, "plugin", "add", "memory-state@memory-state")
    place = Workplace(session)
    place.run("init")
    place.run("start", "feature", "Add login")
    return place


def play(place: Workplace) -> Run:
    """A forbidden and an allowed patch."""
    return run_codex(place.session, script(add_file("src/login.py"), add_file("plan.md"), say("bye")))


def assert_told_once(place: Workplace, run: Run) -> None:
    """Of what `play` did: told at start, denied and recorded, each once."""
    denied, planned = run.tool_results()
    assert run.requests[0].text.count("(startup, event") == 1
    assert run.requests[0].text.count("plan.1 Write the plan") == 1
    assert "no rule allows Edit on src/login.py" in denied.text
    assert "A plan.md" in planned.text
    assert place.events()[2:] == ["session.started", "tool.denied", "tool.used", "session.ended"]
    assert "Failed" not in {answer for _, answer in answers_taken(run)}


def test_plugin_alone_holds_a_session(plugin: Workplace) -> None:
    """The repository's folder, added as a plugin, denies, records and tells."""
    assert not (plugin.root / ".codex").exists()
    assert_told_once(plugin, play(plugin))


def test_plugin_beside_settings_tells_once(plugin: Workplace) -> None:
    """A project with both forms is told and recorded once."""
    plugin.run("setup", "codex")
    assert_told_once(plugin, play(plugin))


def test_setup_twice_changes_nothing(place: Workplace) -> None:
    """The settings, which people trust by their content, stay byte for byte."""
    settings = place.root / ".codex" / "hooks.json"
    before = settings.read_bytes()
    place.run("setup", "codex")
    assert settings.read_bytes() == before


def test_untrusted_hooks_do_not_run_and_doctor_says_so(place: Workplace) -> None:
    """Hooks that no person has trusted let everything pass; the doctor says that none of them wrote."""
    turns = add_file("src/login.py"), shell(f"{place.program} doctor")
    run = run_codex(place.session, script(*turns, say("bye")), trust=())
    assert answers_taken(run) == []
    assert (place.root / "src/login.py").is_file()
    assert place.events() == ["workflow.started", "phase.entered"]
    asked = run.tool_results()[1].text
    assert f"session {session_id(run)} works on workflow" in asked
    assert "none of its hooks has written" in asked
    assert "no hook has written to workflow" in place.attempt("doctor").stdout


def test_lost_program_denies_what_writes(place: Workplace) -> None:
    """With its Python gone the hook lets only reading pass, and says how it is installed."""
    place.lose_interpreter()
    (place.root / "dot.png").write_bytes(b"")
    look = call("view_image", path=str(place.root / "dot.png"))
    run = run_codex(place.session, script(add_file("plan.md"), shell("ls"), look, say("bye")))
    patched, listed, looked = run.tool_results()
    for each in (patched, listed):
        assert "Until then only reading tools pass" in each.text
    assert "only reading tools pass" not in looked.text
    assert "is not installed for this user" in run.requests[0].text
    assert not (place.root / "plan.md").exists()
    assert place.events() == ["workflow.started", "phase.entered"]


def writing(path: str) -> str:
    """A command of which nobody can see that it writes a file."""
    return f"python3 -c \"open('{path}', 'w').write('x')\""


def test_what_a_program_writes_is_told_and_the_wiring_is_safe(session: Session) -> None:
    """What only shows afterwards is told with the call, or recorded at the turn's end; our hooks stay."""
    place = Workplace(session)
    place.run("setup", "codex")
    place.define("narrow", NARROW)
    place.run("start", "narrow", "Hold it")
    wired = (place.root / ".codex/hooks.json").read_bytes()
    late = call("exec_command", cmd=f"sleep 2; {writing('src/late.py')}", yield_time_ms=250)
    turns = shell("echo x > .codex/hooks.json"), shell(writing("src/gen.py")), late, say("bye", delay=4)
    run = run_codex(place.session, script(*turns))
    assert (place.root / ".codex/hooks.json").read_bytes() == wired
    assert "src/gen.py" in run.requests[2].text.rpartition("changed although the phase")[2]
    assert (place.root / "src/late.py").is_file()
    assert "src/late.py" in json.dumps(place.details("violation.recorded"))
    assert {answer for _, answer in answers_taken(run)} == {"Completed", "Blocked"}
