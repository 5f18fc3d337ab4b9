"""Installing the hook for this user, and wiring it into a client's settings.

The hook stands outside every work tree: in the user's data folder, in a folder named after its
content, so that a session keeps the hook it began with while another version is installed.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import shutil
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.clients import CLIENTS
from memory_state.agents.hookfolder import LAUNCHER, is_current, lay_folder, put
from memory_state.agents.joining import joined_names, joined_sources
from memory_state.agents.records import Record, find_record, forget, settings_path, write_record
from memory_state.agents.wiring import differences, unwire, wire
from memory_state.core.errors import Broken, Missing, Misused
from memory_state.core.files import replace_file
from memory_state.core.layout import share_folder
from memory_state.shell.installed import find_parser
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.resources import resource_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.agents.client import Client

NEEDED = ("memory_state", "frontmatter", "yaml", "mistune")


class Installed(NamedTuple):
    """The hook as installed: the interpreter that runs it, its launcher, our program for shells."""

    interpreter: str
    launcher: str
    program: str


def interpreter_path() -> str:
    """The real interpreter, no shim and no link: what a hook command names must start at once."""
    return str(Path(sys.executable).resolve())


def site_folders() -> tuple[str, ...]:
    """The folders that hold our package and the libraries of its slow path."""
    found = []
    for name in NEEDED:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise Broken(f"the library {name} is missing; install memory-state again")
        found.append(str(Path(spec.origin).parent.parent))
    return tuple(dict.fromkeys(found))


def program_paths(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Every absolute path under which our command may be called."""
    beside = str(Path(sys.executable).with_name("memory-state"))
    return tuple(dict.fromkeys((share_folder(dict(environment)) + "/bin/memory-state", beside)))


def hook_sources(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The joined modules for this user, by name."""
    return sources_with(site_folders(), program_paths(environment), find_parser() or "")


@lru_cache(maxsize=4)
def sources_with(site: tuple[str, ...], programs: tuple[str, ...], parser: str) -> Mapping[str, str]:
    """The joined modules with these constants; joining takes its time, and one call of ours asks often."""
    return joined_sources({"SITE": site, "PROGRAMS": programs, "PARSER": parser})


def planned(environment: Mapping[str, str]) -> Installed:
    """Where this version's hook is, or would be."""
    share = share_folder(dict(environment))
    content = "".join(hook_sources(environment).values()).encode() + launcher_source()
    folder = f"{share}/hook/{hashlib.sha256(content).hexdigest()[:12]}"
    interpreter = interpreter_path()
    return Installed(interpreter, f"{folder}/{launcher_name(interpreter)}", f"{share}/bin/memory-state")


def launcher_name(interpreter: str) -> str:
    """The file that the interpreter runs: compiled, where its path can only name this version of Python.

    Compiling takes more time than the gate's work; another version would refuse what is compiled.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return "launch.pyc" if version in Path(interpreter).name else "launch.py"


def launcher_source() -> bytes:
    """The launcher as it comes with the package."""
    return (resource_folder("hooks") / "launch.py").read_bytes()


def install(environment: Mapping[str, str]) -> Installed:
    """Install hook, program and runtime record; done twice, nothing changes."""
    hook = planned(environment)
    modules = {name: source.encode() for name, source in hook_sources(environment).items()}
    lay_folder(hook.launcher.rpartition("/")[0], {**modules, LAUNCHER: launcher_source()})
    script = f'#!/bin/sh\nexec "{sys.executable}" -m memory_state "$@"\n'
    for path, content in ((hook.program, script.encode()), (runner_path(environment), runner_source())):
        put(path, content)
        Path(path).chmod(0o755)
    put(runtime_record(environment), runtime_text(hook).encode())
    return hook


def runner_path(environment: Mapping[str, str]) -> str:
    """The script that starts the hook from a command line that is the same for every user and version."""
    return f"{share_folder(dict(environment))}/hook/run"


def runner_source() -> bytes:
    """That script as it comes with the package."""
    return (resource_folder("hooks") / "run").read_bytes()


def runtime_record(environment: Mapping[str, str]) -> str:
    """Where the plugin's scripts read which interpreter runs which launcher."""
    return f"{share_folder(dict(environment))}/runtime"


def runtime_text(hook: Installed) -> str:
    """What stands there."""
    return f"{hook.interpreter}\n{hook.launcher}\n"


def compiled_current(hook: Installed) -> bool:
    """Whether the compiled hook is there and belongs to its source."""
    folder = hook.launcher.rpartition("/")[0]
    return all(is_current(folder, name) for name in (*joined_names(), LAUNCHER))


# A client's settings


def read_settings_text(path: Path) -> str:
    """A settings file's text, empty when it is not there; Misused when it is not UTF-8."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise Misused(f"{path} is not UTF-8 at byte {error.start}") from error


def require_agent(agent: str) -> None:
    """Misused for a client we do not know."""
    if agent not in CLIENTS:
        near = difflib.get_close_matches(agent, CLIENTS, 1)
        raise Misused(
            f"there is no setup for {agent!r}; there is one for {', '.join(CLIENTS)}",
            tuple(f"setup {each}" for each in near or CLIENTS),
        )


def detected_agents(environment: Mapping[str, str], root: str) -> tuple[str, ...]:
    """The clients that a project or its user has; Missing, with those we know, when there is none."""
    found = [each.name for each in CLIENTS.values() if is_used(each, environment, root)]
    if found:
        return tuple(found)
    signs = [
        f"{each.name} by {each.folder}/ in the project or {each.program} on PATH" for each in CLIENTS.values()
    ]
    raise Missing(
        f"no coding agent was found here; known are {', '.join(signs)}",
        tuple(f"setup {agent}" for agent in CLIENTS),
    )


def is_used(client: Client, environment: Mapping[str, str], root: str) -> bool:
    """Whether a project has a folder for a client, or its user the client's program."""
    program = shutil.which(client.program, path=environment.get("PATH", ""))
    return program is not None or Path(root, client.folder).is_dir()


def wired_text(
    environment: Mapping[str, str], root: str, hook: Installed, agent: str = "claude"
) -> tuple[str, Record]:
    """The settings with our hooks in them, and the record to keep.

    Misused, with the line, when the settings can not be read. A damaged record counts as none.
    """
    path, client = settings_path(root, agent), CLIENTS[agent]
    known = find_record(environment, root, agent).record
    entries = client.entries(hook.interpreter, hook.launcher)
    before = read_settings_text(path)
    try:
        text, undo = wire(before or client.blank, entries, known.undo if known else None)
    except ValueError as error:
        raise Misused(f"{path} can not be changed: {error}") from error
    return text, Record(str(path), undo, known.made if known else ())


def set_up(environment: Mapping[str, str], root: str, agent: str = "claude") -> Installed:
    """Install the hook and wire it into the project; what the settings hold besides stays as it is."""
    hook = install(environment)
    text, record = wired_text(environment, root, hook, agent)
    write_record(environment, record)
    put(str(settings_path(root, agent)), text.encode())
    return hook


def take_out(environment: Mapping[str, str], root: str, agent: str = "claude") -> bool:
    """Remove our hooks from the project's settings and forget its record; False when there were none."""
    path, known = settings_path(root, agent), find_record(environment, root, agent).record
    before = read_settings_text(path)
    try:
        text = unwire(before, known.undo if known else None)
    except ValueError as error:
        raise Misused(f"{path} can not be changed: {error}") from error
    if text != before:
        put_back(path, "" if text == CLIENTS[agent].blank else text, root)
    forget(environment, root, agent)
    return text != before


def put_back(path: Path, text: str, root: str) -> None:
    """Write the settings without our hooks; where nothing is left, the file goes, with folders left empty."""
    if text:
        replace_file(str(path), text.encode(), durable=False)
        return
    path.unlink()
    for folder in path.parents[: len(path.relative_to(root).parts) - 1]:
        if any(folder.iterdir()):
            return
        folder.rmdir()


def holds_hooks(text: str) -> bool:
    """Whether a settings text holds hooks of ours; one that is no JSON holds none that run."""
    try:
        return unwire(text) != text
    except ValueError:
        return False


def wiring_problems(environment: Mapping[str, str], text: str, agent: str = "claude") -> list[str]:
    """What keeps a settings file's text from running our hooks as they are meant, one sentence each."""
    hook, client = planned(environment), CLIENTS[agent]
    try:
        return [
            *client.problems(text),
            *differences(text, client.entries(hook.interpreter, hook.launcher)),
        ]
    except ValueError as error:
        return [f"the settings cannot be read: {error}"]
