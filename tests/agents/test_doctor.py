"""The doctor's checks, on a sound installation and on broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import doctor, installation, records

if TYPE_CHECKING:
    from tests.sessions import Project


def findings(project: Project) -> dict[str, doctor.Finding]:
    """The findings by name."""
    return {finding.name: finding for finding in doctor.examine(project.workspace())}


def test_sound_installation(planned: Project) -> None:
    """After setup everything is well, the probe included."""
    installation.set_up(planned.environment, str(planned.root))
    assert [name for name, finding in findings(planned).items() if not finding.ok] == []


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


def test_last_hook_is_told(planned: Project) -> None:
    """When a hook wrote last is told, and so is that none has."""
    assert "no hook has written" in findings(planned)["last hook"].message
    planned.play("PostToolUse.Write")
    assert findings(planned)["last hook"].message.startswith("tool.used at ")


def test_damaged_state_is_told(planned: Project) -> None:
    """A damaged document is a finding."""
    (planned.root / ".memory/state/active-workflow.md").write_text("garbage", encoding="utf-8")
    assert not findings(planned)["state"].ok
    assert findings(planned)["state"].ok


def test_repair_mends_what_was_set_up(planned: Project) -> None:
    """A lost hook, a lost record and lost wiring are there again after the repair."""
    hook = installation.set_up(planned.environment, str(planned.root))
    Path(hook.launcher).with_name("PreToolUse.py").write_text("garbage", encoding="utf-8")
    Path(installation.runtime_record(planned.environment)).unlink()
    records.settings_path(str(planned.root)).write_text("{}\n", encoding="utf-8")
    assert [name for name, finding in findings(planned).items() if not finding.ok] == [
        "hooks", "compiled", "runtime", "probe",
    ]  # fmt: skip
    assert len(doctor.repair(planned.workspace())) == 2
    assert [name for name, finding in findings(planned).items() if not finding.ok] == []


def test_repair_wires_nothing_anew(planned: Project) -> None:
    """Where setup was never run the hook is installed, and no client's settings are touched."""
    assert len(doctor.repair(planned.workspace())) == 1
    assert not (planned.root / ".claude").exists()
    assert not findings(planned)["hooks"].ok
    assert findings(planned)["compiled"].ok


def test_repair_goes_on_where_something_can_not_be_mended(planned: Project) -> None:
    """Settings that are no JSON are told; the hook is installed all the same."""
    installation.set_up(planned.environment, str(planned.root))
    records.settings_path(str(planned.root)).write_text('{\n  "model": \n}\n', encoding="utf-8")
    said = doctor.repair(planned.workspace())
    assert said[0].startswith("the hook is installed")
    assert said[1].startswith("not mended: ")
    assert "line 3" in said[1]
