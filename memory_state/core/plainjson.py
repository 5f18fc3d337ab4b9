"""JSON of the plain kind, as clients and our own front matter write it, read without a scanner.

Loading the C scanner costs more than judging a call. This reader cuts a text at its quotes and looks
at what stands between the strings. It gives the value that `decode_json` gives, or none at all.
"""

from __future__ import annotations

PLAIN_QUOTES = 400
PLAIN_DEPTH = 12
PLAIN_DIGITS = 18
PLAIN_LENGTH = 16384

TYPE_CHECKING = False
if TYPE_CHECKING:
    Token = str | tuple[str | None]


def plain_json(raw: bytes, needed: tuple[str, ...] | None = None) -> tuple[object] | None:
    r"""The value of a JSON text, alone in a tuple; None where `decode_json` must be asked.

    Floats, `\u`, line breaks between values, more than 200 strings and deep nesting are not plain. With
    `needed`, a string of more than 16 KiB reads as empty and is neither checked nor decoded, unless
    the key it stands under is among those needed.
    """
    if raw.count(b'"') > PLAIN_QUOTES:
        return None
    pieces = raw.split(b'"')
    if b"\\" in raw:
        pieces = whole_strings(pieces)
    if not len(pieces) % 2:
        return None
    try:
        tokens = plain_tokens(pieces, needed is not None)
        value = plain_node(tokens, needed or (), 0)
    except (ValueError, IndexError):
        return None
    return None if tokens else (value,)


def whole_strings(pieces: list[bytes]) -> list[bytes]:
    """The pieces between quotes, those joined between which the quote is an escaped one."""
    found: list[bytes] = []
    parts: list[bytes] = []
    for piece in pieces:
        parts.append(piece)
        escaped = piece[-1:] == b"\\" and (len(piece) - len(piece.rstrip(b"\\"))) % 2
        if not escaped or len(found) % 2 == 0:
            found.append(parts[0] if len(parts) == 1 else b'"'.join(parts))
            parts = []
    return [] if parts else found


def plain_tokens(pieces: list[bytes], skipping: bool) -> list[Token]:  # noqa: FBT001 - a cheap call
    """Marks, words and strings, a string alone in a tuple, the last first; ValueError for a long one."""
    found: list[Token] = []
    inside = True
    for piece in pieces:
        inside = not inside
        if inside:
            found.append((plain_string(piece, skipping) if piece else "",))
        elif piece in (b",", b":"):
            found.append("," if piece == b"," else ":")
        else:
            text = piece.decode("ascii")
            if not text.isprintable():
                raise ValueError("not plain")
            for mark in "{}[],:":
                text = text.replace(mark, f" {mark} ")
            found.extend(text.split())
    found.reverse()
    return found


def plain_string(piece: bytes, skipping: bool) -> str | None:  # noqa: FBT001 - a cheap call
    """The string between two quotes; None for one too long to look at, ValueError for one not plain."""
    if skipping and len(piece) > PLAIN_LENGTH:
        return None
    text = piece.decode()
    if not text.isprintable():
        raise ValueError("not plain")
    if "\\" in text:
        text = text.replace("\\\\", "\0").replace('\\"', '"').replace("\\/", "/")
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r")
        if "\\" in text:
            raise ValueError("not plain")
        text = text.replace("\0", "\\")
    return text


def plain_node(tokens: list[Token], needed: tuple[str, ...], depth: int) -> object:
    """The value that begins at the last token, all its tokens taken; ValueError when it is not plain."""
    token = tokens.pop()
    if isinstance(token, tuple):
        return token[0] or ""
    if token in "{[" and depth < PLAIN_DEPTH:
        return (plain_object if token == "{" else plain_array)(tokens, needed, depth + 1)
    if token.isdigit() and len(token) <= PLAIN_DIGITS and (token[0] != "0" or token == "0"):
        return int(token)
    if token not in ("true", "false", "null"):
        raise ValueError("not plain")
    return None if token == "null" else token == "true"


def plain_object(tokens: list[Token], needed: tuple[str, ...], depth: int) -> dict[str, object]:
    """The object whose opening brace is taken."""
    found: dict[str, object] = {}
    if tokens[-1] == "}":
        tokens.pop()
        return found
    while True:
        name = tokens.pop()
        key = name[0] if isinstance(name, tuple) else None
        if key is None or key in found or tokens.pop() != ":":
            raise ValueError("not plain")
        if tokens[-1] == (None,) and key in needed:
            raise ValueError("not plain")
        found[key] = plain_node(tokens, needed, depth)
        if plain_end(tokens.pop(), "}"):
            return found


def plain_array(tokens: list[Token], needed: tuple[str, ...], depth: int) -> list[object]:
    """The array whose opening bracket is taken."""
    found: list[object] = []
    if tokens[-1] == "]":
        tokens.pop()
        return found
    while True:
        found.append(plain_node(tokens, needed, depth))
        if plain_end(tokens.pop(), "]"):
            return found


def plain_end(token: Token, closing: str) -> bool:
    """Whether a token ends an object or an array; ValueError when it is no comma either."""
    if token == closing:
        return True
    if token != ",":
        raise ValueError("not plain")
    return False
