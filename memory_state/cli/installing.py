"""Commands about the installation: `setup` and `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call, command_line, environment_of, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from memory_state.agents.doctor import Finding
    from memory_state.workspace.workspace import Workspace


@click.command("setup", cls=Sharing)
@click.argument("agent")
@click.option(
    "--check", "mode", flag_value="check", help="Only say whether the hooks are wired; exit 1 if not."
)
@click.option("--print", "mode", flag_value="print", help="Only print the settings as they would be.")
@click.option("--remove", "mode", flag_value="remove", help="Take the hooks out again; for a person only.")
@click.pass_obj
def setup(call: Call, agent: str, mode: str | None) -> None:
    """Wire the hooks into a coding agent's settings: AGENT is claude.

    Everything else that the settings hold stays as it is, byte for byte.
    """
    from memory_state.agents.installation import require_agent

    require_agent(agent)
    MODES[mode or "wire"](call, workspace_of(call, person=mode == "remove"), agent)


def wire(call: Call, workspace: Workspace, agent: str) -> None:
    """Install the hook and wire it."""
    from memory_state.agents import installation

    memory = workspace.init()
    root = workspace.project.settings.root
    hook = installation.set_up(environment_of(call), root)
    path = str(installation.settings_path(root))
    values = {"agent": agent, "settings": path, **hook._asdict(), "paths": {"memory": memory}}
    steps = f"next: `{command_line(call, 'start feature TITLE')}`"
    answer(call, "setup", values, map(visible_text, [f"the hooks of {agent} are wired in {path}", steps]))


def check(call: Call, workspace: Workspace, agent: str) -> None:
    """Say what is wrong with the wiring."""
    from memory_state.agents import installation

    path = installation.settings_path(workspace.project.settings.root)
    problems = installation.wiring_problems(environment_of(call), installation.read_settings_text(path))
    lines = problems or [f"the hooks of {agent} are wired in {path}"]
    answer(
        call, "setup", {"agent": agent, "settings": str(path), "problems": problems}, map(visible_text, lines)
    )
    if problems:
        click.get_current_context().exit(1)


def show(call: Call, workspace: Workspace, agent: str) -> None:
    """Print the settings as they would be."""
    from memory_state.agents import installation

    environment, root = environment_of(call), workspace.project.settings.root
    text, _ = installation.wired_text(environment, root, installation.planned(environment))
    path = str(installation.settings_path(root))
    answer(call, "setup", {"agent": agent, "settings": path, "text": text}, text.rstrip("\n").split("\n"))


def remove(call: Call, workspace: Workspace, agent: str) -> None:
    """Take the hooks out."""
    from memory_state.agents import installation
    from memory_state.workspace.actor import require_person

    require_person(workspace.actor, "setup --remove")
    root = workspace.project.settings.root
    removed = installation.take_out(environment_of(call), root)
    path = installation.settings_path(root)
    line = f"the hooks of {agent} are out of {path}" if removed else f"there were none of our hooks in {path}"
    answer(call, "setup", {"agent": agent, "settings": str(path), "removed": removed}, [visible_text(line)])


MODES = {"wire": wire, "check": check, "print": show, "remove": remove}


@click.command("doctor", cls=Sharing)
@click.pass_obj
def doctor(call: Call) -> None:
    """Look for what is wrong with the installation; exit 1 when something is."""
    from memory_state.agents.doctor import examine

    findings = examine(workspace_of(call))
    values = [finding._asdict() for finding in findings]
    answer(
        call,
        "doctor",
        {"ok": all(each.ok for each in findings), "findings": values},
        finding_lines(call, findings),
    )
    if not all(each.ok for each in findings):
        click.get_current_context().exit(1)


def finding_lines(call: Call, findings: list[Finding]) -> list[str]:
    """One line a finding, and the command that repairs it."""
    lines = []
    for finding in findings:
        lines.append(visible_text(f"{'ok  ' if finding.ok else 'bad '} {finding.name:12} {finding.message}"))
        if not finding.ok and finding.repair:
            lines.append(f"     next: `{command_line(call, finding.repair)}`")
    return lines
