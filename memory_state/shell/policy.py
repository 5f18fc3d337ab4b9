"""Whether a phase's rules let a shell line run, by the verdict on what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.commands import split_loosely
from memory_state.core.paths import relative_path, resolve_path
from memory_state.core.patterns import match_words
from memory_state.core.policy import allowed_by, allowed_text, decide_tool, may_read
from memory_state.core.prefixes import strip_prefixes
from memory_state.core.protected import protected_path
from memory_state.core.rules import parse_rule
from memory_state.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.shell.verdict import Verdict

SHOWN_LINE = 200


def decide_writes(
    allow: Sequence[str] | None,
    deny: Sequence[str],
    verdict: Verdict,
    root: str,
    line: str,
    memory: str = "",
    own: tuple[str, ...] = (),
) -> str | None:
    """None where the rules let a line of this verdict run, or the reason why not.

    Every path that is known to be written must be one that `edit` may write and that is not protected:
    `memory` is the absolute memory path, `own` are our folders outside of the project. What git keeps of
    a repository is no file of the project: it needs no `edit`. A line that is not known runs where a bare
    `shell` is allowed, else only where a rule names it without a wildcard. Rules that deny a command by its
    words are the caller's to ask (`core.policy.decide_shell`).
    """
    refused = refused_write(allow, deny, verdict, resolve_path(root, "/"), memory, own)
    if refused is not None or allow is None:
        return refused
    rules = list(allow)
    if allowed_by(rules, "shell", "") or (verdict.kind == "read" and may_read(rules, list(deny))):
        return None
    shown = one_line(line, SHOWN_LINE)
    if verdict.kind == "unknown":
        if named_exactly(rules, line):
            return None
        return f'no rule names the command "{shown}", and {verdict.reason}; {allowed_text(rules)}'
    if named(rules, line):
        return None
    return f'no rule allows the command "{shown}"; {allowed_text(rules)}'


def refused_write(
    allow: Sequence[str] | None,
    deny: Sequence[str],
    verdict: Verdict,
    root: str,
    memory: str,
    own: tuple[str, ...],
) -> str | None:
    """The reason against the first path of a verdict that may not be written."""
    rules = None if allow is None else list(allow)
    for path in verdict.writes:
        reason = protected_path(path, root, memory or f"{root}/.memory", own)
        if reason is None and not is_record(path):
            reason = decide_tool(rules, list(deny), "edit", "the command's write", (target(path, root),))
        if reason is not None:
            return reason
    return None


def is_record(path: str) -> bool:
    """Whether a path belongs to what git keeps of a repository."""
    return "/.git/" in path


def target(path: str, root: str) -> str:
    """A path as the rules see it: relative to the project, absolute outside, with `/` for a whole folder."""
    bare = relative_path(path.rstrip("/") or "/", root)
    tail = "/" if path.endswith("/") and path != "/" else ""
    return path if bare is None else bare + tail


def named(rules: list[str], line: str) -> bool:
    """Whether a pattern covers every simple command of a line."""
    commands = split_loosely(line) or ()
    return bool(commands) and all(
        any(
            match_words(pattern, form)
            for pattern in shell_patterns(rules)
            for form in (words, strip_prefixes(words))
        )
        for words in commands
    )


def named_exactly(rules: list[str], line: str) -> bool:
    """Whether a pattern without a wildcard is the line, but for blanks."""
    wanted = line.split()
    return any(
        pattern.split() == wanted for pattern in shell_patterns(rules) if not set(pattern) & set("*?[")
    )


def shell_patterns(rules: list[str]) -> list[str]:
    """The patterns of the rules for `shell`."""
    found = [parse_rule(rule) for rule in rules]
    return [each[1] for each in found if each and each[0] == "shell" and each[1] is not None]
