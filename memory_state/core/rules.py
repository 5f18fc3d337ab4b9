"""Rules of a phase: `edit(docs/**)`, `shell(git *)`, `mcp(github/*)`, a client's own tool names."""

from __future__ import annotations

from memory_state.core.paths import compose_path, fold_path
from memory_state.core.patterns import glob_names, match_glob, match_names, path_names
from memory_state.core.tools import RULE_WORDS, tool_word

PATTERN_WORDS = ("read", "search", "edit", "shell", "mcp")


def parse_rule(rule: str) -> tuple[str, str | None] | None:
    """A rule as (word, pattern), the pattern None when the rule means the whole word.

    `*` means every tool. A client's tool name becomes its word; a tool without a word keeps its name,
    in small letters, as the pattern of `meta`. None when the rule is malformed: an unknown name, an
    empty pattern, a pattern on a word that takes none.
    """
    name, bracket, rest = rule.strip().partition("(")
    name = name.strip()
    if not bracket:
        return bare_rule(name)
    pattern = rest[:-1].strip()
    word = name.lower() if name.lower() in RULE_WORDS else tool_word(name)
    if not rest.endswith(")") or not pattern or word not in PATTERN_WORDS or name.lower().startswith("mcp__"):
        return None
    if word == "shell" and name.lower() != "shell" and pattern.endswith(":*"):
        pattern = pattern[:-2] + " *"  # Claude Code's older spelling of "any rest"
    if word == "mcp" and "/" not in pattern and pattern != "**":
        pattern += "/*"
    return word, pattern


def bare_rule(name: str) -> tuple[str, str | None] | None:
    """A rule without a pattern of its own; MCP tool names hold theirs."""
    folded = name.lower()
    if folded in RULE_WORDS or name == "*":
        return folded, None
    if folded.startswith("mcp__"):
        server, _, tool = name[5:].partition("__")
        return ("mcp", f"{server}/{tool or '*'}") if server else None
    word = tool_word(name)
    if word == "meta":
        return "meta", folded
    return None if word == "unknown" else (word, None)


def rule_allows(parsed: tuple[str, str | None], word: str, target: str) -> bool:
    """Whether an allowing rule covers one target of a tool.

    A target that ends in `/` is a whole folder, which a pattern covers only when it reaches every
    file below it. An empty target is one that nobody knows: only a rule without a pattern covers it.
    """
    rule_word, pattern = parsed
    if rule_word not in (word, "*"):
        return False
    if pattern is None:
        return True
    if not target:
        return False
    if word == "mcp":
        return match_glob(pattern.lower(), target.lower())
    if target.endswith("/"):
        return covers_folder(compose_path(pattern), compose_path(target))
    return match_glob(compose_path(pattern), compose_path(target))


def covers_folder(pattern: str, folder: str) -> bool:
    """Whether a glob matches every file that may stand below a folder."""
    names = glob_names(pattern)
    if names[-2:] == ["**", "*"]:
        names.pop()
    same_base = pattern.startswith("/") == folder.startswith("/")
    return same_base and names[-1:] == ["**"] and match_names(names, path_names(folder))


def rule_denies(parsed: tuple[str, str | None], word: str, name: str, target: str) -> bool:
    """Whether a denying rule hits one target of a tool; in doubt it does.

    Paths are compared as a disk does that ignores case. A whole folder is hit when anything that may
    stand below it would be, an unknown target by every pattern.
    """
    rule_word, pattern = parsed
    if rule_word not in (word, "*"):
        return False
    if pattern is None:
        return True
    if word == "meta":
        return pattern == name.lower()
    pattern, target = fold_path(pattern), fold_path(target)
    if not target or match_glob(pattern, target):
        return True
    return target.endswith("/") and may_hold(pattern, target)


def may_hold(pattern: str, folder: str) -> bool:
    """Whether a file below a folder could match a glob, judged by the names before its first wildcard."""
    if pattern.startswith("/") != folder.startswith("/"):
        return False
    fixed = []
    for name in path_names(pattern):
        if any(mark in name for mark in "*?["):
            break
        fixed.append(name)
    names = path_names(folder)
    shorter = min(len(fixed), len(names))
    return fixed[:shorter] == names[:shorter]
