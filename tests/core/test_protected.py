"""What no phase lets a tool write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.core.protected import (
    AGENT_SETTINGS,
    PROTECTED_FILES,
    PROTECTED_FOLDERS,
    is_agent_settings,
    is_ordinary,
    protected_path,
)


@pytest.mark.parametrize(
    ("path", "protected"),
    [
        ("/p/.memory/state/active-workflow.md", True),
        ("/p/.memory/state", True),
        ("/p/.Memory/STATE/x", True),
        ("/p/.memory/state2/x", False),
        ("/p/.memory/workflows/own.md", False),
        ("/p/.memory/", True),
        ("/p/.memory", False),
        ("/p/", False),
        ("/", True),
        ("/p/.memory-state.toml", True),
        ("/p/sub/.Memory-State.local.toml", True),
        ("/p/x.memory-state.toml", False),
        ("/p/.git/hooks/pre-commit", True),
        ("/p/.git/hooks", True),
        ("/p/.GIT/Config", True),
        ("/p/.git/config.worktree", True),
        ("/p/.git/modules/a/hooks/x", True),
        ("/p/.git/modules/a/config", True),
        ("/other/.git/hooks/x", True),
        ("/p/.git/index", False),
        ("/p/.git/", True),
        ("/p/tests/.git", True),
        ("/p/.git/commondir", True),
        ("/p/.git/refs/heads/hooks", False),
        ("/p/hooks/x", False),
        ("/p/.gitignore", False),
        ("/p/.codex/hooks.json", True),
        ("/p/.codex/config.toml", True),
        ("/home/u/.gemini/settings.json", True),
        ("/p/.qwen/settings.json", True),
        ("/p/.factory/settings.json", True),
        ("/p/.factory/hooks.json", True),
        ("/p/.cursor/hooks.json", True),
        ("/p/.github/hooks/a.json", True),
        ("/p/.github/workflows/a.yml", False),
        ("/p/.clinerules/hooks/PreToolUse", True),
        ("/p/.opencode/plugins/a.js", True),
        ("/p/.claude/settings.json", False),
        ("/home/u/.config/memory-state/config.toml", True),
        ("/home/u/.config/", True),
        ("/home/u/.config/memory-stated", False),
        ("/p/src/app.py", False),
    ],
)
def test_places_protected_in_every_phase(path: str, *, protected: bool) -> None:
    """State, settings, git's hooks and configuration, and what wires other clients, in any case."""
    reason = protected_path(path, "/p", "/p/.memory", ("/home/u/.config/memory-state",))
    assert (reason is not None) is protected


def test_protection_says_which_file_and_why() -> None:
    """The reason shows the path relative to the project."""
    assert protected_path("/p/.memory/state/x", "/p", "/p/.memory", ()) == (
        ".memory/state/x is protected in every phase: it is workflow state, which only memory-state writes"
    )
    assert protected_path("/h/.git/config", "/p", "/p/.memory", ()) == (
        "/h/.git/config is protected in every phase: it decides what git runs"
    )


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("/p/.claude/settings.json", True),
        ("/p/sub/.Claude/settings.local.json", True),
        ("/home/u/.claude/settings.json", True),
        ("/home/u/.claude/settings.local.json", False),
        ("/p/.claude/agents/a.md", False),
        ("/p/settings.json", False),
    ],
)
def test_settings_of_claude_code_are_recognised(path: str, *, settings: bool) -> None:
    """The project's two settings files and the user's own count."""
    assert is_agent_settings(path, "/p") is settings


FOLDERS = ("/p/.memory", "/home/x/.config/memory-state", "/data/memory-state")
PARTS_OF_PATHS = st.sampled_from([
    "p", "src", ".git", "hooks", "config", "modules", "a", ".claude", "settings.json", "settings.local.json",
    ".memory-state.toml", ".memory", "state", "active-workflow.md", "home", "x", ".config", "memory-state",
    "data", "cline", "opencode", "plugins", "amp", ".GIT", "Hooks", ".Codex", "hooks.json", "plugin",
    "commondir",
])  # fmt: skip


@given(st.lists(PARTS_OF_PATHS, min_size=1, max_size=5), st.sampled_from(["", "/"]))
def test_no_protected_place_is_ordinary(names: list[str], end: str) -> None:
    """What the quick test lets by has no rule of its own in the slow one."""
    path = "/" + "/".join(names) + end
    if is_ordinary(path, FOLDERS):
        assert protected_path(path, "/p", FOLDERS[0], FOLDERS[1:]) is None
        assert not is_agent_settings(path, "/p")
        assert not f"{path}/".startswith("/p/.memory/")


def test_plain_files_are_ordinary() -> None:
    """Those that nearly every edit is of."""
    for path in ("/p/plan.md", "/p/src/a/b.py", "/p/docs/config", "/elsewhere/x"):
        assert is_ordinary(path, FOLDERS)


def test_nothing_in_the_tables_is_ordinary() -> None:
    """A row that is added there needs what the quick test looks for."""
    for name in [*(name for name, _ in (*PROTECTED_FILES, *PROTECTED_FOLDERS)), *AGENT_SETTINGS]:
        assert not is_ordinary(f"/p/{name.lstrip('/')}", FOLDERS), name
        assert not is_ordinary(f"/p/{name.lstrip('/')}/x", FOLDERS), name
