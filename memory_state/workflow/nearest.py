"""What a word that is not known may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'WORD'?` with the most similar known word, or nothing."""
    import difflib

    near = difflib.get_close_matches(word[:80].casefold(), list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
