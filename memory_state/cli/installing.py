"""The command that wires a coding agent: `setup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call, command_line, environment_of, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.core.text import visible_text
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from memory_state.workspace.workspace import Workspace


@click.command("setup", cls=Sharing)
@click.argument("agent", required=False)
@click.option(
    "--check", "mode", flag_value="check", help="Only say whether the hooks are wired; exit 1 if not."
)
@click.option("--print", "mode", flag_value="print", help="Only print the settings as they would be.")
@click.option(
    "--sandbox", "mode", flag_value="sandbox", help="Only print the rules for the client's sandbox."
)
@click.option("--remove", "mode", flag_value="remove", help="Take the hooks out again; for a person only.")
@click.option(
    "--instructions",
    is_flag=True,
    help="Also say in AGENTS.md, or else CLAUDE.md, where the workflow is.",
)
@click.pass_obj
def setup(call: Call, agent: str | None, mode: str | None, *, instructions: bool) -> None:
    """Wire the hooks into a coding agent's settings.

    AGENT is claude, codex or copilot; without it, those that are found here. Everything else that the
    settings hold stays as it is, byte for byte.
    """
    from memory_state.agents.installation import require_agent

    if mode and instructions:
        raise click.UsageError(f"--{mode} and --instructions exclude each other")
    if agent is not None:
        require_agent(agent)
    workspace = workspace_of(call, person=mode == "remove")
    found = (agent,) if agent else agents_here(call, workspace, mode)
    outcomes = [MODES[mode or "wire"](call, workspace, each) for each in found]
    if instructions:
        outcomes.append(instruct(workspace))
    tell(
        call, outcomes, "" if mode or instructions else f"next: `{command_line(call, 'start feature TITLE')}`"
    )


def agents_here(call: Call, workspace: Workspace, mode: str | None) -> tuple[str, ...]:
    """The clients that are used here; to take out, those that are wired."""
    from memory_state.agents.installation import detected_agents
    from memory_state.agents.removal import wired_agents

    environment, root = environment_of(call), workspace.project.settings.root
    wired = wired_agents(root) if mode == "remove" else ()
    return wired or detected_agents(environment, root)


class Outcome(NamedTuple):
    """What was done for one client: the answer's values and lines, and whether all is well."""

    values: dict[str, object]
    lines: list[str]
    well: bool = True


def tell(call: Call, outcomes: list[Outcome], ending: str) -> None:
    """Answer for one client or several: the first's values, and a list of all."""
    values = {**outcomes[0].values, "agents": [each.values for each in outcomes if "agent" in each.values]}
    for each in outcomes:
        values = {**each.values, **values}
    lines = [line for each in outcomes for line in each.lines]
    answer(call, "setup", values, map(visible_text, [*lines, ending] if ending else lines))
    if not all(each.well for each in outcomes):
        click.get_current_context().exit(1)


def wire(call: Call, workspace: Workspace, agent: str) -> Outcome:
    """Install the hook and wire it."""
    from memory_state.agents import installation
    from memory_state.agents.clients import CLIENTS
    from memory_state.agents.records import find_record, settings_path
    from memory_state.workspace.guarded import own_change

    memory = workspace.init()
    environment, root = environment_of(call), workspace.project.settings.root
    damage = find_record(environment, root, agent).problem
    with own_change(environment, root):
        hook = installation.set_up(environment, root, agent)
    path = str(settings_path(root, agent))
    values = {"agent": agent, "settings": path, **hook._asdict(), "paths": {"memory": memory}}
    notes = [f"note: {damage}, and was written anew"] if damage else []
    notes += [f"note: {each}" for each in CLIENTS[agent].limits[:1]]
    return Outcome(values, [f"the hooks of {agent} are wired in {path}", *notes])


def instruct(workspace: Workspace) -> Outcome:
    """Write a block of instructions for the agent."""
    from memory_state.agents import instructions

    path = str(instructions.instruct(workspace.project))
    return Outcome({"instructions": path}, [f"where the workflow is stands in {path}"])


def check(call: Call, workspace: Workspace, agent: str) -> Outcome:
    """Say what is wrong with the wiring."""
    from memory_state.agents import installation
    from memory_state.agents.records import settings_path

    path = settings_path(workspace.project.settings.root, agent)
    text = installation.read_settings_text(path)
    problems = installation.wiring_problems(environment_of(call), text, agent)
    values: dict[str, object] = {"agent": agent, "settings": str(path), "problems": problems}
    return Outcome(values, problems or [f"the hooks of {agent} are wired in {path}"], not problems)


def show(call: Call, workspace: Workspace, agent: str) -> Outcome:
    """Print the settings as they would be."""
    from memory_state.agents import installation
    from memory_state.agents.records import settings_path

    environment, root = environment_of(call), workspace.project.settings.root
    text, _ = installation.wired_text(environment, root, installation.planned(environment), agent)
    path = str(settings_path(root, agent))
    return Outcome({"agent": agent, "settings": path, "text": text}, text.rstrip("\n").split("\n"))


def remove(call: Call, workspace: Workspace, agent: str) -> Outcome:
    """Take the hooks out, and with the last ones the block of instructions."""
    from memory_state.agents.records import settings_path
    from memory_state.agents.removal import remove_from_project
    from memory_state.workspace.actor import require_person
    from memory_state.workspace.guarded import own_change

    require_person(workspace.actor, "setup --remove")
    root = workspace.project.settings.root
    with own_change(environment_of(call), root):
        removed, problems = remove_from_project(environment_of(call), root, agent)
    path = settings_path(root, agent)
    line = f"the hooks of {agent} are out of {path}" if removed else f"there were none of our hooks in {path}"
    values = {"agent": agent, "settings": str(path), "removed": removed, "problems": list(problems)}
    return Outcome(values, list(problems) or [line], not problems)


def sandbox(call: Call, workspace: Workspace, agent: str) -> Outcome:
    """Print what the client's sandbox is to keep from the agent's commands, to be pasted."""
    import json

    from memory_state.core.errors import Misused
    from memory_state.workspace.sandbox import sandbox_rules

    if agent != "claude":
        raise Misused(
            f"rules for a sandbox are known for claude only, not for {agent}", ("setup claude --sandbox",)
        )
    rules = sandbox_rules(environment_of(call), workspace.project.settings, call.program)
    text = json.dumps({"sandbox": rules}, indent=2, ensure_ascii=True)
    return Outcome({"agent": agent, "sandbox": rules}, text.split("\n"))


MODES = {"wire": wire, "check": check, "print": show, "sandbox": sandbox, "remove": remove}
