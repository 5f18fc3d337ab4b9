"""The real Codex CLI, held to a workflow by our hooks."""
