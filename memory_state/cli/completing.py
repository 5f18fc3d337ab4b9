"""What a shell may complete beyond names of commands and options; whatever goes wrong completes nothing."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import click
    from click.shell_completion import CompletionItem

    from memory_state.cli.context import Call
    from memory_state.workflow.model import State

    Offer = tuple[str, str | None]
    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

HELP_WIDTH = 60


def completer(offers: Callable[[Call], Iterable[Offer]]) -> Completer:
    """A completer for click of a function that gives values and what is to be said of each."""

    @wraps(offers)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from memory_state.cli.context import Call

        call = ctx.find_object(Call)
        try:
            found = [] if call is None else list(offers(call))
        except (MemoryStateError, OSError, ValueError):
            return []
        return [item(value, said) for value, said in found if value.startswith(incomplete)]

    return complete


def item(value: str, said: str | None) -> CompletionItem:
    """One value as the shell is told."""
    from click.shell_completion import CompletionItem

    from memory_state.core.text import one_line

    return CompletionItem(value, help=one_line(said, HELP_WIDTH) if said else None)


def state_of(call: Call) -> State:
    """The current workflow as it was last accepted; an edit found now is left for a command to adopt."""
    from memory_state.cli.context import workspace_of

    workspace = workspace_of(call)
    return workspace.show(workspace.workflow()).state


@completer
def definition_names(call: Call) -> Sequence[Offer]:
    """The workflow definitions there are."""
    from memory_state.cli.context import workspace_of
    from memory_state.workspace import definitions

    return [(name, None) for name in definitions.definition_names(workspace_of(call).project.memory)]


@completer
def phase_names(call: Call) -> Sequence[Offer]:
    """The phases of the current workflow."""
    return [(phase.id, phase.status) for phase in state_of(call).phases]


@completer
def workflow_ids(call: Call) -> Sequence[Offer]:
    """The workflows there are, the newest change first."""
    from memory_state.cli.context import workspace_of

    runs = workspace_of(call).workflows()
    return [(run.id, f"{run.state.title} ({run.state.status})") for run in runs]


@completer
def task_addresses(call: Call) -> Sequence[Offer]:
    """The tasks of the current workflow."""
    from memory_state.workflow.machine import addressed

    return [(at, f"{task.text} ({task.status})") for at, task in addressed(state_of(call))]


@completer
def setting_names(call: Call) -> Sequence[Offer]:
    """The settings there are."""
    from memory_state.workspace.configuration import SETTINGS

    return [(each.name, each.help) for each in SETTINGS]


@completer
def event_types(call: Call) -> Sequence[Offer]:
    """The types of events, and the groups they form."""
    from memory_state.reports.meanings import MEANINGS

    groups = sorted({each.partition(".")[0] for each in MEANINGS})
    return [*((each, "all of them") for each in groups), *((each, None) for each in MEANINGS)]
