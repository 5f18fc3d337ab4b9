"""How hooks come to run in the real Copilot CLI: from its settings, beside Claude Code's, from the plugin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.copilot.client import create, run_copilot, shell
from tests.e2e.definitions import NARROW
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.record import Run
    from tests.e2e.running import Session

MINE = ".github/hooks/memory-state.json"


def play(place: Workplace, *args: str) -> Run:
    """A forbidden file, an allowed one, a search with booleans."""
    search = call("grep", pattern="print", **{"-n": True, "-i": False})
    turns = create(place.root / "src/login.py"), create(place.root / "plan.md"), search, say("bye")
    return run_copilot(place.session, script(*turns), args=args)


def assert_told_once(place: Workplace, run: Run) -> None:
    """Of what `play` did: told at start, denied and recorded, each once; what is allowed passed."""
    denied, planned, found = run.tool_results()
    assert run.requests[0].text.count("(startup, event") == 1
    assert "no rule allows Write on src/login.py" in denied.text
    assert "Created file" in planned.text
    assert "Denied" not in found.text
    assert place.events()[2:] == ["session.started", "tool.denied", *["tool.used"] * 2, "session.ended"]


def test_plugin_alone_holds_a_session(session: Session, clone: Path) -> None:
    """The repository's folder, loaded as a plugin, denies, records and tells."""
    place = Workplace(session)
    place.run("init")
    place.run("start", "feature", "Add login")
    assert not (place.root / ".github").exists()
    assert_told_once(place, play(place, "--plugin-dir", str(clone)))


def test_plugin_beside_settings_tells_once(place: Workplace, clone: Path) -> None:
    """A project with both forms is told and recorded once."""
    assert_told_once(place, play(place, "--plugin-dir", str(clone)))


def test_settings_of_claude_code_do_no_harm(place: Workplace) -> None:
    """The client reads Claude Code's settings of the project too, and still all is told once."""
    place.run("setup", "claude")
    assert (place.root / ".claude/settings.local.json").is_file()
    assert_told_once(place, play(place))


def test_setup_twice_changes_nothing(place: Workplace) -> None:
    """The settings stay byte for byte, and hold no matcher, as an empty one switches the hooks off."""
    before = (place.root / MINE).read_bytes()
    place.run("setup", "copilot")
    assert (place.root / MINE).read_bytes() == before
    groups = [each for event in json.loads(before)["hooks"].values() for each in event]
    assert len(groups) > 5
    assert not [each for each in groups if "matcher" in each]


def test_untrusted_folder_runs_no_hook(place: Workplace) -> None:
    """Without the person's trust nothing is held or recorded; the doctor says that no hook wrote."""
    (place.session.home / ".copilot/config.json").write_text("{}", encoding="utf-8")
    turns = create(place.root / "src/login.py"), shell(f"{place.program} doctor")
    run = run_copilot(place.session, script(*turns, say("bye")))
    assert (place.root / "src/login.py").is_file()
    assert place.events() == ["workflow.started", "phase.entered"]
    asked = run.tool_results()[1].text
    assert f"session {place.session.id} works on workflow" in asked
    assert "none of its hooks has written" in asked


def test_lost_program_denies_what_writes(place: Workplace) -> None:
    """With its Python gone the hook lets only reading pass, and says how it is installed."""
    place.lose_interpreter()
    look = call("view", path=str(place.root / "src/app.py"))
    search = call("grep", pattern="print", **{"-n": True})
    turns = create(place.root / "plan.md"), shell("ls"), look, search, say("bye")
    run = run_copilot(place.session, script(*turns))
    created, listed, looked, found = run.tool_results()
    for each in (created, listed):
        assert "Until then only reading tools pass" in each.text
    assert "print('hello')" in looked.text
    assert "only reading tools pass" not in found.text
    assert not (place.root / "plan.md").exists()
    assert place.events() == ["workflow.started", "phase.entered"]


def writing(path: str) -> str:
    """A command of which nobody can see that it writes a file."""
    return f"python3 -c \"open('{path}', 'w').write('x')\""


def test_what_a_program_writes_is_told_and_the_wiring_is_safe(session: Session) -> None:
    """What only shows afterwards is told with the call, or recorded at the turn's end; our hooks stay."""
    place = Workplace(session)
    place.run("setup", "copilot")
    place.define("narrow", NARROW)
    place.run("start", "narrow", "Hold it")
    wired = (place.root / MINE).read_bytes()
    late = f"(sleep 1; {writing('src/late.py')}) > /dev/null 2>&1 &"
    turns = shell(f"echo x > {MINE}"), shell(writing("src/gen.py")), shell(late), say("bye", delay=3)
    run = run_copilot(place.session, script(*turns))
    assert (place.root / MINE).read_bytes() == wired
    assert "src/gen.py" in run.requests[2].text.rpartition("changed although the phase")[2]
    assert "src/late.py" in json.dumps(place.details("violation.recorded"))
