"""OpenAI's two protocols in the form of the Messages API, without any client."""

from __future__ import annotations

import json

from tests.e2e.openai_api import read_chat, read_responses, write_chat, write_responses
from tests.e2e.record import flat
from tests.e2e.script import Json, messages_of, offered_tools

SAID: Json = {"type": "text", "text": "Hello."}
ADDED: Json = {"type": "tool_use", "id": "c1", "name": "apply_patch", "input": {"input": "*** Begin Patch"}}
SPAWN = "collaboration.spawn_agent"
SPAWNED: Json = {"type": "tool_use", "id": "c2", "name": SPAWN, "input": {"message": "go"}}
INNER = [{"type": "function", "name": "spawn_agent"}]
RESPONSES: Json = {
    "model": "m",
    "instructions": "Be kind.",
    "tools": [
        {"type": "function", "name": "exec_command"},
        {"type": "custom", "name": "apply_patch"},
        {"type": "namespace", "name": "collaboration", "tools": INNER},
        {"type": "web_search"},
    ],
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
        {"type": "function_call", "name": "exec_command", "call_id": "c0", "arguments": '{"cmd": "ls"}'},
        {"type": "function_call_output", "call_id": "c0", "output": "src"},
    ],
}
CHAT: Json = {
    "model": "m",
    "tools": [{"type": "function", "function": {"name": "bash"}}],
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "go"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c0", "function": {"name": "bash", "arguments": '{"command": "ls"}'}}],
        },
        {"role": "tool", "tool_call_id": "c0", "content": "src"},
    ],
}


def message(*blocks: Json) -> Json:
    """An answer of the model."""
    return {"id": "m1", "model": "m", "content": list(blocks), "usage": {"input_tokens": 7}}


def events(stream: bytes) -> list[Json]:
    """The events of a stream, without the word that ends it."""
    lines = [line.removeprefix("data: ") for line in stream.decode().split("\n\n") if line]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def said(request: Json) -> list[str]:
    """All that the messages of a request say."""
    return [flat(each["content"]) for each in messages_of(request)]


def test_request_for_a_response_is_read() -> None:
    """Tools with those of a namespace, instructions, messages, calls and results arrive."""
    request = read_responses(RESPONSES)
    assert offered_tools(request) == ["exec_command", "apply_patch", SPAWN, "web_search"]
    assert request["system"] == "Be kind."
    assert said(request) == ["go", '{"cmd": "ls"}', "src"]


def test_request_for_a_completion_is_read() -> None:
    """Tools, the system's words, messages, calls and results arrive."""
    request = read_chat(CHAT)
    assert offered_tools(request) == ["bash"]
    assert request["system"] == "Be kind."
    assert said(request) == ["go", '\n{"command": "ls"}', "src"]


def test_response_is_written_as_events() -> None:
    """Text, a call with free text and one in a namespace are items of their own kinds."""
    found = events(write_responses(message(SAID, ADDED, SPAWNED), read_responses(RESPONSES)))
    items = [each["item"] for each in found if each["type"] == "response.output_item.done"]
    text, added, spawned = (each for each in items if isinstance(each, dict))
    assert text["content"][0]["text"] == "Hello."
    assert (added["type"], added["input"]) == ("custom_tool_call", "*** Begin Patch")
    assert (spawned["namespace"], spawned["name"]) == ("collaboration", "spawn_agent")
    assert json.loads(spawned["arguments"]) == {"message": "go"}
    assert found[-1]["type"] == "response.completed"
    assert "'input_tokens': 7" in str(found[-1])


def test_completion_is_written_as_chunks() -> None:
    """Text and calls are in the first chunk, the reason of the end in the next, the usage in the last."""
    stream = write_chat(message(SAID, SPAWNED), read_chat(CHAT))
    first, ending, usage = events(stream)
    assert stream.endswith(b"data: [DONE]\n\n")
    assert "Hello." in str(first["choices"])
    assert "spawn_agent" in str(first["choices"])
    assert "'finish_reason': 'tool_calls'" in str(ending["choices"])
    assert "'prompt_tokens': 7" in str(usage["usage"])
