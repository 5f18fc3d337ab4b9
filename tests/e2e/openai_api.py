"""Two more tongues of the scripted API: OpenAI's Responses and Chat Completions, both streamed.

A request is turned into the form of the Messages API, in which scripts and records know it; an answer,
which comes in that form, into the events of the protocol. A tool that takes free text gets the
argument `input`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.script import Json, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def read_responses(request: Json) -> Json:
    """A request for a response."""
    items = _objects(request.get("input"))
    return {
        "model": request.get("model"),
        "stream": True,
        "system": request.get("instructions", ""),
        "tools": _tools(request),
        "messages": [_ITEMS.get(str(each.get("type")), _other)(each) for each in items],
    }


def read_chat(request: Json) -> Json:
    """A request for a completion of a chat."""
    messages = _objects(request.get("messages"))
    return {
        "model": request.get("model"),
        "stream": True,
        "system": "\n".join(text_of(each["content"]) for each in messages if each["role"] == "system"),
        "tools": _tools(request),
        "messages": [_spoken(each) for each in messages if each["role"] != "system"],
    }


def write_responses(message: Json, request: Json) -> bytes:
    """A message as the events of a response."""
    free = [each["name"] for each in _objects(request["tools"]) if each["free"]]
    items = [_item(each, free) for each in _objects(message["content"])]
    given = _tokens(message)
    usage = {"input_tokens": given, "output_tokens": 20, "total_tokens": given + 20}
    response = {"id": message["id"], "object": "response", "model": message["model"]}
    done = {**response, "status": "completed", "output": items, "usage": usage}
    events: list[Json] = [{"type": "response.created", "response": {**response, "status": "in_progress"}}]
    for index, item in enumerate(items):
        events.append({"type": "response.output_item.added", "output_index": index, "item": item})
        if item["type"] == "message":
            events.append(_spoken_delta(index, item))
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    return _stream([*events, {"type": "response.completed", "response": done}])


def write_chat(message: Json, request: Json) -> bytes:
    """A message as the chunks of a completion."""
    blocks = _objects(message["content"])
    calls = [_chat_call(each) for each in blocks if each["type"] == "tool_use"]
    text = "".join(str(each["text"]) for each in blocks if each["type"] == "text") or None
    delta: Json = {"role": "assistant", "content": text}
    if calls:
        delta["tool_calls"] = [{"index": index, **each} for index, each in enumerate(calls)]
    given = _tokens(message)
    usage = {"prompt_tokens": given, "completion_tokens": 20, "total_tokens": given + 20}
    chunk = {"id": message["id"], "object": "chat.completion.chunk", "created": 0, "model": message["model"]}
    ending = "tool_calls" if calls else "stop"
    chunks: list[Json] = [
        {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": ending}]},
        {**chunk, "choices": [], "usage": usage},
    ]
    return _stream(chunks) + b"data: [DONE]\n\n"


def _stream(events: Iterable[Json]) -> bytes:
    return "".join(f"data: {json.dumps(each)}\n\n" for each in events).encode()


def _objects(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _tokens(message: Json) -> int:
    usage = message["usage"]
    return int(usage["input_tokens"]) if isinstance(usage, dict) else 0


def _tools(request: Json) -> list[Json]:
    """The tools that a request offers: name, and whether one takes free text."""
    return [one for each in _objects(request.get("tools")) for one in _named(each)]


def _named(tool: Json) -> list[Json]:
    """A tool, or those of a namespace, which stands before their names with a dot."""
    if tool["type"] == "namespace":
        inner = [one for each in _objects(tool["tools"]) for one in _named(each)]
        return [{**one, "name": f"{tool['name']}.{one['name']}"} for one in inner]
    function = tool.get("function")
    named = function if isinstance(function, dict) else tool
    return [{"name": named.get("name", tool["type"]), "free": tool["type"] == "custom"}]


def _used(name: object, identity: object, given: object) -> Json:
    block = {"type": "tool_use", "id": identity, "name": name, "input": given}
    return {"role": "assistant", "content": [block]}


def _answered(identity: object, content: object) -> Json:
    return {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": identity, "content": content}],
    }


def _other(item: Json) -> Json:
    return {"role": str(item.get("type")), "content": json.dumps(item)}


_ITEMS: dict[str, Callable[[Json], Json]] = {
    "message": lambda item: {"role": item["role"], "content": item["content"]},
    "function_call": lambda item: _used(item["name"], item["call_id"], json.loads(str(item["arguments"]))),
    "custom_tool_call": lambda item: _used(item["name"], item["call_id"], {"input": item["input"]}),
    "function_call_output": lambda item: _answered(item["call_id"], item["output"]),
    "custom_tool_call_output": lambda item: _answered(item["call_id"], item["output"]),
}


def _spoken(message: Json) -> Json:
    """A message of a chat, with what it calls or answers."""
    if message["role"] == "tool":
        return _answered(message["tool_call_id"], message["content"])
    blocks: list[Json] = [{"type": "text", "text": text_of(message.get("content"))}]
    for each in _objects(message.get("tool_calls")):
        function = each["function"]
        if isinstance(function, dict):
            given = json.loads(function["arguments"])
            block = {"type": "tool_use", "id": each["id"], "name": function["name"], "input": given}
            blocks.append(block)
    return {"role": message["role"], "content": blocks}


def _chat_call(block: Json) -> Json:
    function = {"name": block["name"], "arguments": json.dumps(block["input"])}
    return {"id": block["id"], "type": "function", "function": function}


def _item(block: Json, free: list[object]) -> Json:
    """A block of a message as an item of a response."""
    if block["type"] == "text":
        content = [{"type": "output_text", "text": block["text"], "annotations": []}]
        said = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
        return {**said, "content": content}
    given, identity = block["input"], block["id"]
    namespace, _, name = str(block["name"]).rpartition(".")
    item: Json = {"id": f"item_{identity}", "call_id": identity, "name": name, "status": "completed"}
    if namespace:
        item["namespace"] = namespace
    if block["name"] in free and isinstance(given, dict):
        return {"type": "custom_tool_call", **item, "input": given["input"]}
    return {"type": "function_call", **item, "arguments": json.dumps(given)}


def _spoken_delta(index: int, item: Json) -> Json:
    (content,) = _objects(item["content"])
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    return {"type": "response.output_text.delta", **place, "delta": content["text"]}
