"""The text of `$'...'` (bash 5, ANSI-C Quoting)."""

from __future__ import annotations

from memory_state.shell.scene import HIDDEN

ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
# Escapes by a number: the digits they take, how many at most, and the number's base.
CODES = {
    "x": ("0123456789abcdefABCDEF", 2, 16),
    "u": ("0123456789abcdefABCDEF", 4, 16),
    "U": ("0123456789abcdefABCDEF", 8, 16),
}
OCTAL = "01234567"


def decode_ansi(text: str) -> str:
    """The text between the quotes; what is no character is not known."""
    found = ""
    at = 0
    while at < len(text):
        if text[at] != "\\":
            found += text[at]
            at += 1
            continue
        value, at = decode_escape(text, at + 1)
        found += value
    return found


def decode_escape(text: str, at: int) -> tuple[str, int]:
    """The character of an escape, and where the text behind it begins."""
    letter = text[at : at + 1]
    digits, most, base = CODES.get(letter, (OCTAL, 3, 8))
    begin = at + 1 if letter in CODES else at
    end = begin
    while end < begin + most and text[end : end + 1] and text[end] in digits:
        end += 1
    if end > begin:
        return decode_code(int(text[begin:end], base), letter in ("u", "U")), end
    if letter == "c":
        return HIDDEN, at + 2
    return (ESCAPES.get(letter, "\\" + letter) if letter not in CODES else HIDDEN), at + 1


def decode_code(number: int, wide: bool) -> str:  # noqa: FBT001 - a property of the number
    """The character of a number; bytes that are no character of their own, and controls, are not known."""
    fine = 0x20 <= number < 0x7F or number in (9, 10) or (wide and 0xA0 < number < 0xD800)
    return chr(number) if fine else HIDDEN
