"""Fixtures of the reports' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """A project with a definition of its own and nothing started."""
    return Ground(tmp_path)
