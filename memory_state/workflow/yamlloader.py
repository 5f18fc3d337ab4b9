"""PyYAML without what makes it dangerous (aliases, tags) and what makes it slow (size, depth).

Both are refused with their line before any value is built.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

import yaml

from memory_state.workflow.frontmatter import is_merge_marker
from memory_state.workflow.model import Problem

# PyYAML takes some 0.9 us for a character and 15 to 19 us for a value: within these, less than 50 ms.
BYTES = 32768
BUDGET = 40960
VALUE_COST = 16  # bytes
LINES = 2000
INDENT = 32
DEPTH = 16

DEEP = f"nested deeper than {DEPTH} levels"
SHORTEN = "shorten it, or write it below the front matter"

TAG = "tag:yaml.org,2002:"
FIRST_LINE = 2  # of a header in its file, after the opening fence


class NodeRefused(yaml.MarkedYAMLError):
    """A node that YAML allows and this module does not read."""


class PlainLoader(yaml.SafeLoader):
    """SafeLoader that resolves only null, true, false and decimal integers.

    It refuses anchors, aliases, tags, more than 16 levels and more nodes than `most_nodes` while it
    composes, so that nothing is expanded. CSafeLoader will not do: deep nesting overflows its C stack.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0
        self.nodes = 0
        self.most = most_nodes(stream)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; NodeRefused when it is one that is not read here."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        self.nodes += 1
        why = node_refusal(event, self.depth)
        if self.nodes > self.most:
            why = f"more than {self.most} values; {SHORTEN}"
        if why:
            raise NodeRefused(problem=why, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        """The next bracket; NodeRefused below 16 others.

        To the scanner each may begin a key, and it looks at all of them again with every character.
        """
        if self.flow_level >= DEPTH:
            raise NodeRefused(problem=DEEP, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(token)


# The core schema of YAML 1.2.2 (section 10.3.2) without floats, octal and hexadecimal numbers.
NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
PlainLoader.yaml_implicit_resolvers = {}
PlainLoader.add_implicit_resolver(TAG + "null", NULL, ["~", "n", "N", ""])
PlainLoader.add_implicit_resolver(TAG + "bool", BOOL, ["t", "T", "f", "F"])
PlainLoader.add_implicit_resolver(TAG + "int", INT, list("-+0123456789"))


def most_nodes(header: str) -> int:
    """How many values are read of a header: 2,560 of a short one, 512 of the longest."""
    return (BUDGET - len(header.encode("utf-8", "surrogatepass"))) // VALUE_COST


def node_refusal(event: yaml.Event, depth: int) -> str:
    """Why the node that begins with `event` is not read; empty when it is."""
    if getattr(event, "anchor", None):
        return "anchors and aliases (& and *) are not read; put the text in quotes"
    if getattr(event, "tag", None):
        return "tags (!) are not read; put the text in quotes"
    return DEEP if depth > DEPTH and not isinstance(event, yaml.ScalarEvent) else ""


def guard(header: str) -> tuple[Problem, ...]:
    """What is too large to be parsed, or was never YAML: each problem with its file line."""
    if len(header.encode("utf-8", "surrogatepass")) > BYTES:
        return (Problem("", 1, f"the front matter is larger than {BYTES} bytes; {SHORTEN}"),)
    if header.count("\n") > LINES:
        return (Problem("", 1, f"the front matter has more than {LINES} lines; {SHORTEN}"),)
    lines = enumerate(header.split("\n"), FIRST_LINE)
    return tuple(Problem("", number, why) for number, line in lines if (why := line_refusal(line)))


def line_refusal(line: str) -> str:
    """Why a header with this line is not parsed; empty when it may be."""
    if is_merge_marker(line):
        return "a merge-conflict marker: keep one of the two versions"
    if len(line) - len(line.lstrip(" ")) > INDENT:
        return f"indented by more than {INDENT} spaces"
    return "a NUL character" if "\0" in line else ""


@lru_cache(maxsize=4)
def compose(header: str) -> tuple[yaml.Node | None, tuple[Problem, ...]]:
    """The node tree of a header, None when it is empty or has a problem.

    A tree takes milliseconds, and nobody changes one: whoever changes a header reads it first.
    """
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
        return problem_at(breaks, error.position, message)
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        prefix = "" if isinstance(error, NodeRefused) else "not YAML"
        message = ": ".join(part for part in (prefix, error.context, error.problem) if part)
        return problem_at(breaks, mark.index, message) if mark else Problem("", 0, message)
    return Problem("", 0, f"not YAML: {error}")


def ord_of(character: str | int) -> int:
    """The code point that ReaderError names, as a number for text and as a byte for bytes."""
    return character if isinstance(character, int) else ord(character)


def line_breaks(header: str) -> list[int]:
    """The position of each LF: PyYAML's own count takes U+0085 and U+2028 for line breaks too."""
    return [match.start() for match in re.finditer("\n", header)]


def file_place(breaks: list[int], index: int) -> tuple[int, int]:
    """Line and column in the file, both from 1, of a position in its header."""
    at = bisect_left(breaks, index)
    return at + FIRST_LINE, index - (breaks[at - 1] if at else -1)


def problem_at(breaks: list[int], index: int, message: str) -> Problem:
    """A problem at a position in the header."""
    line, column = file_place(breaks, index)
    return Problem("", line, message, column)
