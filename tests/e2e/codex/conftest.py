"""Fixtures: a session of the real Codex CLI, and a project that its hooks are set up in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.codex.client import open_codex
from tests.e2e.workplace import prepared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.running import Session
    from tests.e2e.workplace import Workplace


@pytest.fixture
def session(codex: Path, project: Path, tmp_path: Path) -> Session:
    """A session of the client in the project that no run has begun yet."""
    return open_codex(codex, project, tmp_path / "session")


@pytest.fixture
def place(session: Session) -> Workplace:
    """A workplace in phase plan, its hooks wired in the project's settings."""
    return prepared(session, client="codex")
