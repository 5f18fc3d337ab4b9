"""One-time grants: a person's yes to one exact command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.workspace.grants import use_grant

if TYPE_CHECKING:
    from pathlib import Path

APPROVE = ("approve", "--reason", "looks good")


def leave(memory: Path, line: str, session: str = "s1") -> Path:
    """Leave the grant that the hook leaves."""
    path = memory / "state" / ".cache" / f"grant-{session}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(line.encode("utf-8", "surrogateescape"))
    return path


@pytest.mark.parametrize(
    "line",
    [
        'memory-state approve --reason "looks good"',
        "/opt/x/memory-state approve --reason 'looks good'",
        "  memory-state   approve --reason 'looks good'  ",
    ],
)
def test_grant_lets_its_command_run_once(tmp_path: Path, line: str) -> None:
    """The very command, however its words were quoted, and no second time."""
    path = leave(tmp_path, line)
    assert use_grant(str(tmp_path), "s1", APPROVE)
    assert not path.exists()
    assert not use_grant(str(tmp_path), "s1", APPROVE)


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
def test_grant_of_another_command_is_used_up(tmp_path: Path, line: str) -> None:
    """Any other line lets nothing run, never raises, and the grant is gone."""
    path = leave(tmp_path, line)
    assert not use_grant(str(tmp_path), "s1", APPROVE)
    assert not path.exists()


def test_grant_belongs_to_its_session(tmp_path: Path) -> None:
    """Another session, or none, can not use it, and does not use it up."""
    path = leave(tmp_path, "memory-state approve", "s1")
    assert not use_grant(str(tmp_path), "s2", ("approve",))
    assert not use_grant(str(tmp_path), None, ("approve",))
    assert path.exists()
    assert use_grant(str(tmp_path), "s1", ("approve",))


def test_odd_session_touches_no_path(tmp_path: Path) -> None:
    """A session id that could leave the folder is refused."""
    victim = tmp_path / "victim"
    victim.write_text("memory-state approve")
    for session in ("x/../../../victim", "../../victim", "/etc/passwd", "a\0"):
        with pytest.raises(Misused):
            use_grant(str(tmp_path), session, ("approve",))
    assert victim.exists()
