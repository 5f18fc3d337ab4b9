"""Front matter of the plain kind, as our own files have it, read without a JSON reader.

Most of a hook's time is the number of functions that it goes through, so what only this program writes
is read in one. Whatever is not plain is left to `read_header`, of which the same values come.
"""

from __future__ import annotations

from memory_state.core.header import HEADER_CONSTANTS, read_header

PLAIN_FENCE = "---\n"


def read_plain_header(text: str) -> dict[str, object]:
    """The values of a file of ours that is front matter alone; HeaderRefused as `read_header` raises it."""
    return plain_header(text) or read_header(text)


def plain_header(text: str) -> dict[str, object] | None:
    """The values of plain front matter, None when it is not plain.

    Plain are texts without a backslash, lists of them, whole numbers and `HEADER_CONSTANTS`. What
    `read_header` refuses may count as plain: this is not for files that others write.
    """
    if not text.startswith(PLAIN_FENCE) or not text.endswith("\n" + PLAIN_FENCE) or "\\" in text:
        return None
    values: dict[str, object] = {}
    for line in text[4:-5].split("\n"):
        key, _, source = line.partition(": ")
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
