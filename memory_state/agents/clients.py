"""The clients we know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents import claude, codex, copilot

if TYPE_CHECKING:
    from memory_state.agents.client import Client

CLIENTS: dict[str, Client] = {each.CLIENT.name: each.CLIENT for each in (claude, codex, copilot)}
"""By name, in the order in which they are named to people."""
