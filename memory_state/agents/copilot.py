"""Copilot CLI: its tools, its settings entries and its forms of answer.

Event names in Claude Code's spelling make it send Claude Code's names of tools, with its own names of
their inputs. It reads context at the top level of an answer alone, takes a failing hook for a denial,
and after a compaction passes context on only after a tool call.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from zlib import crc32

from memory_state.agents.client import Client
from memory_state.agents.forms import NO_OUTPUT, decision, held
from memory_state.agents.wiring import shared_line
from memory_state.core.hook import answer_call, end_call
from memory_state.core.jsontext import encode_json

if TYPE_CHECKING:
    from memory_state.agents.forms import Output
    from memory_state.agents.wiring import Entries
    from memory_state.core.hook import Payload

TIMEOUT = 10
"""Seconds until the client ends the hook."""
EVENTS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "SubagentStart",
    "PreCompact", "Stop", "SessionEnd",
)  # fmt: skip
"""The events in the order they are wired."""
TOOLS = {
    "read_bash": "BashOutput",
    "list_bash": "BashOutput",
    "stop_bash": "KillShell",
    "skill": "Skill",
    "fetch_copilot_cli_documentation": "Skill",
    "report_intent": "Brief",
    "ask_user": "AskUserQuestion",
    "exit_plan_mode": "ExitPlanMode",
    "sql": "TodoWrite",
    "session_store_sql": "TodoRead",
    "list_agents": "ListAgents",
    "read_agent": "AgentOutput",
    "write_agent": "SendMessage",
    "web_fetch": "WebFetch",
    "apply_patch": "Edit",
}
INPUTS = {"file_text": "content", "old_str": "old_string", "new_str": "new_string"}
SOURCES = {"new": "startup"}
ENDED = "completed with exit code "


def main() -> None:
    """Answer the call on standard input for the event named by the second argument; never returns."""
    _, kind, text = answer_call(sys.argv[2] if len(sys.argv) > 2 else "", read_call)
    end_call(*write_answer(kind, text) if kind else NO_OUTPUT)


def read_call(event: str, payload: Payload) -> tuple[str, Payload]:
    """Event and payload in the common form.

    A call has no id: the moment at which it is told, which every hook is told alike, and what it is
    given stand for one. A subagent is told under an id of its own, which also stands for its session:
    what counts is the session that it works for, and its end is no session's.
    """
    event = event or str(payload.get("hook_event_name") or "")
    found = {**payload, "client": "copilot", "cannot_ask": True, "late_context": True}
    if payload.get("agent_id"):
        found["session_id"] = payload.get("sessionId") or payload.get("parent_agent_id")
        event = "SubagentStop" if event == "Stop" else event
    name, given = str(payload.get("tool_name") or ""), payload.get("tool_input")
    if name:
        found["tool_name"] = tool_name(name)
        found["tool_use_id"] = f"{payload.get('timestamp')}-{crc32(repr(given)[:4096].encode()):08x}"
    if isinstance(given, dict):
        found["tool_input"] = {INPUTS.get(key, key): value for key, value in given.items()}
    if event == "SessionStart":
        found["source"] = SOURCES.get(str(payload.get("source")), payload.get("source"))
    if event == "PostToolUse" and exit_status(payload.get("tool_result")) not in ("", "0"):
        event = "PostToolUseFailure"
    return event, found


def tool_name(name: str) -> str:
    """The common name of a tool; one with a dash is of a server, which stands before the last."""
    server, dash, tool = name.rpartition("-")
    return f"mcp__{server}__{tool}" if dash else TOOLS.get(name, name)


def exit_status(result: object) -> str:
    """The exit status at the end of a shell command's result; empty where it holds none."""
    text = str(result.get("text_result_for_llm") or "") if isinstance(result, dict) else ""
    ending = text[-80:].rpartition(ENDED)
    return ending[2].rstrip("> \n") if ending[1] else ""


def write_answer(kind: str, text: str) -> Output:
    """An answer as the client reads it."""
    if kind in ("deny", "ask"):
        return encode_json(decision("deny", text)) + "\n", "", 0
    if kind == "hold":
        return held(text), "", 0
    if kind == "fault":
        return "", f"{text}\n", 1
    return encode_json({"additionalContext": text}) + "\n", "", 0


def hook_entries(interpreter: str, launcher: str) -> Entries:
    """The groups to wire, without a matcher: an empty one would switch them off."""
    return {
        name: [{"hooks": [{"type": "command", "bash": shared_line("copilot", name), "timeoutSec": TIMEOUT}]}]
        for name in EVENTS
    }


CLIENT = Client(
    "copilot",
    "Copilot CLI",
    ".github/hooks",
    "copilot",
    ".github/hooks/memory-state.json",
    hook_entries,
    blank='{\n  "version": 1\n}\n',
    limits=(
        "hooks run only in a folder that you have trusted; elsewhere `copilot -p` skips them without a word",
        "nobody is asked before a command that only a person may run: it is denied, with how you run it",
        "after a compaction the agent is told again after its next tool call, not before",
        "a message for the person before the client is not shown; the agent is told instead",
    ),
)
