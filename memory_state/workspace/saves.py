"""The recovery file: written at each phase change, task completion and save, and when the last is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.clock import format_time, parse_time
from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.layout import recovery_file
from memory_state.workflow.document import body_start, notes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workflow.machine import Draft
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

REASONS = (
    ("phase.", "phase"),
    ("workflow.", "phase"),
    ("state.", "phase"),
    ("task.", "task"),
    ("checkpoint.", "manual"),
    ("note.", "task"),
)


def save_after(project: Project, run: Run, drafts: Sequence[Draft], session: str | None) -> None:
    """Save when one of these events asks for it, or when the last save is older than the interval."""
    reason = next((name for draft in drafts for start, name in REASONS if draft.type.startswith(start)), None)
    if reason is None and drafts:
        reason = "task"
    if reason is None and is_due(project, run):
        reason = "interval"
    if reason is not None:
        save_recovery(project, run, reason, session)


def is_due(project: Project, run: Run) -> bool:
    """Whether the recovery file is missing, unreadable, older than the interval, or of a time to come."""
    content = read_if_there(recovery_file(run.memory, run.id))
    if content is None:
        return True
    try:
        saved = parse_time(str(read_header(content.decode())["saved_at"]))
    except (HeaderRefused, UnicodeDecodeError, KeyError, ValueError):
        return True
    return not 0 <= project.clock() - saved < project.settings.save_interval


def save_recovery(project: Project, run: Run, reason: str, session: str | None) -> str | None:
    """Write the recovery file of a run that can go on; gives its path, None for one that has ended."""
    from memory_state.workflow.handoff import handoff_of, handoff_text
    from memory_state.workflow.recovery import Saved, render_recovery
    from memory_state.workspace.history import recent_events
    from memory_state.workspace.revision import branch_and_commit

    if run.state.status in ("completed", "cancelled"):
        return None
    branch, commit = branch_and_commit(project.settings.root)
    saved = Saved(format_time(project.clock()), reason, session, branch, commit)
    notes = notes_of(run.text[body_start(run.text) :])
    last = handoff_of(recent_events(run.memory, run.id))
    told = handoff_text(last) if last else ""
    text = render_recovery(run.definition, run.state, notes, saved, project.program, told)
    path = recovery_file(run.memory, run.id)
    make_folder(path.rpartition("/")[0])
    replace_file(path, text.encode(), durable=project.power)
    return path


def handoff(run: Run) -> tuple[str, str]:
    """What the next one needs to know, by the recovery file as it is; with it the file's path."""
    from memory_state.workflow.handoff import handed_over

    path = recovery_file(run.memory, run.id)
    text = (read_if_there(path) or b"").decode("utf-8", "replace")
    return handed_over(text[body_start(text) :]), path
