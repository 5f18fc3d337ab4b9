"""Rules of a phase against verdicts."""

from __future__ import annotations

import pytest

from memory_state.shell.policy import decide_writes
from memory_state.shell.verdict import Verdict

ROOT = "/project"


def decide(allow: list[str] | None, verdict: Verdict, line: str, deny: tuple[str, ...] = ()) -> str | None:
    """The decision for a line in the project."""
    return decide_writes(allow, deny, verdict, ROOT, line, "/project/.memory", ("/home/ada/.claude/ours",))


def writes(*paths: str) -> Verdict:
    """A verdict of a line that writes."""
    return Verdict("write", paths, "")


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
