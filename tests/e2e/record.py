"""What a run of the client leaves: requests as the model saw them, events, tool results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, cast

from tests.e2e.script import Json, messages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class ToolResult(NamedTuple):
    """The answer to one tool call, as the model got it."""

    tool: str
    is_error: bool
    text: str


class Request(NamedTuple):
    """One request to the model; `text` is all that its messages say, tool results included."""

    number: int
    time: float
    route: str
    model: str
    tools: tuple[str, ...]
    system: str
    messages: list[Json]
    text: str


class Run(NamedTuple):
    """One run of the client.

    `exit_code` is negative for the signal that ended it. `events` is what it printed as JSON lines;
    `screen` is what it showed on a terminal, empty in print mode.
    """

    exit_code: int
    killed: bool
    requests: tuple[Request, ...]
    events: tuple[Json, ...]
    stderr: str
    screen: str
    folder: Path

    def tool_results(self) -> tuple[ToolResult, ...]:
        """The results of all tool calls, subagents' too, in the order in which the model got them."""
        return tool_results(self.requests)

    def was_told(self, text: str) -> bool:
        """Whether `text` reached the model in any message."""
        return any(text in request.text for request in self.requests)

    def answer(self) -> str:
        """The text that a print-mode run ended with; empty when it did not get that far."""
        last = next((one for one in reversed(self.events) if one.get("type") == "result"), {})
        return str(last.get("result", ""))


def read_lines(file: Path) -> Iterator[Json]:
    """The complete JSON lines of a file that may still be written to, or not be there yet.

    Lines that are not JSON objects are passed over: a killed client leaves half a line.
    """
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def read_requests(log: Path) -> tuple[Request, ...]:
    """The requests that the API has logged so far."""
    return tuple(_request(record) for record in read_lines(log))


def _request(record: Json) -> Request:
    messages = messages_of(record)
    return Request(
        number=cast("int", record["number"]),
        time=cast("float", record["time"]),
        route=str(record["route"]),
        model=str(record["model"]),
        tools=tuple(cast("list[str]", record["tools"])),
        system=flat(record["system"]),
        messages=messages,
        text="\n".join(flat(one["content"]) for one in messages),
    )


def flat(content: object) -> str:
    """All text inside content blocks: what was said, what tools got and what they answered."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(flat(block) for block in content)
    if not isinstance(content, dict):
        return ""
    if content.get("type") == "tool_use":
        return json.dumps(content["input"], ensure_ascii=False)
    return flat(content.get("text", content.get("content")))


def tool_results(requests: Sequence[Request]) -> tuple[ToolResult, ...]:
    """Each tool result once, though every later request repeats it."""
    tools: dict[object, str] = {}
    results: dict[object, ToolResult] = {}
    for block in (block for request in requests for block in _blocks(request)):
        if block.get("type") == "tool_use":
            tools[block["id"]] = str(block["name"])
        elif block.get("type") == "tool_result":
            call = block["tool_use_id"]
            is_error = bool(block.get("is_error"))
            result = ToolResult(tools.get(call, ""), is_error, flat(block.get("content")))
            results.setdefault(call, result)
    return tuple(results.values())


def _blocks(request: Request) -> Iterator[Json]:
    for message in request.messages:
        content = message["content"]
        if isinstance(content, list):
            yield from (block for block in content if isinstance(block, dict))
