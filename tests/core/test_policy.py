"""What a phase lets run."""

from __future__ import annotations

import pytest

from memory_state.core.policy import decide_line, decide_tool

PLAN = ["read", "search", "web", "agent", "edit(docs/**)", "edit(plan.md)", "shell(git *)"]


@pytest.mark.parametrize(
    ("allow", "deny", "word", "name", "targets", "allowed"),
    [
        (None, [], "edit", "Write", ("a",), True),
        (None, [], "unknown", "REPL", (), True),
        (None, ["edit"], "edit", "Write", ("a",), False),
        (None, ["edit(src/**)"], "edit", "Write", ("docs/a", "src/a"), False),
        (None, ["edit(src/**)"], "edit", "Write", ("SRC/a",), False),
        (None, ["edit(src/**)"], "edit", "Write", ("docs/a",), True),
        (None, ["edit(src/**)"], "edit", "EnterWorktree", (), False),
        (None, ["edit(src/lib/*)"], "edit", "rm", ("src/",), False),
        (None, ["edit(src/lib/*)"], "edit", "rm", ("docs/",), True),
        (None, ["edit(**/*.lock)"], "edit", "rm", ("docs/",), False),
        (None, ["edit(/tmp/**)"], "edit", "Write", ("/tmp/a",), False),
        (None, ["edit(**)"], "edit", "Write", ("/tmp/a",), True),
        (None, ["edit(caf\u00e9/*)"], "edit", "Write", ("cafe\u0301/a",), False),
        ([], [], "read", "Read", ("a",), False),
        ([], [], "meta", "AskUserQuestion", (), True),
        ([], ["AskUserQuestion"], "meta", "AskUserQuestion", (), False),
        ([], ["AskUserQuestion"], "meta", "TodoWrite", (), True),
        (["*"], [], "unknown", "REPL", (), True),
        (["*"], ["*"], "meta", "TodoWrite", (), False),
        (["read", "edit", "shell"], [], "unknown", "REPL", (), False),
        (["edit"], [], "edit", "Write", ("/tmp/a",), True),
        (["edit"], [], "edit", "EnterWorktree", (), True),
        (["edit"], ["edit(src/**)"], "edit", "Write", ("src/a",), False),
        (["edit(**)"], [], "edit", "Write", ("/tmp/a",), False),
        (["edit(/tmp/**)"], [], "edit", "Write", ("/tmp/a",), True),
        (["edit(docs/**)"], [], "edit", "EnterWorktree", (), False),
        (["edit(docs/**)", "edit(a)"], [], "edit", "Write", ("docs/x/y", "a"), True),
        (["edit(docs/**)", "edit(a)"], [], "edit", "Write", ("docs/x/y", "b"), False),
        (["edit(docs/**)"], [], "edit", "Write", ("DOCS/x",), False),
        (["edit(caf\u00e9/*)"], [], "edit", "Write", ("cafe\u0301/a",), True),
        (["edit(docs/**)"], [], "edit", "cp", ("docs/new/",), True),
        (["edit(docs/**/*)"], [], "edit", "cp", ("docs/new/",), True),
        (["edit(docs/*)"], [], "edit", "cp", ("docs/new/",), False),
        (["edit(*)"], [], "edit", "cp", ("docs/",), False),
        (["edit(**)"], [], "edit", "git", ("./",), True),
        (["Write(docs/**)"], [], "edit", "Edit", ("docs/a",), True),
        (["read(src/**)"], [], "read", "Read", ("src/a",), True),
        (["read(src/**)"], [], "read", "Read", ("docs/a",), False),
        (["search(src/**)"], [], "search", "Grep", ("src",), True),
        (["search(src/**)"], [], "search", "Grep", (), False),
        (["search"], ["search(secrets/**)"], "search", "Grep", (), False),
        (["search"], ["search(secrets/**)"], "search", "Grep", ("src",), True),
        (["web"], [], "web", "WebFetch", (), True),
        (["read"], [], "agent", "Agent", (), False),
        (["mcp"], [], "mcp", "mcp__a__b", (), True),
        (["mcp(a/*)"], [], "mcp", "mcp__a__b", ("x",), True),
        (["mcp__A__*"], [], "mcp", "mcp__a__b", (), True),
        (["mcp(a/c)"], [], "mcp", "mcp__a__b", (), False),
        (["mcp(a/*)"], [], "mcp", "ListMcpResourcesTool", (), False),
        (["mcp"], ["mcp__a__b"], "mcp", "mcp__a__b", (), False),
        (["shell(git *)"], [], "shell", "Bash", (), False),
        (["shell"], [], "shell", "Bash", (), True),
        (["edti", "edit("], [], "edit", "Write", ("a",), False),
    ],
)
def test_deny_beats_allow_and_every_target_counts(
    allow: list[str] | None, deny: list[str], word: str, name: str, targets: tuple[str, ...], *, allowed: bool
) -> None:
    """A tool runs when no rule denies any of its targets and some rule allows each."""
    assert (decide_tool(allow, deny, word, name, targets) is None) is allowed


def test_refusals_of_tools_say_what_and_why() -> None:
    """A refusal names the call, and the denying rule or what is allowed instead."""
    assert decide_tool(PLAN, [], "edit", "Write", ("src/a.py",)) == (
        "no rule allows Write on src/a.py; allowed: read, search, web, agent, edit(docs/**), "
        "edit(plan.md), shell(git *)"
    )
    assert decide_tool(None, ["edit(src/**)"], "edit", "Write", ("src/a\n.py",)) == (
        'Write on src/a .py is denied by the rule "edit(src/**)"'
    )
    assert decide_tool([], [], "mcp", "mcp__a__b", ()) == "no rule allows mcp__a__b; allowed: nothing"


@pytest.mark.parametrize(
    ("allow", "deny", "line", "decision"),
    [
        (None, [], "make > log", "parse"),
        (None, ["shell"], "ls", "deny"),
        (None, ["*"], "ls", "deny"),
        (["shell"], [], "make && x > y", "parse"),
        (["*"], [], "make", "parse"),
        (["shell"], ["shell(git push *)"], "git push", "deny"),
        (["shell"], ["shell(git push *)"], "ls && git -C a push origin", "deny"),
        (["shell"], ["shell(git push *)"], "sudo /usr/bin/git push", "deny"),
        (["shell"], ["shell(git push *)"], "/opt/git/bin/git push", "deny"),
        (["shell"], ["shell(git push *)"], "bash -c 'git push'", "deny"),
        (["shell"], ["shell(git push *)"], "timeout 5 git push", "deny"),
        (["shell"], ["shell(git push *)"], "(cd a; git push)", "deny"),
        (["shell"], ["shell(git push *)"], "git pull > pushed", "parse"),
        (["shell"], ["shell(git push *)"], "git commit -m 'then git push'", "parse"),
        (["shell"], ["shell(rm *)"], "env A=1 rm x", "deny"),
        (["shell"], ["shell(sudo *)"], "sudo ls", "deny"),
        (["shell"], ["Bash(npm publish:*)"], "npm publish --tag x", "deny"),
        (["shell"], ["edit(src/**)"], "ls", "allow"),
        (["read"], [], "cat a | head", "allow"),
        (["search"], [], "grep -rn x src", "allow"),
        (["read(src/**)"], [], "cat a", "parse"),
        (["read"], ["read(secrets/**)"], "cat a", "parse"),
        (["read"], ["shell(cat *)"], "cat a", "deny"),
        (["read"], [], "rm a", "parse"),
        (["edit", "web"], [], "cat a", "parse"),
        (PLAN, [], "git commit -m 'a; b'", "parse"),
        (PLAN, [], "git", "parse"),
        (PLAN, [], "git -C sub status 2>&1", "allow"),
        (PLAN, [], "git add docs/*.md", "parse"),
        (PLAN, [], "git add a && git commit -m b", "parse"),
        (PLAN, [], "git log > out", "parse"),
        (PLAN, [], 'git commit -m "$(cat a)"', "parse"),
        (PLAN, [], "X=1 git commit", "parse"),
        (PLAN, [], "/tmp/git commit", "parse"),
        (PLAN, [], "gitk", "parse"),
        (PLAN, [], "", "parse"),
        (["shell(sudo apt *)"], [], "sudo apt update", "parse"),
        (["shell(npm test)"], [], "npm test", "parse"),
        (["shell(npm test)"], [], "npm test -- x", "parse"),
        (["shell(npm test)"], [], "npm tes?", "parse"),
        (["Bash(npm run test:*)"], [], "npm run test", "parse"),
        (["shell(pytest *)"], [], "time -o src/app.py pytest", "parse"),
    ],
)
def test_shell_lines_against_a_policy(
    allow: list[str] | None, deny: list[str], line: str, decision: str
) -> None:
    """A rule that denies hits by words; a line that plainly reads runs; any other is to be parsed."""
    assert decide_line(allow, deny, line)[0] == decision


def test_refusals_of_shell_lines_say_why() -> None:
    """A refusal names the command and the rule that denies it."""
    assert decide_line(["shell"], ["shell(git push *)"], "git push") == (
        "deny",
        'the command "git push" is denied by the rule "shell(git push *)"',
    )
