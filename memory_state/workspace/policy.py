"""What the current phase would say to a tool call or a shell command: the hook's decision, without a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Missing
from memory_state.core.gate import judge_call
from memory_state.core.layout import own_folders
from memory_state.core.tools import tool_word
from memory_state.workflow.model import LIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace

# Words of rules that are no client's tool name, with a tool that the word stands for.
WORD_TOOLS = {"search": "Grep", "web": "WebFetch"}

LOOKED_AT = (
    "an edit passes as far as its result differs only by what an agent may change: "
    "in the document ticks, added tasks and notes, in a client's settings all but hooks and environment"
)
WEIGHT = {"allow": 0, "ask": 1, "deny": 2}


def judge_tool(workspace: Workspace, name: str, paths: Sequence[str]) -> tuple[str, list[str]]:
    """Decision and reasons for a tool by a client's name or a rule's word, for all of these paths.

    The decision is `allow`, `ask` or `deny`; where no workflow is live it is `allow`.
    """
    run = live_run(workspace)
    if run is None:
        return "allow", []
    known = name if tool_word(name) != "unknown" else WORD_TOOLS.get(name.lower(), name)
    given: list[dict[str, object]] = [{"file_path": path} for path in paths] or [{}]
    found = [judge(workspace, run, known, each) for each in given]
    decision = max((each for each, _ in found), key=WEIGHT.__getitem__)
    return decision, list(dict.fromkeys(reason for _, reason in found if reason))


def judge_shell(workspace: Workspace, line: str) -> tuple[str, list[str], dict[str, object]]:
    """Decision, reasons and verdict for a shell command; the verdict needs no workflow."""
    verdict = line_verdict(workspace, line)
    run = live_run(workspace)
    if run is None:
        return "allow", [], verdict
    decision, reason = judge(workspace, run, "Bash", {"command": line})
    return decision, [reason] if reason else [], verdict


def line_verdict(workspace: Workspace, line: str) -> dict[str, object]:
    """What a shell command does: `verdict`, and `writes` relative to the project."""
    from memory_state.shell.verdict import judge as judge_line
    from memory_state.shell.verdict import shown_writes

    root = workspace.project.settings.root
    found = judge_line(line, root, root, workspace.project.environment)
    return {"verdict": found.kind, "writes": shown_writes(found, root)}


def live_run(workspace: Workspace) -> Run | None:
    """The workflow whose policy is in force; None where there is none."""
    try:
        run = workspace.status()
    except Missing:
        return None
    return run if run.state.status in LIVE else None


def judge(workspace: Workspace, run: Run, name: str, given: dict[str, object]) -> tuple[str, str]:
    """Decision and reason for one call."""
    project = workspace.project
    own = own_folders(dict(project.environment))
    payload: dict[str, object] = {"tool_name": name, "tool_input": given, "cwd": project.settings.root}
    header: dict[str, object] = {
        "workflow_id": run.id,
        "status": run.state.status,
        "phase": run.state.phase,
        "allow": list(run.state.allow),
        "deny": list(run.state.deny),
    }
    root, memory = project.settings.root, run.memory
    decision, reason = judge_call(payload, header, root, memory, own, (project.program,))
    if decision == "parse":
        from memory_state.shell.call import judge_shell_call

        decision, reason, _ = judge_shell_call(payload, header, root, memory, own, project.environment)
    return ("allow", LOOKED_AT) if decision == "look" else (decision, reason)
