"""Front matter, read strictly: one `key: VALUE` a line, where YAML 1.1 says the same or it is refused.

VALUE is one JSON value or a plain word. Everything that JSON and YAML could read differently is left
to the YAML reader: `HeaderRefused` says where and why.
"""

from __future__ import annotations

from memory_state.core.jsontext import check_json_limits
from memory_state.core.plainjson import read_json

HEADER_BYTES = 32768
HEADER_LINES = 2000
HEADER_KEYS = 200
HEADER_BUDGET = 34500  # bytes; with a part at 32 of them, YAML reads what is within
HEADER_PART_COST = 32

HEADER_CONSTANTS = {"true": True, "false": False, "null": None}

# The words of YAML 1.1 (yaml.org/type/bool.html, yaml.org/type/null.html) that are no text.
YAML_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))

# Line breaks and byte order marks to YAML 1.1, and what its character set lacks (sections 5.1, 5.4).
YAML_BREAKERS = "\u2028\u2029\ufeff\ufffe\uffff"


class HeaderRefused(ValueError):
    """A header that the strict reader leaves to YAML; `line` counts from 1 in the file."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def split_header(text: str) -> tuple[int, int, int]:
    """Where the first header line, the closing fence line and the body begin, in characters.

    A fence is a line of exactly `---`, ended by LF or CRLF, or, closing, by the end of the text. One
    leading U+FEFF is passed over. HeaderRefused when a fence is missing.
    """
    start = header_fence(text, 1 if text[:1] == "\ufeff" else 0)
    if start < 0:
        raise HeaderRefused(1, "the text does not begin with a line of exactly ---")
    closing = text.find("\n---", start - 1)
    while closing >= 0:
        body = header_fence(text, closing + 1)
        if body >= 0:
            return start, closing + 1, body
        closing = text.find("\n---", closing + 1)
    raise HeaderRefused(1, "the front matter has no closing line of exactly ---")


def header_fence(text: str, at: int) -> int:
    """Where the line after the fence at `at` begins; -1 when no fence stands there."""
    if text.startswith("---\n", at):
        return at + 4
    if text.startswith("---\r\n", at):
        return at + 5
    return at + 3 if text.startswith("---", at) and len(text) == at + 3 else -1


def read_header(text: str) -> dict[str, object]:
    """The values of a document's front matter, by key, in order.

    YAML 1.1 gives the same values, or HeaderRefused is raised: the reader knows no indentation,
    block, anchor, tag, inline comment, tab, float, or line break other than LF and CRLF.
    """
    start, stop, _ = split_header(text)
    header = text[start:stop].replace("\r\n", "\n")
    check_header_limits(header)
    values: dict[str, object] = {}
    number = 1
    for line in header.split("\n"):
        number += 1
        if not line or line[0] == "#":
            continue
        key, colon, source = line.partition(": ")
        if not colon or not is_plain_word(key):
            raise HeaderRefused(number, "not a line of the form `key: VALUE`")
        if key in values:
            raise HeaderRefused(number, f"the key {key} comes twice")
        try:
            values[key] = header_value(source)
        except ValueError as error:
            raise HeaderRefused(number, str(error)) from error
    if not 0 < len(values) <= HEADER_KEYS:
        raise HeaderRefused(number, f"{len(values)} keys, not 1 to {HEADER_KEYS}")
    return values


def check_header_limits(header: str) -> None:
    """HeaderRefused for a header that is too large or has a character that YAML reads otherwise."""
    size = len(header.encode("utf-8", "surrogatepass"))
    if size > HEADER_BYTES:
        raise HeaderRefused(1, f"the front matter is larger than {HEADER_BYTES} bytes")
    if header.count("\n") > HEADER_LINES:
        raise HeaderRefused(1, f"the front matter has more than {HEADER_LINES} lines")
    parts = header.count(",") + header.count("[") + header.count("{")
    if size + parts * HEADER_PART_COST > HEADER_BUDGET:
        raise HeaderRefused(1, f"the front matter has {parts} list items and brackets")
    if not header.replace("\n", "").isprintable():
        check_header_characters(header)


def check_header_characters(header: str) -> None:
    """HeaderRefused for a control character, surrogate, U+2028, U+2029, U+FEFF, U+FFFE or U+FFFF."""
    line = 2
    for c in header:
        if c == "\n":
            line += 1
        elif not c.isprintable() and (c < "\xa0" or "\ud800" <= c <= "\udfff" or c in YAML_BREAKERS):
            raise HeaderRefused(line, f"the character U+{ord(c):04X}")


def is_plain_word(text: str) -> bool:
    """Whether `text` is `[A-Za-z][A-Za-z0-9_-]*`, at most 100 long, and plain text to YAML 1.1."""
    return (
        text.isascii()
        and text.replace("-", "_").isidentifier()
        and text[0] not in "-_"
        and len(text) <= 100
        and text.lower() not in YAML_WORDS
    )


def header_value(source: str) -> object:
    """The value of `source`, which stands between `key: ` and the end of its line.

    `source` must be free of the characters that `check_header_characters` names; ValueError for
    anything but one JSON value or a plain word.
    """
    source = source.strip(" ")
    if source[:1] == '"' and source.find('"', 1) == len(source) - 1 and "\\" not in source:
        return source[1:-1]
    if source in HEADER_CONSTANTS:
        return HEADER_CONSTANTS[source]
    if source.isdigit() and source.isascii() and source[0] != "0" and len(source) <= 18:
        return int(source)
    if is_plain_word(source):
        return source
    return header_json(source)


def header_json(source: str) -> object:
    """The value of the JSON text `source` where YAML reads the same; else ValueError."""
    if "\\" in source and has_surrogate_escape(source):
        raise ValueError("a surrogate escape")
    if " " * 100 in source and has_wide_gap(source):
        raise ValueError("100 spaces in a row between two parts of a value")
    try:
        value = read_json(source)
    except ValueError as error:
        raise ValueError("not one JSON value or plain word") from error
    check_json_limits(value)
    return value


def has_surrogate_escape(source: str) -> bool:
    """Whether a JSON text holds an escape from U+D800 to U+DFFF: PyYAML does not join a pair."""
    return any(
        part[:1] in ("d", "D") and part[1:2] in tuple("89abcdefABCDEF")
        for part in source.replace("\\\\", "").split("\\u")[1:]
    )


def has_wide_gap(source: str) -> bool:
    """Whether 100 spaces stand outside a string: an implicit YAML key ends at 1,024 characters."""
    parts = source.replace("\\\\", "").replace('\\"', "").split('"')
    return any(" " * 100 in part for part in parts[::2])
