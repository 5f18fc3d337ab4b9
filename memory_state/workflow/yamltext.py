"""YAML as people write it in front matter, without its surprises: dates stay text, `no` stays text.

What makes YAML dangerous (aliases, tags, merge keys) and what makes it slow (size, depth) is refused
with its line before any value is built.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import yaml

from memory_state.workflow.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES = 65536
LINES = 2000
KEYS = 200
INDENT = 32
DEPTH = 16
NODES = 5000
DIGITS = 18

NodePath = tuple[str | int, ...]

MERGE_MARKER = re.compile(r"(?:<{7}|>{7}|\|{7}) |={7}\r?$", re.MULTILINE)
SURROGATE = re.compile("[\ud800-\udfff]")
TAG = "tag:yaml.org,2002:"
FIRST_LINE = 2  # of a header in its file, after the opening fence


class Reading(NamedTuple):
    """What a header says: its values, the file line of each node by path, what is wrong with it."""

    values: dict[str, object]
    lines: dict[NodePath, int]
    problems: tuple[Problem, ...]


class NodeRefused(yaml.MarkedYAMLError):
    """A node that YAML allows and this module does not read."""


class PlainLoader(yaml.SafeLoader):
    """SafeLoader that resolves only null, true, false and decimal integers.

    It refuses anchors, aliases, tags, more than 16 levels and more than 5,000 nodes while it composes,
    so that nothing is expanded. CSafeLoader will not do: deep nesting overflows its C stack.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0
        self.nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; NodeRefused when it is one that is not read here."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        self.nodes += 1
        why = node_refusal(event, self.depth, self.nodes)
        if why:
            raise NodeRefused(problem=why, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


# The core schema of YAML 1.2.2 (section 10.3.2) without floats, octal and hexadecimal numbers.
NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
PlainLoader.yaml_implicit_resolvers = {}
PlainLoader.add_implicit_resolver(TAG + "null", NULL, ["~", "n", "N", ""])
PlainLoader.add_implicit_resolver(TAG + "bool", BOOL, ["t", "T", "f", "F"])
PlainLoader.add_implicit_resolver(TAG + "int", INT, list("-+0123456789"))


def node_refusal(event: yaml.Event, depth: int, nodes: int) -> str:
    """Why the node that begins with `event` is not read; empty when it is."""
    if getattr(event, "anchor", None):
        return "anchors and aliases (& and *) are not read; put the text in quotes"
    if getattr(event, "tag", None):
        return "tags (!) are not read; put the text in quotes"
    if depth > DEPTH and not isinstance(event, yaml.ScalarEvent):
        return f"nested deeper than {DEPTH} levels"
    return f"more than {NODES} values" if nodes > NODES else ""


def read_yaml(header: str) -> Reading:
    """The values of the lines between the fences; with a problem, as many as could be read."""
    problems = guard(header)
    if problems:
        return Reading({}, {}, problems)
    root, problems = compose(header)
    if root is None:
        return Reading({}, {}, problems)
    breaks = line_breaks(header)
    values = node_value(root)
    if not isinstance(values, dict):
        line = file_line(breaks, root.start_mark.index)
        return Reading({}, {}, (Problem("", line, "front matter consists of `key: value` lines"),))
    return Reading(values, dict(node_lines(root, (), breaks)), tuple(sorted(node_problems(root, breaks))))


def guard(header: str) -> tuple[Problem, ...]:
    """What is too large to be parsed, or was never YAML: each problem with its file line."""
    if len(header.encode("utf-8", "surrogatepass")) > BYTES:
        return (Problem("", 1, f"the front matter is larger than {BYTES} bytes"),)
    if header.count("\n") > LINES:
        return (Problem("", 1, f"the front matter has more than {LINES} lines"),)
    lines = enumerate(header.split("\n"), FIRST_LINE)
    return tuple(Problem("", number, why) for number, line in lines if (why := line_refusal(line)))


def line_refusal(line: str) -> str:
    """Why a header with this line is not parsed; empty when it may be."""
    if MERGE_MARKER.match(line):
        return "a merge-conflict marker: keep one of the two versions"
    if len(line) - len(line.lstrip(" ")) > INDENT:
        return f"indented by more than {INDENT} spaces"
    return "a NUL character" if "\0" in line else ""


def compose(header: str) -> tuple[yaml.Node | None, tuple[Problem, ...]]:
    """The node tree of a header, None when it is empty or has a problem."""
    try:
        return yaml.compose(header, PlainLoader), ()
    except yaml.YAMLError as error:
        return None, (yaml_problem(error, line_breaks(header)),)
    except (ValueError, OverflowError, RecursionError) as error:
        # An escape beyond U+10FFFF, a %YAML directive of thousands of digits.
        return None, (Problem("", FIRST_LINE, f"not YAML: {error}"),)


def yaml_problem(error: yaml.YAMLError, breaks: list[int]) -> Problem:
    """PyYAML's complaint as a problem with its file line."""
    if isinstance(error, yaml.reader.ReaderError):
        message = f"the character U+{ord_of(error.character):04X} is not allowed"
        return Problem("", file_line(breaks, error.position), message)
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        prefix = "" if isinstance(error, NodeRefused) else "not YAML"
        message = ": ".join(part for part in (prefix, error.context, error.problem) if part)
        return Problem("", file_line(breaks, mark.index) if mark else 0, message)
    return Problem("", 0, f"not YAML: {error}")


def ord_of(character: str | int) -> int:
    """The code point that ReaderError names, as a number for text and as a byte for bytes."""
    return character if isinstance(character, int) else ord(character)


def line_breaks(header: str) -> list[int]:
    """The position of each LF: PyYAML's own count takes U+0085 and U+2028 for line breaks too."""
    return [match.start() for match in re.finditer("\n", header)]


def file_line(breaks: list[int], index: int) -> int:
    """The line in the file, from 1, of a position in its header."""
    return bisect_left(breaks, index) + FIRST_LINE


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


def node_lines(node: yaml.Node, path: NodePath, breaks: list[int]) -> Iterator[tuple[NodePath, int]]:
    """The file line of each node by path: of a mapping's value, the line of its key."""
    if not path:
        yield path, file_line(breaks, node.start_mark.index)
    for step, at, value in children(node):
        yield (*path, step), file_line(breaks, at.start_mark.index)
        yield from node_lines(value, (*path, step), breaks)


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
    line = file_line(breaks, node.start_mark.index)
    if isinstance(node, yaml.MappingNode):
        yield from key_problems(node, breaks)
        for _, value in node.value:
            yield from node_problems(value, breaks)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from node_problems(item, breaks)
    elif node.tag == TAG + "int" and len(node.value.lstrip("-+")) > DIGITS:
        yield Problem("", line, f"a number of more than {DIGITS} digits; put it in quotes")
    elif SURROGATE.search(node.value):
        yield Problem("", line, "an escaped surrogate is no character; write the character itself")


def key_problems(node: yaml.MappingNode, breaks: list[int]) -> Iterator[Problem]:
    """What is wrong with the keys of a mapping."""
    if len(node.value) > KEYS:
        yield Problem("", file_line(breaks, node.start_mark.index), f"more than {KEYS} keys")
    seen: dict[str, int] = {}
    for key, _ in node.value:
        line = file_line(breaks, key.start_mark.index)
        if not is_name(key):
            yield Problem("", line, "a key that is no text; put it in quotes")
        elif key.value == "<<" and key.style is None:
            yield Problem("", line, "merge keys (<<) are not read; write the keys out")
        elif key.value in seen:
            yield Problem("", line, f"the key {key.value} comes twice, first in line {seen[key.value]}")
        else:
            seen[key.value] = line
