"""Fixtures that several folders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sessions import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with an empty home."""
    return Project.make(tmp_path)


@pytest.fixture
def planned(project: Project) -> Project:
    """A project whose feature workflow is in its plan phase."""
    project.workspace().start("feature", "Add login")
    return project
