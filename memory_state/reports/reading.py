"""Reading a workflow's log for a report: one pass, damaged lines counted, what git merged put in order."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError
from memory_state.core.files import read_if_there
from memory_state.core.journal import split_event
from memory_state.core.layout import event_log, history_folder
from memory_state.reports.calls import finished_call
from memory_state.reports.spans import timeline_of
from memory_state.workflow.definition import parse_definition
from memory_state.workflow.merging import Entry, in_order, renumbered
from memory_state.workflow.model import Problem
from memory_state.workspace.definitions import snapshot
from memory_state.workspace.history import event_from, log_opening
from memory_state.workspace.merged import merged_entries
from memory_state.workspace.naming import no_workflow
from memory_state.workspace.statefiles import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.reports.calls import ToolCall
    from memory_state.reports.timeline import Timeline
    from memory_state.workflow.model import Definition, Event


class EventLog:
    """The events of a workflow's log in their order; how many lines were `damaged` is known at the end.

    The events of a log that git merged are renumbered from 1. Missing when there is no such log.
    """

    def __init__(self, memory: str, workflow: str) -> None:
        self.memory = memory
        self.workflow = workflow
        self.damaged = 0
        self.opening = frozenset(log_opening(workflow).split(b"\n"))
        if not Path(event_log(memory, workflow)).is_file():
            raise no_workflow(memory, workflow, "history of workflow", ("recover", "list"))

    def __iter__(self) -> Iterator[Event]:
        entries = self.entries()
        if merged_entries(self.memory, self.workflow) is None:
            return (each.event for each in entries)
        return iter(renumbered(in_order(entries)))

    def counted(self) -> Iterator[Event | ToolCall]:
        """The same events, finished tool calls as such where the log says no more of them than that."""
        if merged_entries(self.memory, self.workflow) is not None:
            return iter(self)
        return self.told()

    def told(self) -> Iterator[Event | ToolCall]:
        """The events of a log of one writer, line by line."""
        for line in self.lines():
            call = finished_call(line)
            if call is None:
                yield from (each.event for each in self.read(line))
            else:
                yield call

    def entries(self) -> Iterator[Entry]:
        """The undamaged events with their lines, as they stand in the file."""
        return (each for line in self.lines() for each in self.read(line))

    def lines(self) -> Iterator[bytes]:
        """The log's lines, with nothing damaged so far."""
        self.damaged = 0
        with Path(event_log(self.memory, self.workflow)).open("rb") as lines:
            yield from lines

    def read(self, line: bytes) -> Iterator[Entry]:
        """The event of a line; none for one that holds none, which is damage unless it is of the head."""
        content = line.removesuffix(b"\n")
        parts = split_event(content)
        event = None if parts is None else event_from(parts)
        if event is not None:
            yield Entry(whole(self.memory, self.workflow, event), content)
        # A last line without its end is one that was never finished.
        elif content != line and content not in self.opening:
            self.damaged += 1


def definition_of(memory: str, workflow: str) -> Definition:
    """The definition that governs a workflow; Broken where it is gone or damaged."""
    path = Path(history_folder(memory, workflow), "definition.md")
    content = read_if_there(str(path))
    known = None if content is None else known_definition(content)
    return snapshot(path)[0] if known is None else known


@lru_cache(maxsize=64)
def known_definition(content: bytes) -> Definition | None:
    """The definition of these bytes, which many workflows have in common; None where it has problems."""
    try:
        return parse_definition(content.decode("utf-8"), "")[0]
    except UnicodeDecodeError:
        return None


def read_timeline(memory: str, workflow: str, now: int | None = None) -> Timeline:
    """The timeline of a workflow; Missing without its log, Broken where log or definition are of no use."""
    log = EventLog(memory, workflow)
    found = timeline_of(definition_of(memory, workflow), log.counted(), now=now)
    return found._replace(damaged=log.damaged)


def read_all(memory: str, now: int | None = None) -> tuple[list[Timeline], list[Problem]]:
    """The timelines of all workflows of a memory path, and what is wrong with those that have none."""
    found: list[Timeline] = []
    problems: list[Problem] = []
    for each in history_ids(memory):
        try:
            found.append(read_timeline(memory, each, now))
        except MemoryStateError as error:
            problems.append(Problem(history_folder(memory, each), 0, error.sentence))
    return found, problems


def history_ids(memory: str) -> list[str]:
    """The ids of the workflows that have a folder in the history, by name."""
    folder = Path(memory, "state", "workflow-history")
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
