"""The settings files that a client reads for a project, with places: what they say of hooks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.finding import Place
from memory_state.agents.jsontree import Node, positions
from memory_state.agents.wiring import FOLDER, as_object, is_ours
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANAGED = (
    "/Library/Application Support/ClaudeCode/managed-settings.json"
    if sys.platform == "darwin"
    else "/etc/claude-code/managed-settings.json"
)
LINE = re.compile(r"line ([0-9]+): ")


class SettingsFile(NamedTuple):
    """One of them: `origin` is managed, local, project or user; `problem` says why it can not be read."""

    origin: str
    path: str
    text: str
    tree: Node | None
    problem: str = ""


class Wired(NamedTuple):
    """A handler of ours in a settings file: its event, its words, where it stands."""

    file: SettingsFile
    event: str
    command: tuple[str, ...]
    place: Place


def client_folder(environment: Mapping[str, str]) -> Path:
    """The folder of the client's user settings."""
    named = environment.get("CLAUDE_CONFIG_DIR", "")
    return Path(named) if named else Path(environment.get("HOME", "/"), ".claude")


def settings_files(
    environment: Mapping[str, str], root: str, managed: str = MANAGED
) -> tuple[SettingsFile, ...]:
    """The settings files that are there, the strongest first."""
    paths = {
        "managed": Path(managed),
        "local": Path(root, ".claude/settings.local.json"),
        "project": Path(root, ".claude/settings.json"),
        "user": client_folder(environment) / "settings.json",
    }
    return tuple(read_settings_file(origin, path) for origin, path in paths.items() if path.is_file())


def read_settings_file(origin: str, path: Path) -> SettingsFile:
    """One file; what can not be read is a problem of it."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = positions(text) if text.strip() else None
    except (OSError, UnicodeDecodeError) as error:
        return SettingsFile(origin, str(path), "", None, str(error))
    except ValueError as error:
        return SettingsFile(origin, str(path), text, None, str(error))
    return SettingsFile(origin, str(path), text, tree)


def problem_place(file: SettingsFile) -> Place:
    """Where a file can not be read."""
    found = LINE.match(file.problem)
    return Place(file.path, int(found[1]) if found else 0)


def place_at(file: SettingsFile, offset: int) -> Place:
    """The place of an offset."""
    before = file.text[:offset]
    return Place(file.path, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def switch(file: SettingsFile, name: str) -> tuple[object, Place]:
    """The value of a key at the root, and where it stands; None where it is not there."""
    for member in file.tree.members if file.tree else ():
        if member.key == name:
            return member.node.value, place_at(file, member.start)
    return None, Place(file.path)


def plugin_switches(file: SettingsFile) -> dict[str, tuple[bool, Place]]:
    """Whether our plugin is switched on or off in a file, by the plugin's full name."""
    plugins = inner(file.tree, "enabledPlugins")
    return {
        str(member.key): (member.node.value is True, place_at(file, member.start))
        for member in (plugins.members if plugins else ())
        if str(member.key).startswith(f"{FOLDER}@")
    }


def enabled_plugin(files: tuple[SettingsFile, ...]) -> tuple[str, Place] | None:
    """The plugin of ours that is on, and where that is said; the strongest file that names it decides."""
    for file in files:
        found = plugin_switches(file)
        if found:
            return next(((name, place) for name, (on, place) in found.items() if on), None)
    return None


def wired_in(file: SettingsFile) -> Iterator[Wired]:
    """The handlers of ours in a file."""
    hooks = inner(file.tree, "hooks")
    for event in hooks.members if hooks else ():
        for group in event.node.members:
            handlers = inner(group.node, "hooks")
            for handler in handlers.members if handlers else ():
                if is_ours(handler.node.value):
                    place = place_at(file, handler.start)
                    yield Wired(file, str(event.key), words_of(handler.node.value), place)


def words_of(handler: object) -> tuple[str, ...]:
    """The words of a handler's command; a command for a shell is one word."""
    fields = as_object(handler)
    args = fields.get("args")
    words = [fields.get("command"), *(args if isinstance(args, list) else [])]
    return tuple(word for word in words if isinstance(word, str))


def inner(node: Node | None, key: str) -> Node | None:
    """The value of a key of an object; None where there is none."""
    return next((each.node for each in (node.members if node else ()) if each.key == key), None)
