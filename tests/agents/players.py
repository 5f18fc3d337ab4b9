"""Hook processes of clients beside Claude Code, given recorded payloads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.sessions import Played, Project

PAYLOADS = Path(__file__).parent.parent / "payloads"


def payload(project: Project, client: str, name: str, **changes: object) -> dict[str, object]:
    """A payload that a client wrote, moved into a project, with some fields changed."""
    text = (PAYLOADS / client / f"{name}.json").read_text(encoding="utf-8")
    return {**json.loads(text.replace("/home/user/project", str(project.root))), **changes}


def play(project: Project, client: str, name: str, **changes: object) -> Played:
    """What a client's hook answers to a payload."""
    found = payload(project, client, name, **changes)
    return play_raw(project, client, str(found["hook_event_name"]), json.dumps(found).encode())


def play_raw(project: Project, client: str, event: str, content: bytes) -> Played:
    """What a client's hook answers to any bytes."""
    source = f"from memory_state.agents.{client} import main; main()"
    return project.play_raw(event, content, (sys.executable, "-c", source, client))


def told(played: Played) -> dict[str, object]:
    """The JSON of an answer; empty where there is none."""
    return dict(json.loads(played.output)) if played.output else {}
