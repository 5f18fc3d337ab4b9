"""Words with braces and globs: which words a shell makes of them on the tree as it is now."""

from __future__ import annotations

from memory_state.core.files import is_folder, posix
from memory_state.core.paths import resolve_path
from memory_state.core.patterns import match_tokens
from memory_state.shell.places import stands_there
from memory_state.shell.quoting import split_blanks, tokens, unquote
from memory_state.shell.scene import SPLIT, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.scene import Scene

MOST_WORDS = 2_000
MOST_ENTRIES = 20_000
ANY_CHARACTER = "[!\0]"


def expand_raw(scene: Scene, raw: str) -> list[str]:
    """The words of a raw word: braces first, then blanks, then globs."""
    found: list[str] = []
    braced = expand_braces(tokens(raw))
    if scene.plain and len(braced) > 1:
        return [SPLIT]
    for each in braced:
        for part in split_blanks("".join(each)):
            found.extend(expand_globs(scene, part))
            if len(found) > MOST_WORDS:
                return [*found[:MOST_WORDS], SPLIT]
    return found


def expand_braces(parts: list[str]) -> list[list[str]]:
    """Every word that brace expansion makes (bash 5, Brace Expansion)."""
    for start, part in enumerate(parts):
        if part != "{" or (start and parts[start - 1] == "$"):
            continue
        end, commas = brace_end(parts, start)
        choices = brace_choices(parts, start, end, commas) if end > 0 else None
        if choices is None:
            continue
        tails = expand_braces(parts[end + 1 :])
        middles = [middle for choice in choices for middle in expand_braces(choice)]
        if len(middles) * len(tails) > MOST_WORDS:
            return [[SPLIT]]
        return [[*parts[:start], *middle, *tail] for middle in middles for tail in tails]
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
        return [parts[left + 1 : right] for left, right in zip((start, *commas), (*commas, end), strict=True)]
    ends = "".join(parts[start + 1 : end]).split("..")
    if len(ends) not in (2, 3) or not all(map(is_integer, ends[2:])):
        return None
    stride = abs(int((*ends, "1")[2])) or 1
    if all(len(each) == 1 and each.isascii() and each.isalpha() for each in ends[:2]):
        return [["\\", chr(each)] for each in counted(ord(ends[0]), ord(ends[1]), stride)]
    if not all(map(is_integer, ends[:2])):
        return None
    low, high = int(ends[0]), int(ends[1])
    if abs(high - low) // stride > MOST_WORDS:
        return [[SPLIT]]
    width = max(map(len, ends[:2])) if any(map(is_padded, ends[:2])) else 0
    return [list(f"{each:0{width}d}") for each in counted(low, high, stride)]


def is_integer(text: str) -> bool:
    """Whether a text is a whole number, perhaps with a sign."""
    bare = text[1:] if text[:1] in ("-", "+") else text
    return bare.isascii() and bare.isdigit()


def counted(first: int, last: int, stride: int) -> range:
    """The numbers from one to another, up or down."""
    return range(first, last + 1, stride) if first <= last else range(first, last - 1, -stride)


def is_padded(number: str) -> bool:
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
    unsure = "[" in raw and any(ANY_CHARACTER in name_tokens(name) for name in raw.split("/"))
    return [*found, text] if unsure or not found else found


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
        here = stands_there(f"{folder}/{plain}") or plain in made_names(scene, folder)
        return [path + plain + ("" if last else "/")] if here else []
    real = f"{resolve_path(folder, '/')}/"
    if any(real.startswith(each) for each in scene.effects.writes if each[-1] == "/"):
        return [SPLIT]
    entries = [*folder_names(folder), *made_names(scene, folder)]
    if len(entries) > MOST_ENTRIES:
        return [SPLIT]
    wanted = name_tokens(name)
    dotted = name.startswith((".", "\\."))
    return [
        path + each + ("" if last else "/")
        for each in entries
        if (dotted or not each.startswith(".")) and match_tokens(wanted, each)
        if last or is_folder(f"{folder}/{each}")
    ]


def folder_names(folder: str) -> list[str]:
    """The names in a folder; none when it can not be read."""
    try:
        return posix.listdir(folder)
    except OSError:
        return []


def made_names(scene: Scene, folder: str) -> list[str]:
    """The names that the line itself has made in a folder so far."""
    real = resolve_path(folder, "/")
    parted = [each.rpartition("/") for each in scene.effects.writes if not each.endswith("/")]
    return [name for above, _, name in parted if above == real]


def name_tokens(name: str) -> list[str]:
    """The parts of a raw name as `match_tokens` reads them; a quoted `*` stands in a class of its own."""
    parts = tokens(name)
    found = []
    at = 0
    while at < len(parts):
        close = class_close(parts, at) if parts[at] == "[" else -1
        if close > 0:
            found.append(class_token("".join(parts[at + 1 : close])))
            at = close
        else:
            found.append(parts[at] if len(parts[at]) == 1 else literal_token(unquote(parts[at])))
        at += 1
    return found


def literal_token(character: str) -> str:
    """A quoted character."""
    return f"[{character}]" if character in ("*", "?") else character


def class_token(inside: str) -> str:
    """A class; any character where the locale decides, or it makes no sense."""
    backwards = any(
        mark == "-" and low > high for low, mark, high in zip(inside, inside[1:], inside[2:], strict=False)
    )
    odd = backwards or "\\" in inside or "[" in inside or not inside.isascii()
    return ANY_CHARACTER if odd else f"[{inside}]"


def class_close(parts: list[str], start: int) -> int:
    """Where a class closes, which a `]` at its beginning does not; -1 when it does not."""
    begin = start + 2 if parts[start + 1 : start + 2] in (["!"], ["^"]) else start + 1
    for at in range(begin + 1, len(parts)):
        if parts[at] == "]":
            return at
    return -1
