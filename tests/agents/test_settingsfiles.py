"""The client's settings files: which are read, and where in them something stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents.settingsfiles import (
    client_folder,
    enabled_plugin,
    problem_place,
    settings_files,
    switch,
    wired_in,
)

if TYPE_CHECKING:
    from pathlib import Path


def put(path: Path, text: str) -> str:
    """Write a file, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_strongest_file_comes_first(tmp_path: Path) -> None:
    """Managed, local, project, user; those that are not there are left out."""
    home, root = tmp_path / "home", tmp_path / "project"
    paths = [
        put(tmp_path / "managed.json", "{}"),
        put(root / ".claude/settings.local.json", "{}"),
        put(root / ".claude/settings.json", "{}"),
        put(home / ".claude/settings.json", "{}"),
    ]
    found = settings_files({"HOME": str(home)}, str(root), paths[0])
    assert [each.path for each in found] == paths
    assert [each.origin for each in found] == ["managed", "local", "project", "user"]
    assert settings_files({"HOME": str(tmp_path)}, str(tmp_path), str(tmp_path / "none")) == ()


def test_the_clients_folder_can_be_elsewhere() -> None:
    """By the client's own variable."""
    assert str(client_folder({"HOME": "/home/ann", "CLAUDE_CONFIG_DIR": "/elsewhere"})) == "/elsewhere"
    assert str(client_folder({"HOME": "/home/ann"})) == "/home/ann/.claude"


def test_a_switch_has_line_and_column(tmp_path: Path) -> None:
    """Both count from 1."""
    put(tmp_path / ".claude/settings.json", '{\n  "model": "x",\n  "disableAllHooks": true\n}\n')
    (file,) = settings_files({"HOME": str(tmp_path / "home")}, str(tmp_path), "")
    value, place = switch(file, "disableAllHooks")
    assert (value, place.line, place.column) == (True, 3, 3)
    assert switch(file, "other")[0] is None


def test_what_can_not_be_read_has_its_line(tmp_path: Path) -> None:
    """No JSON, and no UTF-8."""
    put(tmp_path / ".claude/settings.json", '{\n  "model": \n}')
    (tmp_path / ".claude/settings.local.json").write_bytes(b"\xff")
    local, project = settings_files({"HOME": str(tmp_path / "home")}, str(tmp_path), "")
    assert problem_place(project).line == 3
    assert "utf-8" in local.problem


def test_handlers_of_ours_are_found_with_their_place(tmp_path: Path) -> None:
    """Among those of others, in whatever group."""
    text = """{"hooks": {"Stop": [{"hooks": [
  {"type": "command", "command": "other"},
  {"type": "command", "command": "/usr/bin/python3",
   "args": ["-I", "/home/ann/.local/share/memory-state/hook/1/launch.py", "Stop"]}]}]}}"""
    put(tmp_path / ".claude/settings.json", text)
    (file,) = settings_files({"HOME": str(tmp_path / "home")}, str(tmp_path), "")
    (found,) = wired_in(file)
    assert (found.event, found.place.line, found.place.column) == ("Stop", 3, 3)
    assert found.command[0] == "/usr/bin/python3"


def test_the_strongest_file_decides_about_the_plugin(tmp_path: Path) -> None:
    """One that switches it off wins over a weaker one that has it on."""
    home = tmp_path / "home"
    put(home / ".claude/settings.json", '{"enabledPlugins": {"memory-state@here": true}}')
    found = enabled_plugin(settings_files({"HOME": str(home)}, str(tmp_path), ""))
    assert found is not None
    assert found[0] == "memory-state@here"
    put(tmp_path / ".claude/settings.json", '{"enabledPlugins": {"memory-state@here": false}}')
    assert enabled_plugin(settings_files({"HOME": str(home)}, str(tmp_path), "")) is None
