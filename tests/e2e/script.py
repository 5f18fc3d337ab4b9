"""What a scripted model answers: turns, and routes that pick turns by what a request looks like.

A script is plain JSON, so that the API can run as its own program. A request is answered by the
first route that matches it and still has turns, else by the main turns (requests that offer tools)
or by `aside` (requests that offer none: titles, summaries). A used-up script answers `end`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, object]


class Call(TypedDict):
    """One tool call; of several names the first one that the request offers is used."""

    tool: list[str]
    arguments: Json


class Turn(TypedDict):
    """One answer of the model.

    `input_tokens` is what the client is told that its request cost; `delay` is in seconds, before
    the first byte.
    """

    text: NotRequired[str]
    calls: NotRequired[list[Call]]
    input_tokens: NotRequired[int]
    delay: NotRequired[float]


class Route(TypedDict):
    """Turns for the requests that `when` describes: each of its keys must hold.

    Keys: `first` (text in the first user message), `last` (text in the last message).
    """

    name: str
    when: dict[str, str]
    turns: list[Turn]


class Script(TypedDict):
    """A whole conversation."""

    routes: list[Route]
    turns: list[Turn]
    aside: str
    end: str


def say(text: str, *, input_tokens: int = 100, delay: float = 0.0) -> Turn:
    """The model says `text` and ends its turn."""
    return {"text": text, "input_tokens": input_tokens, "delay": delay}


def call(*tool: str, input_tokens: int = 100, delay: float = 0.0, **arguments: object) -> Turn:
    """The model calls one tool with `arguments`; further names are what older clients call it."""
    calls: list[Call] = [{"tool": list(tool), "arguments": arguments}]
    return {"calls": calls, "input_tokens": input_tokens, "delay": delay}


def parallel(*turns: Turn) -> Turn:
    """The calls of all `turns` in one answer."""
    return {"calls": [one for turn in turns for one in turn.get("calls", [])]}


def route(name: str, *turns: Turn, **when: str) -> Route:
    """`turns` for the requests that `when` describes; `name` stands in the log."""
    return {"name": name, "when": when, "turns": list(turns)}


def script(*turns: Turn, routes: Sequence[Route] = (), aside: str = "ok", end: str = "done") -> Script:
    """A script whose main conversation is `turns`."""
    return {"routes": list(routes), "turns": list(turns), "aside": aside, "end": end}


def compaction(summary: str) -> Route:
    """The answer to the request with which the client has a conversation summarized."""
    text = f"<analysis>all of it</analysis>\n<summary>{summary}</summary>"
    return route("compaction", say(text), last="followed by a <summary> block")


def subagent(task: str, *turns: Turn) -> Route:
    """The turns of a subagent whose prompt holds `task`."""
    return route("subagent", *turns, first=task)


def text_of(content: object) -> str:
    """The text of a message's content, or of a system prompt, whatever its form."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))


def messages_of(request: Mapping[str, object]) -> list[Json]:
    """The messages of a request."""
    messages = request.get("messages")
    return messages if isinstance(messages, list) else []


def offered_tools(request: Mapping[str, object]) -> list[str]:
    """The names of the tools that a request offers the model."""
    tools = request.get("tools")
    return [str(tool["name"]) for tool in tools] if isinstance(tools, list) else []


def _first(request: Mapping[str, object]) -> str:
    spoken = (one for one in messages_of(request) if one.get("role") == "user")
    return text_of(next(spoken, {}).get("content"))


def _last(request: Mapping[str, object]) -> str:
    return json.dumps(messages_of(request)[-1:], ensure_ascii=False)


_LOOKS_AT = {"first": _first, "last": _last}


def matches(when: Mapping[str, str], request: Mapping[str, object]) -> bool:
    """Whether a request is one that a route's `when` describes."""
    return all(wanted in _LOOKS_AT[key](request) for key, wanted in when.items())
