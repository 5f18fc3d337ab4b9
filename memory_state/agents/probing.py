"""Trying the wired command as it stands: a write that must be denied, a read that must pass.

It runs in a project made for it. What stands in a project's settings is run only where it is the
command that setup writes for this user: a cloned repository can not have a program run by a check.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import installation
from memory_state.agents.finding import Finding, Place, well
from memory_state.agents.hookchecks import files_of, recorded_interpreter, said_by
from memory_state.agents.settingsfiles import client_folder, enabled_plugin, wired_in
from memory_state.core.layout import share_folder
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROBE_SECONDS = 30
KEPT = ("PATH", "HOME", "LANG", "XDG_DATA_HOME")
FLAGS = ("-I", "-S", "-X", "utf8")
VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})")
DENIES_SINCE = (2, 1, 197)
BLOCKS_SINCE = (2, 1, 295)
TRIED_UP_TO = "2.1.329"
OPEN_GATE = "calls that a phase forbids go through"


class Trial(NamedTuple):
    """A command to try and where it is wired; without words it is not tried, for the reason in `why_not`."""

    words: tuple[str, ...]
    place: Place
    why_not: str = ""


def probe_check(workspace: Workspace) -> Iterator[Finding]:
    """Each wired command denies a write that a phase forbids, and lets a read pass."""
    for trial in trials(workspace):
        yield tried(workspace, trial) if trial.words else not_tried(trial)


def not_tried(trial: Trial) -> Finding:
    """A command that is not run."""
    why = "whether it denies what a phase forbids is not known"
    return Finding(
        "probe", "warning", f"not tried: {trial.why_not}", why, "setup claude", trial.place, "wiring"
    )


def trials(workspace: Workspace) -> list[Trial]:
    """The commands that are wired for PreToolUse; where none is, the one that setup would wire."""
    environment = workspace.project.environment
    files = files_of(workspace)
    wired = [each for file in files for each in wired_in(file) if each.event == "PreToolUse"]
    found = [vouched(environment, each.command, each.place) for each in wired]
    plugin = enabled_plugin(files)
    found += [plugin_trial(environment, *plugin)] if plugin else []
    hook = installation.planned(environment)
    planned = (hook.interpreter, *FLAGS, hook.launcher, "PreToolUse")
    return list(dict.fromkeys(found)) or [Trial(planned, Place(hook.launcher))]


def vouched(environment: Mapping[str, str], command: tuple[str, ...], place: Place) -> Trial:
    """A wired command, if it runs this user's launcher by an interpreter that setup recorded."""
    recorded = recorded_interpreter(installation.runtime_record(environment))
    interpreters = (installation.interpreter_path(), recorded)
    ours = share_folder(dict(environment)) + "/hook/"
    if len(command) != len(FLAGS) + 3 or command[1:-2] != FLAGS or command[-1] != "PreToolUse":
        return Trial((), place, "the command is not in the form that setup writes")
    if command[0] not in interpreters or not is_below(command[-2], ours):
        return Trial((), place, "the command is not the one that setup recorded for this user")
    return Trial(command, place)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is below a folder, links and `..` resolved."""
    return Path(path).resolve().is_relative_to(Path(folder).resolve())


def plugin_trial(environment: Mapping[str, str], name: str, place: Place) -> Trial:
    """The command of the plugin, as the user installed it in the client."""
    root = plugin_root(environment, name)
    if root is None:
        return Trial((), place, f"where the client has {name} is not known")
    return Trial((f"{root}/hooks/run", "PreToolUse"), place)


def plugin_root(environment: Mapping[str, str], name: str) -> str | None:
    """The folder that the client reads a plugin from: that of its marketplace, or its own copy."""
    folder = client_folder(environment) / "plugins"
    market = read_object(folder / "known_marketplaces.json").get(name.partition("@")[2])
    installed = as_object(read_object(folder / "installed_plugins.json").get("plugins")).get(name)
    copies = [as_object(each).get("installPath") for each in installed] if isinstance(installed, list) else []
    for each in (as_object(market).get("installLocation"), *copies):
        if isinstance(each, str) and Path(each, "hooks/run").is_file():
            return each
    return None


def read_object(path: Path) -> dict[str, object]:
    """The object of a JSON file of the client; empty where there is none."""
    try:
        return as_object(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return {}


def as_object(value: object) -> dict[str, object]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def tried(workspace: Workspace, trial: Trial) -> Finding:
    """What a command answers in a project made for it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: workspace.project.environment.get(name, "") for name in KEPT}
        environment |= {"XDG_STATE_HOME": f"{folder}/state", "CLAUDE_PROJECT_DIR": folder}
        if trial.words[0].endswith("/hooks/run"):
            environment["CLAUDE_PLUGIN_ROOT"] = trial.words[0].removesuffix("/hooks/run")
        Workspace.find(folder, environment=environment).start("feature", "A probe")
        try:
            faults = [
                fault for tool in ("Write", "Read") for fault in answered(trial, tool, folder, environment)
            ]
        except (OSError, subprocess.SubprocessError) as error:
            faults = [str(error)]
    if not faults:
        return well("probe", f"the command in {trial.place} denies a forbidden write and lets a read pass")
    return Finding("probe", "error", "; ".join(faults), OPEN_GATE, "doctor --fix", trial.place, "hook")


def probe_call(tool: str, folder: str) -> bytes:
    """The payload of a call about a file that phase plan does not let be written."""
    payload = {
        "session_id": "probe", "cwd": folder, "hook_event_name": "PreToolUse", "tool_name": tool,
        "tool_input": {"file_path": f"{folder}/src/probe.py", "content": ""}, "tool_use_id": f"probe-{tool}",
    }  # fmt: skip
    return json.dumps(payload).encode()


def answered(trial: Trial, tool: str, folder: str, environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the answer to one call."""
    done = subprocess.run(  # noqa: S603 - a command that setup wrote, or of an installed plugin
        trial.words, input=probe_call(tool, folder), capture_output=True, env=dict(environment),
        cwd=folder, timeout=PROBE_SECONDS, check=False,
    )  # fmt: skip
    said = done.stdout or done.stderr
    shown = f"exit {done.returncode}: {said[:200].decode('utf-8', 'replace')!r}"
    if tool == "Read" and (done.returncode != 0 or done.stdout):
        yield f"a read got {shown}"
    if tool == "Write" and not (done.returncode == 2 and denies(done.stdout)):
        yield f"a forbidden write got {shown}"


def denies(output: bytes) -> bool:
    """Whether all of a standard output is one JSON document that denies."""
    try:
        found = as_object(json.loads(output))
    except ValueError:
        return False
    return as_object(found.get("hookSpecificOutput")).get("permissionDecision") == "deny"


def client_check(workspace: Workspace) -> Iterator[Finding]:
    """The client on PATH is of a version that is known to hold to what a hook says."""
    path = shutil.which("claude", path=workspace.project.environment.get("PATH", ""))
    if path is None:
        message = "no claude on PATH: whether the client holds to a denial is not known"
        yield Finding("client", "note", message)
        return
    kept = {name: workspace.project.environment.get(name, "") for name in KEPT}
    yield judged(path, said_by([path, "--version"], kept))


def judged(path: str, said: str) -> Finding:
    """What is known of a client that says this of its version."""
    found = VERSION.search(said)
    if found is None:
        message = f"{path} does not say its version: whether it holds to a denial is not known"
        return Finding("client", "warning", message, OPEN_GATE, "setup claude --check", Place(path))
    version = tuple(map(int, found.groups()))
    if version < DENIES_SINCE:
        message = f"{path} is {found[0]}, older than 2.1.197, the first one that was seen to hold to a denial"
        return Finding("client", "error", message, OPEN_GATE, "setup claude --check", Place(path))
    if version < BLOCKS_SINCE:
        message = f"{path} is {found[0]}: a denial holds; onFailure is heeded since 2.1.295"
        why = "a call goes through when its hook is killed or too late"
        return Finding("client", "warning", message, why, "setup claude --check", Place(path))
    message = (
        f"{path} is {found[0]}: a denial holds (seen up to {TRIED_UP_TO}); which client a session runs "
        "can not be told from here"
    )
    return well("client", message)
