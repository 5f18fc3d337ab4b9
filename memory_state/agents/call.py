"""One hook call on the slow path: its payload, and the workspace of its session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.answers import SILENT
from memory_state.core.clients import PID_VARIABLE, PROJECT_VARIABLE
from memory_state.core.clock import format_time
from memory_state.core.errors import MemoryStateError
from memory_state.core.files import remove_file
from memory_state.core.layout import retell_file, session_name
from memory_state.core.locate import call_folder, find_root, has_state
from memory_state.core.text import one_line
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace import sessions
from memory_state.workspace.actor import Actor
from memory_state.workspace.configuration import read_layers
from memory_state.workspace.project import Project
from memory_state.workspace.run import Run
from memory_state.workspace.transaction import locked
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory_state.core.answers import Answer

TWICE_SECONDS = 10.0


class Call(NamedTuple):
    """One hook call: its event, its payload, the workspace of its session, and our command's paths."""

    event: str
    payload: dict[str, object]
    workspace: Workspace
    programs: tuple[str, ...] = ()

    @property
    def project(self) -> Project:
        """The project."""
        return self.workspace.project

    @property
    def session(self) -> str:
        """The session's id."""
        return self.text("session_id")

    def text(self, field: str) -> str:
        """A field of the payload as text, empty when it is not there."""
        value = self.payload.get(field)
        return value if isinstance(value, str) else ""


def call_of(
    event: str,
    payload: dict[str, object],
    environment: dict[str, str],
    clock: Callable[[], float],
    programs: tuple[str, ...],
) -> Call | None:
    """The call with its workspace; None where neither a binding nor state is there."""
    session = str(payload.get("session_id") or "")
    bound = sessions.binding_of(environment, session) if session else None
    if bound and event == "SessionStart" and goes_on_elsewhere(environment, payload, bound):
        sessions.unbind(environment, session)
        bound = None
    environment = completed(environment, payload, bound.root if bound else "")
    folder = call_folder(payload)
    try:
        settings = read_layers(environment, folder, bound.memory if bound else None)
    except MemoryStateError:
        if bound is None and not has_state(f"{environment.get(PROJECT_VARIABLE) or folder}/.memory"):
            return None
        raise
    if bound is None and not has_state(settings.memory):
        return None
    agent = payload.get("agent_id")
    actor = Actor("hook", session=session or None, agent=agent if isinstance(agent, str) else None)
    workspace = Workspace(Project(settings, environment, clock, programs[0]), actor)
    return Call(event, payload, workspace, programs)


def goes_on_elsewhere(
    environment: dict[str, str], payload: dict[str, object], bound: sessions.Binding
) -> bool:
    """Whether a session of a client that names no project was begun again in another one."""
    named = environment.get(PROJECT_VARIABLE)
    return not named and find_root(environment, call_folder(payload)) != bound.root


def completed(environment: dict[str, str], payload: dict[str, object], root: str) -> dict[str, str]:
    """The environment with what a client other than Claude Code leaves out: its process, the project.

    The project is the one that the session is bound to, as a call may be made in any folder.
    """
    if not payload.get("client"):
        return environment
    found = {PID_VARIABLE: str(os.getppid()), **environment}
    return {PROJECT_VARIABLE: root, **found} if root else found


def context(text: str) -> Answer:
    """Text for the model beside the conversation."""
    return "context", text


def hold(reason: str) -> Answer:
    """A stop, a prompt or a change held up."""
    return "hold", reason


def told(call: Call, run: Run, source: str, found: Sequence[str] = ()) -> str:
    """The briefing, and what was found wrong or changed on the way."""
    from memory_state.workflow.recovery import briefing

    now = format_time(call.project.clock())
    text = briefing(run.definition, run.state, source, os.urandom(4).hex(), now, call.project.program)
    problems = "\n".join(one_line(str(each), 300) for each in (*run.problems[:3], *found))
    return f"{text}\n{problems}" if problems else text


def tell_problems(call: Call, run: Run) -> Answer:
    """A short fact for the model when something was found wrong; else nothing."""
    return tell_all(call, [str(each) for each in run.problems[:3]])


def mark_for_retelling(call: Call) -> None:
    """Have the next finished call of a session answered with where the workflow stands.

    That is for a client which tells nothing of ours after a compaction by itself.
    """
    Path(retell_file(call.project.memory, session_name(call.session))).touch()


def tell_again(call: Call, run: Run, facts: Sequence[str]) -> Answer | None:
    """Where the workflow stands, once after a compaction, for a client that passes it on only here."""
    if not call.payload.get("late_context"):
        return None
    if not remove_file(retell_file(call.project.memory, session_name(call.session))):
        return None
    return "context", told(call, run, f"compact, event {run.state.event} of {Path(run.path).name}", facts)


def tell_all(call: Call, facts: Sequence[str]) -> Answer:
    """These facts for the model and for the person before the client; nothing where there are none."""
    if not facts:
        return SILENT
    return "fact", f"memory-state: {'; '.join(one_line(each, 600) for each in facts)}"


def told_by_other_form(call: Call) -> bool:
    """Whether the hook's other form, plugin or settings, was told the same event a moment ago.

    A project that has both would else be answered twice; each form's own repetitions count anew.
    """
    form = "plugin" if call.project.environment.get("CLAUDE_PLUGIN_ROOT") else "settings"
    form = f"{form} {call.text('client')}"
    details = [call.text(name) for name in ("source", "reason", "trigger", "prompt_id", "agent_id")]
    key = "|".join((call.event, *details, str(call.payload.get("stop_hook_active"))))
    path = Path(call.project.memory, "state", ".cache", f"told-{session_name(call.session)}")
    now = call.project.clock()
    with locked(call.project.memory):
        before = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        path.write_text(f"{form}\n{now}\n{key}", encoding="utf-8")
    if len(before) != 3 or before[0] == form or before[2] != key:
        return False
    return now - float(before[1]) < TWICE_SECONDS
