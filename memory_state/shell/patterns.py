"""Words with braces, blanks and globs: which words a shell makes of them on the tree as it is now.

A raw word is shell text in which every quoted character stands behind a backslash.
"""

from __future__ import annotations

import os
import re
from functools import cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

from memory_state.shell.scene import EMPTY, SPLIT, is_known

if TYPE_CHECKING:
    from memory_state.shell.scene import Scene

MOST_WORDS = 2_000
MOST_ENTRIES = 20_000
TOKEN = re.compile(r"\\.|.", re.DOTALL)
RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?|([A-Za-z])\.\.([A-Za-z])")


def quote(text: str) -> str:
    """A text as a raw word in which nothing expands."""
    return "".join(each if each.isalnum() or each < "\x08" else "\\" + each for each in text) or EMPTY


def unquote(raw: str) -> str:
    """The text of a raw word."""
    return re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL).replace(EMPTY, "")


def tokens(raw: str) -> list[str]:
    """Characters of a raw word, escaped ones with their backslash."""
    return TOKEN.findall(raw)


def expand_raw(scene: Scene, raw: str) -> list[str]:
    """The words of a raw word: braces first, then blanks, then globs."""
    found: list[str] = []
    braced = expand_braces(tokens(raw))
    if scene.plain and len(braced) > 1:
        return [SPLIT]
    for each in braced:
        for part in split_blanks(each):
            found.extend(expand_globs(scene, part))
            if len(found) > MOST_WORDS:
                return [*found[:MOST_WORDS], SPLIT]
    return found


def split_blanks(parts: list[str]) -> list[str]:
    """The fields between unescaped blanks; none of nothing."""
    fields: list[list[str]] = [[]]
    for each in parts:
        if each in (" ", "\t", "\n"):
            fields.append([])
        else:
            fields[-1].append(each)
    return ["".join(each) for each in fields if each]


def expand_braces(parts: list[str]) -> list[list[str]]:
    """Every word that brace expansion makes (bash 5, Brace Expansion)."""
    for start, part in enumerate(parts):
        if part != "{" or (start and parts[start - 1] == "$"):
            continue
        end, commas = brace_end(parts, start)
        if end < 0:
            continue
        choices = brace_choices(parts, start, end, commas)
        if choices is None:
            continue
        head = parts[:start]
        tails = expand_braces(parts[end + 1 :])
        inners = [inner for choice in choices for inner in expand_braces(choice)]
        if len(inners) * len(tails) > MOST_WORDS:
            return [[SPLIT]]
        return [[*head, *inner, *tail] for inner, tail in product(inners, tails)]
    return [parts]


def brace_end(parts: list[str], start: int) -> tuple[int, list[int]]:
    """Where a brace closes, -1 when it does not, and the commas at its own depth."""
    depth = 0
    commas: list[int] = []
    for at in range(start, len(parts)):
        if parts[at] == "{":
            depth += 1
        elif parts[at] == "}":
            depth -= 1
            if depth == 0:
                return at, commas
        elif parts[at] == "," and depth == 1:
            commas.append(at)
    return -1, []


def brace_choices(parts: list[str], start: int, end: int, commas: list[int]) -> list[list[str]] | None:
    """What may stand for a brace; None when it is no expression and stands for itself."""
    if commas:
        bounds = [start, *commas, end]
        return [parts[left + 1 : right] for left, right in pairwise(bounds)]
    found = RANGE.fullmatch("".join(parts[start + 1 : end]))
    if not found:
        return None
    if found[4]:
        first, last = ord(found[4]), ord(found[5])
        return [["\\", chr(each)] for each in counted(first, last, 1)]
    low, high, stride = int(found[1]), int(found[2]), abs(int(found[3] or 1)) or 1
    if abs(high - low) // stride > MOST_WORDS:
        return [[SPLIT]]
    width = max(len(found[1]), len(found[2])) if padded(found[1]) or padded(found[2]) else 0
    return [list(f"{each:0{width}d}") for each in counted(low, high, stride)]


def counted(first: int, last: int, stride: int) -> range:
    """The numbers from one to another, up or down."""
    return range(first, last + 1, stride) if first <= last else range(first, last - 1, -stride)


def padded(number: str) -> bool:
    """Whether a number is written with leading zeros."""
    return len(number.lstrip("-")) > 1 and number.lstrip("-").startswith("0")


def has_glob(raw: str) -> bool:
    """Whether a raw word holds an unescaped wildcard."""
    return any(each in ("*", "?", "[") for each in tokens(raw))


def expand_globs(scene: Scene, raw: str) -> list[str]:
    """The paths that a raw word matches, or its text when there are none."""
    text = unquote(raw)
    if not has_glob(raw):
        return [text]
    if not is_known(text) or "**" in raw or (not raw.startswith("/") and not scene.folders):
        return [SPLIT]
    bases = ("",) if raw.startswith("/") else scene.folders
    found = sorted({each for base in bases for each in glob_paths(scene, base, raw)})
    return found or [text]


def glob_paths(scene: Scene, base: str, raw: str) -> list[str]:
    """The paths below a folder that match a raw word, as a shell would write them."""
    names = raw.split("/")
    found = ["/"] if raw.startswith("/") else [""]
    for at, name in enumerate(names):
        last = at == len(names) - 1
        if not name:
            found = [each if not last or each.endswith("/") else each + "/" for each in found]
            continue
        found = [path for each in found for path in glob_step(scene, base, each, name, last=last)]
        if len(found) > MOST_WORDS:
            return [SPLIT]
    return found


def glob_step(scene: Scene, base: str, path: str, name: str, *, last: bool) -> list[str]:
    """One more name below a path."""
    folder = f"{base}/{path}" if base else path
    if not has_glob(name):
        plain = unquote(name)
        here = os.path.lexists(os.path.join(folder, plain)) or made_names(scene, folder, plain)
        return [path + plain + ("" if last else "/")] if here else []
    if any(
        f"{os.path.realpath(folder)}/".startswith(each) for each in scene.effects.writes if each[-1] == "/"
    ):
        return [SPLIT]
    matcher = compile_name(name)
    dotted = name.startswith((".", "\\."))
    entries = [*folder_names(folder), *made_names(scene, folder)]
    if len(entries) > MOST_ENTRIES:
        return [SPLIT]
    return [
        path + each + ("" if last else "/")
        for each in entries
        if (dotted or not each.startswith(".")) and matcher.fullmatch(each)
        if last or os.path.isdir(os.path.join(folder, each))
    ]


def folder_names(folder: str) -> list[str]:
    """The names in a folder; none when it can not be read."""
    try:
        return os.listdir(folder or ".")
    except OSError:
        return []


def made_names(scene: Scene, folder: str, wanted: str | None = None) -> list[str]:
    """The names that the line itself has made in a folder so far."""
    real = os.path.realpath(folder)
    names = [
        each.rpartition("/")[2]
        for each in scene.effects.writes
        if not each.endswith("/") and each.rpartition("/")[0] == real
    ]
    return [each for each in names if wanted is None or each == wanted]


@cache
def compile_name(name: str) -> re.Pattern[str]:
    """A raw name as an expression; a class that makes no sense matches what it may."""
    parts = tokens(name)
    text = ""
    at = 0
    while at < len(parts):
        part = parts[at]
        close = class_close(parts, at) if part == "[" else -1
        if close > 0:
            text += class_expression([unquote(each) for each in parts[at + 1 : close]])
            at = close
        else:
            text += {"*": ".*", "?": "."}.get(part, re.escape(unquote(part)))
        at += 1
    return re.compile(text, re.DOTALL)


def class_expression(members: list[str]) -> str:
    """A bracket class as an expression; any character where the locale decides, or it makes no sense."""
    negated = members[0] in ("!", "^")
    inside = "".join(members[negated:])
    if "[" in inside or not inside.isascii():
        return "."
    text = "[" + ("^" if negated else "") + re.sub(r"([\\^\]])", r"\\\1", inside) + "]"
    try:
        re.compile(text)
    except re.error:
        return "."
    return text


def class_close(parts: list[str], start: int) -> int:
    """Where a class closes; -1 when it does not."""
    for at in range(start + 2, len(parts)):
        if parts[at] == "]":
            return at
    return -1
