"""The files of a project, compared and digested."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace import tree
from memory_state.workspace.tree import changed, digest_tree, is_as_before, read_tree

if TYPE_CHECKING:
    from pathlib import Path

A = "559aead08264d579"  # the start of the SHA-256 of "A"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two files of its own, our state, and what tools leave behind."""
    for path in ("a", "lib/b", ".memory/state/x", ".git/config", "lib/__pycache__/b.pyc", "node_modules/m/x"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("A", encoding="utf-8")
    return tmp_path


def seen(root: Path, known: dict[str, tree.Entry] | None = None) -> dict[str, tree.Entry]:
    """All files of the project."""
    return read_tree(str(root), f"{root}/.memory", lambda _: True, known)


def git(root: Path, *arguments: str) -> None:
    """Run git, whose configuration is nobody's."""
    environment = {"HOME": str(root), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, env=environment)


def test_only_work_counts(root: Path) -> None:
    """State, git's own files, caches and installed packages are no work."""
    assert {path: each.digest for path, each in seen(root).items()} == {"a": A, "lib/b": A}


def test_a_difference_names_what_was_there(root: Path) -> None:
    """Changed and removed files come with the digest they had, new ones with none."""
    before = seen(root)
    (root / "a").write_text("changed", encoding="utf-8")
    (root / "lib/b").unlink()
    (root / "new").write_text("", encoding="utf-8")
    assert changed(before, seen(root, before)) == {"a": A, "lib/b": A, "new": None}


def test_rights_are_a_difference(root: Path) -> None:
    """A file that became executable changed."""
    before = seen(root)
    (root / "a").chmod(0o755)
    assert changed(before, seen(root, before)) == {"a": A}


def test_a_large_file_is_known_by_its_stamp(root: Path) -> None:
    """A file of more than 1 MiB counts as changed when it was touched, and never as back."""
    (root / "a").write_bytes(b"x" * (tree.HASHED_FILE + 1))
    before = seen(root)
    os.utime(root / "a", ns=(0, 0))
    assert changed(before, seen(root, before)) == {"a": ""}
    assert not is_as_before(str(root), "a", "")


def test_a_file_is_back_when_its_bytes_are(root: Path) -> None:
    """What a file held, or that it was not there, is told from its digest."""
    assert is_as_before(str(root), "a", A)
    assert is_as_before(str(root), "gone", None)
    assert not is_as_before(str(root), "a", None)
    assert not is_as_before(str(root), "gone", A)
    (root / "a").write_text("B", encoding="utf-8")
    assert not is_as_before(str(root), "a", A)


def test_a_link_is_its_target(root: Path) -> None:
    """A link is never followed: where it points is what it holds."""
    (root / "link").symlink_to("A")
    assert seen(root)["link"].digest == A


def test_one_digest_for_all_work(root: Path) -> None:
    """The digest changes with a name, a right to run or a byte of the work, and with nothing else."""
    digests = [digest_tree(str(root), f"{root}/.memory")]
    for change in (
        lambda: (root / ".memory/state/x").write_text("B", encoding="utf-8"),
        lambda: os.utime(root / "a", ns=(0, 0)),
        lambda: (root / "a").write_text("B", encoding="utf-8"),
        lambda: (root / "a").chmod(0o755),
        lambda: (root / "a").rename(root / "c"),
    ):
        change()
        digests.append(digest_tree(str(root), f"{root}/.memory"))
    assert [left == right for left, right in pairwise(digests)] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_ignores_is_no_approved_work(root: Path) -> None:
    """In a repository the digest is over what git tracks or would add."""
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")
    (root / ".gitignore").write_text("*.log\n", encoding="utf-8")
    before = digest_tree(str(root), f"{root}/.memory")
    (root / "out.log").write_text("x", encoding="utf-8")
    assert digest_tree(str(root), f"{root}/.memory") == before
    (root / "new.py").write_text("x", encoding="utf-8")
    assert digest_tree(str(root), f"{root}/.memory") != before


@pytest.mark.parametrize(
    "folder",
    [
        "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".venv",
        "venv", "node_modules", ".next", ".nuxt", ".parcel-cache", ".turbo", ".gradle", ".nyc_output",
    ],
)  # fmt: skip
def test_each_by_product_is_no_work(root: Path, folder: str) -> None:
    """What tools leave behind in these folders, and beside the sources, is left out."""
    for name in (f"lib/{folder}/x", "lib/a.pyc", "lib/a.pyo", "lib/A.class", "lib/a.o", ".coverage"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("A", encoding="utf-8")
    assert sorted(seen(root)) == ["a", "lib/b"]
