"""The logs of phases: written when a phase is left, and made anew from the history at any time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.record import note_call
from memory_state.workspace import phaselogs
from memory_state.workspace.phaselogs import phase_log, rebuild_phase_logs, stale_logs
from memory_state.workspace.recovering import recover
from memory_state.workspace.rollback import roll_back

if TYPE_CHECKING:
    from tests.sessions import Project


def memory_of(project: Project) -> str:
    """The memory path."""
    return str(project.root / ".memory")


def log_of(project: Project, phase: str) -> Path:
    """A phase's log."""
    return Path(phase_log(memory_of(project), project.workspace().workflow(), phase))


def stale(project: Project) -> list[str]:
    """The names of the logs that must be made anew."""
    found = stale_logs(memory_of(project), project.workspace().workflow())
    return [Path(each.path).name for each in found]


def next_phase(project: Project) -> None:
    """Leave the phase by a person's word."""
    project.workspace().override("Enough for a test")


def test_a_line_lands_in_its_phase_only(planned: Project) -> None:
    """What happens in build stands in build's log, and no other."""
    planned.workspace().note("In the plan")
    assert not log_of(planned, "plan").exists()
    next_phase(planned)
    planned.workspace().note("In the build")
    next_phase(planned)
    plan, build = (log_of(planned, each).read_text(encoding="utf-8") for each in ("plan", "build"))
    assert ("In the plan" in plan, "In the plan" in build) == (True, False)
    assert ("In the build" in plan, "In the build" in build) == (False, True)
    assert not log_of(planned, "test").exists()
    assert stale(planned) == []


def test_what_is_written_at_a_change_is_what_the_whole_history_gives(planned: Project) -> None:
    """After returns and a rollback too, and the second stay follows the first."""
    for act in (next_phase, next_phase, lambda each: each.workspace().back("It fails"), next_phase):
        act(planned)
    roll_back(planned.workspace(), steps=1, reason="Too early")
    next_phase(planned)
    assert stale(planned) == []
    build = log_of(planned, "build").read_text(encoding="utf-8")
    assert build.count("phase.entered build") == 2
    assert "state.rolled_back build" in build


def test_a_finished_call_costs_the_log_nothing(planned: Project) -> None:
    """A hook's event is in the history alone until the phase is left."""
    next_phase(planned)
    before = log_of(planned, "plan").read_bytes()
    planned.play("PostToolUse.Write")
    assert log_of(planned, "plan").read_bytes() == before
    assert not log_of(planned, "build").exists()
    assert stale(planned) == []
    planned.workspace().save()
    assert "tool.used Write" in log_of(planned, "build").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", [None, b"", b"garbage\n", b"     2  2026"])
def test_a_lost_or_changed_log_is_made_anew(planned: Project, damage: bytes | None) -> None:
    """By `recover`, byte for byte."""
    next_phase(planned)
    path = log_of(planned, "plan")
    whole = path.read_bytes()
    path.unlink() if damage is None else path.write_bytes(damage)
    assert stale(planned) == ["plan.log"]
    recover(planned.workspace())
    assert path.read_bytes() == whole
    assert rebuild_phase_logs(memory_of(planned), planned.workspace().workflow()) == []


def test_the_current_phase_may_be_behind(planned: Project) -> None:
    """But may not say anything else."""
    planned.workspace().save()
    path = log_of(planned, "plan")
    planned.workspace().note("More")
    assert stale(planned) == []
    path.write_bytes(path.read_bytes().replace(b"phase.entered", b"phase.forged"))
    assert stale(planned) == ["plan.log"]


def test_a_very_long_stay_is_left_to_the_doctor(planned: Project, tmp_path: Path) -> None:
    """Nobody waits for it when the phase is left."""
    memory, workflow = memory_of(planned), planned.workspace().workflow()
    payload: dict[str, object] = {"tool_name": "Read", "tool_input": {"file_path": "x" * 250}}
    note_call(memory, workflow, "PostToolUse", payload, str(planned.root), 0.0)
    path = planned.root / f".memory/state/workflow-history/{workflow}/events.md"
    line = path.read_bytes().splitlines(keepends=True)[-1]
    path.write_bytes(path.read_bytes() + line * (phaselogs.STAY_LIMIT // len(line) + 1))
    assert phaselogs.last_stay(memory, workflow, "plan") == []


def test_a_history_without_its_definition_is_left_alone(planned: Project) -> None:
    """Another check tells it."""
    memory, workflow = memory_of(planned), planned.workspace().workflow()
    (planned.root / f".memory/state/workflow-history/{workflow}/definition.md").unlink()
    assert rebuild_phase_logs(memory, workflow) == []
