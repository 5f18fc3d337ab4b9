"""Rules of a phase against verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.shell.policy import decide_writes, judge_line_writes
from memory_state.shell.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "/project"


def decide(allow: list[str] | None, verdict: Verdict, line: str, deny: tuple[str, ...] = ()) -> str | None:
    """The decision for a line in the project."""
    return decide_writes(allow, deny, verdict, ROOT, line, "/project/.memory", ("/home/ada/.claude/ours",))


def writes(*paths: str) -> Verdict:
    """A verdict of a line that writes; below `.git/` it is git that does."""
    return Verdict("write", paths, "", tuple(path for path in paths if path.endswith("/.git/")))


READ = Verdict("read", (), "")
UNKNOWN = Verdict("unknown", (), "nobody knows what 'make' writes")


@pytest.mark.parametrize(
    ("allow", "verdict", "line"),
    [
        (None, writes("/project/src/a"), "x"),
        (["edit", "shell"], writes("/project/src/a", "/tmp/b"), "x"),
        (["edit(src/**)", "shell"], writes("/project/src/a", "/project/src/lib/"), "x"),
        (["edit(docs/**)", "shell(touch *)"], writes("/project/docs/a"), "touch docs/a"),
        (["read", "shell(git *)"], writes("/project/.git/"), "git commit -m x"),
        (["read"], READ, "cat a"),
        (["search"], READ, "rg a"),
        (["shell"], READ, "cat a"),
        (["shell(cat *)"], READ, "cat a"),
        (["shell"], UNKNOWN, "make test"),
        (["shell(make test)"], UNKNOWN, "make  test"),
    ],
)
def test_allowed(allow: list[str] | None, verdict: Verdict, line: str) -> None:
    """Paths that may be edited, reads, and what a rule names."""
    assert decide(allow, verdict, line) is None


@pytest.mark.parametrize(
    ("allow", "verdict", "line", "reason"),
    [
        (
            ["edit(docs/**)", "shell"],
            writes("/project/src/a"),
            "x",
            "no rule allows the command's write on src/a",
        ),
        (["read", "shell"], writes("/project/a"), "x", "no rule allows the command's write on a"),
        (["edit(src/**)", "shell"], writes("/project/"), "x", "no rule allows the command's write on ./"),
        (None, writes("/project/.memory/state/x"), "x", ".memory/state/x is protected in every phase"),
        (None, writes("/project/.git/hooks/pre-commit"), "x", ".git/hooks/pre-commit is protected"),
        (
            ["shell"],
            Verdict("unknown", ("/project/a",), "why"),
            "x",
            "no rule allows the command's write on a",
        ),
        (["edit"], writes("/project/a"), "touch a", 'no rule allows the command "touch a"'),
        (["shell(make *)"], UNKNOWN, "make test", 'no rule names the command "make test"'),
        (["shell(make test)"], UNKNOWN, "make test all", 'no rule names the command "make test all"'),
        (["edit"], READ, "cat a", 'no rule allows the command "cat a"'),
    ],
)
def test_refused(allow: list[str] | None, verdict: Verdict, line: str, reason: str) -> None:
    """Paths that may not be edited, protected ones in every phase, and what no rule names."""
    assert (decide(allow, verdict, line) or "").startswith(reason)


def test_denied_paths_beat_allowed_ones() -> None:
    """A denying rule for edits holds for a command's writes too."""
    reason = decide(["edit", "shell"], writes("/project/src/a"), "x", ("edit(src/**)",))
    assert reason == 'the command\'s write on src/a is denied by the rule "edit(src/**)"'


WHOLE = writes("/project/", "/project/.git/")


@pytest.mark.parametrize(
    "line",
    [
        "git checkout main", "git checkout .", "git reset --hard", "git stash", "git clean -fd",
        "git restore .", "git merge side", "git rebase main", "git pull", "git switch main",
    ],
)  # fmt: skip
def test_whole_tree_is_refused_where_git_keeps_the_state(line: str) -> None:
    """Where histories are tracked git would change live state; the reason names the ways."""
    reason = decide_writes(None, (), WHOLE, ROOT, line, "/project/.memory", tracked=True)
    assert reason is not None
    assert "git keeps here (init --track): name the paths it is for, as in `git restore -- src`" in reason
    assert decide_writes(None, (), WHOLE, ROOT, line, "/project/.memory") is None


@pytest.mark.parametrize(
    ("verdict", "line", "memory"),
    [
        (writes("/project/.git/"), "git commit -m x", "/project/.memory"),
        (writes("/project/.git/", "/project/src/"), "git restore -- src", "/project/.memory"),
        (writes("/project/src/"), "git clean -fd src", "/project/.memory"),
        (READ, "git status", "/project/.memory"),
        (WHOLE, "git checkout main", "/elsewhere/memory"),
    ],
)
def test_tracked_state_leaves_the_rest_free(verdict: Verdict, line: str, memory: str) -> None:
    """Records, named paths, reads, and whole trees that the state is no part of are as free as ever."""
    assert decide_writes(None, (), verdict, ROOT, line, memory, tracked=True) is None


@pytest.mark.parametrize(
    "line",
    [
        "git clean -fdx", "git clean -fdX", "git -C . clean -f -d -x", "git stash --all", "git stash push -a",
        "rm -rf .", "sudo rm -rf /project", "find . -delete", "git pull; git clean -xfd",
        "git clean -fdX -e .memory",
    ],
)  # fmt: skip
def test_ignored_files_are_not_swept_away(line: str) -> None:
    """State that git ignores goes with what removes ignored files, so that is refused, tracked or not."""
    reason = decide_writes(None, (), writes("/project/"), ROOT, line, "/project/.memory")
    assert reason is not None
    assert reason.startswith("the command removes what git ignores too")
    assert "git clean -fdx -e .memory" in reason


@pytest.mark.parametrize(
    "line",
    [
        "git clean -fd", "git clean -fdx -e .memory", "git clean -fdx --exclude=.memory", "git stash -u",
        "rm build/a && git pull", "find . -name a; git checkout main", "tar xf a.tar",
    ],
)  # fmt: skip
def test_ignored_files_that_stay_are_no_reason(line: str) -> None:
    """What spares ignored files, or ours, runs."""
    assert decide_writes(None, (), writes("/project/"), ROOT, line, "/project/.memory") is None


def test_a_line_is_judged_and_decided_in_one(tmp_path: Path) -> None:
    """Refusal, kind and writes of a line come together; `tracked` reaches the rule on whole trees."""
    root = str(tmp_path.resolve())

    def ask(line: str, *, tracked: bool = False) -> tuple[str | None, str, tuple[str, ...]]:
        rules = (["edit(docs/**)", "shell"], ["edit(docs/a)"])
        return judge_line_writes(line, root, root, {}, *rules, f"{root}/.memory", (), tracked=tracked)

    assert ask("cat x && echo y") == (None, "read", ())
    assert ask("echo x > docs/b") == (None, "write", (f"{root}/docs/b",))
    assert ask("make test") == (None, "unknown", ())
    denied = 'the command\'s write on docs/a is denied by the rule "edit(docs/a)"'
    assert ask("echo x > docs/a") == (denied, "write", (f"{root}/docs/a",))
    assert "git keeps here" in str(ask("git checkout main", tracked=True)[0])
