"""Subagents of Codex and Copilot CLI: whose session they count for, and what their tools are."""

from __future__ import annotations

import pytest

from memory_state.agents import codex, copilot
from memory_state.core.tools import tool_word

MAIN, OWN = "569ff7ef-26c0-4328-bb25-b62c2019f4eb", "e720e4e8-4656-458a-ab1e-f983ad2f220d"
BELOW = {"agent_id": OWN, "agent_type": "general-purpose", "parent_agent_id": MAIN}


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"sessionId": MAIN, "agentName": "general-purpose"}, "SubagentStart"),
        ({"session_id": OWN, "tool_name": "Bash", "tool_input": {}}, "PreToolUse"),
        ({"session_id": OWN, "prompt": "go"}, "UserPromptSubmit"),
        ({"session_id": MAIN}, "SubagentStop"),
    ],
)
def test_subagent_counts_for_the_session_it_works_for(payload: dict[str, object], event: str) -> None:
    """Copilot CLI tells some calls under the subagent's id; all are the main session's."""
    name, found = copilot.read_call(event, {**payload, **BELOW})
    assert name == event
    assert found["session_id"] == MAIN
    assert found["agent_id"] == OWN


def test_end_of_a_subagent_is_no_end_of_the_session() -> None:
    """Copilot CLI tells a subagent's end as the session's too; a phase that holds does not hold it."""
    assert copilot.read_call("Stop", {"session_id": OWN, **BELOW})[0] == "SubagentStop"
    assert copilot.read_call("Stop", {"session_id": MAIN})[0] == "Stop"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("collaborationspawn_agent", "agent"),
        ("collaborationsend_message", "agent"),
        ("collaborationfollowup_task", "agent"),
        ("collaborationwait_agent", "meta"),
        ("collaborationinterrupt_agent", "meta"),
        ("collaborationlist_agents", "meta"),
        ("spawn_agent", "agent"),
    ],
)
def test_codex_tools_for_subagents_are_known(name: str, word: str) -> None:
    """Their names have their namespace before them, as the client puts it."""
    _, found = codex.read_call("PreToolUse", {"tool_name": name, "tool_input": {}})
    assert tool_word(str(found["tool_name"])) == word
