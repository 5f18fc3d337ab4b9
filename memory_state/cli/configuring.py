"""`config` and the commands below it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from memory_state.cli.completing import setting_names
from memory_state.cli.context import Call, actor_of, environment_of, folder_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Family
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from click.formatting import HelpFormatter

    from memory_state.workspace.configuration import Chosen

KEY = click.argument("key", shell_complete=setting_names)


class Listing(Family):
    """The family of `config`, whose help lists the settings."""

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """Write the commands, the settings, then the options."""
        from memory_state.workspace.configuration import SETTINGS

        with formatter.section("Settings"):
            formatter.write_dl([(each.name, each.help) for each in SETTINGS])
        super().format_options(ctx, formatter)


@click.group("config", cls=Listing)
def config() -> None:
    """Show and change settings.

    Each comes from a flag, else the environment, else the project's file, else the user's; else it
    is the default.
    """


@config.command("list")
@click.option("--show-origin", is_flag=True, help="Also where each value comes from.")
@click.pass_obj
def list_settings(call: Call, *, show_origin: bool) -> None:
    """List the settings in force."""
    from memory_state.workspace.configuration import strange_keys

    chosen = survey_of(call)
    strange = strange_keys(environment_of(call), root_of(call))
    lines = [origin_line(each) if show_origin else value_line(each) for each in chosen]
    values = {"settings": [setting_values(each) for each in chosen], "problems": problems_of(chosen, strange)}
    answer(call, "config", values, lines)
    if not call.options.json:
        for problem in problems_of(chosen, strange):
            click.echo(visible_text(f"note: {problem}"), err=True)


@config.command("get")
@KEY
@click.pass_obj
def get_setting(call: Call, key: str) -> int:
    """Print the value of a setting; exit 1 when it has none."""
    from memory_state.workspace.configuration import setting_named

    setting = setting_named(key)
    chosen = next(each for each in survey_of(call) if each.setting is setting)
    lines = [] if chosen.value is None else [visible_text(str(chosen.value))]
    answer(call, "config", {"settings": [setting_values(chosen)]}, lines)
    return 1 if chosen.value is None else 0


@config.command("set")
@KEY
@click.argument("value")
@click.option("--project", "where", flag_value="project", help="In the project's file; this is the default.")
@click.option("--user", "where", flag_value="user", help="In the user's file, for all their projects.")
@click.pass_obj
def set_setting(call: Call, key: str, value: str, where: str | None) -> None:
    """Change a setting in its file, where everything else stays as it is. For a person only."""
    from memory_state.workspace.actor import require_person
    from memory_state.workspace.choosing import write_setting
    from memory_state.workspace.configuration import known_place
    from memory_state.workspace.guarded import own_change

    environment = environment_of(call)
    root, memory = known_place(environment, str(folder_of(call).resolve()), call.options.memory_path)
    require_person(actor_of(call, memory, person=True), "config set")
    with own_change(environment, root):
        path = write_setting(environment, root, key, value, where)
    chosen = next(each for each in survey_of(call) if each.setting.name == key)
    lines = [f"{key} is set in {path}"]
    if chosen.place not in (path, "") and str(chosen.value) != value:
        lines.append(f"not in force: {chosen.place} is stronger and says {toml_value(chosen)}")
    answer(call, "config", {"path": path, "settings": [setting_values(chosen)]}, map(visible_text, lines))


def root_of(call: Call) -> str:
    """The root of the project that the call is about."""
    from memory_state.core.locate import find_root

    return find_root(dict(environment_of(call)), str(folder_of(call).resolve()))


def survey_of(call: Call) -> tuple[Chosen, ...]:
    """The settings in force for the call."""
    from memory_state.workspace.configuration import survey

    return survey(environment_of(call), root_of(call), call.options.memory_path)


def problems_of(chosen: tuple[Chosen, ...], strange: list[str]) -> list[str]:
    """What is wrong with values and keys."""
    return [f"{each.place}: {each.problem}" for each in chosen if each.problem] + strange


def setting_values(chosen: Chosen) -> dict[str, object]:
    """A setting as JSON shows it."""
    return {
        "name": chosen.setting.name,
        "value": chosen.value,
        "origin": chosen.origin,
        "place": chosen.place or None,
        "help": chosen.setting.help,
    }


def value_line(chosen: Chosen) -> str:
    """A setting as a settings file writes it; one without a value as a comment."""
    name = chosen.setting.name
    return f"# {name} is not set" if chosen.value is None else f"{name} = {toml_value(chosen)}"


def toml_value(chosen: Chosen) -> str:
    """The value of a setting as a settings file writes it."""
    return visible_text(json.dumps(chosen.value, ensure_ascii=False))


def origin_line(chosen: Chosen) -> str:
    """A setting with its origin before it and the place of that behind."""
    place = f"  ({visible_text(chosen.place)})" if chosen.place else ""
    return f"{chosen.origin:11}  {value_line(chosen)}{place}"
