"""What a client's sandbox is to keep from an agent's commands: our state, and what hooks hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.layout import own_folders
from memory_state.workspace.grants import key_path
from memory_state.workspace.guarded import guarded_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workspace.configuration import Settings


def sandbox_rules(environment: Mapping[str, str], settings: Settings, program: str) -> dict[str, object]:
    """The `sandbox` part of Claude Code's settings for a project.

    Our own commands run outside of the sandbox, as they write the state that nothing else may write.
    """
    root = settings.root
    names = [f"{settings.memory}/state", *guarded_names(environment, root), *own_folders(dict(environment))]
    paths = dict.fromkeys(absolute(root, name) for name in names)
    return {
        "enabled": True,
        "excludedCommands": [program, f"{program} *"],
        "filesystem": {
            "denyWrite": [each for each in paths if not below_another(each, paths)],
            "denyRead": [absolute(root, key_path(environment))],
        },
    }


def absolute(root: str, name: str) -> str:
    """A path as the sandbox takes an absolute one in any settings file: with `//` before it."""
    return f"/{name}" if name.startswith("/") else f"/{root}/{name}"


def below_another(path: str, paths: Mapping[str, None]) -> bool:
    """Whether a path is in a folder that is among them anyway."""
    return any(path.startswith(f"{each}/") for each in paths)
