"""Secrets in text that is about to be kept: found by their form, or by the name they stand behind.

A finding is a range of the text. Whoever shortens a text looks for secrets in a little more than is
kept, so that none is cut in two and then no longer known.
"""

from __future__ import annotations

from memory_state.core.secretforms import block_end, key_blocks, known_tokens, url_passwords
from memory_state.core.secretnames import REDACTED, line_end, named_secrets, skip_blanks, word_end

REDACTION_MARGIN = 4096
REDACTED_AT_MOST = 16384


def redact(text: str, start: int = 0, end: int | None = None) -> str:
    """`text[start:end]` with every secret in it, or in part in it, replaced by `[redacted]`.

    Secrets are looked for in all of `text`; what is beyond its first 16,384 characters is dropped.
    """
    text = text[:REDACTED_AT_MOST]
    end = len(text) if end is None else min(end, len(text))
    parts = []
    at = start
    for first, last in merged_ranges(secret_ranges(text)):
        if last <= at or first >= end:
            continue
        parts.append(text[at:first] + REDACTED)
        at = last
    return "".join(parts) + text[at:end]


def redact_start(text: str, limit: int) -> str:
    """The first `limit` characters of a text without its secrets, cut with `…`."""
    if len(text) <= limit:
        return redact(text)
    return redact(text[: limit + REDACTION_MARGIN], 0, limit - 1)[: limit - 1] + "…"


def redact_end(text: str, limit: int, *, cut: bool = False) -> str:
    """The last `limit` characters of a text without its secrets.

    `cut` says that the text is itself the end of another. What it then begins with is dropped, as it
    could be half a secret.
    """
    cut = cut or len(text) > limit + REDACTION_MARGIN
    text = text[-(limit + REDACTION_MARGIN) :]
    start = max(len(text) - limit, first_whole(text) if cut else 0)
    return redact(text, start)[-limit:]


def first_whole(text: str) -> int:
    """Where a text that was cut off can be read from: behind its first line, or what is left of a key block.

    Of a very long line two words are dropped: a name and the value behind it.
    """
    end = text.find("-----END ")
    if end >= 0 and text.find("-----BEGIN ", 0, end) < 0:
        return block_end(text, end)
    at = text.find("\n", 0, REDACTION_MARGIN)
    if at < 0:
        return word_end(text, skip_blanks(text, word_end(text, 0)))
    while is_key_line(text[at : line_end(text, at + 1)].strip()):
        at = line_end(text, at + 1)
    return at


def is_key_line(line: str) -> bool:
    """Whether a line looks like one of a key block: base64 and nothing else."""
    return len(line) >= 40 and all([c.isascii() and (c.isalnum() or c in "+/=") for c in line])


def merged_ranges(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that overlap or touch made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def secret_ranges(text: str) -> list[tuple[int, int]]:
    """Where the secrets of a text are, in no particular order."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join([c.lower() if c.isascii() else c for c in text])
    return [*key_blocks(text), *known_tokens(text), *url_passwords(text), *named_secrets(text, folded)]
