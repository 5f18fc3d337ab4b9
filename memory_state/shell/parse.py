"""The syntax tree of a shell line, as shfmt gives it."""

from __future__ import annotations

import time

from memory_state.core.files import posix
from memory_state.core.jsontext import JsonRules, decode_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = dict[str, Any]

# Where shfmt is, as the installation recorded it, empty for nowhere; None where nothing is recorded.
PARSER: str | None = None
LONGEST_LINE = 64 * 1024
LONGEST_TREE = 32 * 1024 * 1024
CHUNK = 1024 * 1024
# Seconds between two looks at the parser's answer: waiting by `select` would load a module for it.
PAUSE = 0.0005
KILL = 9


class Unparsed(Exception):
    """A line has no tree; the message says why."""


def parse_line(line: str, ends: float, dialect: str = "bash") -> Node:
    """The tree of a line in a grammar; `ends` is the monotonic time by which it must be there.

    Raises Unparsed without a parser, for a line that is too long or no text, for a syntax error, and
    when time is up.
    """
    program = parser_path()
    if not program:
        raise Unparsed("shfmt is not installed")
    try:
        encoded = line.encode()
    except UnicodeEncodeError:
        raise Unparsed("the command is no valid text") from None
    if len(encoded) > LONGEST_LINE:
        raise Unparsed("the command is longer than 64 KiB")
    answer = ask_parser([program, "--to-json", "-ln", dialect], encoded, ends)
    try:
        tree = decode_tree(answer.decode())
    except (ValueError, SystemError, StopIteration, IndexError, RecursionError):
        raise Unparsed("the command does not parse") from None
    if not isinstance(tree, dict):
        raise Unparsed("the command does not parse")
    return tree


class TreeRules(JsonRules):
    """Rules by which the C scanner makes its own dicts: the parser gives no object the same key twice."""

    object_pairs_hook = None  # type: ignore[assignment]  # the scanner takes None for its own way


def decode_tree(text: str) -> object:
    """The value of what the parser prints."""
    try:
        from _json import make_scanner

        scanner = make_scanner(TreeRules)  # type: ignore[arg-type]  # any object with these attributes will do
    except (ImportError, AttributeError, TypeError):
        return decode_json(text)
    return scanner(text, 0)[0]


def parser_path() -> str:
    """The absolute path of shfmt, empty where there is none."""
    if PARSER is not None:
        return PARSER
    from memory_state.shell.installed import find_parser

    return find_parser() or ""


def ask_parser(call: list[str], text: bytes, ends: float) -> bytes:
    """What shfmt prints for a text; it is killed when time is up."""
    source, feed = posix.pipe()
    answer, sink = posix.pipe()
    actions = [
        (posix.POSIX_SPAWN_DUP2, source, 0),
        (posix.POSIX_SPAWN_DUP2, sink, 1),
        (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0),
    ]
    try:
        child = posix.posix_spawn(call[0], call, {}, file_actions=actions)
    except OSError as error:
        close_all(feed, answer)
        raise Unparsed("shfmt does not run") from error
    finally:
        close_all(source, sink)
    printed, status = None, 0
    try:
        printed = exchange(feed, answer, text, ends)
    finally:
        if printed is None:
            posix.kill(child, KILL)
        close_all(answer)
        status = posix.waitpid(child, 0)[1]
    if status != 0:
        raise Unparsed("the command does not parse")
    return printed


def exchange(feed: int, answer: int, text: bytes, ends: float) -> bytes:
    """Write a text to one pipe while reading another to its end; closes the first."""
    posix.set_blocking(feed, False)
    posix.set_blocking(answer, False)
    parts: list[bytes] = []
    size = 0
    rest: bytes | None = text
    try:
        while True:
            if rest is not None:
                rest = rest[feed_some(feed, rest) :]
                if not rest:
                    close_all(feed)
                    rest = None
            part = read_some(answer)
            if part == b"":
                return b"".join(parts)
            if part is None:
                wait_a_little(ends)
                continue
            parts.append(part)
            size += len(part)
            if size > LONGEST_TREE:
                raise Unparsed("the command is too large to judge")
    finally:
        if rest is not None:
            close_all(feed)


def feed_some(feed: int, rest: bytes) -> int:
    """How many bytes a pipe took; all of them when its reader has gone."""
    try:
        return posix.write(feed, rest)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(rest)


def read_some(answer: int) -> bytes | None:
    """What stands in a pipe, nothing at its end; None when it is empty for now."""
    try:
        return posix.read(answer, CHUNK)
    except BlockingIOError:
        return None


def wait_a_little(ends: float) -> None:
    """Give the parser time. Raises Unparsed when it has none left."""
    if time.monotonic() > ends:
        raise Unparsed("the command takes too long to parse")
    time.sleep(PAUSE)


def close_all(*descriptors: int) -> None:
    """Close file descriptors."""
    for each in descriptors:
        posix.close(each)
