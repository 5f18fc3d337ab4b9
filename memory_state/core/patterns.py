"""Patterns of rules: globs over project-relative paths, words over shell commands.

Both match with one remembered star, so the work is at most pattern length times text length.
"""

from __future__ import annotations

GLOB_MARKS = "*?["


def match_glob(pattern: str, path: str) -> bool:
    """Whether a glob matches a whole path.

    `**` stands for any number of folders, none too; `*`, `?`, `[abc]`, `[a-z]` and `[!abc]` stay
    within one name. A trailing `/` means the folder and everything below it. A pattern that begins
    with `/` matches absolute paths only, any other one relative paths only.
    """
    if pattern.startswith("/") != path.startswith("/"):
        return False
    return match_names(glob_names(pattern), path_names(path))


def glob_names(pattern: str) -> list[str]:
    """The names of a glob, with `**` for a trailing slash."""
    names = path_names(pattern)
    return [*names, "**"] if pattern.endswith("/") else names


def path_names(path: str) -> list[str]:
    """The names of a path without empty ones and `.`."""
    return [name for name in path.split("/") if name not in ("", ".")]


def match_names(patterns: list[str], names: list[str]) -> bool:
    """Whether the names of a glob match the names of a path."""
    at = done = 0
    star = mark = -1
    while done < len(names):
        if at < len(patterns) and patterns[at] == "**":
            star, mark = at, done
            at += 1
        elif at < len(patterns) and match_name(patterns[at], names[done]):
            at += 1
            done += 1
        elif star >= 0:
            mark += 1
            at, done = star + 1, mark
        else:
            return False
    return all(rest == "**" for rest in patterns[at:])


def match_name(pattern: str, name: str) -> bool:
    """Whether the glob of one name matches it."""
    if not any(mark in pattern for mark in GLOB_MARKS):
        return pattern == name
    return match_tokens(glob_tokens(pattern), name)


def match_tokens(tokens: list[str], name: str) -> bool:
    """Whether the parts of a name's glob match it."""
    at = done = 0
    star = mark = -1
    while done < len(name):
        if at < len(tokens) and tokens[at] == "*":
            star, mark = at, done
            at += 1
        elif at < len(tokens) and token_matches(tokens[at], name[done]):
            at += 1
            done += 1
        elif star >= 0:
            mark += 1
            at, done = star + 1, mark
        else:
            return False
    return all(rest == "*" for rest in tokens[at:])


def glob_tokens(pattern: str) -> list[str]:
    """The parts of a name's glob: single characters, `*`, `?` and whole `[...]` classes."""
    tokens = []
    at = 0
    while at < len(pattern):
        end = class_end(pattern, at) if pattern[at] == "[" else at + 1
        tokens.append(pattern[at:end])
        at = end
    return tokens


def class_end(pattern: str, at: int) -> int:
    """Where the class that opens at `at` ends; an unclosed bracket is a character."""
    inside = at + 2 if pattern[at + 1 : at + 2] in ("!", "^") else at + 1
    close = pattern.find("]", inside + 1)
    return close + 1 if close >= 0 else at + 1


def token_matches(token: str, character: str) -> bool:
    """Whether one part of a glob, not a star, matches one character."""
    if len(token) == 1:
        return token in ("?", character)
    members = token[1:-1]
    negated = members[0] in "!^" and len(members) > 1
    return class_holds(members[negated:], character) != negated


def class_holds(members: str, character: str) -> bool:
    """Whether the members of a class, ranges among them, hold a character."""
    at = 0
    while at < len(members):
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            if members[at] <= character <= members[at + 2]:
                return True
            at += 3
        elif members[at] == character:
            return True
        else:
            at += 1
    return False


def match_words(pattern: str, words: tuple[str, ...]) -> bool:
    """Whether a shell pattern matches the words of one simple command, case-sensitively.

    `*` as the last word stands for any rest, none too; elsewhere it stands for characters of one word.
    """
    parts = pattern.split()
    if parts and parts[-1] == "*":
        parts.pop()
        words = words[: len(parts)]
    return len(parts) == len(words) and all(map(match_stars, parts, words))


def match_stars(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern in which only `*` is special."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    last = rest.pop()
    end = len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return False
    at = len(first)
    for piece in rest:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end
