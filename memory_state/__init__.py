"""Multi-phase workflows for coding agents, kept as Markdown, gated and recovered by hooks."""

__version__ = "0.1.0"
