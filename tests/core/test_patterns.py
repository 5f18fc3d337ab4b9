"""Globs over paths, patterns over the words of a command."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.patterns import match_glob, match_words


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("plan.md", "plan.md", True),
        ("plan.md", "docs/plan.md", False),
        ("docs/**", "docs/a", True),
        ("docs/**", "docs/a/b/c.md", True),
        ("docs/**", "docs", True),
        ("docs/**", "docsx/a", False),
        ("docs/", "docs/a/b", True),
        ("docs/", "docs", True),
        ("./docs/*", "docs/a", True),
        ("docs/*", "docs/a/b", False),
        ("**", "a/b", True),
        ("**", ".", True),
        ("**/*.md", "a.md", True),
        ("**/*.md", "x/y/a.md", True),
        ("src/**/test_*.py", "src/test_a.py", True),
        ("src/**/test_*.py", "src/x/y/test_a.py", True),
        ("src/**/test_*.py", "src/x/y/a_test.py", False),
        ("a/**/b/**/c", "a/b/x/b/c", True),
        ("a/**/b/**/c", "a/x/c", False),
        ("*.py", "a.py", True),
        ("*.py", "src/a.py", False),
        ("*", ".hidden", True),
        ("?.py", "a.py", True),
        ("?.py", ".py", False),
        ("[abc].py", "b.py", True),
        ("[abc].py", "d.py", False),
        ("[a-cx].py", "c.py", True),
        ("[!a-c].py", "c.py", False),
        ("[!a-c].py", "d.py", True),
        ("[^a].py", "b.py", True),
        ("[]x].py", "].py", True),
        ("[a-].py", "-.py", True),
        ("[a", "[a", True),
        ("[!].py", "[!].py", True),
        ("Docs/*", "docs/a", False),
        ("/tmp/*", "/tmp/a", True),
        ("/tmp/*", "tmp/a", False),
        ("**", "/tmp/a", False),
        ("tmp/**", "/tmp/a", False),
        ("a**b", "axxb", True),
    ],
)
def test_globs_match_whole_paths(pattern: str, path: str, *, matches: bool) -> None:
    """A glob matches name by name, and only `**` crosses a slash."""
    assert match_glob(pattern, path) is matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 200 + "b", "a" * 4000),
        ("**/" * 200 + "b", "a/" * 1500 + "a"),
        ("[a-z]*" * 200 + "!", "a" * 2000),
        ("?*" * 500 + "b", "a" * 3000),
    ],
)
def test_hostile_globs_end_soon(pattern: str, path: str) -> None:
    """Many stars against a long path need no more than pattern times path steps."""
    started = time.process_time()
    assert match_glob(pattern, path) is False
    assert time.process_time() - started < 5


@settings(max_examples=60, deadline=2000)
@given(st.text("ab*/?[]!-", max_size=60), st.text("ab/-", max_size=120))
def test_any_glob_gives_an_answer(pattern: str, path: str) -> None:
    """No pattern raises, and a folder holds all below it."""
    if path and match_glob(pattern + "/", path):
        assert match_glob(pattern + "/", f"{path}/below")


@pytest.mark.parametrize(
    ("pattern", "words", "matches"),
    [
        ("git *", ("git",), True),
        ("git *", ("git", "push", "origin"), True),
        ("git *", ("gitk",), False),
        ("git push *", ("git", "push"), True),
        ("git push *", ("git", "pull"), False),
        ("npm test", ("npm", "test"), True),
        ("npm test", ("npm", "test", "x"), False),
        ("npm test", ("npm",), False),
        ("npm run test:*", ("npm", "run", "test:unit"), True),
        ("npm run test:*", ("npm", "run", "build"), False),
        ("rm * build", ("rm", "-r", "build"), True),
        ("rm * build", ("rm", "build"), False),
        ("Git *", ("git",), False),
        ("py*t", ("pytest",), True),
        ("py*t*x*", ("pytest-x-",), True),
        ("a*a", ("a",), False),
        ("cat [x]", ("cat", "x"), False),
        ("*", ("anything", "at", "all"), True),
        ("*", (), True),
        ("", ("ls",), False),
    ],
)
def test_word_patterns(pattern: str, words: tuple[str, ...], *, matches: bool) -> None:
    """A last star stands for any rest, another one for part of a word."""
    assert match_words(pattern, words) is matches


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("[abc]", "abc", "d-]["),
        ("[acd]", "acd", "b-"),
        ("[a-c]", "abc", "d-"),
        ("[a-cx-z]", "abcxyz", "dw-"),
        ("[a-]", "a-", "b"),
        ("[-a]", "a-", "b"),
        ("[!a-c]", "dx-", "abc"),
        ("[^ab]", "cd", "ab"),
        ("[]a]", "]a", "b"),
        ("[!]", "", "!"),
        ("[0-9_]", "059_", "a-"),
    ],
)
def test_a_class_holds_its_members_and_ranges(pattern: str, inside: str, outside: str) -> None:
    """A hyphen between two members is a range, elsewhere itself; `!` and `^` turn a class round."""
    assert [each for each in inside + outside if match_glob(pattern, each)] == list(inside)
