"""Branch and commit, read from what real git writes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace.revision import branch_and_commit

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main")


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    return subprocess.run(
        ["git", *SETTINGS, "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "répo one"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "One")
    return folder


def test_branch_and_commit(repository: Path) -> None:
    """A plain repository on a branch."""
    assert branch_and_commit(str(repository)) == ("main", git(repository, "rev-parse", "HEAD"))


def test_branch_with_a_slash(repository: Path) -> None:
    """Names of branches may be paths."""
    git(repository, "checkout", "-q", "-b", "feat/login-é")
    assert branch_and_commit(str(repository)) == ("feat/login-é", git(repository, "rev-parse", "HEAD"))


@pytest.mark.parametrize("branch", ["main", "feat/login"])
def test_packed_references(repository: Path, branch: str) -> None:
    """A reference that git has packed is found, and no other that ends alike."""
    git(repository, "branch", "old/main")
    git(repository, "branch", "old/feat/login")
    git(repository, "commit", "-q", "--allow-empty", "-m", "Two")
    git(repository, "checkout", "-q", "-B", branch)
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git" / "refs" / "heads" / branch).exists()
    assert branch_and_commit(str(repository)) == (branch, git(repository, "rev-parse", "HEAD"))


def test_detached_head(repository: Path) -> None:
    """No branch, but a commit."""
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "--detach")
    assert branch_and_commit(str(repository)) == (None, commit)


def test_branch_without_a_commit(tmp_path: Path) -> None:
    """A branch is known before its first commit."""
    git(tmp_path, "init", "-q")
    assert branch_and_commit(str(tmp_path)) == ("main", None)


@pytest.mark.parametrize("packed", [False, True])
def test_linked_work_tree(repository: Path, tmp_path: Path, *, packed: bool) -> None:
    """A work tree has its own branch, and shares the references."""
    tree = tmp_path / "other tree"
    git(repository, "worktree", "add", "-q", "-b", "side", str(tree))
    git(tree, "commit", "-q", "--allow-empty", "-m", "Side")
    if packed:
        git(repository, "pack-refs", "--all")
    assert branch_and_commit(str(tree)) == ("side", git(tree, "rev-parse", "HEAD"))
    assert branch_and_commit(str(repository)) == ("main", git(repository, "rev-parse", "HEAD"))


def test_submodule_like_relative_folder(repository: Path, tmp_path: Path) -> None:
    """A `.git` file may name its folder relative to itself."""
    tree = tmp_path / "sub"
    tree.mkdir()
    (tree / ".git").write_text("gitdir: ../répo one/.git\n", encoding="utf-8")
    assert branch_and_commit(str(tree))[0] == "main"


def test_project_below_the_top_of_its_repository(repository: Path) -> None:
    """A project may be a folder of a larger repository."""
    (repository / "a" / "b").mkdir(parents=True)
    assert branch_and_commit(f"{repository}/a/b") == ("main", git(repository, "rev-parse", "HEAD"))


def test_no_repository(tmp_path: Path) -> None:
    """Without git, or with something else of that name, nothing is known."""
    (tmp_path / ".git").write_bytes(b"\xff\xfe nothing")
    assert branch_and_commit(str(tmp_path)) == (None, None)
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert branch_and_commit(str(tmp_path)) == (None, None)


def test_damaged_repository(repository: Path) -> None:
    """What can not be read is not known, and nothing raises."""
    (repository / ".git" / "HEAD").write_bytes(b"\xff\xff")
    assert branch_and_commit(str(repository)) == (None, None)
    (repository / ".git" / "HEAD").unlink()
    assert branch_and_commit(str(repository)) == (None, None)
