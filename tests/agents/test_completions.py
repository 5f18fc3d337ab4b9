"""Completion scripts of ours in a person's home."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory_state.agents.completions import completion_file, mentions, written_files


@pytest.mark.parametrize(
    ("shell", "environment", "path"),
    [
        ("bash", {}, "/h/.local/share/bash-completion/completions/memory-state"),
        ("bash", {"XDG_DATA_HOME": "/d"}, "/d/bash-completion/completions/memory-state"),
        ("bash", {"XDG_DATA_HOME": "relative"}, "/h/.local/share/bash-completion/completions/memory-state"),
        ("fish", {"XDG_CONFIG_HOME": "/c"}, "/c/fish/completions/memory-state.fish"),
        ("zsh", {"XDG_CONFIG_HOME": "/c"}, "/h/.zfunc/_memory-state"),
    ],
)
def test_place_is_the_shells_own(shell: str, environment: dict[str, str], path: str) -> None:
    """Each shell looks in its folder of the user's; a relative variable counts as unset."""
    assert completion_file({"HOME": "/h", **environment}, shell) == Path(path)


def test_only_scripts_of_ours_are_found(tmp_path: Path) -> None:
    """By the line that they begin with, not by their name alone; a folder or a huge file is none."""
    known = {"HOME": str(tmp_path)}
    bash, zsh, fish = (completion_file(known, shell) for shell in ("bash", "zsh", "fish"))
    for path in (bash, zsh, fish):
        path.parent.mkdir(parents=True)
    bash.write_text("# by hand\n", encoding="utf-8")
    zsh.mkdir()
    fish.write_bytes(b"# memory-state completion for fish\n" + b"x" * (1 << 20))
    assert written_files(known) == []
    bash.write_text("#!\n# memory-state completion for bash; to enable it:\n", encoding="utf-8")
    assert written_files(known) == [bash]


def test_start_files_that_name_us_are_found(tmp_path: Path) -> None:
    """By file and line; whatever else is in them, and in which encoding, does not matter."""
    start = tmp_path / ".bashrc"
    assert mentions({"HOME": str(tmp_path)}) == []
    start.write_bytes(b'\xff\neval "$(_MEMORY_STATE_COMPLETE=bash_source memory-state)"\n')
    assert mentions({"HOME": str(tmp_path)}) == [f"{start}:2"]
