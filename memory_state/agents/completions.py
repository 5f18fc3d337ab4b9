"""Where a person's shell keeps completion scripts, and which of them came from us."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = "# memory-state completion for"
"""A script of ours holds a line that begins so."""

PLACES = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/memory-state"),
    "zsh": ("", "", ".zfunc/_memory-state"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/memory-state.fish"),
}
"""By shell: the variable that names the folder, its default in the home, the file in it. zsh has no
folder for users by default: `~/.zfunc` is what most put into its `fpath`."""

START_FILES = (".bashrc", ".bash_profile", ".profile", ".zshrc", ".config/fish/config.fish")
SIZE_LIMIT = 1 << 20


def completion_file(environment: Mapping[str, str], shell: str) -> Path:
    """Where a shell of this user looks for our completion script."""
    variable, default, name = PLACES[shell]
    base = environment.get(variable, "")
    return Path(base if base.startswith("/") else f"{environment.get('HOME', '')}/{default}", name)


def written_files(environment: Mapping[str, str]) -> list[Path]:
    """The completion scripts of ours that a person put in their places."""
    paths = [completion_file(environment, shell) for shell in PLACES]
    return [path for path in paths if any(line.startswith(MARK) for line in lines_of(path))]


def mentions(environment: Mapping[str, str]) -> list[str]:
    """The lines of a shell's start files that run our program, as FILE:LINE."""
    return [
        f"{path}:{number}"
        for path in (Path(environment.get("HOME", ""), name) for name in START_FILES)
        for number, line in enumerate(lines_of(path), 1)
        if "memory-state" in line or "_MEMORY_STATE_COMPLETE" in line
    ]


def lines_of(path: Path) -> list[str]:
    """The lines of a text file; none where it is not there, or is none of a size to look through."""
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        return []
    return path.read_bytes().decode("utf-8", "replace").splitlines()
