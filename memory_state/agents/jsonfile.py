"""Entries of ours in a person's JSON settings file: put in and taken out, every other byte kept.

The law: for any JSON object, `remove_items` after `insert_item` gives the text before, byte for byte.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory_state.agents.jsontree import BOM, Node, positions
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple[str | int, ...]
"""Keys and array indexes from the root to a value."""

Undo = dict[str, str]
"""What an insertion cannot be read back from afterwards, as JSON: what stood between the brackets of
each container that was there but empty, by its JSON pointer (RFC 6901), and under `BLANK_FILE` the
whole text of a file that held no JSON at all."""

BLANK_FILE = "file"
"""No pointer: those are empty or start with a slash."""

BLANK = BOM + " \t\r\n"
"""What a file may hold that holds nothing."""

UNIT = "  "


class Style(NamedTuple):
    """How a file is laid out: one level of indentation, the line end, what follows `,` and `:`."""

    unit: str
    newline: str
    gap: str


def insert_item(text: str, path: tuple[str, ...], item: object) -> tuple[str, Undo]:
    """`text` with `item` appended to the array at `path`, and what its removal needs to know.

    Objects and the array are made where they are missing; a blank text counts as an empty object.
    The new lines follow the file's indentation, line ends and spacing. ValueError when the text is
    no JSON, or when something on the path is neither missing nor the container it should be.
    """
    source, undo = (text, Undo()) if text.strip(BLANK) else (fresh(text), {BLANK_FILE: text})
    ancestors = standing(source, path)
    container, depth = ancestors[-1], len(ancestors) - 1
    if not container.members:
        undo[pointer(path[:depth])] = source[container.start + 1 : container.end - 1]
    if depth == len(path):
        return put(source, ancestors, None, item), undo
    return put(source, ancestors, path[depth], nested(path[depth + 1 :], item)), undo


def nested(keys: tuple[str, ...], item: object) -> object:
    """An array of one item inside objects of one key each."""
    value: object = [item]
    for key in reversed(keys):
        value = {key: value}
    return value


def fresh(text: str) -> str:
    """An empty object in place of a blank text, whose BOM stays."""
    return text[: text.startswith(BOM)] + "{}\n"


def remove_items(text: str, path: Path, belongs: Callable[[object], bool], undo: Undo | None = None) -> str:
    """`text` without those items of the array at `path` of which `belongs` is true.

    Containers that become empty go too, up to the root, except those that `undo` says were empty
    before: they get back what they held. ValueError when the text is no JSON.
    """
    indexes = [i for i, item in enumerate(items_at(text, path)) if belongs(item)]
    for index in reversed(indexes):
        text = cut_member(text, (*path, index))
    return prune(text, path, undo or {}) if indexes else text


def items_at(text: str, path: Path) -> list[object]:
    """The items of the array at `path`; none where there is no array. ValueError for no JSON."""
    if not text.strip(BLANK):
        return []
    nodes = along(text, path)
    if len(nodes) <= len(path) or nodes[-1].kind != "array":
        return []
    return [member.node.value for member in nodes[-1].members]


def along(text: str, path: Path) -> list[Node]:
    """The values on the way from the root along `path`, as far as they exist."""
    nodes = [positions(text)]
    for key in path:
        found = [member.node for member in nodes[-1].members if member.key == key]
        if not found:
            break
        nodes += found
    return nodes


def standing(text: str, path: tuple[str, ...]) -> list[Node]:
    """What exists `along` the path to an array; ValueError where that is not what it should be."""
    nodes = along(text, path)
    for depth, node in enumerate(nodes):
        require(text, node, "array" if depth == len(path) else "object", path[:depth])
    return nodes


def require(text: str, node: Node, kind: str, path: tuple[str, ...]) -> None:
    """ValueError with the line of a value that should be an object or an array and is not."""
    if node.kind != kind:
        line = text.count("\n", 0, node.start) + 1
        name = json.dumps(".".join(path), ensure_ascii=False) if path else "the file"
        raise ValueError(f"line {line}: {name} should be an {kind}")


def put(text: str, ancestors: list[Node], key: str | None, value: object) -> str:
    """`text` with one more member at the end of the innermost of `ancestors`."""
    container, style = ancestors[-1], style_of(text, ancestors[0])
    spread = is_spread(text, ancestors)
    if container.members:
        last = container.members[-1]
        indent, end = line_indent(text, last.start), last.node.end
        lead = style.newline + indent if spread else style.gap
        source = render(key, value, style, indent if spread else None)
        return text[:end] + "," + lead + source + text[end:]
    outer = line_indent(text, container.start)
    source = render(key, value, style, outer + style.unit if spread else None)
    if spread:
        source = style.newline + outer + style.unit + source + style.newline + outer
    return text[: container.start + 1] + source + text[container.end - 1 :]


def render(key: str | None, value: object, style: Style, indent: str | None) -> str:
    """The source of one member: on one line when `indent` is None, else later lines start with it."""
    spread = indent is not None
    source = json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        indent=style.unit if spread else None,
        separators=("," if spread else "," + style.gap, ":" + style.gap),
    ).replace("\n", style.newline + (indent or ""))
    name = "" if key is None else json.dumps(key, ensure_ascii=False) + ":" + style.gap
    return name + source


def style_of(text: str, root: Node) -> Style:
    """The layout of a file, told from its first line end and the first member of its root."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if not root.members:
        return Style(UNIT, newline, " ")
    first = root.members[0]
    lines = "\n" in text[root.start : first.start]
    unit = line_indent(text, first.start).removeprefix(line_indent(text, root.start))
    close = text[first.node.start - 1] == ":"
    return Style(unit if lines and unit else UNIT, newline, "" if close else " ")


def is_spread(text: str, ancestors: list[Node]) -> bool:
    """Whether a new member gets its own line: as the last one has, or where none is, as the parent's."""
    for container in reversed(ancestors):
        if container.members:
            return "\n" in text[gap_start(container) : container.members[-1].start]
    return True


def gap_start(container: Node) -> int:
    """Where what precedes the last member starts: after the one before, or after the bracket."""
    return container.members[-2].node.end if len(container.members) > 1 else container.start


def line_indent(text: str, at: int) -> str:
    """The white space that starts the line of offset `at`."""
    line = text[text.rfind("\n", 0, at) + 1 : at].removeprefix(BOM)
    return line[: len(line) - len(line.lstrip(" \t"))]


def cut_member(text: str, path: Path) -> str:
    """`text` without the member at `path`, one comma beside it gone too."""
    container = along(text, path[:-1])[-1]
    index = next(i for i, member in enumerate(container.members) if member.key == path[-1])
    start, end = extent(container, index)
    return text[:start] + text[end:]


def extent(container: Node, index: int) -> tuple[int, int]:
    """What goes with a member: the comma before it, for the first one that after it, else all inside."""
    members = container.members
    if index:
        return members[index - 1].node.end, members[index].node.end
    if len(members) > 1:
        return members[0].start, members[1].start
    return container.start + 1, container.end - 1


def prune(text: str, path: Path, undo: Undo) -> str:
    """`text` without the container at `path` if that is empty, and so on upwards."""
    container = along(text, path)[-1]
    if container.members:
        return text
    if not path and BLANK_FILE in undo:
        return blank(undo[BLANK_FILE])
    if not path or pointer(path) in undo:
        inside = blank(undo.get(pointer(path), ""))
        return text[: container.start + 1] + inside + text[container.end - 1 :]
    return prune(cut_member(text, path), path[:-1], undo)


def blank(text: str) -> str:
    """A blank text as it is, nothing for any other: a record on disk cannot smuggle content in."""
    return "" if text.strip(BLANK) else text


def pointer(path: Path) -> str:
    """The JSON pointer (RFC 6901) of a path."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
