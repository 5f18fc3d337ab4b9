"""Claude Code: the events it tells us about, its settings entries and its forms of answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from memory_state.agents.client import Client
from memory_state.agents.forms import NO_OUTPUT, decision, held, specific
from memory_state.agents.wiring import FOLDER, as_object, settings_in
from memory_state.core.hook import answer_call, end_call
from memory_state.core.jsontext import encode_json
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.agents.forms import Output
    from memory_state.agents.wiring import Entries

TIMEOUT = 10
"""Seconds until the client ends the hook."""


def main() -> None:
    """Answer the call on standard input for the event named by the first argument; never returns."""
    event, kind, text = answer_call(sys.argv[1] if len(sys.argv) > 1 else "")
    end_call(*write_answer(event, kind, text) if kind else NO_OUTPUT)


def write_answer(event: str, kind: str, text: str) -> Output:
    """An answer as the client reads it.

    What stops something is told twice: by the JSON, and by the exit status, which always holds.
    """
    if kind == "deny":
        return specific(event, decision("deny", text)), f"{text}\n", 2
    if kind == "ask":
        return specific(event, decision("ask", text)), "", 0
    if kind == "hold":
        return held(text), f"{text}\n", 2
    if kind == "message":
        return encode_json({"systemMessage": text}) + "\n", "", 0
    if kind == "fault":
        return "", f"{text}\n", 1
    return specific(event, {"additionalContext": text}, text if kind == "fact" else ""), "", 0


class Event(NamedTuple):
    """An event that we are told about: what its group and its handler hold beyond the command."""

    group: Mapping[str, object]
    handler: Mapping[str, object]


PLAIN = Event({}, {})
TOOL = Event({"matcher": "*"}, {})

EVENTS: dict[str, Event] = {
    "SessionStart": PLAIN,
    "UserPromptSubmit": PLAIN,
    # The client lets a call pass when its hook crashes or is too late, unless told otherwise.
    "PreToolUse": Event(TOOL.group, {"onFailure": "block"}),
    "PostToolUse": TOOL,
    "PostToolUseFailure": TOOL,
    "SubagentStart": PLAIN,
    "SubagentStop": PLAIN,
    "PreCompact": PLAIN,
    "Stop": PLAIN,
    "SessionEnd": PLAIN,
    "ConfigChange": PLAIN,
}
"""The events in the order they are wired. Names that clients since 2.1.197 know: an older client drops
all hooks of a plugin for one unknown name."""


def hook_entries(interpreter: str, launcher: str) -> Entries:
    """The groups to wire; both paths are absolute, as hooks run in whatever folder the session is."""
    return {name: [group(name, event, interpreter, launcher)] for name, event in EVENTS.items()}


def group(name: str, event: Event, interpreter: str, launcher: str) -> dict[str, object]:
    """The group of one event, with `args` so that no shell reads the paths.

    Copilot CLI reads these settings too, without `args`; `bash` is what it runs instead, and its own
    settings are those that `setup copilot` writes.
    """
    handler: dict[str, object] = {
        "type": "command",
        "command": interpreter,
        "args": ["-I", "-S", "-X", "utf8", launcher, name],
        "timeout": TIMEOUT,
        "bash": "exit 0",
    }
    return {**event.group, "hooks": [{**handler, **event.handler}]}


def switched_off(text: str) -> list[str]:
    """The sentence about settings that turn every hook off; ValueError when the text is no JSON."""
    if settings_in(text).get("disableAllHooks") is not True:
        return []
    return ["disableAllHooks is true, so no hook runs"]


def plugin_switches(text: str) -> dict[str, bool]:
    """Whether the settings switch our plugin on or off, by marketplace; ValueError when they are no JSON."""
    switches = as_object(settings_in(text).get("enabledPlugins"))
    return {name: value is True for name, value in switches.items() if name.startswith(f"{FOLDER}@")}


def plugin_off(text: str) -> list[str]:
    """The sentence about settings that switch our plugin off."""
    return [f"{name} is disabled" for name, on in plugin_switches(text).items() if not on]


CLIENT = Client(
    "claude", "Claude Code", ".claude", "claude", ".claude/settings.local.json", hook_entries, switched_off
)
