"""The syntax tree of a shell line, as shfmt gives it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from functools import cache
from typing import Any

Node = dict[str, Any]

LONGEST_LINE = 64 * 1024
LONGEST_TREE = 32 * 1024 * 1024
CHUNK = 1024 * 1024


class Unparsed(Exception):
    """A line has no tree; the message says why."""


@cache
def find_parser() -> str | None:
    """The absolute path of shfmt: beside the interpreter, among the package's files, or on PATH."""
    import shutil

    beside = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "shfmt")
    for find in (lambda: beside, packaged_parser, lambda: shutil.which("shfmt")):
        place = find()
        if place and os.path.isabs(place) and os.access(place, os.X_OK):
            return place
    return None


def packaged_parser() -> str | None:
    """Where the package shfmt-py put its program; None when it is not installed."""
    from importlib import metadata

    try:
        files = metadata.files("shfmt-py") or []
    except metadata.PackageNotFoundError:
        return None
    found = [str(each.locate()) for each in files if each.name == "shfmt"]
    return os.path.abspath(found[0]) if found else None


def parse_line(line: str, ends: float, dialect: str = "bash") -> Node:
    """The tree of a line in a grammar; `ends` is the monotonic time by which it must be there.

    Raises Unparsed without a parser, for a line that is too long or no text, for a syntax error, and
    when time is up.
    """
    program = find_parser()
    if program is None:
        raise Unparsed("shfmt is not installed")
    try:
        encoded = line.encode("utf-8")
    except UnicodeEncodeError:
        raise Unparsed("the command is no valid text") from None
    if len(encoded) > LONGEST_LINE:
        raise Unparsed("the command is longer than 64 KiB")
    answer = ask_parser([program, "--to-json", "-ln", dialect], encoded, ends)
    try:
        tree = json.loads(answer)
    except (ValueError, RecursionError):
        raise Unparsed("the command does not parse") from None
    if not isinstance(tree, dict):
        raise Unparsed("the command does not parse")
    return tree


def ask_parser(call: list[str], text: bytes, ends: float) -> bytes:
    """What shfmt prints for a text; it is killed when time is up."""
    source, feed = os.pipe()
    answer, sink = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, source, 0),
        (os.POSIX_SPAWN_DUP2, sink, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        child = os.posix_spawn(call[0], call, {}, file_actions=actions)
    except OSError as error:
        close_all(feed, answer)
        raise Unparsed("shfmt does not run") from error
    finally:
        close_all(source, sink)
    status = None
    try:
        printed = exchange(feed, answer, text, ends)
    except Unparsed:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
        close_all(answer)
    if status != 0:
        raise Unparsed("the command does not parse")
    return printed


def exchange(feed: int, answer: int, text: bytes, ends: float) -> bytes:
    """Write a text to one pipe while reading another to its end; closes the first."""
    os.set_blocking(feed, False)
    pending = memoryview(text)
    parts: list[bytes] = []
    size = 0
    writing = [feed]
    try:
        while True:
            ready, free, _ = select.select([answer], writing, [], max(0.0, ends - time.monotonic()))
            if not ready and not free:
                raise Unparsed("the command takes too long to parse")
            if free:
                pending = pending[feed_some(feed, pending) :]
                if not pending:
                    close_all(feed)
                    writing = []
            if ready:
                part = os.read(answer, CHUNK)
                if not part:
                    return b"".join(parts)
                parts.append(part)
                size += len(part)
                if size > LONGEST_TREE:
                    raise Unparsed("the command is too large to judge")
    finally:
        close_all(*writing)


def feed_some(feed: int, pending: memoryview) -> int:
    """How many bytes a pipe took; all of them when its reader has gone."""
    try:
        return os.write(feed, pending[: select.PIPE_BUF])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(pending)


def close_all(*descriptors: int) -> None:
    """Close file descriptors."""
    for each in descriptors:
        with contextlib.suppress(OSError):
            os.close(each)
