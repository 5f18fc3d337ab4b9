"""What a shell command writes, told without running it."""

from __future__ import annotations

from memory_state.shell.verdict import Verdict, judge

__all__ = ["Verdict", "judge"]
