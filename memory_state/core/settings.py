"""Settings in TOML's simplest form, `key = JSON scalar` a line, read without a TOML parser."""

from __future__ import annotations

from memory_state.core.jsontext import decode_json


def read_settings(text: str) -> dict[str, object]:
    r"""The settings of a file in the strict form; ValueError where TOML would have to be asked.

    Blank lines and whole-line comments are fine. JSON's strings, whole numbers and booleans mean the
    same in TOML 1.0, as long as a string has no `\\/` and no surrogate escape.
    """
    found: dict[str, object] = {}
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = raw.strip(" ")
        if has_control(line):
            raise ValueError(f"line {number} holds a control character")
        if line[:1] in ("", "#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(" "), value.strip(" ")
        if not equals or not setting_name(name) or name in found or not setting_value(value):
            raise ValueError(f"line {number} is no plain setting: {line[:80]}")
        found[name] = decode_json(value)
    return found


def has_control(line: str) -> bool:
    """Whether a line holds a tab or a character that TOML 1.0 forbids, a comment's included."""
    return not line.isprintable() and any([c < " " or c == "\x7f" for c in line])


def setting_name(name: str) -> bool:
    """Whether a key is bare and in our style: lower-case words and underscores."""
    return name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()


def setting_value(value: str) -> bool:
    """Whether a value is a text without doubtful escapes, a whole number or a boolean."""
    if value[:1] == '"':
        return value[-1:] == '"' and "\\/" not in value and "\\u" not in value and len(value) > 1
    return value in ("true", "false") or (
        value.isascii() and value.isdigit() and (value == "0" or value[0] != "0")
    )
