"""The part of git's settings that decides what it runs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace.gitconfig import git_folders, is_working, steering_lines

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://x.org/a\n\tfetch = +refs/*:refs/*\n'


@pytest.mark.parametrize(
    "added",
    [
        '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n', '[branch "a]b"] remote = x\n',
        "[branch.old]\n\tremote = origin\n", '[BRANCH "x"]\n\trebase = true\n',
        '[remote "fork"]\n\tURL = ssh://x/y\n\tpushurl = ssh://x/z\n', "# a comment\n; another\n\n",
        '[branch "main"]\n\tdescription = one \\\n\t\ttwo\n',
    ],
)  # fmt: skip
def test_ordinary_work_changes_nothing_that_counts(added: str) -> None:
    """Branches, where remotes are, and comments may come and go."""
    assert list(steering_lines(PLAIN + added)) == list(steering_lines(PLAIN)) == ["core\tbare = false"]


@pytest.mark.parametrize(
    "added",
    [
        "[core]\n\thooksPath = /tmp/x\n", "[core] fsmonitor = evil\n", "[alias]\n\tst = !evil\n",
        '[remote "origin"]\n\tuploadpack = evil\n', '[remote "origin"] vcs = evil\n',
        '[remote "origin"]\n\tproxy = http://evil\n', "[include]\n\tpath = evil\n",
        '[filter "lfs"]\n\tclean = evil\n', '[branch "x"]\n\tremote = y\n[core]\n\tpager = evil\n',
        '[branch "x\\"]"]\n\tremote = y\n[diff]\n\texternal = evil\n',
        '[remote "o"]\n\tfetch \\\n[core]\n\tpager = e\n',
    ],
)  # fmt: skip
def test_what_makes_git_run_something_counts(added: str) -> None:
    """A hook folder, an alias, a filter, a helper, an include: each is seen, wherever it is put."""
    assert list(steering_lines(PLAIN + added)) != list(steering_lines(PLAIN))


def test_folders_of_work_trees(tmp_path: Path) -> None:
    """A project's own folder of git, that of a linked work tree with the shared one, or the place for one."""
    main, linked, plain = tmp_path / "main", tmp_path / "linked", tmp_path / "plain"
    (main / "inside").mkdir(parents=True)
    plain.mkdir()
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@x.org", "-C", str(main)]
    seed = ["commit", "-q", "--allow-empty", "-m", "Seed"]
    for words in (["init", "-q"], seed, ["worktree", "add", str(linked)]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    assert git_folders(str(main)) == git_folders(str(main / "inside")) == [f"{main}/.git"]
    assert git_folders(str(linked)) == [f"{main}/.git/worktrees/linked", f"{main}/.git"]
    assert git_folders(str(plain)) == [f"{plain}/.git"]


@pytest.mark.parametrize(
    ("section", "line", "works"),
    [
        ('remote "origin"', "url = https://example.org/x?a=b", True),
        ('remote "origin"', "fetch = +refs/heads/*:refs/remotes/origin/*", True),
        ('remote "origin"', "uploadpack = /tmp/x", False),
        ('branch "main"', "merge = refs/heads/main", True),
        ("core", "url = x", False),
    ],
)
def test_branches_and_remotes_are_ordinary_work(section: str, line: str, *, works: bool) -> None:
    """What a push or a checkout writes; the key ends at the first sign of equality."""
    assert is_working(section, line) == works
