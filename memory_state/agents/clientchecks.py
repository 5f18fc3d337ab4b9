"""Checks of clients beside Claude Code: their wiring, tried as it stands, and what they can not do."""

from __future__ import annotations

import subprocess
import tempfile
from typing import TYPE_CHECKING

from memory_state.agents import installation, records
from memory_state.agents.clients import CLIENTS
from memory_state.agents.finding import Finding, Place, well
from memory_state.agents.hookchecks import MAIN, NO_HOOK
from memory_state.agents.probing import KEPT, OPEN_GATE, PROBE_SECONDS, probe_call
from memory_state.agents.wiring import shared_line
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.agents.client import Client

DENIAL = b'"permissionDecision": "deny"'


def other_clients_check(workspace: Workspace) -> Iterator[Finding]:
    """The hooks of every other client that was wired here are complete, and hold."""
    environment, root = workspace.project.environment, workspace.project.settings.root
    for client in CLIENTS.values():
        text = installation.read_settings_text(records.settings_path(root, client.name))
        known = records.find_record(environment, root, client.name)
        if client.name != MAIN and (known.record or known.problem or installation.holds_hooks(text)):
            yield from findings_of(workspace, client, text, "wiring" if known.record or known.problem else "")


def findings_of(workspace: Workspace, client: Client, text: str, fix: str) -> Iterator[Finding]:
    """What is found of one client with this settings text."""
    environment, root = workspace.project.environment, workspace.project.settings.root
    path = str(records.settings_path(root, client.name))
    problems = installation.wiring_problems(environment, text, client.name)
    if problems:
        message = f"{client.title}: {'; '.join(problems)}"
        yield Finding("hooks", "error", message, NO_HOOK, f"setup {client.name}", Place(path), fix)
    else:
        yield well("hooks", f"{client.title}: every event is wired in {path}")
        yield probed(workspace, client)
    for limit in client.limits:
        yield Finding("limits", "note", f"{client.title}: {limit}")


def probed(workspace: Workspace, client: Client) -> Finding:
    """Whether the command line that setup wires denies a write that a phase forbids."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name in KEPT if (value := workspace.project.environment.get(name))}
        environment |= {"XDG_STATE_HOME": f"{folder}/state", "CLAUDE_PROJECT_DIR": folder}
        Workspace.find(folder, environment=environment).start("feature", "A probe")
        try:
            done = subprocess.run(  # noqa: S603 - the line that setup writes, of which nothing is a project's
                ["/bin/sh", "-c", shared_line(client.name, "PreToolUse")],
                input=probe_call("Write", folder), capture_output=True, env=environment, cwd=folder,
                timeout=PROBE_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            return Finding(
                "probe", "error", f"{client.title}: {error}", OPEN_GATE, "doctor --fix", fix="hook"
            )
    if done.returncode == 0 and DENIAL in done.stdout:
        return well("probe", f"{client.title}: the command denies a forbidden write")
    said = (done.stdout or done.stderr)[:200].decode("utf-8", "replace")
    message = f"{client.title}: a forbidden write got exit {done.returncode}: {said!r}"
    return Finding("probe", "error", message, OPEN_GATE, "doctor --fix", fix="hook")
