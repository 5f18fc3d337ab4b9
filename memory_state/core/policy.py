"""What a phase lets run: each answer is None for allowed, or the sentence that says why not."""

from __future__ import annotations

from memory_state.core.commands import reads_only, split_line
from memory_state.core.patterns import match_words
from memory_state.core.prefixes import deny_words_anywhere, runs_others, strip_prefixes
from memory_state.core.protected import is_agent_settings, protected_path
from memory_state.core.redaction import redact_start
from memory_state.core.refusal import NO_ALLOW_RULE, refused_by
from memory_state.core.rules import parse_rule, rule_allows, rule_denies
from memory_state.core.text import one_line
from memory_state.core.tools import mcp_name

__all__ = ["decide_line", "decide_tool", "is_agent_settings", "parse_rule", "protected_path"]

SHOWN_CALL = 200
SHOWN_RULES = 400
READING_WORDS = ("read", "search")


def decide_tool(
    allow: list[str] | None, deny: list[str], word: str, name: str, targets: tuple[str, ...]
) -> str | None:
    """Whether the policy lets a tool run: None, or the reason it does not.

    `word` is that of `tool_word`, `targets` are project-relative paths, absolute outside the project,
    with a trailing `/` for a whole folder. Every target must be allowed and none denied; without any,
    a rule that has a pattern allows nothing. For `shell` use `decide_line`.
    """
    targets = judged_targets(word, name, targets)
    for rule in deny:
        parsed = parse_rule(rule)
        for target in targets:
            if parsed and rule_denies(parsed, word, name, target):
                shown = one_line(rule, SHOWN_CALL)
                return refused_by(rule, f'{call_text(name, target)} is denied by the rule "{shown}"')
    if allow is None or word == "meta":
        return None
    for target in targets:
        if not allowed_by(allow, word, target):
            return refused_by(
                NO_ALLOW_RULE, f"no rule allows {call_text(name, target)}; {allowed_text(allow)}"
            )
    return None


def judged_targets(word: str, name: str, targets: tuple[str, ...]) -> tuple[str, ...]:
    """What the rules are asked about: paths, the whole folders of a search, `SERVER/TOOL`, or unknown."""
    if word == "mcp":
        return (mcp_name(name),)
    if word == "search":
        return tuple([path.rstrip("/") + "/" for path in targets]) or ("./",)
    if word in ("read", "edit"):
        return targets or ("",)
    return ("",)


def allowed_by(allow: list[str], word: str, target: str) -> bool:
    """Whether any rule allows one target."""
    return any(parsed and rule_allows(parsed, word, target) for parsed in map(parse_rule, allow))


def call_text(name: str, target: str) -> str:
    """A tool call as a message names it."""
    shown = one_line(name, SHOWN_CALL)
    return f"{shown} on {one_line(target, SHOWN_CALL)}" if target and target != mcp_name(name) else shown


def allowed_text(allow: list[str]) -> str:
    """What a policy allows, for a message."""
    return f"allowed: {one_line(', '.join(allow) or 'nothing', SHOWN_RULES)}"


def decide_line(allow: list[str] | None, deny: list[str], line: str) -> tuple[str, str]:
    """What the words of a shell line decide: `allow`, `deny` with its reason, or `parse`.

    A rule that denies hits each simple command, in a line that does not split any of its words. A line
    that plainly only reads runs where something may be read. For any other one it counts what it writes,
    which only its syntax tree tells.
    """
    denied = denying_rule(deny, line)
    if denied is not None:
        shown = one_line(denied, SHOWN_CALL)
        sentence = f'the command "{line_text(line)}" is denied by the rule "{shown}"'
        return "deny", refused_by(denied, sentence)
    readable = allow is None or allowed_by(allow, "shell", "") or may_read(allow, deny)
    return ("allow", "") if readable and reads_only(line) else ("parse", "")


def line_text(line: str) -> str:
    """A shell line as a message names it, without its secrets: the message is kept."""
    return one_line(redact_start(line, SHOWN_CALL), SHOWN_CALL)


def may_read(allow: list[str], deny: list[str]) -> bool:
    """Whether the policy lets a command read anything: a reading word is allowed and none limited."""
    if any(parsed and parsed[0] in READING_WORDS for parsed in map(parse_rule, deny)):
        return False
    return any(allowed_by(allow, word, "") for word in READING_WORDS)


def restricts_edits(allow: list[str] | None, deny: list[str]) -> bool:
    """Whether there may be a path that these rules do not let be edited."""
    if any(parsed and parsed[0] in ("edit", "*") for parsed in map(parse_rule, deny)):
        return True
    return allow is not None and not allowed_by(allow, "edit", "")


def denying_rule(deny: list[str], line: str) -> str | None:
    """The first rule that denies a shell line."""
    commands = split_line(line) if deny else None
    for rule in deny:
        parsed = parse_rule(rule)
        if parsed is None or parsed[0] not in ("shell", "*"):
            continue
        pattern = parsed[1]
        if pattern is None or denied_line(pattern, commands, line):
            return rule
    return None


def denied_line(pattern: str, commands: tuple[tuple[str, ...], ...] | None, line: str) -> bool:
    """Whether a pattern hits a line, by its simple commands where they are known."""
    if commands is None:
        return deny_words_anywhere(pattern, line)
    return any(denied_command(pattern, words) for words in commands)


def denied_command(pattern: str, words: tuple[str, ...]) -> bool:
    """Whether a pattern hits a simple command as written, behind its prefixes, or among its words."""
    bare = strip_prefixes(words)
    named = (bare[0].rpartition("/")[2], *bare[1:])
    if any(match_words(pattern, form) for form in (words, bare, named)):
        return True
    return runs_others(bare) and deny_words_anywhere(pattern, "\n".join(words))
