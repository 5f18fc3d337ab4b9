"""Secrets that are known by their form: tokens of known issuers, private keys, passwords in URLs."""

from __future__ import annotations

# What a token of a known issuer begins with, and how many characters follow at least.
TOKEN_FORMS = (
    ("ghp_", 16), ("gho_", 16), ("ghu_", 16), ("ghs_", 16), ("ghr_", 16), ("github_pat_", 16),
    ("glpat-", 12), ("gldt-", 12), ("glrt-", 12), ("glcbt-", 12), ("glptt-", 12), ("gloas-", 12),
    ("glft-", 12), ("glsoat-", 12), ("glagent-", 12), ("GR1348941", 12),
    ("xoxb-", 8), ("xoxp-", 8), ("xoxa-", 8), ("xoxr-", 8), ("xoxs-", 8), ("xoxe-", 8), ("xoxe.", 8),
    ("xapp-", 8), ("hooks.slack.com/services/", 8),
    ("sk_live_", 8), ("sk_test_", 8), ("rk_live_", 8), ("rk_test_", 8), ("whsec_", 8),
    ("sk-ant-", 8), ("sk-proj-", 8), ("sk-or-", 8), ("sk-", 20),
    ("AIza", 30), ("ya29.", 16), ("1//0", 20), ("npm_", 24), ("pypi-", 24), ("dckr_pat_", 12), ("hf_", 24),
    ("SG.", 24), ("dop_v1_", 16), ("shpat_", 16), ("lin_api_", 16), ("hvs.", 16), ("ATATT3", 16),
    ("AGE-SECRET-KEY-1", 16), ("eyJ", 17),
)  # fmt: skip
# Of capital letters and digits only (AWS, "Understanding unique ID prefixes").
CAPITAL_FORMS = (
    ("AKIA", 12), ("ASIA", 12), ("AGPA", 12), ("AROA", 12), ("AIDA", 12), ("ABIA", 12), ("ACCA", 12),
)  # fmt: skip
# Those that ordinary words may begin with count only with a digit among what follows.
LOOSE_FORMS = ("sk-", "npm_", "pypi-", "hf_", "SG.")
RUN_MARKS = "_-./+=~%:"


def key_blocks(text: str) -> list[tuple[int, int]]:
    """The private keys in armour, also of one that does not end."""
    found = []
    at = text.find("-----BEGIN ")
    while at >= 0:
        head = text.find("-----", at + 11)
        head = len(text) if head < 0 else head
        last = head
        if "PRIVATE KEY" in text[at:head] or head == len(text):
            end = text.find("-----END ", head)
            last = len(text) if end < 0 else block_end(text, end)
            found.append((at, last))
        at = text.find("-----BEGIN ", max(last, at + 11))
    return found


def block_end(text: str, at: int) -> int:
    """Where the last line of a key block, which begins at `at`, ends."""
    end = text.find("-----", at + 9)
    return len(text) if end < 0 else end + 5


def known_tokens(text: str) -> list[tuple[int, int]]:
    """The tokens that are known by what they begin with."""
    found = []
    for forms, ends in ((TOKEN_FORMS, token_end), (CAPITAL_FORMS, capitals_end)):
        for prefix, least in forms:
            at = text.find(prefix)
            while at >= 0:
                behind = at + len(prefix)
                last = ends(text, behind)
                if is_token(text, at, behind, last, prefix, least):
                    found.append((at, last))
                at = text.find(prefix, max(behind, last))
    return found


def is_token(text: str, at: int, behind: int, last: int, prefix: str, least: int) -> bool:
    """Whether a prefix begins a word and enough follows it; at the very end of a text less is enough."""
    if at and text[at - 1].isalnum():
        return False
    if prefix in LOOSE_FORMS:
        return last - behind >= least and any([c.isdigit() for c in text[behind:last]])
    return last - behind >= least or (last == len(text) and last - behind >= 4)


def capitals_end(text: str, at: int) -> int:
    """Where a run of capital letters and digits ends."""
    while at < len(text) and text[at].isascii() and (text[at].isupper() or text[at].isdigit()):
        at += 1
    return at


def token_end(text: str, at: int) -> int:
    """Where a run of characters that tokens are made of ends."""
    while at < len(text) and text[at].isascii() and (text[at].isalnum() or text[at] in RUN_MARKS):
        at += 1
    return at


def url_passwords(text: str) -> list[tuple[int, int]]:
    """The passwords in `SCHEME://USER:PASSWORD@HOST`, and a user that looks like a token."""
    found = []
    end = 0
    at = text.find("://")
    while at >= 0:
        start = at + 3
        end = url_end(text, start) if start >= end else end
        sign = text.rfind("@", start, end)
        if sign > start:
            colon = text.find(":", start, sign)
            if 0 <= colon < sign - 1 and not is_port(text[colon + 1 : sign]):
                found.append((colon + 1, sign))
            elif colon < 0 and looks_random(text[start:sign], 16):
                found.append((start, sign))
        at = text.find("://", start)
    return found


def is_port(text: str) -> bool:
    """Whether what follows a URL's colon is a port and a path, with an `@` somewhere in it."""
    number, slash, _ = text.partition("/")
    return number.isdigit() and bool(slash)


def url_end(text: str, at: int) -> int:
    """Where a URL ends: at a blank, a quote or an angle bracket."""
    while at < len(text) and not (text[at].isspace() or text[at] in "\"'<>`"):
        at += 1
    return at


def looks_random(value: str, least: int) -> bool:
    """Whether a value is too mixed for a word: long enough, of letters and digits in turn."""
    bare = value.strip(".,;:)}]'\"")
    if len(bare) < least or any([c.isspace() for c in bare]):
        return False
    digits = sum([c.isdigit() for c in bare])
    letters = sum([c.isalpha() for c in bare])
    mixed = not (bare.islower() or bare.isupper())
    return (digits >= 2 and letters >= 2) or (mixed and letters >= 20 and "/" not in bare)
