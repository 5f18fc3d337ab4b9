"""Whether a phase's rules let a shell line run, by the verdict on what it writes."""

from __future__ import annotations

from memory_state.core.commands import split_loosely
from memory_state.core.files import path_exists
from memory_state.core.paths import fold_path, relative_path, resolve_path
from memory_state.core.patterns import match_words
from memory_state.core.policy import allowed_by, allowed_text, decide_tool, line_text, may_read
from memory_state.core.prefixes import strip_prefixes, system_program
from memory_state.core.protected import is_agent_settings, protected_path
from memory_state.core.refusal import NO_ALLOW_RULE, PROTECTED, WORK_TREE, refused_by
from memory_state.core.rules import parse_rule
from memory_state.core.text import one_line
from memory_state.shell.verdict import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory_state.shell.verdict import Verdict

SETTINGS_NAMES = ("settings.json", "settings.local.json")
FINDS_AND_ACTS = ("-delete", "-exec", "-execdir", "-ok", "-okdir")


def judge_line_writes(
    line: str,
    folder: str,
    root: str,
    environment: Mapping[str, str],
    allow: Sequence[str] | None,
    deny: Sequence[str],
    memory: str,
    own: tuple[str, ...],
    *,
    tracked: bool = False,
) -> tuple[str | None, str, tuple[str, ...]]:
    """Why the rules refuse a line run in a folder (None where they do not), its verdict's kind and writes.

    `judge` and `decide_writes` in one: their arguments mean the same here.
    """
    verdict = judge(line, folder, root, environment)
    refused = decide_writes(allow, deny, verdict, root, line, memory, own, tracked=tracked)
    return refused, verdict.kind, verdict.writes


def decide_writes(
    allow: Sequence[str] | None,
    deny: Sequence[str],
    verdict: Verdict,
    root: str,
    line: str,
    memory: str = "",
    own: tuple[str, ...] = (),
    *,
    tracked: bool = False,
) -> str | None:
    """None where the rules let a line of this verdict run, or the reason why not.

    Every path that is known to be written must be one that `edit` may write and that is not protected:
    `memory` is the absolute memory path, `own` are our folders outside of the project. What git keeps of
    a repository is no file of the project: it needs no `edit`. With `tracked` git keeps the live state and
    nothing may write the whole work tree, else only what removes ignored files may not. A line that is not
    known runs where a bare
    `shell` is allowed, else only where a rule names it without a wildcard. Rules that deny a command by its
    words are the caller's to ask (`core.policy.decide_shell`).
    """
    root = resolve_path(root, "/")
    refused = whole_tree(verdict, root, line, memory or f"{root}/.memory", tracked=tracked)
    refused = refused or refused_write(allow, deny, verdict, root, memory, own)
    if refused is not None or allow is None:
        return refused
    rules = list(allow)
    if allowed_by(rules, "shell", "") or (verdict.kind == "read" and may_read(rules, list(deny))):
        return None
    shown = line_text(line)
    if verdict.kind == "unknown":
        if named_exactly(rules, line):
            return None
        sentence = f'no rule names the command "{shown}", and {verdict.reason}; {allowed_text(rules)}'
        return refused_by(NO_ALLOW_RULE, sentence)
    if named(rules, line):
        return None
    return refused_by(NO_ALLOW_RULE, f'no rule allows the command "{shown}"; {allowed_text(rules)}')


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
        kept = path in verdict.records
        place = f"{path}index" if kept else path
        reason = protected_path(place, root, memory or f"{root}/.memory", own) or settings_reason(path, root)
        if reason is None and not kept:
            reason = decide_tool(rules, list(deny), "edit", "the command's write", (target(path, root),))
        if reason is not None:
            return reason
    return None


def whole_tree(verdict: Verdict, root: str, line: str, memory: str, *, tracked: bool) -> str | None:
    """The reason against a write of the whole project, which live state is a part of."""
    state = fold_path(f"{memory}/state/")
    if f"{root}/" not in verdict.writes or not state.startswith(fold_path(f"{root}/")):
        return None
    if tracked:
        return refused_by(
            WORK_TREE,
            "the command may write the whole work tree, and with it the workflow state that git keeps here "
            "(init --track): name the paths it is for, as in `git restore -- src`, use `git worktree add`, "
            "or ask a person to run it",
        )
    kept = relative_path(memory, root)
    commands = [strip_prefixes(words) for words in split_loosely(line) or ()]
    if any(removes_ignored(words, str(kept)) or removes_folder(words, root) for words in commands):
        return refused_by(
            WORK_TREE,
            "the command removes what git ignores too, and with it the workflow state: name the paths it is "
            f"for, or leave {kept} out, as in `git clean -fdx -e {kept}`",
        )
    return None


def removes_ignored(words: Sequence[str], kept: str) -> bool:
    """Whether a call of git takes files that it ignores out of the work tree, `kept` among them."""
    name, *rest = words or ("",)
    if system_program(name) != "git" or not rest:
        return False
    options = [word for word in rest[1:] if word.startswith("-")]
    short = "".join(word for word in options if not word.startswith("--"))
    if rest[0] == "stash":
        return "--all" in options or "a" in short
    spared = f"--exclude={kept}" in rest or any(
        word == "-e" and rest[at + 1 : at + 2] == [kept] for at, word in enumerate(rest)
    )
    return rest[0] == "clean" and ("X" in short or ("x" in short and not spared))


def removes_folder(words: Sequence[str], root: str) -> bool:
    """Whether a command may remove the project's folder with all that is in it."""
    name, *rest = words or ("",)
    if system_program(name) == "find":
        return any(word in FINDS_AND_ACTS for word in rest)
    ends = ("", ".", "..", root.rpartition("/")[2])
    gone = {"rm": rest, "mv": rest[:-1]}.get(system_program(name), ())
    return any(word.rstrip("/").rpartition("/")[2] in ends for word in gone)


def settings_reason(path: str, root: str) -> str | None:
    """Why a settings file of Claude Code, or the folder of one that is there, may not be written so."""
    inside = [f"{path}{name}" for name in SETTINGS_NAMES] if path.endswith("/") else []
    found = [each for each in inside if path_exists(each)] or [path]
    if not any(is_agent_settings(each, root) for each in found):
        return None
    shown = one_line(target(path, root), 200)
    return refused_by(
        PROTECTED,
        f"{shown} is protected in every phase: it wires hooks; Edit and Write may change what else is in it",
    )


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
