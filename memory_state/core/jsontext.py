"""JSON for the hook path: strict reading by CPython's C scanner, writing that PyYAML reads the same."""

from __future__ import annotations

JSON_DEPTH = 16
JSON_DIGITS = 18
JSON_KEY = 100
JSON_SPACE = " \t\n\r"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


def decode_json(text: str) -> object:
    """The value of one strict JSON text (RFC 8259); ValueError for anything else.

    NaN, Infinity and an object with the same key twice are refused too. Numbers with a fraction or
    an exponent become float; a lone surrogate escape becomes a lone surrogate, as in `json`.
    """
    text = text.strip(JSON_SPACE)
    try:
        value, end = json_scanner()(text, 0)
    except (SystemError, StopIteration, IndexError, RecursionError) as error:
        # Without `json` loaded the C scanner has no class of its own to raise.
        raise ValueError("not JSON") from error
    if end != len(text):
        raise ValueError(f"more text after the JSON value, at character {end + 1}")
    return value


def encode_json(value: object) -> str:
    """`value` as JSON on one line, `{"a": 1, "b": ["x"]}`, which PyYAML reads as the same value.

    Taken are str, int, bool, None, list, tuple and dict with str keys. ValueError for other types,
    lone surrogates, and whatever `check_json_limits` refuses.
    """
    check_json_limits(value)
    return json_text(value, ", ", ": ")


def encode_json_event(value: object) -> str:
    """`value` as compact JSON without a raw backtick, for the code span of an event line.

    The types are those of `encode_json`, without its limits; ValueError for other ones.
    """
    try:
        if isinstance(value, dict) and (text := flat_json(value)):
            return text
        # A backtick can only stand inside a string, where its escape means the same.
        return json_text(value, ",", ":").replace("`", "\\u0060")
    except RecursionError as error:
        raise ValueError("nested too deeply for JSON") from error


def flat_json(value: dict[object, object]) -> str:
    """An object as `encode_json_event` gives it where no text needs an escape; else empty.

    All of it is looked at once: every quote must be one of those that were put there.
    """
    pairs = []
    quotes = 2 * len(value)
    for key, item in value.items():
        if type(key) is not str:
            return ""
        if type(item) is str:
            pairs.append(f'"{key}":"{item}"')
            quotes += 2
        elif type(item) is int:
            pairs.append(f'"{key}":{item}')
        else:
            written = json_text(item, ",", ":")
            pairs.append(f'"{key}":{written}')
            quotes += written.count('"')
    text = "{" + ",".join(pairs) + "}"
    plain = text.isprintable() and "\\" not in text and "`" not in text
    return text if plain and text.count('"') == quotes else ""


def check_json_limits(value: object, depth: int = 0) -> None:
    """ValueError unless `value` keeps to what every reader of a header takes.

    At most 16 levels of lists and objects, keys of at most 100 characters (YAML 1.1 ends an implicit
    key at 1,024), integers of at most 18 digits, no float.
    """
    if isinstance(value, dict):
        check_json_items(value, depth)
        for key in value:
            if isinstance(key, str) and len(key) > JSON_KEY:
                raise ValueError(f"a key is longer than {JSON_KEY} characters")
    elif isinstance(value, (list, tuple)):
        check_json_items(value, depth)
    elif isinstance(value, float) or (
        isinstance(value, int) and not -(10**JSON_DIGITS) < value < 10**JSON_DIGITS
    ):
        raise ValueError(f"a number that is no integer of at most {JSON_DIGITS} digits")


def check_json_items(value: dict[object, object] | list[object] | tuple[object, ...], depth: int) -> None:
    """`check_json_limits` for what a list or an object at `depth` holds."""
    if depth == JSON_DEPTH:
        raise ValueError(f"nested deeper than {JSON_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value:
        if not isinstance(item, str):
            check_json_limits(item, depth + 1)


def json_text(value: object, comma: str, colon: str) -> str:
    """`value` as JSON with the given separators; ValueError for a type that JSON or YAML lacks."""
    if isinstance(value, str):
        return json_string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, (list, tuple)):
        return "[" + comma.join([json_text(item, comma, colon) for item in value]) + "]"
    if isinstance(value, dict):
        pairs = [json_name(key) + colon + json_text(item, comma, colon) for key, item in value.items()]
        return "{" + comma.join(pairs) + "}"
    raise ValueError(f"a {type(value).__name__} cannot be written")


def json_name(key: object) -> str:
    """The key of an object as JSON; ValueError unless it is a str."""
    if not isinstance(key, str):
        raise ValueError(f"a key must be a str, not a {type(key).__name__}")  # noqa: TRY004 - as documented
    return json_string(key)


def json_string(text: str) -> str:
    """`text` quoted; ValueError for a lone surrogate."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    if not text.isprintable():
        text = "".join([c if c.isprintable() else json_escape(c) for c in text])
    return f'"{text}"'


def json_escape(character: str) -> str:
    """An unprintable character escaped; beyond U+FFFF raw, as PyYAML does not join surrogate pairs."""
    if "\ud800" <= character <= "\udfff":
        raise ValueError("a lone surrogate cannot be written")
    return character if character > "\uffff" else f"\\u{ord(character):04x}"


def json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The dict of an object's pairs; ValueError when a key comes twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object has the same key twice")
    return result


def refuse_json_constant(name: str) -> NoReturn:
    """ValueError: NaN and Infinity are no JSON, though `json` reads them."""
    raise ValueError(f"{name} is not JSON")


class JsonRules:
    """The context that `_json.make_scanner` reads its settings from (CPython, Modules/_json.c)."""

    strict = True
    object_hook = None
    object_pairs_hook = json_object
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = refuse_json_constant


def json_scanner() -> Callable[[str, int], tuple[object, int]]:
    """A function from text and position to value and end; importing `json` costs more than the hook."""
    try:
        from _json import make_scanner

        return make_scanner(JsonRules)  # type: ignore[arg-type]  # any object with these attributes will do
    except (ImportError, AttributeError, TypeError):
        return json_fallback


def json_fallback(text: str, at: int) -> tuple[object, int]:
    """The scanner for an interpreter whose `_json` is missing or has changed."""
    from json import JSONDecoder

    check_json_escapes(text)
    decoder = JSONDecoder(
        object_pairs_hook=json_object,
        parse_int=json_ascii_int,
        parse_float=json_ascii_float,
        parse_constant=refuse_json_constant,
    )
    return decoder.raw_decode(text, at)


def json_ascii_int(digits: str) -> int:
    """The integer; ValueError for digits of other scripts, which the Python scanner lets through."""
    if not digits.isascii():
        raise ValueError("digits other than 0-9")
    return int(digits)


def json_ascii_float(digits: str) -> float:
    """The float; ValueError for digits of other scripts, which the Python scanner lets through."""
    if not digits.isascii():
        raise ValueError("digits other than 0-9")
    return float(digits)


def check_json_escapes(text: str) -> None:
    r"""ValueError for a `\u` without four hexadecimal digits; the Python scanner takes `\u1_23`."""
    for part in text.replace("\\\\", "").split("\\u")[1:]:
        if len(part) < 4 or part[:4].strip("0123456789abcdefABCDEF"):
            raise ValueError("an escape without four hexadecimal digits")
