"""Commands that ask and change nothing: `check` and `prime`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call, folder_of, workspace_of
from memory_state.cli.output import answer, width_of
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import piped
from memory_state.cli.wrapping import hung
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workflow.machine import Verdict

CONDITION_MARKS = {True: "[x]", False: "[ ]", None: "[?]"}
DECISION_COLORS = {"allow": "green", "deny": "red", "ask": "yellow"}


@click.command("check", cls=Sharing)
@click.option("--run", "run_commands", is_flag=True, help="Run the gate's commands, too.")
@click.option("--tool", metavar="NAME", help="Ask whether the phase lets this tool run.")
@click.option(
    "--path", "paths", metavar="PATH", multiple=True, help="A file the tool would touch; repeatable."
)
@click.option("--shell", "line", metavar="COMMAND", help="Ask whether the phase lets this command run.")
@piped
@click.pass_obj
def check(call: Call, *, run_commands: bool, tool: str | None, paths: Sequence[str], line: str | None) -> int:
    """Ask without acting: the gate, a tool call, a shell command.

    Alone: the exit gate of the current phase, its commands not run. The exit code is 0 for allow, 1
    for deny and ask.
    """
    asked = [name for name, given in (("--run", run_commands), ("--tool", tool), ("--shell", line)) if given]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} exclude each other")
    if paths and tool is None:
        raise click.UsageError("--path belongs to --tool")
    if tool is not None:
        return check_tool(call, tool, paths)
    return check_gate(call, run_commands=run_commands) if line is None else check_shell(call, line)


def check_gate(call: Call, *, run_commands: bool) -> int:
    """What the exit gate says."""
    found = workspace_of(call).check(run_commands=run_commands)
    reasons = [f"{each.name}: {each.reason}" for each in found.verdicts if each.met is not True]
    return tell_decision(call, "allow" if found.met else "deny", reasons, found.verdicts)


def check_tool(call: Call, tool: str, paths: Sequence[str]) -> int:
    """What the policy says of a tool call."""
    from memory_state.workspace.policy import judge_tool

    folder = folder_of(call)
    return tell_decision(call, *judge_tool(workspace_of(call), tool, [str(folder / path) for path in paths]))


def check_shell(call: Call, line: str) -> int:
    """What the policy says of a shell command."""
    from memory_state.workspace.policy import judge_shell

    decision, reasons, verdict = judge_shell(workspace_of(call), line)
    return tell_decision(call, decision, reasons, shell=verdict)


def tell_decision(
    call: Call,
    decision: str,
    reasons: Sequence[str],
    verdicts: Sequence[Verdict] = (),
    shell: dict[str, object] | None = None,
) -> int:
    """Print a decision; gives the exit code."""
    conditions = [each._asdict() for each in verdicts]
    values = {"decision": decision, "reasons": list(reasons), "conditions": conditions, "shell": shell}
    answer(call, "check", values, decision_lines(decision, reasons, verdicts, shell, width_of(call)))
    return 0 if decision == "allow" else 1


def decision_lines(
    decision: str,
    reasons: Sequence[str],
    verdicts: Sequence[Verdict],
    shell: dict[str, object] | None,
    width: int,
) -> list[str]:
    """A decision for people: the word, then every condition, or every reason."""
    said = [(f"  {CONDITION_MARKS[each.met]} ", f"{each.name}: {each.reason}") for each in verdicts]
    said = said or [("  ", each) for each in reasons]
    if shell is not None:
        said.append(("  ", f"the command's effect: {shell['verdict']}"))
    head = click.style(decision, fg=DECISION_COLORS[decision], bold=True)
    return [head, *(hung(mark, visible_text(each), width) for mark, each in said)]


@click.command("prime", cls=Sharing)
@piped
@click.pass_obj
def prime(call: Call) -> None:
    """Print what a fresh session needs to know, at most 1,500 characters.

    Between the fences is data from the workflow; what is cut ends in an ellipsis.
    """
    import secrets

    from memory_state.core.clock import format_time
    from memory_state.workflow.document import body_start, notes_of
    from memory_state.workflow.recovery import briefing

    run = workspace_of(call).status()
    now = format_time(call.clock())
    notes = notes_of(run.text[body_start(run.text) :])
    text = briefing(run.definition, run.state, "prime", secrets.token_hex(4), now, call.program, notes)
    answer(call, "prime", {"workflow_id": run.id, "text": text}, [visible_text(text)])
