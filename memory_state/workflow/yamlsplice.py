"""Changing single values in the source text of front matter, leaving every other byte as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from memory_state.core.jsontext import encode_json
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Splice(NamedTuple):
    """Characters `start` to `stop` of a text become `replacement`."""

    start: int
    stop: int
    replacement: str


def splice_values(header: str, root: yaml.Node | None, values: Mapping[str, object], newline: str) -> str:
    """`header` with the given values as JSON, those of new keys on lines of their own at the end.

    `root` is the node tree of `header`, None when it has no key; `newline` ends an added line.
    """
    pairs = {key.value: (key, value) for key, value in root.value} if root else {}
    splices = [
        value_splice(header, *pairs[key], encode_json(value)) for key, value in values.items() if key in pairs
    ]
    margin = " " * root.start_mark.column if root else ""
    added = [
        f"{margin}{key}: {encode_json(value)}{newline}" for key, value in values.items() if key not in pairs
    ]
    return apply_splices(header, splices) + "".join(added)


def apply_splices(text: str, splices: list[Splice]) -> str:
    """`text` with splices that do not overlap, in any order."""
    for each in sorted(splices, reverse=True):
        text = text[: each.start] + each.replacement + text[each.stop :]
    return text


def value_splice(header: str, key: yaml.Node, value: yaml.Node, source: str) -> Splice:
    """What puts `source` in the place of a value; a block list or map moves to its key's line."""
    start, stop = value.start_mark.index, source_end(header, value)
    if is_block_collection(value):
        start = header.index(":", key.end_mark.index) + 1
        return Splice(start, stop, " " + source)
    return Splice(start, stop, source if stop > start else " " + source)


def source_end(header: str, node: yaml.Node) -> int:
    """Where a node's source text ends, without the blank lines and comments that PyYAML counts to it."""
    start, stop = node.start_mark.index, node.end_mark.index
    if is_block_collection(node):
        last = node.value[-1]
        return source_end(header, last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return start + len(header[start:stop].rstrip(" \t\r\n"))
    return stop


def is_block_collection(node: yaml.Node) -> bool:
    """Whether a node is a list or map in block style, one item a line."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style
