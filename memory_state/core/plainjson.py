"""JSON of the plain kind, as clients and our own front matter write it, read without a C scanner.

Loading the scanner costs more than judging a call. This reader takes one line without control bytes, of
objects, arrays, strings, small numbers and words, at most one space between them. It gives the value
that `decode_json` gives, and leaves to it whatever is not plain.
"""

from __future__ import annotations

from memory_state.core.jsontext import JSON_SPACE, decode_json

CONTROLS = bytes(range(32))
PLAIN_LENGTH = 16384
PLAIN_DEPTH = 8
PLAIN_DIGITS = 18
PLAIN_WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
PLAIN_ESCAPES = (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\/", "/"), ("\0\1", '"'), ("\0\0", "\\"))


def read_json(text: str) -> object:
    """The value of a JSON text, as `decode_json` gives it; ValueError as it raises it."""
    if len(text) <= PLAIN_LENGTH:
        try:
            return plain_json(text.strip(JSON_SPACE))
        except (ValueError, IndexError):
            return decode_json(text)
    return decode_json(text)


def plain_json(text: str) -> object:
    """The value of a plain text; ValueError or IndexError when it is not plain."""
    raw = text.encode()
    if len(raw.translate(None, CONTROLS)) < len(raw):
        raise ValueError("not plain")
    if "\\" in text:  # afterwards each quote begins or ends a string
        text = text.replace("\\\\", "\0\0").replace('\\"', "\0\1")
    value, end = plain_value(text, 0, PLAIN_DEPTH)
    if end != len(text):
        raise ValueError("not plain")
    return value


def plain_start(text: str) -> tuple[dict[str, object], str, int]:
    """The whole members at the start of an object that is cut; key and place of the value that is cut.

    ValueError when there is no such value, or the text is not plain.
    """
    raw = text.encode()
    if len(raw.translate(None, CONTROLS)) < len(raw) or text[:1] != "{":
        raise ValueError("not plain")
    text = text.replace("\\\\", "\0\0").replace('\\"', "\0\1")
    found: dict[str, object] = {}
    at = 1
    while text[at] == '"':
        key, at = plain_string(text, at + 1)
        if text[at] != ":" or key in found:
            break
        at += 2 if text[at + 1] == " " else 1
        try:
            value, end = plain_value(text, at, PLAIN_DEPTH)
            mark = text[end]
        except (ValueError, IndexError):
            return found, key, at
        if mark != ",":
            break
        found[key] = value
        at = end + (2 if text[end + 1] == " " else 1)
    raise ValueError("not plain")


def plain_value(text: str, at: int, depth: int) -> tuple[object, int]:
    """The value that begins at a place, and where it ends."""
    mark = text[at]
    if mark == '"':
        return plain_string(text, at + 1)
    if mark in "{[" and depth:
        return (plain_object if mark == "{" else plain_array)(text, at + 1, depth - 1)
    if mark in PLAIN_WORDS:
        word, value = PLAIN_WORDS[mark]
        if text.startswith(word, at):
            return value, at + len(word)
    return plain_number(text, at)


def plain_string(text: str, at: int) -> tuple[str, int]:
    """The string that begins behind its quote."""
    end = text.index('"', at)
    found = text[at:end]
    if "\\" in found or "\0" in found:
        for written, meant in PLAIN_ESCAPES:
            found = found.replace(written, meant)
            if written == "\\/" and "\\" in found:
                raise ValueError("not plain")
    return found, end + 1


def plain_number(text: str, at: int) -> tuple[int, int]:
    """A whole number that is not negative."""
    end = at
    while "0" <= text[end : end + 1] <= "9":
        end += 1
    if not 0 < end - at <= PLAIN_DIGITS or (text[at] == "0" and end - at > 1):
        raise ValueError("not plain")
    return int(text[at:end]), end


def plain_object(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    """The object that begins behind its brace."""
    found: dict[str, object] = {}
    while text[at] != "}" or found:
        if text[at] != '"':
            raise ValueError("not plain")
        key, at = plain_string(text, at + 1)
        if text[at] != ":" or key in found:
            raise ValueError("not plain")
        at += 2 if text[at + 1] == " " else 1
        found[key], at = plain_string(text, at + 1) if text[at] == '"' else plain_value(text, at, depth)
        if text[at] != ",":
            break
        at += 2 if text[at + 1] == " " else 1
    if text[at] != "}":
        raise ValueError("not plain")
    return found, at + 1


def plain_array(text: str, at: int, depth: int) -> tuple[list[object], int]:
    """The array that begins behind its bracket."""
    found: list[object] = []
    while text[at] != "]" or found:
        value, at = plain_value(text, at, depth)
        found.append(value)
        if text[at] != ",":
            break
        at += 2 if text[at + 1] == " " else 1
    if text[at] != "]":
        raise ValueError("not plain")
    return found, at + 1
