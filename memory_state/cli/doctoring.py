"""The command that looks for what is wrong with installation and state: `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call, command_line, environment_of, folder_of, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.cli.progress import told
from memory_state.core.errors import Misused
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from memory_state.workspace.workspace import Workspace

MARKS = {"ok": "ok  ", "note": "note", "warning": "warn", "error": "bad "}
COLORS = {"warning": "yellow", "error": "red"}
INDENT = " " * 5


@click.command("doctor", cls=Sharing)
@click.option(
    "--fix", is_flag=True, help="Mend what can be mended, then look; in an agent's session for a person only."
)
@click.option("--dry-run", is_flag=True, help="Only say what --fix would do.")
@click.pass_obj
def doctor(call: Call, *, fix: bool, dry_run: bool) -> None:
    """Look for what is wrong with installation and state.

    Each finding says where, what follows from it, and the command that mends it; the exit code is 1
    when there is one. --fix makes the repairs that need no choice of yours.
    """
    from memory_state.agents.doctor import examine, planned_repairs, repair
    from memory_state.agents.finding import finding_values
    from memory_state.workspace.guarded import own_change

    mends = fix and not dry_run
    try:
        workspace = workspace_of(call, person=mends)
    except Misused:
        tell_broken_settings(call)
        raise
    if mends:
        require_person_in_session(call, workspace)
    with told(call, "looking"):
        findings = examine(workspace)
    repairs: list[str] = []
    would = [each.does for each in planned_repairs(findings)] if dry_run else []
    if mends and planned_repairs(findings):
        with own_change(environment_of(call), workspace.project.settings.root):
            repairs = repair(workspace, findings)
        with told(call, "looking again"):
            findings = examine(workspace)
    found = all(each.ok for each in findings)
    values = {
        "ok": found, "findings": [finding_values(each) for each in findings], "repairs": repairs,
        "would": would,
    }  # fmt: skip
    lines = [visible_text(f"done {each}") for each in repairs] + [f"would {each}" for each in would]
    answer(call, "doctor", values, [*lines, *finding_lines(call, findings)])
    if not found:
        click.get_current_context().exit(1)


def tell_broken_settings(call: Call) -> None:
    """Where settings can not be read, say what is wrong in them, and end; everything else needs them."""
    from memory_state.agents.finding import finding_values
    from memory_state.agents.statechecks import settings_findings
    from memory_state.workspace.configuration import known_place

    environment = environment_of(call)
    root, _ = known_place(environment, str(folder_of(call)), call.options.memory_path)
    findings = list(settings_findings(environment, root))
    if findings:
        shown = [finding_values(each) for each in findings]
        values = {"ok": False, "findings": shown, "repairs": [], "would": []}
        answer(call, "doctor", values, finding_lines(call, findings))
        click.get_current_context().exit(1)


def require_person_in_session(call: Call, workspace: Workspace) -> None:
    """Raise Refused in an agent's session where no person has allowed this call."""
    from memory_state.workspace.actor import in_agent_session, require_person

    if in_agent_session(call.environment):
        require_person(workspace.actor, "doctor --fix")


def finding_lines(call: Call, findings: list[Finding]) -> list[str]:
    """One line a finding; below one that is bad its place, what follows from it, and what mends it."""
    return [line for each in findings for line in (headline(each), *(() if each.ok else rest(call, each)))]


def headline(found: Finding) -> str:
    """How grave it is, what was looked at, what was found."""
    mark = click.style(MARKS[found.severity], fg=COLORS.get(found.severity))
    return f"{mark} {found.name:13} {visible_text(found.message)}"


def rest(call: Call, found: Finding) -> list[str]:
    """Where, why, and the command; one of another program as it is."""
    lines = [f"{INDENT}at {visible_text(str(found.place))}"] if found.place.path else []
    lines += [f"{INDENT}why: {visible_text(found.why)}"] if found.why else []
    command = found.repair if found.repair.startswith("git ") else command_line(call, found.repair)
    return [*lines, f"{INDENT}next: `{visible_text(command)}`"] if found.repair else lines
