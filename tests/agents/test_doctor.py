"""The doctor's checks, on a sound installation and on broken ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents import doctor, installation

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
    assert [name for name, finding in found.items() if not finding.ok] == ["hooks", "compiled", "probe"]
    assert {finding.repair for finding in found.values() if not finding.ok} == {"setup claude"}


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
