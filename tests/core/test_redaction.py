"""Secrets never reach what is kept; ordinary text does."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memory_state.core.redaction import redact, redact_end, redact_start

ALNUM = string.ascii_letters + string.digits
URL_SAFE = ALNUM + "-_"


def of(characters: str, least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of these characters."""
    return st.text(characters, min_size=least, max_size=most)


# Tokens of issuers; the part that must not survive is all of it.
TOKENS = st.one_of(
    st.tuples(st.sampled_from(["AKIA", "ASIA"]), of(string.ascii_uppercase + "234567", 16, 16)),
    st.tuples(st.sampled_from(["ghp_", "gho_", "ghs_", "ghu_", "ghr_"]), of(ALNUM, 36, 36)),
    st.tuples(st.just("github_pat_"), of(ALNUM + "_", 40, 82)),
    st.tuples(st.sampled_from(["glpat-", "glptt-", "gldt-"]), of(URL_SAFE, 20, 40)),
    st.tuples(st.sampled_from(["xoxb-", "xoxp-", "xoxe.", "xapp-"]), of(ALNUM + "-", 24, 60)),
    st.tuples(st.sampled_from(["sk_live_", "sk_test_", "rk_live_", "whsec_"]), of(ALNUM, 24, 99)),
    st.tuples(st.sampled_from(["sk-ant-api03-", "sk-proj-", "sk-or-v1-"]), of(URL_SAFE, 40, 95)),
    st.tuples(st.just("sk-9"), of(ALNUM, 40, 48)),
    st.tuples(st.just("AIza"), of(URL_SAFE, 35, 35)),
    st.tuples(st.just("npm_1"), of(ALNUM, 35, 35)),
    st.tuples(st.just("eyJhbGciOiJIUzI1NiJ9."), of(URL_SAFE, 20, 80).map(lambda t: f"eyJ{t}.{t[::-1]}")),
).map("".join)
PASSWORDS = of(ALNUM + "!#%&*+,-./:;?@^_|~()[]{}", 6, 40).filter(
    lambda text: any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
)
# Ways to write a secret down that does not show what it is.
FORMS = (
    "PASSWORD={}", "export DB_PASSWORD={}", "PGPASSWORD={} psql", "MYSQL_PWD={}", "DB_PASS={}",
    "psql --password {} -h db", "tool --password={}", "tool --api-key {} run", "tool --token '{}'",
    'tool --client-secret "{}"', "password: {}", "Password = {}", "token: {}", '"token": "{}"',
    '{{"apiKey":"{}","user":"ann"}}', '{{\\"password\\": \\"{}\\"}}', "config['secret'] = '{}'",
    "aws_secret_access_key = {}", "AWS_SECRET_ACCESS_KEY={} aws s3 ls", "secret_key_base: {}",
    "//registry.npmjs.org/:_authToken={}", "curl -H 'Authorization: Bearer {}' https://x.org",
    "Authorization: Basic {}", "Proxy-Authorization: {}", 'curl -H "X-Api-Key: {}"', "Cookie: session={}",
    '{{"Authorization": "token {}"}}', "https://ann:{}@db.example.org/x", "postgres://u:{}@h:5432/db",
    "https://x.org/?token={}", "client_secret={}", "Authorization:Bearer {}", "PRIVATE_KEY={}",
    "passphrase := {}",
)  # fmt: skip
PROSE = st.text(string.ascii_lowercase + " \n.,", max_size=60)


def pem(body: str, kind: str = "RSA ") -> str:
    """A private key in armour."""
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


@settings(max_examples=300, deadline=None)
@given(PROSE, TOKENS, PROSE)
def test_token_of_a_known_issuer_never_survives(before: str, token: str, after: str) -> None:
    """Wherever it stands, nothing of it is left, and the text around it is."""
    assume(not any(part in before + after for part in (token[:12], token[-12:])))
    shown = redact(f"{before} {token} {after}")
    assert token[-12:] not in shown
    assert token[:12] not in shown
    assert "[redacted]" in shown
    assert redact(f"'{token}'") == "'[redacted]'"


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(FORMS), PASSWORDS)
def test_secret_behind_its_name_never_survives(form: str, secret: str) -> None:
    """An assignment, an option, a header, a URL: whatever the secret is made of, it is gone."""
    assume(not any(mark in secret for mark in ("://", "[redacted]")))
    assume("://" not in form or "@" not in form or not any(c in secret for c in "/?#"))
    shown = redact(form.format(secret))
    assert secret not in shown
    assert "[redacted]" in shown


@settings(max_examples=100, deadline=None)
@given(of(ALNUM + "+/", 64, 1600), st.sampled_from(["RSA ", "", "EC ", "OPENSSH ", "ENCRYPTED "]), PROSE)
def test_private_key_never_survives(body: str, kind: str, around: str) -> None:
    """All of a key block goes, also where its end is missing."""
    key = pem(body, kind)
    for text in (f"{around}\n{key}\n{around}", f"{around}\n{key[: len(key) // 2]}", key.replace("\n", "\\n")):
        shown = redact(text)
        assert body[:20] not in shown
        assert "[redacted]" in shown


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 700), st.one_of(TOKENS, PASSWORDS.map("--password {}".format)), st.integers(0, 6000))
def test_no_half_of_a_secret_is_left_at_a_cut(before: int, secret: str, after: int) -> None:
    """However the cut falls, neither the beginning nor the end of a secret is kept."""
    hidden = secret.removeprefix("--password ")
    text = "word " * before + secret + " word" * after
    for shown in (redact_start(text, 300), redact_end(text, 300), redact_end(text[-7000:], 300, cut=True)):
        assert len(shown) <= 300
        for part in (hidden[:6], hidden[-6:]):
            assert part not in shown or part in "word word [redacted]"


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), TOKENS, st.sampled_from(["", "password=", "--token "]))
def test_text_that_was_cut_off_already_begins_later(kept: int, token: str, name: str) -> None:
    """What is left of a first line, in which a secret may have been cut, is dropped."""
    left = (name + token)[-kept:]
    assert redact_end(f"{left} and more\nsecond line", 500, cut=True).strip() == "second line"


def test_rest_of_a_key_block_is_dropped() -> None:
    """A cut within a private key leaves nothing of it, whether its end is there or not."""
    body = "MIIEowIBAAKCAQEAu1" * 40
    key = pem(body)
    for cut_at in (200, 400, 600):
        shown = redact_end(f"{key[cut_at:]}\nFAILED 2 tests", 500, cut=True)
        assert shown == "\nFAILED 2 tests"
    middle = key[200:600].rpartition("\n")[0]
    assert "AKCAQEAu1" not in redact_end(f"{middle}\nFAILED", 500, cut=True)


@pytest.mark.parametrize(
    "text",
    [
        "3 passed, 1 failed in 0.42s", "PASS: test_login", "pass: 12", "the token expired", "tokens: 1234",
        "max_tokens=4096", "TOKEN_LIMIT=4096", "total_token_count: 51", "password: must be at least 8 long",
        "Password required", "export GITHUB_TOKEN=$GH_TOKEN", "tool --token ${TOKEN}", "password=<password>",
        "password=***", "token: null", "api_key: str", "see the secret garden", "secretary: Ann",
        "author: Ann", "keyboard: us", "key: value", "foreign key (id)", "git commit -m 'Add the auth check'",
        "https://example.org:8080/a@b", "mailto:ann@example.org", "ssh git@github.com:org/repo.git",
        "sk-learn and task-management", "risk-assessment-of-the-quarter", "ASIA-PACIFIC-REGION-2",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b", "sha256:9f86d081884c7d659a2feaa0c55ad015",
        "test_password_is_hashed PASSED", "def check(token, secret):", "E   assert token == secret",
        "npm_config_registry", "hf_hub_download", "basic authentication", "bearer of bad news",
        "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----", "PATH=/usr/bin:/bin", "pat the dog",
        "compat: true", "monkeypatch = 1", "", "日本語 token テスト",
    ],
)  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    """Words about secrets, results of tests, digests and variables are none."""
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PASSWORD=hunter2 make", "PASSWORD=[redacted] make"),
        ('TOKEN="a b" make', 'TOKEN="[redacted]" make'),
        ("token: swordfish", "token: [redacted]"),
        ('{"apiKey":"x1","user":"ann"}', '{"apiKey":"[redacted]","user":"ann"}'),
        ("git clone https://ann:pw@github.com/x", "git clone https://ann:[redacted]@github.com/x"),
        ('curl -H "Authorization: Bearer abc" x', 'curl -H "Authorization: [redacted]" x'),
        ("the key is a1b2c3d4e5f6a7b8c9d0", "the key is a1b2c3d4e5f6a7b8c9d0"),
        ("secret a1b2c3d4e5f6a7b8c9d0 here", "secret [redacted] here"),
        ("Bearer abcdef123456 sent", "Bearer [redacted] sent"),
        ("X=AKIAIOSFODNN7EXAMPLE;Y=1", "X=[redacted];Y=1"),
        ("password=a b\ntoken=c d", "password=[redacted] b\ntoken=[redacted] d"),
    ],
)
def test_only_the_secret_goes(text: str, shown: str) -> None:
    """Its name and what stands around it stay, so that a record still says what was done."""
    assert redact(text) == shown


def test_name_within_another_s_value_is_seen_too() -> None:
    """An open quote makes a value long, and hides nothing that stands in it."""
    shown = redact("printf 'password: one1' 7; it's printf 'password: two2' 8")
    assert "one1" not in shown
    assert "two2" not in shown


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    """Whatever comes in, redacting twice changes no more than once, and short text keeps its length limit."""
    once = redact(text)
    assert redact(once) == once
    assert len(redact_start(text, 50)) <= 50
    assert len(redact_end(text, 50)) <= 50


@pytest.mark.parametrize(
    "text",
    ["password" * 200_000, "://a:" * 200_000, "-----BEGIN " * 100_000, "sk-" * 400_000, "eyJ" * 400_000,
     "token='" * 200_000, "x" * 2_000_000, "password=" * 200_000, "key=" * 400_000, "password=${" * 100_000,
     "password: a " * 100_000, "key keykey" * 100_000, "auth\n" * 100_000],
)  # fmt: skip
def test_hostile_text_costs_no_time(text: str) -> None:
    """Only so much of a text is looked at that no text can hold the hook up."""
    began = time.process_time()
    redact_start(text, 8000)
    redact_end(text, 8000)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "start",
    [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-",
        "gloas-", "glft-", "glsoat-", "glagent-", "GR1348941", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
        "xoxe-", "xoxe.", "xapp-", "hooks.slack.com/services/", "sk_live_", "sk_test_", "rk_live_",
        "rk_test_", "whsec_", "sk-ant-", "sk-proj-", "sk-or-", "sk-", "AIza", "ya29.", "1//0", "npm_",
        "pypi-", "dckr_pat_", "hf_", "SG.", "dop_v1_", "shpat_", "lin_api_", "hvs.", "ATATT3",
        "AGE-SECRET-KEY-1", "eyJ", "AKIA", "ASIA", "AGPA", "AROA", "AIDA", "ABIA", "ACCA",
    ],
)  # fmt: skip
def test_every_known_issuer(start: str) -> None:
    """What begins like one of these tokens and goes on long enough is none of a word."""
    token = start + "A2B3C4D5E6F7" * 3
    assert redact(f"see {token} there") == "see [redacted] there"


@pytest.mark.parametrize(
    "name",
    [
        "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "mypassword",
        "pwd", "db_pwd", "credential", "credentials", "db_pass", "db_pw", "gitlab_pat", "npm_auth", "token",
        "authtoken", "api_key", "access-key", "private.key", "secretKey", "auth_key", "signing_key",
        "encryption_key", "account_key", "master_key", "shared_key", "password2",
    ],
)  # fmt: skip
def test_every_name_of_a_secret(name: str) -> None:
    """What is assigned to one of these names goes, though it looks like a word."""
    assert redact(f"{name}=hunter") == f"{name}=[redacted]"


@pytest.mark.parametrize(
    "name", ["key", "monkey", "keyboard", "pass", "path", "compass", "author", "pattern"]
)
def test_other_names_show_their_words(name: str) -> None:
    """A name that only looks like these keeps a value that looks like a word."""
    assert redact(f"{name}=hunter") == f"{name}=hunter"


@pytest.mark.parametrize(
    "value",
    ["none", "null", "true", "false", "nil", "undefined", "required", "optional", "str", "string", "int",
     "bool", "bytes"],
)  # fmt: skip
def test_a_placeholder_is_no_secret(value: str) -> None:
    """What stands for a value that is given elsewhere stays."""
    assert redact(f"password: {value}") == f"password: {value}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: xYz then more", "password: [redacted] then more"),
        ("password: must be long", "password: must be long"),
        ("password: hunter", "password: [redacted]"),
        ('password="one two" and "more"', 'password="[redacted]" and "more"'),
        ("password=a'b c'd e 'f'", "password=[redacted] e 'f'"),
    ],
)
def test_a_value_ends_where_its_word_or_quotes_end(text: str, shown: str) -> None:
    """A word of a sentence is no value; what stands behind a value is kept."""
    assert redact(text) == shown
