"""The real Copilot CLI, held to a workflow by our hooks."""
