"""What tells of a client in the environment of the processes that it starts."""

from __future__ import annotations

PROJECT_VARIABLE = "CLAUDE_PROJECT_DIR"
"""The project's root, as several clients name it to their hooks."""
PID_VARIABLE = "CLAUDE_PID"
"""The client's process; of a client that does not name it the hook's slow path does."""
SESSION_VARIABLES = ("CLAUDE_CODE_SESSION_ID", "CODEX_SESSION_ID", "COPILOT_AGENT_SESSION_ID")
"""The session, as clients name it to what the agent runs in a shell."""
AGENT_MARKS = (
    "CLAUDECODE", "CODEX_SESSION_ID", "CODEX_SANDBOX", "COPILOT_CLI", "GEMINI_CLI", "QWEN_CODE",
    "CURSOR_AGENT",
)  # fmt: skip
"""Set, whatever the value, in an agent's shell."""


def named_session(environment: dict[str, str]) -> str:
    """The id of the session that a process belongs to; empty where no client says one."""
    found = [environment[name] for name in SESSION_VARIABLES if environment.get(name)]
    return found[0] if found else ""
