"""Strict JSON (RFC 8259) with the place of every value in its text."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from memory_state.workflow.tuples import NamedTuple

DEPTH = 64
"""Levels of objects and arrays that are read."""

BOM = "\ufeff"
SPACE = re.compile(r"[ \t\r\n]*")


class Node(NamedTuple):
    """One value: `text[start:end]` is its source; `kind` is object, array or scalar."""

    kind: str
    start: int
    end: int
    value: object
    members: tuple[Member, ...] = ()


class Member(NamedTuple):
    """One member of an object or array; `start` is where its key (in an array: its value) starts."""

    key: str | int
    start: int
    node: Node


def positions(text: str) -> Node:
    """The tree of a JSON text, which may start with a BOM; offsets count characters of `text`.

    ValueError, as `line 3: SENTENCE`, for whatever strict JSON does not allow, for a key that stands
    twice in its object, and for more than 64 levels.
    """
    node = read_value(text, after_space(text, text.startswith(BOM)), 0)
    rest = after_space(text, node.end)
    return node if rest == len(text) else refuse(text, rest, "there is more after the JSON value")


def read_value(text: str, at: int, depth: int) -> Node:
    """The value that starts at `at`."""
    if depth == DEPTH and text[at : at + 1] in ("{", "["):
        refuse(text, at, f"objects and arrays go deeper than {DEPTH} levels")
    match text[at : at + 1]:
        case "{":
            members, end = read_object(text, at, depth)
            return Node("object", at, end, {str(m.key): m.node.value for m in members}, members)
        case "[":
            members, end = read_array(text, at, depth)
            return Node("array", at, end, [m.node.value for m in members], members)
    value, end = read_scalar(text, at)
    return Node("scalar", at, end, value)


def read_object(text: str, opening: int, depth: int) -> tuple[tuple[Member, ...], int]:
    """The members of the object that opens at `opening`, and its end."""
    members: dict[str, Member] = {}
    at = after_space(text, opening + 1)
    while text[at : at + 1] != "}" or members:
        member = read_pair(text, at, depth)
        if str(member.key) in members:
            refuse(text, at, f"the key {json.dumps(member.key)} stands twice in one object")
        members[str(member.key)] = member
        at, closed = after_member(text, member.node.end, "}")
        if closed:
            break
    return tuple(members.values()), at + 1


def read_array(text: str, opening: int, depth: int) -> tuple[tuple[Member, ...], int]:
    """The members of the array that opens at `opening`, and its end."""
    members: list[Member] = []
    at = after_space(text, opening + 1)
    while text[at : at + 1] != "]" or members:
        node = read_value(text, at, depth + 1)
        members.append(Member(len(members), at, node))
        at, closed = after_member(text, node.end, "]")
        if closed:
            break
    return tuple(members), at + 1


def read_pair(text: str, at: int, depth: int) -> Member:
    """The `"key": value` that starts at `at`."""
    if text[at : at + 1] != '"':
        refuse(text, at, "a key in double quotes is expected")
    key, end = read_scalar(text, at)
    colon = after_space(text, end)
    if text[colon : colon + 1] != ":":
        refuse(text, colon, f"a colon is expected after the key {json.dumps(key)}")
    return Member(str(key), at, read_value(text, after_space(text, colon + 1), depth + 1))


def after_member(text: str, end: int, closing: str) -> tuple[int, bool]:
    """Where the next member starts and False, or where the container closes and True."""
    at = after_space(text, end)
    if text[at : at + 1] == closing:
        return at, True
    if text[at : at + 1] != ",":
        refuse(text, at, f"a comma or {closing} is expected")
    return after_space(text, at + 1), False


def read_scalar(text: str, at: int) -> tuple[object, int]:
    """The string, number or name that starts at `at`, and its end."""
    try:
        value, end = SCALARS.raw_decode(text, at)
    except json.JSONDecodeError as error:
        refuse(text, error.pos, f"this is no JSON ({error.msg})")
    except ValueError as error:
        refuse(text, at, f"this is no JSON ({error})")
    return value, end


def after_space(text: str, at: int) -> int:
    """The first place from `at` on that holds no white space."""
    found = SPACE.match(text, at)
    return found.end() if found else at


def refuse(text: str, at: int, sentence: str) -> NoReturn:
    """ValueError with the line of offset `at`."""
    line = text.count("\n", 0, at) + 1
    raise ValueError(f"line {line}: {sentence}")


def refuse_constant(name: str) -> NoReturn:
    """ValueError for NaN and Infinity, which the standard library would read."""
    raise ValueError(f"{name} is no JSON value")


SCALARS = json.JSONDecoder(parse_constant=refuse_constant)
