"""Fixtures: the real client, where there is one, and a project for it to work in."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e import network
from tests.e2e.client import find_client, open_session
from tests.e2e.codex.client import find_codex
from tests.e2e.copilot.client import find_copilot
from tests.e2e.running import REPOSITORY
from tests.e2e.workplace import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.running import Session
    from tests.e2e.workplace import Workplace

# What a fresh clone does not have.
_MADE = (".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build", "dist")
_GIT = ("git", "-c", "user.name=Seed", "-c", "user.email=seed@example.org")


@pytest.fixture(scope="session")
def claude() -> Path:
    """The real client; the test is skipped, with the reason, where it cannot run."""
    client = find_client()
    return runnable(client, "no claude client of 2.1.295 or later: set MEMORY_STATE_CLAUDE or install it")


@pytest.fixture(scope="session")
def codex() -> Path:
    """The real Codex CLI; the test is skipped, with the reason, where it cannot run."""
    return runnable(find_codex(), "no Codex CLI: set MEMORY_STATE_CODEX or run make client")


@pytest.fixture(scope="session")
def copilot() -> Path:
    """The real Copilot CLI; the test is skipped, with the reason, where it cannot run."""
    return runnable(find_copilot(), "no Copilot CLI: set MEMORY_STATE_COPILOT or run make client")


def runnable(client: Path | None, missing: str) -> Path:
    """A client that can be run, in a network of its own; skips with the reason otherwise."""
    if client is None:
        pytest.skip(missing)
    if network.separate() is None:
        pytest.skip("neither unshare -n nor unshare -rn works here")
    return client


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which Copilot CLI keeps what it unpacks at its first start, some 240 MB."""
    folder = tmp_path_factory.mktemp("unpacked")
    yield folder
    shutil.rmtree(folder)


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
