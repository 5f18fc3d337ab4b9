"""`python -m memory_state`: the same program as `memory-state`."""

from __future__ import annotations

from memory_state.cli import program

program()
