"""A timeline as JSON values, as plain columns and as sentences: what all its views are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.text import column_text
from memory_state.reports.wording import counted, duration_text, moment_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.reports.timeline import Gap, SessionSpan, TaskSpan, Timeline, Visit


def moment_value(moment: int | None) -> str | None:
    """A moment in JSON."""
    return None if moment is None else moment_text(moment)


def timeline_values(found: Timeline) -> dict[str, object]:
    """A timeline as JSON shows it; durations are in milliseconds."""
    return {
        "workflow": {
            "workflow_id": found.workflow_id, "title": found.title, "definition": found.definition,
            "level": found.level, "parent": found.parent, "status": found.status, "phase": found.phase,
        },
        "started_at": moment_text(found.start),
        "until": moment_text(found.end),
        "total_ms": found.total,
        "worked_ms": found.worked,
        "lost_ms": found.lost,
        "events": found.events,
        "phases": [visit_values(each) for each in found.visits],
        "gaps": [gap_values(each) for each in found.gaps],
        "tasks": [task_values(each) for each in found.tasks],
        "sessions": [session_values(each) for each in found.sessions],
        "denials": [each._asdict() for each in found.denials],
        "tools": [
            {"tool": each.tool, "times": each.times, "failed": each.failed, "took_ms": each.took}
            for each in found.tools
        ],
        "gates": dict(found.gates),
        "violations": dict(found.violations),
        "returns": found.returns,
        "undone": [
            {"to": each.to, "at": each.at, "from": moment_text(each.start), "until": moment_text(each.end),
             "worked_ms": each.worked}
            for each in found.undone
        ],
        "interruptions": found.interruptions,
        "clock_back": {"events": found.clock_back, "by_ms": found.clock_back_by},
        "damaged_lines": found.damaged,
        "senseless_events": found.senseless,
    }  # fmt: skip


def visit_values(each: Visit) -> dict[str, object]:
    """One stay in a phase."""
    return {
        "phase": each.phase, "nth": each.nth, "role": each.role, "started_at": moment_text(each.start),
        "ended_at": None if each.ended == "open" else moment_text(each.end), "worked_ms": each.worked,
        "ended": each.ended, "reason": each.reason or None, "first_event": each.first,
        "last_event": each.last,
    }  # fmt: skip


def gap_values(each: Gap) -> dict[str, object]:
    """One gap."""
    return {
        "kind": each.kind, "phase": each.phase, "started_at": moment_text(each.start),
        "ended_at": moment_text(each.end), "ms": each.duration, "reason": each.reason or None,
    }  # fmt: skip


def task_values(each: TaskSpan) -> dict[str, object]:
    """One task."""
    return {
        "phase": each.phase, "text": each.text, "status": each.status, "added_at": moment_text(each.added),
        "started_at": moment_value(each.started), "done_at": moment_value(each.done),
        "worked_ms": each.worked, "reopened": each.reopened,
    }  # fmt: skip


def session_values(each: SessionSpan) -> dict[str, object]:
    """One session."""
    return {
        "session": each.id, "started_at": moment_text(each.start), "last_at": moment_text(each.end),
        "ms": each.end - each.start, "events": each.events, "ended": each.ended,
    }  # fmt: skip


def timeline_columns(found: Timeline) -> Iterator[str]:
    """Lines of columns that tabs separate: kind, start, end, milliseconds, and what it was.

    First the whole, then phases, gaps, tasks, sessions, undone stretches and denials.
    """
    yield columns(
        "workflow", found.start, found.end, found.worked, found.workflow_id, found.status, found.title
    )
    for visit in found.visits:
        yield columns("phase", visit.start, visit.end, visit.worked, visit.phase, visit.ended, visit.reason)
    for gap in found.gaps:
        yield columns("gap", gap.start, gap.end, gap.duration, gap.phase or "-", gap.kind, gap.reason)
    for task in found.tasks:
        begun = task.added if task.started is None else task.started
        yield columns("task", begun, task.done, task.worked, task.phase, task.status, task.text)
    for session in found.sessions:
        lasted = session.end - session.start
        yield columns("session", session.start, session.end, lasted, session.id, session.ended, "")
    for each in found.undone:
        yield columns("undone", each.start, each.end, each.worked, f"{each.to}", "rollback", "")
    for denial in found.denials:
        yield columns("denied", None, None, denial.times, denial.phase or "-", denial.tool, denial.rule)


def columns(
    kind: str, start: int | None, end: int | None, number: int | None, what: str, how: str, text: str
) -> str:
    """One line; what is not known is `-`. Of denials the number is how many there were."""
    moments = [moment_value(each) or "-" for each in (start, end)]
    count = "-" if number is None else str(number)
    return "\t".join([kind, *moments, count, *(column_text(each) or "-" for each in (what, how, text))])


def heading(found: Timeline) -> str:
    """Which workflow it is and where it stands."""
    where = "" if found.status in ("completed", "cancelled") else f" in {found.phase}"
    return f"{found.workflow_id}, {found.definition}, {found.status}{where}"


def summary(found: Timeline) -> Iterator[str]:
    """The sentences that stand above every view."""
    yield f"{moment_text(found.start)} to {moment_text(found.end)}: {time_sentence(found)}"
    if found.returns:
        yield f"sent back {counted(found.returns, 'time')}"
    if found.interruptions:
        lost = duration_text(found.lost)
        yield f"{counted(found.interruptions, 'interruption')}, {lost} lost"
    if found.undone:
        undone = duration_text(sum(each.worked for each in found.undone))
        yield f"{counted(len(found.undone), 'rollback')}, {undone} of work undone"
    for names, what in (
        ([(f"{d.tool} by {d.rule}", d.times) for d in found.denials], "denied"),
        ([(each.tool, each.failed) for each in found.tools if each.failed], "failed calls of"),
        (list(found.gates), "gate refused for"),
        (list(found.violations), "violations of"),
    ):
        if names:
            yield f"{what} {', '.join(f'{shown_text(name)} ({times})' for name, times in names)}"
    yield from oddities(found)


def time_sentence(found: Timeline) -> str:
    """How the time there was divides into work and gaps."""
    gaps: dict[str, int] = {}
    for each in found.gaps:
        gaps[each.kind] = gaps.get(each.kind, 0) + each.duration
    parts = [f"worked {duration_text(found.worked)}"]
    parts += [f"{GAP_WORDS.get(kind, kind)} {duration_text(gap)}" for kind, gap in gaps.items()]
    return f"{duration_text(found.total)}, {', '.join(parts)}"


GAP_WORDS = {"inner": "in inner workflows", "pending": "before the first phase"}


def oddities(found: Timeline) -> Iterator[str]:
    """What makes the numbers less sure than they look."""
    if found.damaged:
        yield f"{counted(found.damaged, 'damaged line')} passed over: what they said is not in the numbers"
    if found.senseless:
        yield f"{counted(found.senseless, 'event')} passed over that do not fit those before them"
    if found.clock_back:
        by = duration_text(found.clock_back_by)
        yield (
            f"the clock was behind at {counted(found.clock_back, 'event')}, by up to {by}: "
            "time stood still meanwhile"
        )
