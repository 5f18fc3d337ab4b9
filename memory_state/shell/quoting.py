"""Raw words: shell text in which every quoted character stands behind a backslash."""

from __future__ import annotations

from memory_state.shell.scene import EMPTY

SPECIAL = "\\{},~'\"$`"


def quote(text: str) -> str:
    """A text as a raw word in which nothing expands."""
    if text.isalnum():
        return text
    return "".join([each if each.isalnum() or each < "\x08" else "\\" + each for each in text]) or EMPTY


def unquote(raw: str) -> str:
    """The text of a raw word."""
    if "\\" in raw:
        raw = "".join([each[1:] or each if each[0] == "\\" else each for each in tokens(raw)])
    return raw.replace(EMPTY, "")


def tokens(raw: str) -> list[str]:
    """Characters of a raw word, escaped ones with their backslash."""
    if "\\" not in raw:
        return list(raw)
    found = []
    at = 0
    while at < len(raw):
        size = 2 if raw[at] == "\\" else 1
        found.append(raw[at : at + size])
        at += size
    return found


def protect(value: str) -> str:
    """The value of a variable as a raw word: blanks and globs expand, all else stands for itself."""
    return "".join(["\\" + each if each in SPECIAL else each for each in value])


def split_blanks(raw: str) -> list[str]:
    """The fields of a raw word between unescaped blanks; none of nothing."""
    if " " not in raw and "\t" not in raw and "\n" not in raw:
        return [raw] if raw else []
    fields: list[list[str]] = [[]]
    for each in tokens(raw):
        if each in (" ", "\t", "\n"):
            fields.append([])
        else:
            fields[-1].append(each)
    return ["".join(each) for each in fields if each]


def unescape_quoted(text: str) -> str:
    """The text between double quotes: there a backslash escapes few characters."""
    if "\\" not in text:
        return text
    found = ""
    for each in tokens(text):
        bare = each[0] == "\\" and each[1:] in ("$", "`", '"', "\\", "\n")
        found += each[1:].strip("\n") if bare else each
    return found
