"""Fixtures of the workspace's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """A project with a definition of its own and nothing started."""
    return Ground(tmp_path)


@pytest.fixture
def started(ground: Ground) -> Run:
    """A workflow just begun on the ground."""
    return ground.start()
