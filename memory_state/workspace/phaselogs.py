"""The logs of phases on disk, `logs/PHASE.log` beside a history: made from it, never added to it.

One is written when its phase is left. Where one is missing or says something else than the history, as
after a kill, it is made anew from all of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Broken
from memory_state.core.files import make_folder, read_tail, replace_file
from memory_state.core.journal import split_event
from memory_state.core.layout import event_log, history_folder
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.definitions import snapshot
from memory_state.workspace.history import event_from, read_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_state.workflow.machine import Draft
    from memory_state.workflow.model import Event
    from memory_state.workspace.run import Run

LEAVING = (
    "phase.completed", "phase.returned", "phase.skipped", "workflow.completed", "workflow.failed",
    "workflow.cancelled", "workflow.parked", "state.rolled_back", "state.recovered", "checkpoint.saved",
)  # fmt: skip


STAY_LIMIT = 1 << 24


class Stale(NamedTuple):
    """A phase's log that is missing or says something else than the history; `text` is what it should say."""

    path: str
    text: str
    missing: bool


def phase_log(memory: str, workflow: str, phase: str) -> str:
    """The log of a phase."""
    return f"{history_folder(memory, workflow)}/logs/{phase}.log"


def keep_phase_log(run: Run, phase: str, drafts: Sequence[Draft]) -> None:
    """Write the log of the phase that a run was in, where these events end its stay there or are a save.

    After a very long stay it is left to `doctor --fix`, so that no command waits for it.
    """
    from memory_state.workflow.phaselog import log_line, number_of_line

    if not any(draft.type in LEAVING for draft in drafts):
        return
    fresh = [(event.number, log_line(event)) for event in last_stay(run.memory, run.id, phase)]
    if fresh:
        path = phase_log(run.memory, run.id, phase)
        kept = [line for line in lines_of(path) if 0 < number_of_line(line) < fresh[0][0]]
        write(path, "".join([*kept, *(line for _, line in fresh)]))


def last_stay(memory: str, workflow: str, phase: str) -> list[Event]:
    """The events of a phase since it was last entered, read from the log's end; none of a very long stay."""
    import re

    from memory_state.workflow.phaselog import by_phase

    form = rb"\n[0-9]+\. [^ \n]+ \*\*phase\.entered\*\* " + re.escape(phase.encode()) + rb" `"
    entered = re.compile(form)
    tail = read_tail(event_log(memory, workflow), lambda end: len(end) > STAY_LIMIT or entered.search(end))
    if len(tail) > STAY_LIMIT:
        return []
    at = [found.start() + 1 for found in entered.finditer(tail)]
    lines = tail[at[-1] if at else 0 :].split(b"\n")
    events = [event_from(parts) for line in lines if (parts := split_event(line)) is not None]
    found = by_phase([each for each in events if each is not None], phase if at else "")
    return [event for where, event in found if where == phase]


def lines_of(path: str) -> list[str]:
    """The lines of a phase's log with their LF; none where there is none."""
    place = Path(path)
    return (
        place.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        if place.is_file()
        else []
    )


def write(path: str, text: str) -> None:
    """Write a log, unless it says this already."""
    if "".join(lines_of(path)) != text:
        make_folder(path.rpartition("/")[0], durable=False)
        replace_file(path, text.encode("utf-8", "backslashreplace"), durable=False)


def stale_logs(memory: str, workflow: str) -> Iterator[Stale]:
    """The logs of left phases that are missing or differ, and that of the current one where it says else.

    The current phase goes on, so its log may be behind, or not be there yet. Broken for a history whose
    definition is of no use.
    """
    texts, current = told(memory, workflow)
    for phase, text in texts.items():
        path = phase_log(memory, workflow, phase)
        shown = "".join(lines_of(path))
        behind = phase == current and text.startswith(shown)
        if shown != text and not behind:
            yield Stale(path, text, missing=not Path(path).is_file())


def told(memory: str, workflow: str) -> tuple[dict[str, str], str]:
    """The log of each phase that was entered, by the whole history; with them the phase it ends in."""
    from memory_state.workflow.phaselog import by_phase, log_line

    definition, _ = snapshot(Path(history_folder(memory, workflow), "definition.md"))
    lines: dict[str, list[str]] = {each.id: [] for each in definition.phases}
    phase = ""
    for phase, event in by_phase(read_events(memory, workflow)):
        if phase in lines:
            lines[phase].append(log_line(event))
    return {name: "".join(each) for name, each in lines.items() if each}, phase


def rebuild_phase_logs(memory: str, workflow: str) -> list[str]:
    """Make the logs anew that are missing or differ; gives their paths."""
    try:
        found = list(stale_logs(memory, workflow))
    except (Broken, FileNotFoundError):
        return []
    for each in found:
        write(each.path, each.text)
    return [each.path for each in found]
