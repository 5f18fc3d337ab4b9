"""Histories for the reports' tests: small ones written out, and long ones with every oddity."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time, parse_time
from memory_state.core.errors import MemoryStateError
from memory_state.core.journal import format_event
from memory_state.workflow import machine
from memory_state.workflow.fold import evolve, started
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import LIVE, Condition, Definition, Event, Phase, State
from memory_state.workflow.restoration import state_values
from memory_state.workspace.history import log_opening
from tests.workflow.examples import APPROVAL, MET, OPENED, TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

WORKFLOW = "7f3a9c21"
HOUR = 3600.0

# Every kind of move there is: returns from two phases, one to skip, a person's approval.
WINDING = Definition(
    "winding",
    "",
    "outer",
    (
        Phase("plan", "architect", exit=(TASKS,), tasks=("Write the plan",)),
        Phase("build", "developer", exit=(TASKS,)),
        Phase("test", "tester", exit=(Condition("command", "$test"),), returns_to="build", max_returns=1),
        Phase("extra", "tester", skippable=True),
        Phase("review", "reviewer", exit=(APPROVAL,), returns_to="plan", max_returns=0),
        Phase("close", "writer", exit=(TASKS,), tasks=("Say what was done",)),
    ),
)


class Writing:
    """A history while it is written: its events, and where the workflow stands."""

    def __init__(self, definition: Definition = WINDING, now: float = OPENED, **details: object) -> None:
        self.definition = definition
        self.now = now
        self.events: list[Event] = []
        self.states: list[State] = []
        given = {"workflow_id": WORKFLOW, "title": "Add login", **details}
        self.append(Draft("workflow.started", definition.name, given))

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.states[-1]

    def after(self, seconds: float) -> Writing:
        """Let time pass."""
        self.now += seconds
        return self

    def append(self, *drafts: Draft, by: str = "cli", **more: object) -> Writing:
        """Events of this moment."""
        for draft in drafts:
            details = {**draft.details, **more, "by": by}
            event = Event(len(self.events) + 1, format_time(self.now), draft.type, draft.subject, details)
            new = started(self.definition, event) if not self.states else None
            self.states.append(new or evolve(self.definition, self.state, event))
            self.events.append(event)
        return self

    def event(self, kind: str, subject: str = "-", by: str = "hook", **details: object) -> Writing:
        """One event of this moment."""
        return self.append(Draft(kind, subject, details), by=by)

    def next(self) -> Writing:
        """On to the next phase, its gate met."""
        return self.append(*machine.next_phase(self.definition, self.state, MET))

    def roll_back(self, to: int) -> Writing:
        """Back to an event."""
        state = state_values(self.states[to - 1])
        return self.event("state.rolled_back", self.state.phase, by="person", to=to, state=state)


def write_log(path: Path, events: Iterable[Event], workflow: str = WORKFLOW) -> None:
    """Write events as a log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log_opening(workflow) + b"".join(map(line_of, events)))


def line_of(event: Event) -> bytes:
    """The line of an event."""
    return format_event(event.number, event.time, event.type, event.subject, event.details)


# long ones


def winding(seed: int, count: int) -> Writing:
    """A history of about this many events, by chance, in which everything happens that can."""
    chance = random.Random(seed)  # noqa: S311  # the same every time is what is wanted
    writing = Writing()
    while len(writing.events) < count:
        let_time_pass(chance, writing)
        act = chance.choices([each for each, _ in ACTS], [weight for _, weight in ACTS])[0]
        try:
            act(chance, writing)
        except MemoryStateError:  # not legal where it stands: the next one may be
            continue
    return writing


def let_time_pass(chance: random.Random, writing: Writing) -> None:
    """Mostly seconds, at times days; now and then the clock goes back and events keep the last time."""
    pause = chance.choice([0.0, 0.001, 0.5, 20.0, 300.0, 5 * HOUR, 3 * 24 * HOUR])
    writing.now += pause if chance.random() < 0.2 else chance.random()
    if chance.random() < 0.01:
        writing.event("note.added", "plan", by="person", text="clock", clock_back=chance.randint(1, 7200))
    if chance.random() < 0.002:
        writing.now -= 120.0


def use_tool(chance: random.Random, writing: Writing) -> None:
    """A tool call of one of three sessions."""
    tool = chance.choice(["Bash", "Edit", "Read"])
    session, ok = f"s{chance.randint(1, 3)}", chance.random() < 0.9
    writing.event("tool.used", tool, tool=tool, session=session, ok=ok, ms=chance.randint(0, 500))


def deny_tool(chance: random.Random, writing: Writing) -> None:
    """A denied call, with each form of reason."""
    reason = chance.choice(
        [
            'the command "git push" is denied by the rule "shell(git push *)"',
            "no rule allows Write on src/a.py; allowed: read",
            ".git/config is protected in every phase: it decides what git runs",
        ]
    )
    tool = chance.choice(["Bash", "Write"])
    writing.event("tool.denied", tool, tool=tool, reason=reason, session="s1")


def change_session(chance: random.Random, writing: Writing) -> None:
    """A session starts, ends, or is found interrupted by the next one."""
    session = f"s{chance.randint(1, 3)}"
    kind = chance.choice(["started", "ended", "interrupted"])
    if kind == "interrupted":
        writing.event("session.interrupted", ended=session, session="s4")
        writing.event("session.started", session="s4", source="startup")
    else:
        writing.event(f"session.{kind}", session=session, source="startup", reason="exit")


def edit(chance: random.Random, writing: Writing) -> None:
    """A person's edit, noticed while nobody may have been at work."""
    writing.append(
        Draft("document.edited", "-", {"fields": {"title": f"Title {chance.randint(1, 9)}"}}), by="edit"
    )


def add_task(chance: random.Random, writing: Writing) -> None:
    """A task in some phase, at times of a text that is there already."""
    phase = chance.choice(writing.definition.phases).id
    writing.event("task.added", phase, by="cli", text=f"Task {chance.randint(1, 40)}")


def change_task(chance: random.Random, writing: Writing) -> None:
    """A task is begun, done, opened again or dropped."""
    task = chance.choice(writing.state.tasks) if writing.state.tasks else None
    if task is not None:
        kind = chance.choice(["started", "completed", "completed", "reopened", "dropped"])
        writing.event(f"task.{kind}", task.phase, by="cli", text=task.text)


def go_on(chance: random.Random, writing: Writing) -> None:
    """`next`; in the last phase it is recovered to the first one instead, so that it never ends."""
    if writing.state.phase == "close" and writing.state.status in LIVE:
        first = next(each for each in writing.states if each.status == "in_progress")
        writing.event("state.recovered", "plan", why="all is lost", state=state_values(first))
    else:
        writing.next()


def go_back(chance: random.Random, writing: Writing) -> None:
    """`back`, in the end into a block."""
    writing.append(*machine.back(writing.definition, writing.state, "It failed"))


def skip(chance: random.Random, writing: Writing) -> None:
    """`skip` of the phase, or of the one to come."""
    writing.append(*machine.skip(writing.definition, writing.state, "No need", "extra"))


def stand_still(chance: random.Random, writing: Writing) -> None:
    """Waiting, paused, or an inner workflow at work."""
    status = chance.choice(["waiting", "paused", "inner"])
    if status == "inner":
        machine.require(writing.state, "wait")
        writing.event("workflow.parked", by="cli", status="waiting", inner="0a0a0a0a")
    else:
        verb = "wait" if status == "waiting" else "park"
        writing.append(*machine.park(writing.state, verb, status, "Lunch"))


def stop(chance: random.Random, writing: Writing) -> None:
    """A failure; at most three, as more can not be taken back."""
    if writing.state.retries < machine.MAX_RETRIES:
        writing.append(*machine.end(writing.state, "fail", "failed", "Broken"))


def take_up(chance: random.Random, writing: Writing) -> None:
    """`resume`, or `next` where it waits."""
    if writing.state.status == "waiting":
        writing.next()
    else:
        writing.append(*machine.resume(writing.state))


def undo(chance: random.Random, writing: Writing) -> None:
    """A rollback to some live point of the last hundred events."""
    to = max(1, len(writing.events) - chance.randint(0, 100))
    if writing.state.status in LIVE and writing.states[to - 1].status in LIVE:
        writing.roll_back(to)


def recover(chance: random.Random, writing: Writing) -> None:
    """A recovery: in the same phase, or in an earlier one."""
    details: dict[str, object] = {"why": "the document is damaged"}
    if chance.random() < 0.5 and len(writing.states) > 1:
        details["state"] = state_values(writing.states[chance.randrange(1, len(writing.states))])
    writing.append(Draft("state.recovered", writing.state.phase, details), by="hook")


def refuse(chance: random.Random, writing: Writing) -> None:
    """A gate that stays shut, a rule that somebody tried to break."""
    writing.event("gate.refused", writing.state.phase, move="next", unmet=["tasks", "command: $test"])
    writing.event("violation.recorded", writing.state.phase, rule="person-only", what="approve")


def make_no_sense(chance: random.Random, writing: Writing) -> None:
    """An event whose checksum holds and that no program of ours wrote."""
    number, moment = len(writing.events) + 1, format_time(writing.now)
    writing.events.append(Event(number, moment, "phase.entered", "nowhere", {"by": "cli"}))
    writing.states.append(writing.state)


ACTS: tuple[tuple[Callable[[random.Random, Writing], None], float], ...] = (
    (use_tool, 60), (deny_tool, 8), (change_session, 5), (edit, 2), (add_task, 2), (change_task, 6),
    (go_on, 4), (go_back, 2), (skip, 1), (stand_still, 2), (stop, 0.2), (take_up, 4), (undo, 1),
    (recover, 0.5), (refuse, 1), (make_no_sense, 0.2),
)  # fmt: skip


def passed(events: Iterable[Event], states: Iterable[State]) -> dict[tuple[str, str], int]:
    """What time passed by status and phase, told the plain way: from each event to the next, in ms."""
    found: dict[tuple[str, str], int] = {}
    latest, standing = None, None
    for event, state in zip(events, states, strict=True):
        moment = round(parse_time(event.time) * 1000)
        if latest is not None and standing is not None:
            key = (
                "working" if standing.status in ("in_progress", "review") else standing.status,
                standing.phase,
            )
            found[key] = found.get(key, 0) + max(0, moment - latest)
        latest = moment if latest is None else max(latest, moment)
        standing = state
    return found
