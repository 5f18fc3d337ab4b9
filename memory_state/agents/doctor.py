"""The doctor: every check of an installation, in one table, and what can be mended without a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents import (
    clientchecks,
    groundchecks,
    hookchecks,
    installation,
    probing,
    records,
    statechecks,
)
from memory_state.agents.clients import CLIENTS
from memory_state.agents.finding import fixable
from memory_state.core.errors import MemoryStateError
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.repair import repair_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory_state.agents.finding import Finding
    from memory_state.workspace.workspace import Workspace

CHECKS: tuple[Callable[[Workspace], Iterator[Finding]], ...] = (
    hookchecks.interpreter_check,
    hookchecks.wiring_check,
    hookchecks.settings_check,
    hookchecks.twice_check,
    clientchecks.other_clients_check,
    hookchecks.compiled_check,
    hookchecks.runtime_check,
    probing.probe_check,
    probing.client_check,
    statechecks.session_check,
    statechecks.state_check,
    statechecks.history_check,
    statechecks.phase_log_check,
    statechecks.form_check,
    statechecks.keys_check,
    statechecks.clock_check,
    statechecks.fault_check,
    groundchecks.disk_check,
    groundchecks.mode_check,
    groundchecks.git_check,
    groundchecks.worktree_check,
    statechecks.legacy_check,
)


class Repair(NamedTuple):
    """What mends a kind of finding without a person's choice; `mend` says what it did, empty for nothing."""

    does: str
    mend: Callable[[Workspace], str]


def examine(workspace: Workspace) -> list[Finding]:
    """What every check finds."""
    return [each for check in CHECKS for each in check(workspace)]


def reinstall(workspace: Workspace) -> str:
    """Install the hook anew, compiled, with program and runtime record."""
    hook = installation.install(workspace.project.environment)
    return f"the hook is installed as {hook.launcher}"


def rewire(workspace: Workspace) -> str:
    """Wire the hooks anew where setup had wired them; empty where it never had."""
    environment, root = workspace.project.environment, workspace.project.settings.root
    known = {agent: records.find_record(environment, root, agent) for agent in CLIENTS}
    agents = [agent for agent, found in known.items() if found.record or found.problem]
    for agent in agents:
        installation.set_up(environment, root, agent)
    places = ", ".join(str(records.settings_path(root, agent)) for agent in agents)
    return f"the hooks are wired in {places}" if agents else ""


REPAIRS: dict[str, Repair] = {
    "hook": Repair("install the hook anew, compiled", reinstall),
    "wiring": Repair("wire the hooks anew where setup had wired them", rewire),
    "logs": Repair("put histories that git merged in order, the merged ones kept", repair_logs),
    "phase logs": Repair("make logs of phases anew from the histories", statechecks.renew_phase_logs),
    "modes": Repair("close the folders of ours to others", groundchecks.tighten),
    "git": Repair("write git's rules for tracked histories anew", groundchecks.renew_lists),
}
"""In the order in which they are made."""


def planned_repairs(findings: list[Finding]) -> list[Repair]:
    """The repairs that these findings ask for, in the order in which they are made."""
    wanted = fixable(findings)
    return [each for name, each in REPAIRS.items() if name in wanted]


def repair(workspace: Workspace, findings: list[Finding]) -> list[str]:
    """Mend what can be mended without a person's choice; gives a sentence about each attempt."""
    repairs = planned_repairs(findings)
    return [said for each in repairs if (said := attempt(each.mend, workspace))]


def attempt(mend: Callable[[Workspace], str], workspace: Workspace) -> str:
    """What a repair did, or why it could not be done."""
    try:
        return mend(workspace)
    except MemoryStateError as error:
        return f"not mended: {error.sentence}"
    except OSError as error:
        return f"not mended: {error}"
