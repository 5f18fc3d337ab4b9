"""The doctor's table of checks and its repairs, on a sound installation and on broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import doctor, installation, records

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project


def findings(project: Project) -> dict[str, Finding]:
    """The findings by name."""
    return {finding.name: finding for finding in doctor.examine(project.workspace())}


def bad(project: Project) -> list[str]:
    """The names of the checks that found something."""
    return [name for name, finding in findings(project).items() if not finding.ok]


def mended(project: Project) -> list[str]:
    """What the repairs said."""
    return doctor.repair(project.workspace(), doctor.examine(project.workspace()))


def test_sound_installation(planned: Project) -> None:
    """After setup everything is well, the probe included."""
    installation.set_up(planned.environment, str(planned.root))
    assert bad(planned) == []


def test_nothing_installed(planned: Project) -> None:
    """Before setup the missing parts are named, each with its repair."""
    found = findings(planned)
    repairs = {name: finding.repair for name, finding in found.items() if not finding.ok}
    assert repairs == {
        "hooks": "setup claude",
        "compiled": "doctor --fix",
        "runtime": "doctor --fix",
        "probe": "doctor --fix",
    }


def test_every_finding_says_what_follows_and_what_mends_it(planned: Project) -> None:
    """No finding stands alone."""
    found = [each for each in doctor.examine(planned.workspace()) if not each.ok]
    assert [each.name for each in found if not (each.why and each.repair)] == []


def test_repair_mends_what_was_set_up(planned: Project) -> None:
    """A lost hook, a lost record and lost wiring are there again after the repair."""
    hook = installation.set_up(planned.environment, str(planned.root))
    for path in Path(hook.launcher).parent.rglob("claude.*"):
        path.write_text("garbage", encoding="utf-8")
    Path(installation.runtime_record(planned.environment)).unlink()
    records.settings_path(str(planned.root)).write_text("{}\n", encoding="utf-8")
    assert bad(planned) == ["hooks", "compiled", "runtime", "probe"]
    assert len(mended(planned)) == 2
    assert bad(planned) == []


def test_repair_wires_nothing_anew(planned: Project) -> None:
    """Where setup was never run the hook is installed, and no client's settings are touched."""
    assert len(mended(planned)) == 1
    assert not (planned.root / ".claude").exists()
    assert not findings(planned)["hooks"].ok
    assert findings(planned)["compiled"].ok


def test_repair_goes_on_where_something_can_not_be_mended(planned: Project) -> None:
    """Settings that are no JSON are told with their line; the hook is installed all the same."""
    hook = installation.set_up(planned.environment, str(planned.root))
    Path(hook.launcher).unlink()
    path = records.settings_path(str(planned.root))
    path.write_text('{\n  "model": \n}\n', encoding="utf-8")
    assert str(findings(planned)["settings"].place) == f"{path}:3"
    said = mended(planned)
    assert said[0].startswith("the hook is installed")
    assert said[1].startswith("not mended: ")
    assert "line 3" in said[1]


def test_nothing_to_mend_is_left_alone(planned: Project) -> None:
    """On a sound installation a repair does nothing."""
    installation.set_up(planned.environment, str(planned.root))
    assert mended(planned) == []
