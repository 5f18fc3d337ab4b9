"""Paths that no tool may write in any phase: our state, what wires hooks, what rules them."""

from __future__ import annotations

from memory_state.core.paths import fold_path, relative_path
from memory_state.core.refusal import PROTECTED, refused_by
from memory_state.core.text import one_line

# Compared in folded form, wherever they stand: clients read them in a project's folders and at home.
PROTECTED_FILES = (
    (".memory-state.toml", "it holds the settings of memory-state"),
    (".memory-state.local.toml", "it holds the settings of memory-state"),
    (".codex/hooks.json", "it wires the hooks of Codex"),
    (".codex/config.toml", "it wires the hooks of Codex"),
    (".gemini/settings.json", "it wires the hooks of Gemini CLI"),
    (".qwen/settings.json", "it wires the hooks of Qwen Code"),
    (".factory/hooks.json", "it wires the hooks of Droid"),
    (".factory/settings.json", "it wires the hooks of Droid"),
    (".factory/settings.local.json", "it wires the hooks of Droid"),
    (".cursor/hooks.json", "it wires the hooks of Cursor"),
    (".windsurf/hooks.json", "it wires the hooks of Windsurf"),
    (".codeium/windsurf/hooks.json", "it wires the hooks of Windsurf"),
)
PROTECTED_FOLDERS = (
    (".github/hooks", "it wires the hooks of Copilot"),
    (".copilot/hooks", "it wires the hooks of Copilot"),
    (".clinerules/hooks", "it wires the hooks of Cline"),
    (".cline/hooks", "it wires the hooks of Cline"),
    ("cline/hooks", "it wires the hooks of Cline"),
    (".kiro/hooks", "it wires the hooks of Kiro"),
    (".opencode/plugin", "it wires the hooks of opencode"),
    (".opencode/plugins", "it wires the hooks of opencode"),
    ("opencode/plugins", "it wires the hooks of opencode"),
    (".amp/plugins", "it wires the hooks of Amp"),
    ("amp/plugins", "it wires the hooks of Amp"),
)
GIT_PROTECTED = ("hooks", "config", "config.worktree", "commondir")
AGENT_SETTINGS = ("/.claude/settings.json", "/.claude/settings.local.json")


def is_ordinary(path: str, guarded: tuple[str, ...]) -> bool:
    """Whether a resolved path is plainly protected by nothing, and no settings file; False says neither.

    It is none of `guarded` and below none: the memory path, the documents wherever they really are, our
    folders outside the project. It is no whole folder, and has no part that a protected one has. Nearly
    every edit is of such a file.
    """
    path = fold_path(path)
    if "/." in path or "/hooks" in path or "/plugins" in path or path[-1:] == "/":
        return False
    return not f"{path}/".startswith(tuple([fold_path(each).rstrip("/") + "/" for each in guarded]))


def protected_path(path: str, root: str, memory_path: str, own: tuple[str, ...]) -> str | None:
    """Why a resolved absolute path is protected in every phase, None when it is not.

    `own` are our absolute folders and files outside the project. A path with a trailing `/` means the
    whole folder, so the folders above our state and above `own` are protected then too; the project's
    root is not, as git writes whole trees.
    """
    why = protected_reason(fold_path(path), fold_path(root).rstrip("/"), memory_path, own)
    if why is None:
        return None
    shown = relative_path(path, root) or path
    return refused_by(PROTECTED, f"{one_line(shown, 200)} is protected in every phase: {why}")


def protected_reason(path: str, root: str, memory_path: str, own: tuple[str, ...]) -> str | None:
    """The reason alone; `path` and `root` are folded."""
    if touches_folder(path, f"{memory_path.rstrip('/')}/state", root):
        return "it is workflow state, which only memory-state writes"
    if any(touches_folder(path, folder, root) for folder in own):
        return "it belongs to the installation of memory-state"
    if steers_git(path):
        return "it decides what git runs"
    for name, why in PROTECTED_FILES:
        if path.endswith("/" + name):
            return why
    for name, why in PROTECTED_FOLDERS:
        if f"/{name}/" in path + "/":
            return why
    return None


def touches_folder(path: str, folder: str, root: str) -> bool:
    """Whether a folded path is a folder, stands below it, or is a whole folder above it but the root."""
    folder = fold_path(folder).rstrip("/")
    if f"{path.rstrip('/')}/".startswith(folder + "/"):
        return True
    return path.endswith("/") and path.rstrip("/") != root and folder.startswith(path)


def steers_git(path: str) -> bool:
    """Whether a folded path is a hook or a configuration of a repository, its submodules or worktrees.

    So is what says where all of these are: `.git` itself, and `commondir`.
    """
    if path.rstrip("/").endswith("/.git"):
        return True
    first, *rest = path.rpartition("/.git/")[2].split("/") if "/.git/" in path else [""]
    if first in ("modules", "worktrees"):
        return any(name in GIT_PROTECTED for name in rest)
    return first in GIT_PROTECTED


def is_agent_settings(path: str, root: str) -> bool:
    """Whether a resolved path is a settings file of Claude Code, of which only some keys are ours.

    Below the root both the shared and the local one count, elsewhere the user's `settings.json`.
    """
    path = fold_path(path)
    if path.startswith(fold_path(root).rstrip("/") + "/"):
        return path.endswith(AGENT_SETTINGS)
    return path.endswith(AGENT_SETTINGS[0])
