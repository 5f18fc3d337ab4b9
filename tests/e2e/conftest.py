"""Fixtures: the real client, where there is one, and a project for it to work in."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e import network
from tests.e2e.client import REPOSITORY, find_client, open_session
from tests.e2e.workplace import prepared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.client import Session
    from tests.e2e.workplace import Workplace

# What a fresh clone does not have.
_MADE = (".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build", "dist")
_GIT = ("git", "-c", "user.name=Seed", "-c", "user.email=seed@example.org")


@pytest.fixture(scope="session")
def claude() -> Path:
    """The real client; the test is skipped, with the reason, where it cannot run."""
    client = find_client()
    if client is None:
        pytest.skip("no claude client of 2.1.295 or later: set MEMORY_STATE_CLAUDE or install it")
    if network.separate() is None:
        pytest.skip("neither unshare -n nor unshare -rn works here")
    return client


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository with one source file and one commit."""
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "app.py").write_text("print('hello')\n", encoding="utf-8")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Seed"]):
        subprocess.run([*_GIT, *arguments], cwd=root, check=True)
    return root


@pytest.fixture
def session(claude: Path, project: Path, tmp_path: Path) -> Session:
    """A session of the client in the project that no run has begun yet."""
    return open_session(claude, project, tmp_path / "session")


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a fresh clone would have it, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("clones") / "of memory-state"
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*_MADE))
    return folder


@pytest.fixture(params=["settings", "plugin"])
def place(request: pytest.FixtureRequest, session: Session, clone: Path) -> Workplace:
    """A workplace in phase plan, its hooks wired in either form."""
    return prepared(session, clone if request.param == "plugin" else None)
