"""Commands behind other programs, words hidden in a line."""

from __future__ import annotations

import pytest

from memory_state.core.prefixes import deny_words_anywhere, runs_others, strip_prefixes


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("git push", "git push"),
        ("git -C sub -c a=b --no-pager push origin", "git push origin"),
        ("/usr/bin/git --git-dir=x push", "/usr/bin/git push"),
        ("git --version", "git --version"),
        ("env A=1 B=2 git -C x push", "git push"),
        ("env -i -u HOME A=1 ls", "ls"),
        ("env -S ls", "env -S ls"),
        ("env", "env"),
        ("sudo -n -u root rm x", "rm x"),
        ("/usr/bin/sudo -- rm x", "rm x"),
        ("/tmp/sudo rm x", "/tmp/sudo rm x"),
        ("command -p ls", "ls"),
        ("command -v ls", "command -v ls"),
        ("nohup nice -n 5 time -p make", "make"),
        ("nice -10 make", "make"),
        ("time -o f make", "time -o f make"),
        ("sudo", "sudo"),
        ("", ""),
    ],
)
def test_prefixes_are_stripped(words: str, bare: str) -> None:
    """Prefix programs, assignments and git's global options go, as far as a plain command follows."""
    assert strip_prefixes(tuple(words.split())) == tuple(bare.split())


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("git push *", "(git push origin)", True),
        ("git push *", "bash -c 'git push'", True),
        ("git push *", "x=$(/usr/bin/git -C a push)", True),
        ("git push *", "gi't' pu\\sh", True),
        ("git push *", "{git,push}", True),
        ("git push *", "push git", False),
        ("git push *", "git pull > pushed", False),
        ("rm -r*", "true && $X rm -rf a", True),
        ("*", "anything", True),
    ],
)
def test_denied_words_are_found_in_any_line(pattern: str, line: str, *, found: bool) -> None:
    """The words of a pattern count in their order, whatever separates or quotes them."""
    assert deny_words_anywhere(pattern, line) is found


def test_programs_that_run_others() -> None:
    """A shell may run what stands among its words, a compiler does not."""
    assert runs_others(("/bin/bash", "-c", "x"))
    assert not runs_others(("gcc", "x.c"))
