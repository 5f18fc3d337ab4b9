"""Stored text on its way out: to a terminal, to a model, into a message."""

from __future__ import annotations


def visible_text(text: str) -> str:
    r"""`text` with every character that could steer a terminal or hide written as `\xNN` or `\uNNNN`.

    Newline and tab stay; C0, DEL, C1, bidirectional controls, zero-width and tag characters go.
    """
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() or c in "\n\t" else escaped_character(c) for c in text])


def escaped_character(character: str) -> str:
    r"""`\xNN`, `\uNNNN` or `\UNNNNNNNN`."""
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def one_line(text: str, limit: int) -> str:
    """`text` in one visible line of at most `limit` characters, cut with `…`."""
    text = visible_text(" ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def column_text(text: str) -> str:
    """Stored text for a column that ends with a tab: whole, visible, in one line."""
    return visible_text(" ".join(text.split()))


def column(*values: object) -> str:
    """One line of columns that tabs separate; what is empty is `-`."""
    return "\t".join(column_text(str(each)) or "-" for each in values)
