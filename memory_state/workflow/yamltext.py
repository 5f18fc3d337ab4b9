"""YAML as people write it in front matter, without its surprises: dates stay text, `no` stays text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from memory_state.workflow.model import Problem
from memory_state.workflow.tuples import NamedTuple
from memory_state.workflow.yamlloader import TAG, compose, file_place, guard, line_breaks, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = 200
DIGITS = 18

NodePath = tuple[str | int, ...]

SURROGATE = re.compile("[\ud800-\udfff]")


class Reading(NamedTuple):
    """What a header says: its values, file line and column of each node by path, what is wrong with it."""

    values: dict[str, object]
    places: dict[NodePath, tuple[int, int]]
    problems: tuple[Problem, ...]


def read_yaml(header: str) -> Reading:
    """The values of the lines between the fences; with a problem, as many as could be read."""
    found = first_reading(header)
    return found._replace(values={key: copied(value) for key, value in found.values.items()})


def copied(value: object) -> object:
    """A value whose lists and mappings are nobody else's."""
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


@lru_cache(maxsize=4)
def first_reading(header: str) -> Reading:
    """`read_yaml` of a header not read lately: one command reads the same document many times over."""
    problems = guard(header)
    if problems:
        return Reading({}, {}, problems)
    root, problems = compose(header)
    if root is None:
        return Reading({}, {}, problems)
    breaks = line_breaks(header)
    values = node_value(root)
    if not isinstance(values, dict):
        wrong = problem_at(breaks, root.start_mark.index, "front matter consists of `key: value` lines")
        return Reading({}, {}, (wrong,))
    return Reading(values, dict(node_places(root, (), breaks)), tuple(sorted(node_problems(root, breaks))))


def node_value(node: yaml.Node) -> object:
    """The plain value of a node; of a key that comes twice, the first."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(key.value, node_value(value)) for key, value in reversed(node.value) if is_name(key)]
        return dict(reversed(dict(pairs).items()))
    if isinstance(node, yaml.SequenceNode):
        return [node_value(item) for item in node.value]
    return scalar_value(node)


def scalar_value(node: yaml.Node) -> object:
    """The value of a scalar node by its tag.

    What is a problem must not become one for whoever prints it: an integer that is too long stays text,
    an escaped surrogate becomes U+FFFD.
    """
    if node.tag == TAG + "null":
        return None
    if node.tag == TAG + "bool":
        return node.value.lower() == "true"
    if node.tag == TAG + "int" and len(node.value.lstrip("-+")) <= DIGITS:
        return int(node.value)
    return SURROGATE.sub("\ufffd", node.value)


def is_name(key: yaml.Node) -> bool:
    """Whether a mapping's key is text, of whole characters."""
    return isinstance(key, yaml.ScalarNode) and key.tag == TAG + "str" and not SURROGATE.search(key.value)


def node_places(
    node: yaml.Node, path: NodePath, breaks: list[int]
) -> Iterator[tuple[NodePath, tuple[int, int]]]:
    """File line and column of each node by path: of a mapping's value, those of its key."""
    if not path:
        yield path, file_place(breaks, node.start_mark.index)
    for step, at, value in children(node):
        yield (*path, step), file_place(breaks, at.start_mark.index)
        yield from node_places(value, (*path, step), breaks)


def children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node, yaml.Node]]:
    """Each child's step of the path, the node that marks its place, and its own node."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if is_name(key) and key.value not in seen:
                seen.add(key.value)
                yield key.value, key, value
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield number, item, item


def node_problems(node: yaml.Node, breaks: list[int]) -> Iterator[Problem]:
    """What a node and those below it hold that is not read."""
    at = node.start_mark.index
    if isinstance(node, yaml.MappingNode):
        yield from key_problems(node, breaks)
        for _, value in node.value:
            yield from node_problems(value, breaks)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from node_problems(item, breaks)
    elif node.tag == TAG + "int" and len(node.value.lstrip("-+")) > DIGITS:
        yield problem_at(breaks, at, f"a number of more than {DIGITS} digits; put it in quotes")
    elif SURROGATE.search(node.value):
        yield problem_at(breaks, at, "an escaped surrogate is no character; write the character itself")


def key_problems(node: yaml.MappingNode, breaks: list[int]) -> Iterator[Problem]:
    """What is wrong with the keys of a mapping."""
    if len(node.value) > KEYS:
        yield problem_at(breaks, node.start_mark.index, f"more than {KEYS} keys")
    seen: dict[str, int] = {}
    for key, _ in node.value:
        at = key.start_mark.index
        if not is_name(key):
            yield problem_at(breaks, at, "a key that is no text; put it in quotes")
        elif key.value == "<<" and key.style is None:
            yield problem_at(breaks, at, "merge keys (<<) are not read; write the keys out")
        elif key.value in seen:
            said = f"the key {key.value} comes twice, first in line {seen[key.value]}"
            yield problem_at(breaks, at, said)
        else:
            seen[key.value] = file_place(breaks, at)[0]
