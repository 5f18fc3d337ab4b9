"""A scripted Messages API on loopback, which speaks OpenAI's two protocols too.

    python -m tests.e2e.messages_api --script FILE --port-file FILE --log FILE

The script is JSON as `tests.e2e.script` makes it. The port goes to the port file once the server
listens. Every request is logged as one JSON line before it is answered: `number`, `time` (seconds
since the epoch), `route`, `model`, `tools` (names), `system`, `messages` and the scripted `turn`.
With `--raise-loopback` the server first brings up the loopback interface of its network namespace.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from tests.e2e.openai_api import read_chat, read_responses, write_chat, write_responses
from tests.e2e.script import Json, Script, Turn, matches, offered_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# linux/sockios.h and linux/if.h
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
NOT_FOUND = b'{"type": "error", "error": {"type": "not_found_error", "message": "not scripted"}}'


class Conversation:
    """A script being played: every turn is used once, in order, across all connections."""

    def __init__(self, script: Script, log: Path) -> None:
        self._lock = threading.Lock()
        self._script = script
        self._log = log
        self._number = 0

    def answer(self, request: Json) -> tuple[int, Turn]:
        """Choose and log the turn that answers `request`; gives the request's number with it."""
        with self._lock:
            self._number += 1
            name, turn = choose(self._script, request)
            record = log_record(self._number, name, turn, request)
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(record) + "\n")
            return self._number, turn


def choose(script: Script, request: Mapping[str, object]) -> tuple[str, Turn]:
    """Take the next turn for `request` out of the script, with the name of its route."""
    for route in script["routes"]:
        if route["turns"] and matches(route["when"], request):
            return route["name"], route["turns"].pop(0)
    if not offered_tools(request):
        return "aside", {"text": script["aside"]}
    if script["turns"]:
        return "main", script["turns"].pop(0)
    return "end", {"text": script["end"]}


def log_record(number: int, route: str, turn: Turn, request: Mapping[str, object]) -> Json:
    """What the log says about one request."""
    return {
        "number": number,
        "time": time.time(),
        "route": route,
        "model": request.get("model"),
        "tools": offered_tools(request),
        "system": request.get("system"),
        "messages": request.get("messages"),
        "turn": turn,
    }


def message(number: int, turn: Turn, request: Mapping[str, object]) -> Json:
    """The assistant message of a turn, as the API gives it to a client that does not stream."""
    blocks = content_blocks(number, turn, offered_tools(request))
    return {
        "id": f"msg_{number:04d}",
        "type": "message",
        "role": "assistant",
        "model": request.get("model"),
        "content": blocks,
        "stop_reason": "tool_use" if turn.get("calls") else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": turn.get("input_tokens", 100),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": 20,
        },
    }


def content_blocks(number: int, turn: Turn, offered: list[str]) -> list[Json]:
    """The text and the tool calls of a turn; ids differ between servers, as one session meets several."""
    blocks: list[Json] = [{"type": "text", "text": turn["text"]}] if "text" in turn else []
    for position, call in enumerate(turn.get("calls", []), 1):
        name = next((name for name in call["tool"] if name in offered), call["tool"][0])
        identity = f"toolu_{os.getpid()}_{number:04d}_{position}"
        blocks.append({"type": "tool_use", "id": identity, "name": name, "input": call["arguments"]})
    return blocks


def stream_events(message: Json) -> Iterator[Json]:
    """The server-sent events that carry a message, each block in one delta."""
    yield {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    for index, block in enumerate(cast("list[Json]", message["content"])):
        start, delta = block_parts(block)
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 20}}
    yield {"type": "message_stop"}


def block_parts(block: Json) -> tuple[Json, Json]:
    """A content block as it starts, and the delta that fills it."""
    if block["type"] == "text":
        return {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
    partial = json.dumps(block["input"])
    return {**block, "input": {}}, {"type": "input_json_delta", "partial_json": partial}


def encode_stream(message: Json) -> bytes:
    """A message as the body of a streamed answer."""
    lines = (f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in stream_events(message))
    return "".join(lines).encode()


def streamed_if_asked(message: Json, request: Json) -> bytes:
    """A message of the Messages API as the body of an answer."""
    return encode_stream(message) if request.get("stream") else json.dumps(message).encode()


class Protocol(NamedTuple):
    """How a client speaks: its request in the form of the Messages API, a message as it reads one."""

    read: Callable[[Json], Json]
    write: Callable[[Json, Json], bytes]


PROTOCOLS = {
    "/v1/messages": Protocol(dict, streamed_if_asked),
    "/v1/responses": Protocol(read_responses, write_responses),
    "/v1/chat/completions": Protocol(read_chat, write_chat),
}
"""By the path that is asked."""


class Server(ThreadingHTTPServer):
    """The API: `conversation` is shared by all connections."""

    daemon_threads = True

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.conversation = conversation


class Endpoint(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Nothing: the log of requests is the log."""

    def do_HEAD(self) -> None:
        """Answer a client that asks whether somebody is there."""
        self._reply(200, b"")

    def do_GET(self) -> None:
        """Nothing can be fetched."""
        self._reply(404, NOT_FOUND)

    def do_POST(self) -> None:
        """Answer a request for a message."""
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        protocol = PROTOCOLS.get(self.path.partition("?")[0])
        if protocol is None:
            self._reply(404, NOT_FOUND)
            return
        request = protocol.read(json.loads(body))
        number, turn = cast("Server", self.server).conversation.answer(request)
        time.sleep(turn.get("delay", 0.0))
        answer = protocol.write(message(number, turn, request), request)
        self._reply(200, answer, "text/event-stream" if request.get("stream") else "application/json")

    def _reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def raise_loopback() -> None:
    """Bring up the loopback interface of this network namespace; a new one starts with it down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def announce(port: int, file: Path) -> None:
    """Write the port file in one step, so that a reader sees the whole number or no file."""
    partial = file.with_name(file.name + ".partial")
    partial.write_text(str(port), encoding="utf-8")
    partial.replace(file)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description="a scripted Messages API on loopback")
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--raise-loopback", action="store_true")
    options = parser.parse_args()
    if options.raise_loopback:
        raise_loopback()
    script: Script = json.loads(options.script.read_text(encoding="utf-8"))
    server = Server(Conversation(script, options.log))
    announce(server.server_address[1], options.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
