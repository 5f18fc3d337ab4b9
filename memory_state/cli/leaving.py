"""`uninstall`: the clean way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call, actor_of, environment_of, folder_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from memory_state.agents.removal import Part, Plan

FAREWELL = (
    "the package goes with what installed it, such as `pip uninstall memory-state`, the plugin with "
    "`claude plugin uninstall memory-state@memory-state`"
)


@click.command("uninstall", cls=Sharing)
@click.option("-n", "--dry-run", is_flag=True, help="Only list what would be removed.")
@click.option("--purge", is_flag=True, help="Remove your settings too.")
@click.pass_obj
def uninstall(call: Call, *, dry_run: bool, purge: bool) -> int:
    """Remove what we put on this machine.

    Hooks and blocks go from every project that setup knew, the installed hook and what belongs to it
    from your folders. Workflows and their state stay in any case. For a person only.
    """
    from memory_state.agents import removal
    from memory_state.workspace.actor import require_person
    from memory_state.workspace.configuration import known_place

    environment = environment_of(call)
    root, memory = known_place(environment, str(folder_of(call).resolve()), call.options.memory_path)
    require_person(actor_of(call, memory, person=True), "uninstall")
    plan = removal.plan(environment, root, purge=purge)
    if not call.options.json:
        answer(call, "uninstall", {}, map(visible_text, plan_lines(plan, dry_run=dry_run)))
    problems = () if dry_run else removal.carry_out(environment, plan.parts)
    if call.options.json:
        answer(call, "uninstall", plan_values(plan, problems, dry_run=dry_run), ())
    for problem in problems:
        click.echo(visible_text(problem), err=True)
    return 1 if problems else 0


def plan_lines(plan: Plan, *, dry_run: bool) -> list[str]:
    """What goes, what stays, and what a person should know."""
    head = ("would remove" if dry_run else "removing") if plan.parts else "there is nothing to remove"
    lines = [head, *map(part_line, plan.parts)]
    if plan.kept:
        lines += ["kept", *map(part_line, plan.kept)]
    return [*lines, *(f"note: {each}" for each in plan.notes), FAREWELL]


def part_line(part: Part) -> str:
    """A part in a line."""
    return f"  {part.path}  ({part.what})"


def plan_values(plan: Plan, problems: tuple[str, ...], *, dry_run: bool) -> dict[str, object]:
    """A plan and what came of it as JSON."""
    return {
        "dry_run": dry_run,
        "removed" if not dry_run else "would_remove": [
            {"path": each.path, "what": each.what} for each in plan.parts
        ],
        "kept": [{"path": each.path, "what": each.what} for each in plan.kept],
        "notes": list(plan.notes),
        "problems": list(problems),
    }
