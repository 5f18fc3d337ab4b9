"""Rules as people write them."""

from __future__ import annotations

import pytest

from memory_state.core.rules import parse_rule


@pytest.mark.parametrize(
    ("rule", "parsed"),
    [
        ("*", ("*", None)),
        ("read", ("read", None)),
        (" Edit ", ("edit", None)),
        ("edit(docs/**)", ("edit", "docs/**")),
        ("EDIT( a b.md )", ("edit", "a b.md")),
        ("edit(a(1).md)", ("edit", "a(1).md")),
        ("Write", ("edit", None)),
        ("Write(src/*)", ("edit", "src/*")),
        ("Read(secrets/**)", ("read", "secrets/**")),
        ("Grep", ("search", None)),
        ("Bash(git *)", ("shell", "git *")),
        ("Bash(npm run test:*)", ("shell", "npm run test *")),
        ("shell(npm run test:*)", ("shell", "npm run test:*")),
        ("WebFetch", ("web", None)),
        ("Task", ("agent", None)),
        ("mcp", ("mcp", None)),
        ("mcp(github/*)", ("mcp", "github/*")),
        ("mcp(github)", ("mcp", "github/*")),
        ("mcp__github__*", ("mcp", "github/*")),
        ("mcp__github", ("mcp", "github/*")),
        ("mcp__github__create", ("mcp", "github/create")),
        ("TodoWrite", ("meta", "todowrite")),
        ("", None),
        ("edti", None),
        ("meta", None),
        ("unknown", None),
        ("edit()", None),
        ("edit(a", None),
        ("edit(a)b", None),
        ("web(example.com)", None),
        ("agent(x)", None),
        ("Skill(x)", None),
        ("*(x)", None),
        ("mcp__", None),
        ("mcp__a__b(x)", None),
    ],
)
def test_rules_become_word_and_pattern(rule: str, parsed: tuple[str, str | None] | None) -> None:
    """A rule is a word with or without a pattern, however it is spelled, or malformed."""
    assert parse_rule(rule) == parsed
