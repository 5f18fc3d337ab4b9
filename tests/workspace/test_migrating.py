"""Migrations: named steps, each recorded, the originals kept, newer files left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workspace.migrating import Migrated, Migration, migrate
from tests.workspace.ground import Ground, edit

if TYPE_CHECKING:
    from memory_state.workspace.run import Run

TO_TWO = Migration("0002-marks", 1, lambda text: text.replace("schema: 1", "schema: 2", 1))


def test_there_is_nothing_to_migrate_yet(ground: Ground, started: Run) -> None:
    """Schema 1 is the first."""
    before = ground.files()
    assert migrate(ground.workspace().project, dry_run=False) == Migrated((), ())
    assert ground.files() == before


def test_a_project_without_state(ground: Ground) -> None:
    """Where nothing is kept nothing is migrated."""
    assert migrate(ground.workspace().project, dry_run=False) == Migrated((), ())


def test_a_newer_file_stays(ground: Ground, started: Run) -> None:
    """It is told, with what to do, and not touched."""
    edit(ground.document, "schema: 1", "schema: 9")
    before = ground.files()
    (problem,) = migrate(ground.workspace().project, dry_run=False).problems
    assert problem.path == str(ground.document)
    assert "schema 9 is newer than 1" in problem.message
    assert ground.files() == before


def test_a_step_is_taken_and_recorded(ground: Ground, started: Run) -> None:
    """Every older file is changed, its original archived, the step noted by its name."""
    project = ground.workspace().project
    recovery = ground.recovery(started.id)
    before = recovery.read_bytes()
    (ground.state / ".cache").mkdir(exist_ok=True)
    found = migrate(project, dry_run=True, migrations=(TO_TWO,))
    assert (str(recovery), ("0002-marks",)) in found.files
    assert recovery.read_bytes() == before
    migrate(project, dry_run=False, migrations=(TO_TWO,))
    assert recovery.read_bytes().startswith(b"---\nschema: 2\n")
    assert before in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    record = (ground.state / ".migrations").read_text(encoding="utf-8")
    assert f" 0002-marks state/interruption-recovery/{started.id}.md\n" in record
