"""Codex CLI: its tools, its settings entries and its forms of answer.

It drops an answer that holds a field it does not know, and takes a question for consent, so it is given
exactly what it reads, and never asked.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from memory_state.agents.client import Client
from memory_state.agents.forms import NO_OUTPUT, decision, held, specific
from memory_state.agents.wiring import shared_line
from memory_state.core.hook import answer_call, end_call
from memory_state.core.jsontext import encode_json

if TYPE_CHECKING:
    from memory_state.agents.forms import Output
    from memory_state.agents.wiring import Entries
    from memory_state.core.hook import Payload

TIMEOUT = 10
"""Seconds until the client ends the hook."""
EVENTS = {
    "SessionStart": TIMEOUT,
    "UserPromptSubmit": TIMEOUT,
    "PreToolUse": TIMEOUT,
    "PostToolUse": TIMEOUT,
    "SubagentStart": TIMEOUT,
    "PreCompact": TIMEOUT,
    "Stop": TIMEOUT,
    "SessionEnd": 3,  # the most it waits then
}
"""The events in the order they are wired, each with its time limit in seconds."""
CONTEXT = ("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "SubagentStart")
"""The events whose answer may hold text for the model."""
TOOLS = {
    "apply_patch": "Edit",
    "view_image": "Read",
    "update_plan": "TodoWrite",
    "get_goal": "TaskGet",
    "create_goal": "TaskCreate",
    "update_goal": "TaskUpdate",
    "request_user_input": "AskUserQuestion",
    "tool_search": "ToolSearch",
    "web_search": "WebSearch",
    "spawn_agent": "Agent",
    "send_input": "SendMessage",
    "wait_agent": "TaskOutput",
    "close_agent": "TaskStop",
    "send_message": "SendMessage",
    "followup_task": "SendMessage",
    "list_agents": "ListAgents",
    "interrupt_agent": "TaskStop",
}
SUBAGENTS = "collaboration"
"""What stands before the names of tools that deal with subagents, with nothing between."""
PATCHED = ("*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: ")


def main() -> None:
    """Answer the call on standard input for the event named by the second argument; never returns.

    As a plugin it is called without; the payload says the event then.
    """
    event, kind, text = answer_call(sys.argv[2] if len(sys.argv) > 2 else "", read_call)
    end_call(*write_answer(event, kind, text) if kind else NO_OUTPUT)


def read_call(event: str, payload: Payload) -> tuple[str, Payload]:
    """Event and payload in the common form.

    The files that a patch changes are named within it. How a shell command ended is not told.
    """
    name, given = str(payload.get("tool_name") or "").removeprefix(SUBAGENTS), payload.get("tool_input")
    found = {**payload, "client": "codex", "cannot_ask": True, "tool_name": TOOLS.get(name, name)}
    if name == "apply_patch" and isinstance(given, dict):
        found["tool_input"] = {**given, "paths": patched_paths(str(given.get("command") or ""))}
    if name == "Bash":
        found["succeeded"] = None
    return event or str(payload.get("hook_event_name") or ""), found


def patched_paths(patch: str) -> list[str]:
    """The files that a patch adds, changes, deletes and moves, as it names them."""
    lines = [line.strip() for line in patch.split("\n")]
    return [line[len(mark) :].strip() for line in lines for mark in PATCHED if line.startswith(mark)]


def write_answer(event: str, kind: str, text: str) -> Output:
    """An answer as the client reads it."""
    if kind in ("deny", "ask"):
        return specific(event, decision("deny", text)), "", 0
    if kind == "hold":
        return held(text), "", 0
    if kind == "message" or (kind != "fault" and event not in CONTEXT):
        return encode_json({"systemMessage": text}) + "\n", "", 0
    if kind == "fault":
        return "", f"{text}\n", 1
    return specific(event, {"additionalContext": text}, text if kind == "fact" else ""), "", 0


def hook_entries(interpreter: str, launcher: str) -> Entries:
    """The groups to wire; their command lines stay the same, as the client asks about each that is new."""
    return {
        name: [{"hooks": [{"type": "command", "command": shared_line("codex", name), "timeout": limit}]}]
        for name, limit in EVENTS.items()
    }


CLIENT = Client(
    "codex",
    "Codex CLI",
    ".codex",
    "codex",
    ".codex/hooks.json",
    hook_entries,
    limits=(
        "hooks run only once you have trusted them (`/hooks`), and only in a trusted project",
        "nobody is asked before a command that only a person may run: it is denied, with how you run it",
        "what is typed into a program that waits for input is seen with the next call, or at the turn's end",
        "whether a shell command succeeded is not told, so no phase is left by `advance_on` after one",
    ),
)
