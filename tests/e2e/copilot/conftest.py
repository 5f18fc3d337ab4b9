"""Fixtures: a session of the real Copilot CLI, and a project that its hooks are set up in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.copilot.client import open_copilot
from tests.e2e.workplace import prepared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.running import Session
    from tests.e2e.workplace import Workplace


@pytest.fixture
def session(copilot: Path, project: Path, tmp_path: Path, unpacked: Path) -> Session:
    """A session of the client in the project that no run has begun yet."""
    return open_copilot(copilot, project, tmp_path / "session", unpacked)


@pytest.fixture
def place(session: Session) -> Workplace:
    """A workplace in phase plan, its hooks wired in the project's settings."""
    return prepared(session, client="copilot")
