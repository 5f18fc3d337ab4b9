"""Secrets that are known by the name they stand behind: assignments, options, headers."""

from __future__ import annotations

from memory_state.core.secretforms import looks_random, token_end

NAME_LENGTH = 80
CHECKED_LENGTH = 512
REDACTED = "[redacted]"

# What the names of secrets hold: a name with one of these is looked at.
NAME_STEMS = ("pass", "secret", "token", "key", "pw", "credential", "auth", "cookie", "pat")
SURE_ENDINGS = ("password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey")
LAST_WORDS = ("pwd", "authorization", "cookie", "credential", "credentials")
QUALIFIED_WORDS = ("pass", "pw", "pat", "auth")
KEY_KINDS = "api access private secret auth signing encryption account master shared"
# Names whose value goes to the end of the line, and the schemes that stand before such a value.
LINE_NAMES = ("authorization", "cookie")
SCHEMES = ("bearer", "basic")
PLACEHOLDERS = (
    "none", "null", "true", "false", "nil", "undefined", "required", "optional", "str", "string", "int",
    "bool", "bytes",
)  # fmt: skip


def named_secrets(text: str, folded: str) -> list[tuple[int, int]]:
    """The values behind names that secrets have, and behind the schemes of an authorization."""
    found = []
    for stem in (*NAME_STEMS, *SCHEMES):
        at = folded.find(stem)
        while at >= 0:
            first, last = name_range(text, at, at + len(stem))
            value = named_value(text, first, last)
            found += [] if value is None else [value]
            # Behind a blank within the value, such as one between quotes, another name may stand.
            passed = 0 if value is None else blank_before(text, *value)
            at = folded.find(stem, max(last, at + len(stem), passed))
    return [each for each in found if each[0] < each[1]]


def blank_before(text: str, at: int, end: int) -> int:
    """The first blank of a range, else its end."""
    while at < end and not text[at].isspace():
        at += 1
    return at


def name_range(text: str, first: int, last: int) -> tuple[int, int]:
    """The whole name that a part of it stands in: letters, digits and `_-.`."""
    lowest, highest = max(0, first - NAME_LENGTH), min(len(text), last + NAME_LENGTH)
    while first > lowest and (text[first - 1].isalnum() or text[first - 1] in "_-."):
        first -= 1
    while last < highest and (text[last].isalnum() or text[last] in "_-."):
        last += 1
    return first, last


def named_value(text: str, first: int, last: int) -> tuple[int, int] | None:
    """The range of the secret that a name stands before; None when there is none."""
    name = text[first:last]
    parts = name_parts(name)
    if parts and parts[-1] in SCHEMES:
        at = skip_blanks(text, last)
        end = token_end(text, at)
        return (at, end) if at > last and looks_random(text[at:end], 8) else None
    sure, maybe = secret_name(parts)
    if not (sure or maybe):
        return None
    at, separator = value_start(text, last)
    if separator in ("=", ":") and parts[-1] in LINE_NAMES:
        return at, enclosing_end(text, first, at)
    if not separator or not (sure or looks_random(first_word(text, at), 8)):
        return None
    first_value, end = value_range(text, at)
    value = text[first_value:end]
    if separator == " " and not (name.startswith("-") and sure):
        return (first_value, end) if looks_random(value, 16) else None
    if is_placeholder(value):
        return None
    named = sure and is_value(text, separator, at, end, value)
    return (first_value, end) if named or looks_random(value, 8) else None


def name_parts(name: str) -> list[str]:
    """The words of a name, in lower case: split at `_-.`, digits at their end and changes to upper case."""
    spread = []
    for at, character in enumerate(name):
        after_lower = at > 0 and character.isupper() and (name[at - 1].islower() or name[at - 1].isdigit())
        spread.append(("_" if after_lower else "") + character)
    plain = "".join(spread).lower().replace("-", "_").replace(".", "_")
    return [part.rstrip("0123456789") or part for part in plain.split("_") if part]


def secret_name(parts: list[str]) -> tuple[bool, bool]:
    """Whether a name is surely that of a secret, and whether it may be."""
    if not parts:
        return False, False
    last, before = parts[-1], parts[-2] if len(parts) > 1 else ""
    sure = (
        any([part.endswith(SURE_ENDINGS) for part in parts])
        or last.endswith("token")
        or last in LAST_WORDS
        or (last in QUALIFIED_WORDS and bool(before))
        or (last == "key" and before in KEY_KINDS.split(" "))
    )
    return sure, sure or any([part in ("pass", "token", "key", "auth", "pat") for part in parts])


def value_start(text: str, at: int) -> tuple[int, str]:
    """Where the value behind a name begins, and what is between: `=`, `:`, nothing, or a blank.

    A comparison counts as a blank: what is compared is mostly another name.
    """
    while skip_quote(text, at) > at:
        at = skip_quote(text, at)
    behind = skip_blanks(text, at)
    if behind < len(text) and text[behind] in "=:":
        separator = " " if text.startswith("==", behind) else text[behind]
        while behind < len(text) and text[behind] in "=:>":
            behind += 1
        return skip_blanks(text, behind), separator
    return (behind, " ") if behind > at else (at, "")


def skip_quote(text: str, at: int) -> int:
    """Behind a quote, which may itself be escaped, or a bracket that ends a name."""
    if text[at : at + 2] in ('\\"', "\\'"):
        return at + 2
    return at + 1 if text[at : at + 1] in ('"', "'", "]") else at


def skip_blanks(text: str, at: int) -> int:
    """The next character of the line that is no blank."""
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def value_range(text: str, at: int) -> tuple[int, int]:
    """The range of a value: what its quotes hold, else a word of a shell with the quoted parts in it."""
    for quote in ('\\"', '"', "'", "`"):
        if text.startswith(quote, at):
            end = quote_end(text, at + len(quote), quote)
            return at + len(quote), len(text) if end < 0 else end
    return at, word_end(text, at)


def quote_end(text: str, at: int, quote: str) -> int:
    """Where the closing quote is; -1 where there is none."""
    end = text.find(quote, at)
    while len(quote) == 1 and quote != "'" and end > 0 and text[end - 1] == "\\":
        end = text.find(quote, end + 1)
    return end


def word_end(text: str, at: int) -> int:
    """Where a word of a shell ends: at a blank outside of quotes that are closed on the same line."""
    while at < len(text) and not text[at].isspace():
        if text[at] in "\"'":
            close = text.find(text[at], at + 1, line_end(text, at))
            at = close if close > 0 else at
        at += 1
    return min(at, len(text))


def line_end(text: str, at: int) -> int:
    """Where the line ends."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def enclosing_end(text: str, first: int, at: int) -> int:
    """Where a header's value ends: at the quote that stands before its name, else with the line."""
    quote = text[first - 1 : first]
    end = text.find(quote, at + 1) if quote in ('"', "'") and quote else -1
    close = line_end(text, at)
    return end if 0 <= end < close else close


def is_value(text: str, separator: str, at: int, end: int, value: str) -> bool:
    """Whether what follows the name of a secret is its value, and no word of a sentence."""
    if separator != ":" or text[at : at + 1] in ('"', "'", "`", "\\"):
        return True
    rest = text[end : line_end(text, end)].strip()
    return not rest or not (value.strip(".,;!?").isalpha() and value[1:].islower())


def is_placeholder(value: str) -> bool:
    """Whether a value stands for another, or for nothing."""
    bare = value.strip(".,;)}]")
    return (
        not bare
        or bare.lower() in PLACEHOLDERS
        or bare == REDACTED.strip("]")
        or is_expansion(bare)
        or (bare[0] == "$" and (bare[1:].isupper() or bare[1:].isdigit()))
        or (bare[0] == "<" and bare[-1] == ">" and "=" not in bare)
        or not bare.strip("*.x-_")
    )


def is_expansion(value: str) -> bool:
    """Whether a value is `${NAME}`, nothing else."""
    return value.startswith("${") and value[2:].rstrip("}").replace("_", "").isalnum()


def first_word(text: str, at: int) -> str:
    """The word that begins here or behind a quote, as much of it as has to be looked at."""
    words = text[at : at + CHECKED_LENGTH].lstrip("\"'`\\").split(None, 1)
    return words[0] if words else ""
