"""Front matter of the plain kind, as our own files have it, read without a JSON reader.

Most of a hook's time is the number of functions that it goes through, so what only this program writes
is read in one. Whatever is not plain is left to `read_header`, of which the same values come.
"""

from __future__ import annotations

from memory_state.core.header import HEADER_CONSTANTS, YAML_WORDS, read_header

PLAIN_FENCE = "---\n"


def read_plain_header(text: str) -> dict[str, object]:
    """The values of a file of ours that is front matter alone; HeaderRefused as `read_header` raises it."""
    return plain_header(text) or read_header(text)


def plain_header(text: str) -> dict[str, object] | None:
    """The values of plain front matter, None when it is not plain.

    Plain are texts without a backslash, lists of them, whole numbers and `HEADER_CONSTANTS`. The limits of
    `read_header` are not looked at: this is not for files that others write.
    """
    fenced = text.startswith(PLAIN_FENCE) and text.endswith("\n" + PLAIN_FENCE)
    if not fenced or "\\" in text or not text.replace("\n", "").isprintable():
        return None
    values: dict[str, object] = {}
    for line in text[4:-5].split("\n"):
        key, _, source = line.partition(": ")
        if key in values or not key.isidentifier() or key in YAML_WORDS:
            return None
        quotes = source.count('"')
        if quotes == 2 and source[0] == source[-1] == '"':
            values[key] = source[1:-1]
        elif source in HEADER_CONSTANTS:
            values[key] = HEADER_CONSTANTS[source]
        elif source.isdigit() and source.isascii() and str(int(source[:18])) == source:
            values[key] = int(source)
        elif source[:2] == '["' and source[-2:] == '"]':
            texts: list[object] = [*source[2:-2].split('", "')]
            if quotes != 2 * len(texts):
                return None
            values[key] = texts
        elif source == "[]":
            values[key] = []
        else:
            return None
    return values
