"""Tool calls on the slow path: before and after, where the fast path could not decide alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents.call import context, tell_again, tell_all
from memory_state.agents.comparing import compared, watched
from memory_state.core.answers import SILENT, answer_deny
from memory_state.core.errors import Refused
from memory_state.core.gate import judge_call, next_steps
from memory_state.core.layout import own_folders
from memory_state.core.paths import relative_path, resolve_path
from memory_state.core.quick import void_grant
from memory_state.core.record import append_note, note_call
from memory_state.core.refusal import rule_behind
from memory_state.core.rules import parse_rule, rule_allows
from memory_state.core.standing import LIVE_STATUSES
from memory_state.core.tools import mcp_name, tool_paths, tool_word
from memory_state.workflow.machine import gate_of
from memory_state.workflow.projection import owned_values
from memory_state.workspace import sessions
from memory_state.workspace.saves import is_due, save_recovery
from memory_state.workspace.transaction import locked, settled

if TYPE_CHECKING:
    from memory_state.agents.call import Call
    from memory_state.core.answers import Answer
    from memory_state.workspace.run import Run

MOST_TOLD = 3
WRITING = ("edit", "shell", "mcp", "agent", "web", "unknown")


def before_call(call: Call, workflow: str) -> Answer:
    """PreToolUse: bring the state to agree, then decide as the fast path does."""
    project = call.project
    runs = with_parents(call, workflow)
    run = runs[0]
    if run.state.status not in LIVE_STATUSES:
        if run.state.parent is not None:
            return before_call(call, run.state.parent)
        return ended_binding(call, run)
    if call.session:
        void_grant(project.memory, call.session)
    found = compared(call, run.id)
    header = owned_values(run.state)
    decision, reason, kind = judge_levels(call, runs)
    if decision == "ask" and can_ask(call):
        return asked(call, f"{reason}. {next_steps(header, project.program)}")
    if decision == "ask":
        reason = f"{reason}. Nobody can be asked here: a person runs it at a terminal of their own"
        decision = "deny"
    if decision == "deny":
        details: dict[str, object] = {"reason": reason, "rule": rule_behind(reason)}
        append_note(project.memory, run.id, "tool.denied", call.payload, details, project.clock())
        return answer_deny(f"{reason}. {next_steps(header, project.program)}")
    if kind == "unknown":
        found += watched(call, runs)
    if tool_word(call.text("tool_name")) in WRITING:
        save_recovery(project, run, "tool", call.session)
    return tell_all(call, found)


def can_ask(call: Call) -> bool:
    """Whether the client asks the person before it about a shell command."""
    return bool(call.session and asked_line(call)) and not call.payload.get("cannot_ask")


def asked_line(call: Call) -> str:
    """The shell line of a call; empty where it has none."""
    given = call.payload.get("tool_input")
    return str(given.get("command") or "") if isinstance(given, dict) else ""


def asked(call: Call, reason: str) -> Answer:
    """Have the person before the client asked; a yes makes good the grant that is left for it."""
    from memory_state.workspace.grants import leave_grant

    project, line = call.project, asked_line(call)
    leave_grant(project.environment, project.memory, call.session, line, project.clock())
    return "ask", f"memory-state: {reason}"


def with_parents(call: Call, workflow: str) -> list[Run]:
    """A workflow and those it is within, each settled."""
    found: list[Run] = []
    wanted: str | None = workflow
    with locked(call.project.memory):
        while wanted is not None and wanted not in [run.id for run in found]:
            found.append(settled(call.project, wanted))
            wanted = found[-1].state.parent
    return found


def judge_levels(call: Call, runs: list[Run]) -> tuple[str, str, str]:
    """The first objection of a workflow or of one it is within, and `unknown` where nobody knows the writes.

    An edit's result is judged by its own workflow.
    """
    project = call.project
    kind = "unknown" if tool_word(call.text("tool_name")) in ("mcp", "unknown") else ""
    root, memory = project.settings.root, project.memory
    environment = dict(project.environment)
    own = own_folders(environment)
    for run in runs:
        header = owned_values(run.state)
        decision, reason = judge_call(call.payload, header, root, memory, own, call.programs)
        if decision == "look":
            from memory_state.agents.proposal import judge_proposal

            decision, reason = judge_proposal(project, run, call.payload, reason)
        if decision == "parse":
            from memory_state.shell.call import judge_shell_call

            decision, reason, kind = judge_shell_call(call.payload, header, root, memory, own, environment)
        if decision != "allow":
            return decision, reason, kind
    return "allow", "", kind


def ended_binding(call: Call, run: Run) -> Answer:
    """The bound workflow is no longer live: the session is free of it."""
    if run.state.status in ("completed", "cancelled"):
        sessions.unbind(call.project.environment, call.session)
    return SILENT


def after_call(call: Call, workflow: str) -> Answer:
    """PostToolUse and PostToolUseFailure: what the call changed is an agent's edit; the call is logged."""
    project = call.project
    agent = tool_word(call.text("tool_name")) in WRITING
    with locked(project.memory):
        run = settled(project, workflow, agent=agent)
    found = compared(call, workflow)
    note_call(project.memory, run.id, call.event, call.payload, project.settings.root, project.clock())
    moved = advanced(call, run)
    if moved is not None:
        return context(
            f"memory-state: this call completed phase {run.state.phase}; workflow {run.id} is now in phase "
            f"{moved.state.phase} ({moved.state.status}). `{project.program} status` shows it",
        )
    if is_due(project, run):
        save_recovery(project, run, "interval", call.session)
    facts = [*map(str, run.problems[:MOST_TOLD]), *found]
    return tell_again(call, run, facts) or tell_all(call, facts)


def advanced(call: Call, run: Run) -> Run | None:
    """The run in its next phase, when this call is one whose success leaves the phase; else None.

    A gate that asks for a command or a person is never passed this way.
    """
    succeeded = call.event == "PostToolUse" and call.payload.get("succeeded", True) is True
    succeeded = succeeded and not call.text("agent_id")
    if not succeeded or run.state.status not in ("in_progress", "review") or not is_named(call, run):
        return None
    if any(each.kind in ("command", "approval") for each in gate_of(run.definition, run.state).exit):
        return None
    call.workspace.wanted = run.id
    if not call.workspace.check().met:
        return None
    try:
        return call.workspace.next()
    except Refused:  # another session was quicker; its own record says so
        return None


def is_named(call: Call, run: Run) -> bool:
    """Whether one of the phase's `advance_on` rules names this call."""
    name = call.text("tool_name")
    rules = [parsed for each in run.state.advance_on if (parsed := parse_rule(each))]
    word = tool_word(name)
    return any(rule_allows(rule, word, target) for rule in rules for target in call_targets(call, name, word))


def call_targets(call: Call, name: str, word: str) -> tuple[str, ...]:
    """What a call is about, as rules name it: paths, a server's tool, a command."""
    given = call.payload.get("tool_input")
    given = given if isinstance(given, dict) else {}
    if word == "mcp":
        return (mcp_name(name),)
    if word == "shell":
        return (str(given.get("command") or ""),)
    root = call.project.settings.root
    places = [resolve_path(path, call.text("cwd") or root) for path in tool_paths(name, given)]
    return tuple(relative_path(place, root) or place for place in places) or ("",)
