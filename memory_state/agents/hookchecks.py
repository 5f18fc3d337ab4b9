"""Checks of the wiring: whether the client calls our hooks, once, with an interpreter that is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import installation, records
from memory_state.agents.clients import CLIENTS
from memory_state.agents.finding import Finding, Place, well
from memory_state.agents.settingsfiles import (
    Wired,
    enabled_plugin,
    plugin_switches,
    problem_place,
    settings_files,
    switch,
    wired_in,
)
from memory_state.core.files import read_if_there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory_state.agents.settingsfiles import SettingsFile
    from memory_state.workspace.workspace import Workspace

OLDEST = (3, 11)
RUN_SECONDS = 10
VERSION_OF = "import sys; print(*sys.version_info[:3], sep='.')"
MAIN = "claude"
"""The client with checks of its own."""
NO_HOOK = "no hook runs, so no gate holds and nothing is recorded"


def files_of(workspace: Workspace) -> tuple[SettingsFile, ...]:
    """The client's settings files for the project."""
    return settings_files(workspace.project.environment, workspace.project.settings.root)


def wiring_check(workspace: Workspace) -> Iterator[Finding]:
    """Our hooks are in the project's settings, or the plugin is enabled."""
    environment, root = workspace.project.environment, workspace.project.settings.root
    path = records.settings_path(root)
    plugin = enabled_plugin(files_of(workspace))
    known = records.find_record(environment, root)
    if plugin and not known.record:
        yield well("hooks", f"the plugin is enabled in {plugin[1].path}")
        return
    problems = installation.wiring_problems(environment, installation.read_settings_text(path))
    if not problems:
        yield well("hooks", f"every event is wired in {path}")
        return
    elsewhere = wired_elsewhere(workspace)
    if elsewhere and not known.record and not any(any(wired_in(file)) for file in files_of(workspace)):
        yield Finding("hooks", "note", f"Claude Code is not set up here; wired are {', '.join(elsewhere)}")
        return
    fix = "wiring" if known.record or known.problem else ""
    message = "; ".join(problems)
    yield Finding("hooks", "error", message, NO_HOOK, "setup claude", Place(str(path)), fix)


def wired_elsewhere(workspace: Workspace) -> list[str]:
    """The titles of the other clients whose hooks are in the project's settings."""
    root = workspace.project.settings.root
    return [
        client.title
        for client in CLIENTS.values()
        if client.name != MAIN
        and installation.holds_hooks(
            installation.read_settings_text(records.settings_path(root, client.name))
        )
    ]


def settings_check(workspace: Workspace) -> Iterator[Finding]:
    """Nothing in the client's settings switches our hooks off."""
    return switched_off(files_of(workspace))


def switched_off(files: tuple[SettingsFile, ...]) -> Iterator[Finding]:
    """What settings files do against hooks: they can not be read, or they switch them off."""
    found = [each for file in files for each in switches_off(file)]
    found += plugin_off(files)
    yield from found or [well("settings", f"{len(files)} settings files leave hooks on")]


def switches_off(file: SettingsFile) -> Iterator[Finding]:
    """The same of one file."""
    if file.problem:
        why = "the client ignores a file that it can not read, and the hooks in it"
        message = f"can not be read: {file.problem}"
        yield Finding("settings", "error", message, why, "setup claude --print", problem_place(file))
    value, place = switch(file, "disableAllHooks")
    if value is True:
        message = "disableAllHooks is true: take the line out"
        yield Finding("settings", "error", message, NO_HOOK, "setup claude --check", place)
    value, place = switch(file, "allowManagedHooksOnly")
    if value is True and file.origin == "managed":
        message = "allowManagedHooksOnly is true: only hooks of the organisation run"
        yield Finding("settings", "error", message, NO_HOOK, "setup claude --print", place)


def plugin_off(files: tuple[SettingsFile, ...]) -> list[Finding]:
    """The plugin is switched off, and no settings file has the hooks in its stead."""
    if enabled_plugin(files) or any(any(wired_in(file)) for file in files):
        return []
    off = [(name, place) for file in files for name, (on, place) in plugin_switches(file).items() if not on]
    return [
        Finding("settings", "error", f"the plugin {name} is disabled", NO_HOOK, "setup claude", place)
        for name, place in off[:1]
    ]


def twice_check(workspace: Workspace) -> Iterator[Finding]:
    """Our hooks are called once for each event."""
    return wired_twice(files_of(workspace))


def wired_twice(files: tuple[SettingsFile, ...]) -> Iterator[Finding]:
    """Wirings beyond the first; a client runs commands that are the same word for word once."""
    forms: dict[tuple[str, ...], Wired] = {}
    for each in (one for file in files for one in wired_in(file) if one.event == "PreToolUse"):
        forms.setdefault(each.command, each)
    found = [each.place for each in forms.values()]
    plugin = enabled_plugin(files)
    found += [plugin[1]] if plugin else []
    if len(found) < 2:
        yield well("once", "no event is wired twice")
        return
    message = f"the hooks are wired {len(found)} times: {', '.join(map(str, found))}"
    why = "each call starts that many programs; it is judged and recorded once"
    yield Finding("once", "warning", message, why, "setup claude --remove", found[1])


def interpreter_check(workspace: Workspace) -> Iterator[Finding]:
    """The interpreters that hooks name are there, new enough, and ours."""
    own = installation.interpreter_path()
    found = [
        each for name, place in named(workspace).items() for each in interpreter_problems(name, place, own)
    ]
    version = ".".join(map(str, sys.version_info[:3]))
    yield from found or [well("interpreter", f"{own} is Python {version}")]


def named(workspace: Workspace) -> dict[str, Place]:
    """The interpreters that are named, each with the first place that does."""
    found: dict[str, Place] = {}
    record = installation.runtime_record(workspace.project.environment)
    interpreter = recorded_interpreter(record)
    if interpreter:
        found[interpreter] = Place(record, 1)
    for each in (one for file in files_of(workspace) for one in wired_in(file)):
        if len(each.command) > 1:
            found.setdefault(each.command[0], each.place)
    return found


def recorded_interpreter(record: str) -> str:
    """The interpreter that the runtime record names; empty for none."""
    return (read_if_there(record) or b"").decode("utf-8", "replace").partition("\n")[0]


def interpreter_problems(name: str, place: Place, own: str) -> Iterator[Finding]:
    """What is wrong with an interpreter that a place names; only one of the user's own record is asked."""
    repair, fix = (
        ("doctor --fix", "hook") if place.line == 1 and not place.column else ("setup claude", "wiring")
    )
    if name == own:
        return
    if shutil.which(name) is None:
        message = f"{name} is gone or can not be run"
        yield Finding("interpreter", "error", message, NO_HOOK, repair, place, fix)
        return
    version = version_of(name) if fix == "hook" else None
    if version is not None and version < OLDEST:
        message = f"{name} is Python {'.'.join(map(str, version))}, older than 3.11"
        yield Finding("interpreter", "error", message, NO_HOOK, repair, place, fix)
        return
    message = f"{name} is another interpreter than {own}, which runs this program"
    why = "libraries and compiled files belong to one interpreter"
    yield Finding("interpreter", "warning", message, why, repair, place, fix)


def version_of(interpreter: str) -> tuple[int, ...] | None:
    """The version that an interpreter says it is; None when it says none in time."""
    words = said_by([interpreter, "-I", "-S", "-c", VERSION_OF], {})
    parts = words.strip().split(".")
    return tuple(map(int, parts)) if len(parts) == 3 and all(map(str.isdigit, parts)) else None


def said_by(command: list[str], environment: Mapping[str, str]) -> str:
    """What a program prints; empty where it fails or takes more than ten seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - by absolute path, and not from a project's files
            command, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=RUN_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def compiled_check(workspace: Workspace) -> Iterator[Finding]:
    """The installed hook is of this version and compiled."""
    hook = installation.planned(workspace.project.environment)
    if installation.compiled_current(hook):
        yield well("compiled", f"{hook.launcher} is current")
        return
    there = Path(hook.launcher).parent.is_dir()
    message = (
        f"{hook.launcher} is {'not compiled, or of another state of its source' if there else 'missing'}"
    )
    why = "each call compiles the hook anew, or finds none"
    yield Finding("compiled", "error", message, why, "doctor --fix", Place(hook.launcher), "hook")


def runtime_check(workspace: Workspace) -> Iterator[Finding]:
    """The record of interpreter and launcher, which the plugin's scripts read, names files that are there."""
    path = installation.runtime_record(workspace.project.environment)
    content = (read_if_there(path) or b"").decode("utf-8", "replace")
    if content == installation.runtime_text(installation.planned(workspace.project.environment)):
        yield well("runtime", f"{path} names the installed hook")
        return
    message = f"{path} names another hook" if content else f"{path} is missing"
    why = "the plugin finds the hook by it"
    yield Finding("runtime", "error", message, why, "doctor --fix", Place(path), "hook")
