"""The front matter of Markdown files that people edit: read with line numbers, changed in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.core.errors import Broken
from memory_state.core.header import HeaderRefused, read_header, split_header
from memory_state.core.jsontext import decode_json, encode_json
from memory_state.workflow.model import Problem
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workflow.yamltext import NodePath


class Parsed(NamedTuple):
    """A Markdown file as read.

    `places` gives line and column in the file, from 1, of each node by its path of keys and list
    positions, () for the first; `body` begins in line `body_line`. With problems, `values` holds what
    could be read.
    """

    values: dict[str, object]
    places: dict[NodePath, tuple[int, int]]
    body: str
    body_line: int
    problems: tuple[Problem, ...]

    @property
    def lines(self) -> dict[NodePath, int]:
        """The line of each node."""
        return {path: line for path, (line, _) in self.places.items()}


def parse(text: str) -> Parsed:
    """What a Markdown file's front matter says; the problems carry lines and an empty path.

    YAML 1.2's null, true, false and decimal integers; every other plain word is text. A leading
    U+FEFF belongs to neither front matter nor body. A text without front matter is all body.
    """
    try:
        split_header(text)
    except HeaderRefused as refused:
        return Parsed({}, {}, text.removeprefix("\ufeff"), 1, (fence_problem(text, refused),))
    from memory_state.workflow.yamlheader import parse_yaml

    return parse_yaml(text)


def fence_problem(text: str, refused: HeaderRefused) -> Problem:
    """Why no front matter was found."""
    if is_merge_marker(text):
        return Problem("", 1, "a merge-conflict marker: keep one of the two versions", 1)
    return Problem("", refused.line, refused.why, 1)


def is_merge_marker(text: str) -> bool:
    """Whether a text begins with a line in which git marks a conflict."""
    return bool(re.match(r"(?:<{7}|>{7}|\|{7}) |={7}\r?$", text, re.MULTILINE))


def set_values(text: str, changes: Mapping[str, object]) -> str:
    """`text` with the front matter keys of `changes` set, each value as JSON, all else as it was.

    A value that is equal already is not touched; a key that is missing gets a line before the closing
    fence. ValueError for a value that `encode_json` refuses; Broken when the front matter cannot be
    read, or when the result would say anything else than asked.
    """
    old = readable_values(text)
    wanted = {key: decode_json(encode_json(value)) for key, value in changes.items()}
    changed = {key: value for key, value in wanted.items() if key not in old or not is_same(old[key], value)}
    if not changed:
        return text
    from memory_state.workflow.yamlloader import compose
    from memory_state.workflow.yamlsplice import splice_values

    start, stop, _ = split_header(text)
    newline = "\r\n" if text[:start].endswith("\r\n") else "\n"
    header = text[start:stop]
    root, _ = compose(header)
    result = text[:start] + splice_values(header, root, changed, newline) + text[stop:]
    check_result(text, result, {**old, **changed})
    return result


def readable_values(text: str) -> dict[str, object]:
    """The values of front matter without a problem; else Broken with the first one."""
    try:
        return read_header(text)
    except HeaderRefused:
        parsed = parse(text)
    if parsed.problems:
        first = parsed.problems[0]
        raise Broken(f"The front matter cannot be changed; line {first.line}: {first.message}.")
    return parsed.values


def check_result(text: str, result: str, wanted: dict[str, object]) -> None:
    """Broken unless `result` says exactly what is wanted above the body that `text` has."""
    values = readable_values(result)
    if not is_same(values, wanted) or result[split_header(result)[2] :] != text[split_header(text)[2] :]:
        raise Broken(
            "The front matter's form does not let single values be changed; write one `key: value` a line."
        )


def is_same(one: object, other: object) -> bool:
    """Equality that tells 1 from true; the order of a map's keys does not count."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other
