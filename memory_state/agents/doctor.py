"""First checks of an installation: each is a function that gives a finding."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.agents import claude, installation, records
from memory_state.core.errors import MemoryStateError, Missing
from memory_state.core.files import read_if_there, read_tail
from memory_state.core.journal import last_event
from memory_state.core.layout import event_log
from memory_state.workspace.legacy import legacy_hint
from memory_state.workspace.repair import repair_logs
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE_SECONDS = 30


class Finding(NamedTuple):
    """What one check found; `repair` is the command that mends it."""

    name: str
    ok: bool
    message: str
    repair: str = ""


def interpreter_check(workspace: Workspace) -> Finding:
    """The interpreter is there and new enough."""
    path = installation.interpreter_path()
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("interpreter", ok=sys.version_info >= (3, 11), message=f"{path} is Python {version}")


def wiring_check(workspace: Workspace) -> Finding:
    """Our hooks are in the project's settings, or the plugin is enabled."""
    path = records.settings_path(workspace.project.settings.root)
    text = installation.read_settings_text(path)
    enabled = plugin_settings(workspace)
    if (
        enabled
        and not records.find_record(workspace.project.environment, workspace.project.settings.root).record
    ):
        return Finding("hooks", ok=True, message=f"the plugin is enabled in {enabled}")
    problems = installation.wiring_problems(workspace.project.environment, text)
    message = "; ".join(problems) or f"every event is wired in {path}"
    return Finding("hooks", ok=not problems, message=message, repair="setup claude")


def plugin_settings(workspace: Workspace) -> str | None:
    """The client's settings file that enables our plugin; the nearest to the project decides."""
    folder = Path(workspace.project.settings.root, ".claude")
    user = Path(workspace.project.environment.get("HOME", "/"), ".claude", "settings.json")
    for path in (folder / "settings.local.json", folder / "settings.json", user):
        try:
            switches = claude.plugin_switches(installation.read_settings_text(path) or "{}")
        except ValueError:
            continue
        if switches:
            return str(path) if any(switches.values()) else None
    return None


def compiled_check(workspace: Workspace) -> Finding:
    """The installed hook is of this version and compiled."""
    hook = installation.planned(workspace.project.environment)
    current = installation.compiled_current(hook)
    message = f"{hook.launcher} is current" if current else f"{hook.launcher} is missing or not compiled"
    return Finding("compiled", ok=current, message=message, repair="doctor --fix")


def probe_check(workspace: Workspace) -> Finding:
    """The installed hook denies a write that a phase forbids, in a project made for it."""
    hook = installation.planned(workspace.project.environment)
    with tempfile.TemporaryDirectory() as folder:
        status, output = probe(workspace, hook, folder)
    denied = status == 2 and '"deny"' in output
    message = (
        "it denies a forbidden write" if denied else f"a forbidden write got exit {status}: {output[:200]!r}"
    )
    return Finding("probe", ok=denied, message=message, repair="doctor --fix")


def probe(workspace: Workspace, hook: installation.Installed, folder: str) -> tuple[int, str]:
    """Exit status and output of the hook for a forbidden write in `folder`."""
    environment = {
        **{name: workspace.project.environment.get(name, "") for name in ("PATH", "HOME", "LANG")},
        "XDG_STATE_HOME": f"{folder}/state",
        "CLAUDE_PROJECT_DIR": folder,
    }
    other = Workspace.find(folder, environment=environment)
    other.start("feature", "A probe")
    payload = {
        "session_id": "probe", "cwd": folder, "hook_event_name": "PreToolUse", "tool_name": "Write",
        "tool_input": {"file_path": f"{folder}/src/probe.py", "content": ""}, "tool_use_id": "probe",
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own program, by absolute path
        [hook.interpreter, "-I", "-S", "-X", "utf8", hook.launcher, "PreToolUse"],
        input=json.dumps(payload), capture_output=True, text=True, env=environment, timeout=PROBE_SECONDS,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout or done.stderr


def seen_check(workspace: Workspace) -> Finding:
    """When a hook last wrote into the current workflow's history."""
    try:
        workflow = workspace.workflow()
    except Missing:
        return Finding("last hook", ok=True, message="no workflow is current here")
    tail = read_tail(event_log(workspace.project.memory, workflow), last_by_hook)
    last = last_by_hook(tail)
    message = f"{last[2]} at {last[1]}" if last else f"no hook has written to workflow {workflow} yet"
    return Finding("last hook", ok=True, message=message)


def last_by_hook(tail: bytes) -> tuple[int, str, str, str, bytes] | None:
    """The last event that a hook wrote, of those at the end of a log."""
    lines = [line for line in tail.split(b"\n") if b'"by":"hook"' in line]
    return last_event(b"\n".join(lines))


def state_check(workspace: Workspace) -> Finding:
    """The current workflow can be read without problems."""
    try:
        run = workspace.status()
    except Missing:
        return Finding("state", ok=True, message=f"no workflow below {workspace.project.memory}")
    except MemoryStateError as error:
        return Finding("state", ok=False, message=error.sentence, repair="status")
    problems = "; ".join(map(str, run.problems))
    return Finding(
        "state", ok=not problems, message=problems or f"workflow {run.id} in {run.path}", repair="validate"
    )


def runtime_check(workspace: Workspace) -> Finding:
    """The record of interpreter and launcher, which the plugin's scripts read, names files that are there."""
    path = installation.runtime_record(workspace.project.environment)
    content = (read_if_there(path) or b"").decode("utf-8", "replace")
    ok = content == installation.runtime_text(installation.planned(workspace.project.environment))
    message = f"{path} names the installed hook" if ok else f"{path} is missing or names another hook"
    return Finding("runtime", ok=ok, message=message, repair="doctor --fix")


def legacy_check(workspace: Workspace) -> Finding:
    """Whether an earlier layout is about."""
    hint = legacy_hint(workspace.project.settings.root, workspace.project.memory)
    return Finding("legacy", ok=True, message=hint or "no earlier layout is about")


CHECKS: tuple[Callable[[Workspace], Finding], ...] = (
    interpreter_check, wiring_check, compiled_check, runtime_check, probe_check, seen_check, state_check,
    legacy_check,
)  # fmt: skip


def examine(workspace: Workspace) -> list[Finding]:
    """What every check finds."""
    return [check(workspace) for check in CHECKS]


def reinstall(workspace: Workspace) -> str:
    """Install the hook anew, compiled, with program and runtime record."""
    hook = installation.install(workspace.project.environment)
    return f"the hook is installed as {hook.launcher}"


def rewire(workspace: Workspace) -> str:
    """Wire the hooks anew where setup had wired them; empty where it never had."""
    environment, root = workspace.project.environment, workspace.project.settings.root
    known = records.find_record(environment, root)
    if not (known.record or known.problem):
        return ""
    installation.set_up(environment, root)
    return f"the hooks are wired in {records.settings_path(root)}"


REPAIRS: tuple[Callable[[Workspace], str], ...] = (reinstall, rewire, repair_logs)


def repair(workspace: Workspace) -> list[str]:
    """Mend what can be mended without a person's choice; gives a sentence about each attempt."""
    return [said for each in REPAIRS if (said := attempt(each, workspace))]


def attempt(mend: Callable[[Workspace], str], workspace: Workspace) -> str:
    """What a repair did, or why it could not be done."""
    try:
        return mend(workspace)
    except MemoryStateError as error:
        return f"not mended: {error.sentence}"
    except OSError as error:
        return f"not mended: {error}"
