"""Finding out what a gate's conditions ask: files, commands, and whether a command may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.gates import Facts
from memory_state.workflow.machine import UNTRUSTED, Draft, gate_of
from memory_state.workspace.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workflow.gates import CommandResult
    from memory_state.workflow.model import Condition
    from memory_state.workspace.configuration import Settings
    from memory_state.workspace.run import Run


def gather(run: Run, settings: Settings, environment: Mapping[str, str], *, commands: bool) -> Facts:
    """What the exit conditions of the current phase need to know; with `commands`, these are run."""
    from memory_state.workspace.approved import voided
    from memory_state.workspace.outside import standing_changes

    exits = gate_of(run.definition, run.state).exit
    found = {each.target: file_headings(settings.root, each.target) for each in exits if each.kind == "file"}
    results: dict[str, CommandResult] = {}
    refusals: dict[str, str] = {}
    for each in exits:
        if each.kind == "command":
            line, refusal = runnable(run, settings, environment, each)
            if refusal:
                refusals[each.target] = refusal
            elif commands:
                from memory_state.workspace.running import run_command

                results[each.target] = run_command(line, settings.root, each.timeout)
    outside = standing_changes(run.memory, run.id, settings.root)
    asked = any(each.kind == "approval" for each in exits)
    why = voided(run.memory, run.id, run.state.phase) if asked else ""
    return Facts(found, results, refusals, outside, why)


def file_headings(root: str, target: str) -> tuple[str, ...] | None:
    """The headings of a file below the project's root; None when it is missing or empty."""
    from memory_state.workflow.markdown import headings

    content = read_source(root, target)
    text = (content or b"").decode("utf-8-sig", "replace")
    return headings(text) if text.strip() else None


def runnable(
    run: Run, settings: Settings, environment: Mapping[str, str], condition: Condition
) -> tuple[str, str]:
    """The command line of a condition, and why it may not run (empty when it may)."""
    from memory_state.workspace.trust import is_trusted, test_command

    test = test_command(run.state, settings)
    if "$test" in condition.target and test is None:
        return "", (
            "no test command is known: a person names it with config set test_command CMD, starts the "
            "workflow with --test CMD, or vouches for the tests with approve"
        )
    line = condition.target.replace("$test", test or "")
    if not is_trusted(run, settings, environment):
        return "", (
            f"the definition {run.definition.name} {UNTRUSTED} {line!r}: a person looks at "
            f"{run.memory}/state/workflow-history/{run.id}/definition.md and says trust"
        )
    return line, ""


def evidence_draft(phase: str, result: CommandResult) -> Draft:
    """The event that keeps what a gate's command gave."""
    from memory_state.core.redaction import redact_start
    from memory_state.workflow.conditions import COMMAND_LIMIT

    return Draft(
        "evidence.recorded",
        phase,
        {
            "command": redact_start(result.command, COMMAND_LIMIT),
            "status": result.status,
            "milliseconds": int(result.seconds * 1000),
            "output": result.output,
        },
    )
