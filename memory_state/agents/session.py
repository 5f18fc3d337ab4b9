"""What happens at each event of an agent's session: the slow path of the hook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.call import (
    Call,
    call_of,
    context,
    hold,
    mark_for_retelling,
    tell_problems,
    told,
    told_by_other_form,
)
from memory_state.agents.comparing import found_at_end, guarded_at_end, guarded_since
from memory_state.agents.toolcalls import WRITING, after_call, before_call
from memory_state.core.answers import SILENT, answer_deny
from memory_state.core.clients import PID_VARIABLE
from memory_state.core.clock import format_time
from memory_state.core.errors import Missing
from memory_state.core.layout import event_log, session_name, share_folder
from memory_state.core.standing import LIVE_STATUSES
from memory_state.core.text import one_line
from memory_state.core.tools import tool_word
from memory_state.workflow.machine import Draft, phase_of
from memory_state.workflow.model import RESUMABLE
from memory_state.workflow.progress import counted
from memory_state.workspace import nesting, sessions, watching
from memory_state.workspace.nesting import last_worked_on
from memory_state.workspace.run import Run
from memory_state.workspace.saves import save_recovery
from memory_state.workspace.transaction import locked, log, settled, transact

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.core.answers import Answer

MAX_HOLDS = 2
ONCE = ("SessionStart", "PreCompact", "Stop", "SessionEnd", "SubagentStart", "ConfigChange")


def answer_event(
    event: str,
    payload: dict[str, object],
    environment: dict[str, str],
    clock: Callable[[], float],
    programs: tuple[str, ...],
) -> Answer:
    """Answer an event; a workflow that is gone although the session knows it shuts writing tools out.

    `programs` are the paths of our command, first the one to name in hints.
    """
    call = call_of(event, payload, environment, clock, programs)
    if call is None:
        return SILENT
    try:
        workflow = call.workspace.workflow()
    except Missing:
        return without_workflow(call)
    respond = RESPONSES.get(event)
    if respond is None or (event in ONCE and call.session and told_by_other_form(call)):
        return SILENT
    return respond(call, workflow)


def session_started(call: Call, workflow: str) -> Answer:
    """Bind the session, notice interrupted ones, and tell where the workflow stands."""
    environment, settings = call.project.environment, call.project.settings
    source = call.text("source") or "startup"
    if sessions.binding_of(environment, call.session) is None:
        workflow = predecessor(call, source) or nesting.innermost(call.project.memory, workflow)
    gone = [each for each in sessions.bindings(environment, workflow) if is_interrupted(call, each)]
    sessions.sweep(environment, call.project.clock())
    watching.sweep(call.project)
    sessions.bind(environment, session_name(call.session), settings.root, settings.memory, workflow)
    drafts = [Draft("session.interrupted", "-", {"ended": each.session}) for each in gone]
    drafts.append(Draft("session.started", "-", {"source": source}))
    run = transact(call.project, workflow, call.workspace.actor, lambda _: drafts)
    for each in gone:
        sessions.unbind(environment, each.session)
    save_recovery(call.project, run, "interval", call.session)
    export_paths(call)
    within = source in ("clear", "compact")
    found = guarded_at_end(call, workflow) if within else guarded_since(call)
    return context(told(call, run, start_source(run, source, gone), found))


def predecessor(call: Call, source: str) -> str | None:
    """The workflow of the session that this one goes on from; None when there is none or it is unknown.

    A resumed session goes on from itself: its workflow is the live one whose history it is in last.
    After /clear it is the session of the same client process, which is then forgotten. A fork is
    another process, and its origin is known only where all sessions here work on one workflow.
    """
    if source == "resume":
        return last_worked_on(call.project.memory, call.session)
    if source not in ("clear", "fork"):
        return None
    root = call.project.settings.root
    found = [each for each in sessions.all_bindings(call.project.environment) if each.root == root]
    if source == "clear":
        pid = call.project.environment.get(PID_VARIABLE, "")
        found = [each for each in found if pid.isdigit() and each.pid == int(pid)]
        for each in found:
            sessions.unbind(call.project.environment, each.session)
    workflows = {each.workflow for each in found}
    return workflows.pop() if len(workflows) == 1 else None


def is_interrupted(call: Call, binding: sessions.Binding) -> bool:
    """Whether another session of this workflow ended without saying so."""
    same = binding.session == call.session
    return not same and binding.root == call.project.settings.root and not sessions.is_alive(binding)


def start_source(run: Run, source: str, gone: list[sessions.Binding]) -> str:
    """Why and from where a session is told: the part of a briefing's first line."""
    interrupted = "; the last session was interrupted" if gone else ""
    return f"{source}, event {run.state.event} of {Path(run.path).name}{interrupted}"


def export_paths(call: Call) -> None:
    """Let later shell calls find the memory path and our program."""
    path = call.project.environment.get("CLAUDE_ENV_FILE")
    if not path:
        return
    import shutil

    lines = [f"export MEMORY_STATE_PATH={quoted(call.project.memory)}"]
    if shutil.which("memory-state", path=call.project.environment.get("PATH")) is None:
        folder = share_folder(dict(call.project.environment)) + "/bin"
        lines.append(f'export PATH="$PATH:"{quoted(folder)}')
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def quoted(text: str) -> str:
    """A word for the shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def session_ended(call: Call, workflow: str) -> Answer:
    """Save, say that the session ended, forget its binding; after /clear the next session takes it over."""
    reason = call.text("reason") or "other"
    found_at_end(call, workflow)
    run = transact(
        call.project,
        workflow,
        call.workspace.actor,
        lambda _: [Draft("session.ended", "-", {"reason": reason})],
    )
    save_recovery(call.project, run, "session-end", call.session)
    if reason != "clear" or not call.project.environment.get(PID_VARIABLE):
        sessions.unbind(call.project.environment, call.session)
    return SILENT


def without_workflow(call: Call) -> Answer:
    """No workflow to be found: silent, unless the session knew one or one can be resumed."""
    bound = sessions.binding_of(call.project.environment, call.session) if call.session else None
    if bound is not None and not Path(event_log(bound.memory, bound.workflow)).is_file():
        return state_gone(call, bound.workflow)
    if call.event != "SessionStart":
        return SILENT
    waiting = [run for run in call.workspace.workflows() if run.state.status in RESUMABLE]
    if not waiting:
        return SILENT
    listed = "; ".join(
        f'{run.id} "{one_line(run.state.title, 80)}" ({run.state.status} in {run.state.phase})'
        for run in waiting[:3]
    )
    return context(
        f"memory-state at {format_time(call.project.clock())}: no workflow is current here. "
        f"Can be resumed with `{call.project.program} resume ID`: {listed}",
    )


def state_gone(call: Call, workflow: str) -> Answer:
    """The session knows a workflow whose state is gone: nothing is written until a person has looked."""
    sentence = (
        f"the state of workflow {workflow}, which this session works on, is gone from {call.project.memory}. "
        f"A person runs `{call.project.program} recover`: it is built from what is left, or this session is "
        "free of it where nothing is"
    )
    if call.event == "PreToolUse" and tool_word(call.text("tool_name")) in WRITING:
        return answer_deny(sentence)
    return context(f"memory-state: {sentence}") if call.event == "SessionStart" else SILENT


def prompt_given(call: Call, workflow: str) -> Answer:
    """UserPromptSubmit: adopt what was edited meanwhile, and tell it."""
    with locked(call.project.memory):
        run = settled(call.project, workflow)
    return tell_problems(call, run)


def subagent_started(call: Call, workflow: str) -> Answer:
    """SubagentStart: hand over phase and policy; the workflow is not a subagent's to move."""
    from memory_state.workflow.recovery import standing_line

    with locked(call.project.memory):
        run = settled(call.project, workflow)
    if run.state.status not in LIVE_STATUSES:
        return SILENT
    denied = f"; denied: {', '.join(run.state.deny)}" if run.state.deny else ""
    policy = one_line(f"This phase allows: {', '.join(run.state.allow)}{denied}", 500)
    return context(
        f"memory-state at {format_time(call.project.clock())}: "
        f"{standing_line(run.definition, run.state)} {policy}. A subagent may look "
        f"(`{call.project.program} status`), keep tasks and notes; it can not move the workflow.",
    )


def before_compaction(call: Call, workflow: str) -> Answer:
    """PreCompact: save; its standard output would join the summary, so there is none."""
    trigger = call.text("trigger") or "auto"
    run = transact(
        call.project,
        workflow,
        call.workspace.actor,
        lambda _: [Draft("context.compacted", "-", {"trigger": trigger})],
    )
    save_recovery(call.project, run, "compact", call.session)
    if call.payload.get("late_context"):
        mark_for_retelling(call)
    return SILENT


def stopping(call: Call, workflow: str) -> Answer:
    """Stop: save; a phase that holds keeps the agent at its open tasks, twice at most for one state."""
    with locked(call.project.memory):
        run = settled(call.project, workflow)
    save_recovery(call.project, run, "stop", call.session)
    found = [*found_at_end(call, workflow), *guarded_at_end(call, workflow)]
    if found:
        return "message", f"memory-state: {'; '.join(found)}"
    phase = phase_of(run.definition, run.state.phase)
    open_ones = [task.text for task in counted(run.state, phase.id) if task.status != "completed"]
    working = run.state.status in ("in_progress", "review")
    if not (phase.hold and open_ones and working) or call.payload.get("background_tasks"):
        return SILENT
    if not may_hold(call, run):
        return SILENT
    listed = "; ".join(one_line(text, 100) for text in open_ones[:5])
    return hold(
        f"memory-state: phase {phase.id} has open tasks: {listed}. "
        f"`{call.project.program} wait` leaves it standing.",
    )


def may_hold(call: Call, run: Run) -> bool:
    """Whether this state was held less than twice in a row; counts this time."""
    path = Path(run.memory, "state", ".cache", f"holds-{session_name(call.session)}")
    event, _, count = (path.read_text(encoding="utf-8") if path.exists() else "").partition(" ")
    held = int(count) if event == str(run.state.event) and count.isdigit() else 0
    if held >= MAX_HOLDS:
        return False
    path.write_text(f"{run.state.event} {held + 1}", encoding="utf-8")
    return True


def configuration_changed(call: Call, workflow: str) -> Answer:
    """ConfigChange: settings that switch our hooks off during a live workflow are refused and recorded."""
    path = Path(call.text("file_path"))
    with locked(call.project.memory):
        run = settled(call.project, workflow)
        if run.state.status not in LIVE_STATUSES or not path.is_file():
            return SILENT
        off = switched_off(call, path)
        if not off:
            return SILENT
        log(call.project, run, [Draft("violation.recorded", run.state.phase, {"rule": "hooks", "what": off})],
            call.workspace.actor)  # fmt: skip
    return hold(
        f"memory-state: {off}; the hooks stay while workflow {run.id} is live. A person runs "
        f"`{call.project.program} setup claude --remove` to take them out.",
    )


def switched_off(call: Call, path: Path) -> str:
    """What a settings file does to our hooks, in words; empty when they stay."""
    from memory_state.agents import claude

    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        problems = claude.switched_off(text)
    except ValueError as error:
        problems = [f"{path} can not be read: {error}"]
    return "; ".join(problems or form_problems(call, path, text))


def form_problems(call: Call, path: Path, text: str) -> list[str]:
    """What a readable settings file does to the form of the hook that was called."""
    from memory_state.agents import claude, installation, records

    environment, root = call.project.environment, call.project.settings.root
    if environment.get("CLAUDE_PLUGIN_ROOT"):
        return claude.plugin_off(text)
    if path != records.settings_path(root) or records.find_record(environment, root).record is None:
        return []
    return installation.wiring_problems(environment, text)


RESPONSES: dict[str, Callable[[Call, str], Answer]] = {
    "SessionStart": session_started,
    "UserPromptSubmit": prompt_given,
    "PreToolUse": before_call,
    "PostToolUse": after_call,
    "PostToolUseFailure": after_call,
    "PreCompact": before_compaction,
    "SubagentStart": subagent_started,
    "Stop": stopping,
    "SessionEnd": session_ended,
    "ConfigChange": configuration_changed,
}
