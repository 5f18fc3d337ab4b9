"""What a workflow does by its promises, said a second time and plainly, to compare the program with.

Nothing of the program's rules is used here. A rule takes where a workflow is expected to stand and
gives where it stands afterwards, or raises No.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEFINITION = """---
schema: 1
name: model
phases:
  - id: plan
    role: architect
    allow: [read, search, "edit(docs/**)"]
    exit: [tasks]
  - id: build
    role: developer
    allow: [read, search, edit, shell]
    deny: ["shell(git push *)"]
    exit: [tasks]
    skippable: true
  - id: test
    allow: [read, search, shell]
    returns_to: build
    max_returns: 1
  - id: review
    role: reviewer
    allow: [read, search]
    exit: [approval]
    returns_to: plan
    max_returns: 2
  - id: close
    exit: [tasks]
    skippable: true
---
# Model

## plan
- [ ] Write the plan

## review
- [ ] Read it all

## close
- [ ] Say what was done
"""
PHASES = ("plan", "build", "test", "review", "close")
OWN_TASKS = {"plan": ("Write the plan",), "review": ("Read it all",), "close": ("Say what was done",)}
ASK_TASKS = ("plan", "build", "close")
ASK_APPROVAL = ("review",)
RETURNS = {"test": ("build", 1), "review": ("plan", 2)}
SKIPPABLE = ("build", "close")
POLICIES = {
    "plan": (("read", "search", "edit(docs/**)"), ()),
    "build": (("read", "search", "edit", "shell"), ("shell(git push *)",)),
    "test": (("read", "search", "shell"), ()),
    "review": (("read", "search"), ()),
    "close": (("*",), ()),
}
WORKING = ("in_progress", "review")
LIVE = ("pending", *WORKING, "waiting", "blocked")
ENDED = ("completed", "cancelled")
BY_PERSON = ("skip", "approve", "park", "fail", "cancel", "rollback")
MOST_RETRIES = 3
BOXES = {"done": "completed", "start": "in_progress", "undo": "pending", "drop": "dropped"}


class No(Exception):
    """The promises forbid it."""


class Task(NamedTuple):
    """A task and how it stands."""

    phase: str
    text: str
    status: str = "pending"


class Standing(NamedTuple):
    """Where one phase stands: `returns` counts how often it sent the work back."""

    status: str = "pending"
    returns: int = 0
    approved: bool = False


class Expected(NamedTuple):
    """Where a workflow is expected to stand."""

    status: str = "pending"
    phase: str = "plan"
    phases: tuple[Standing, ...] = (Standing(),) * len(PHASES)
    tasks: tuple[Task, ...] = ()
    retries: int = 0
    title: str = ""
    allow: tuple[str, ...] = POLICIES["plan"][0]
    deny: tuple[str, ...] = POLICIES["plan"][1]

    @property
    def at(self) -> int:
        """How far the workflow has come: the place of its phase."""
        return PHASES.index(self.phase)

    @property
    def here(self) -> Standing:
        """The standing of the current phase."""
        return self.phases[self.at]


def started(title: str) -> Expected:
    """A workflow that has just begun."""
    return entered(Expected(title=title), "plan")


def need(met: object, why: str) -> None:
    """Raise No unless something holds."""
    if not met:
        raise No(why)


def working_status(phase: str) -> str:
    """What a workflow at work in a phase is."""
    return "review" if phase in ASK_APPROVAL else "in_progress"


def with_phase(now: Expected, phase: str, **changes: object) -> Expected:
    """The same with one phase standing otherwise."""
    at = PHASES.index(phase)
    changed = now.phases[at]._replace(**changes)  # type: ignore[arg-type]  # fields by name
    return now._replace(phases=(*now.phases[:at], changed, *now.phases[at + 1 :]))


def in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Tasks by phase."""
    return tuple(sorted(tasks, key=lambda task: PHASES.index(task.phase)))


def entered(now: Expected, phase: str) -> Expected:
    """In a phase anew: its own tasks are listed, its policy holds, no approval of before counts."""
    known = [task.text for task in now.tasks if task.phase == phase]
    new = [Task(phase, text) for text in OWN_TASKS.get(phase, ()) if text not in known]
    now = with_phase(now, phase, status="in_progress", approved=False)
    allow, deny = POLICIES[phase]
    return now._replace(
        status=working_status(phase), phase=phase, tasks=in_order((*now.tasks, *new)), allow=allow, deny=deny
    )


def after_this(now: Expected) -> str | None:
    """The next phase that is not skipped."""
    return next((p for p, s in zip(PHASES, now.phases, strict=True)
                 if PHASES.index(p) > now.at and s.status != "skipped"), None)  # fmt: skip


def open_gate(now: Expected) -> bool:
    """Whether all that the current phase asks for is there."""
    counted = [task for task in now.tasks if task.phase == now.phase and task.status != "dropped"]
    done = bool(counted) and all(task.status == "completed" for task in counted)
    return (done or now.phase not in ASK_TASKS) and (now.here.approved or now.phase not in ASK_APPROVAL)


def next_phase(now: Expected) -> Expected:
    """`next`."""
    if now.status == "waiting":
        return resumed(now)
    if now.status == "pending":
        return entered(now, now.phase)
    need(now.status in WORKING, "not at work")
    following = after_this(now)
    need(following and open_gate(now), "the gate is closed")
    return entered(with_phase(now, now.phase, status="completed"), str(following))


def finish(now: Expected) -> Expected:
    """`finish`."""
    if now.status == "completed":
        return now
    need(now.status in WORKING and after_this(now) is None and open_gate(now), "not at the end")
    return with_phase(now, now.phase, status="completed")._replace(status="completed")


def back(now: Expected, reason: str) -> Expected:
    """`back`: what lies between is to do again; one return too many blocks the workflow."""
    need(now.status in WORKING and now.phase in RETURNS, "nowhere to return to")
    target, most = RETURNS[now.phase]
    if now.here.returns == most:
        return now._replace(status="blocked")
    source, count = now.phase, now.here.returns + 1
    redone = PHASES[PHASES.index(target) + 1 : now.at + 1]
    tasks = [
        each._replace(status="pending")
        if each.phase in redone and each.status == "completed" and each.text in OWN_TASKS.get(each.phase, ())
        else each
        for each in now.tasks
    ]
    for phase in redone:
        now = with_phase(now, phase, status="pending", approved=False)
    now = with_phase(now, source, status="returned", returns=count)
    return entered(now._replace(tasks=in_order([*tasks, Task(target, reason)])), target)


def skip(now: Expected, phase: str) -> Expected:
    """`skip`: only what may be skipped and never sent work back or was through."""
    need(now.status in WORKING, "not at work")
    standing = now.phases[PHASES.index(phase)]
    if standing.status == "skipped":
        return now
    fresh = standing.status in ("pending", "in_progress") and standing.returns == 0
    sent = any(target == phase and now.phases[PHASES.index(source)].status == "returned"
               for source, (target, _) in RETURNS.items())  # fmt: skip
    need(phase in SKIPPABLE and fresh and not sent, "not to be skipped")
    following = after_this(now)
    passed = with_phase(now, phase, status="skipped", approved=False)
    if phase != now.phase:
        return passed
    return passed._replace(status="completed") if following is None else entered(passed, following)


def approve(now: Expected) -> Expected:
    """`approve`."""
    need(now.status in WORKING and now.phase in ASK_APPROVAL, "no approval is asked for")
    return with_phase(now, now.phase, approved=True)


def wait(now: Expected) -> Expected:
    """`wait`."""
    need(now.status in (*WORKING, "waiting"), "not at work")
    return now._replace(status="waiting")


def park(now: Expected) -> Expected:
    """`park`."""
    need(now.status in (*WORKING, "pending", "waiting", "paused"), "not at work")
    return now._replace(status="paused")


def fail(now: Expected) -> Expected:
    """`fail`."""
    need(now.status not in ENDED, "ended")
    return now._replace(status="failed")


def cancel(now: Expected) -> Expected:
    """`cancel`."""
    need(now.status != "completed", "ended")
    return now._replace(status="cancelled")


def resumed(now: Expected) -> Expected:
    """At work again in the current phase, which is entered if it was not."""
    if now.here.status != "in_progress":
        now = entered(now, now.phase)
    return now._replace(status=working_status(now.phase))


def resume(now: Expected) -> Expected:
    """`resume`."""
    if now.status in ("pending", *WORKING, "waiting"):
        return now
    need(now.status not in ENDED, "ended")
    if now.status == "failed":
        need(now.retries < MOST_RETRIES, "no retries left")
        now = now._replace(retries=now.retries + 1)
    if now.status == "blocked":
        now = with_phase(now, now.phase, returns=0)
    return resumed(now)


def add(now: Expected, text: str, phase: str) -> Expected:
    """`task add`."""
    need(now.status in LIVE, "not live")
    return now._replace(tasks=in_order((*now.tasks, Task(phase, text))))


def box(now: Expected, verb: str, text: str) -> Expected:
    """`task done`, `start`, `undo`, `drop` by a task's text: the first that the verb changes."""
    need(now.status in LIVE, "not live")
    same = [at for at, task in enumerate(now.tasks) if task.text == text]
    near = [at for at in same if now.tasks[at].phase == now.phase] or same
    need(near, "no such task")
    wanted = ("completed", "dropped") if verb == "undo" else ("pending", "in_progress")
    at = next((each for each in near if now.tasks[each].status in wanted), near[0])
    return with_task(now, at, BOXES[verb])


def with_task(now: Expected, at: int, status: str) -> Expected:
    """The same with one task standing otherwise."""
    changed = now.tasks[at]._replace(status=status)
    return now._replace(tasks=(*now.tasks[:at], changed, *now.tasks[at + 1 :]))


def same(now: Expected, *_: str) -> Expected:
    """What notes, saves and looks change."""
    return now


def task(now: Expected, verb: str, text: str, phase: str | None = None) -> Expected:
    """`task VERB`."""
    return add(now, text, phase or now.phase) if verb == "add" else box(now, verb, text)


RULES: dict[str, Callable[..., Expected]] = {
    "next": next_phase,
    "finish": finish,
    "back": back,
    "skip": skip,
    "approve": approve,
    "wait": wait,
    "park": park,
    "fail": fail,
    "cancel": cancel,
    "resume": resume,
    "task": task,
    "note": same,
    "save": same,
    "status": same,
}


def expected(now: Expected, verb: str, words: tuple[str, ...], *, person: bool) -> Expected:
    """Where a command leads; No where it is refused."""
    stopped = verb == "resume" and now.status in ("blocked", "failed")
    need(person or not (verb in BY_PERSON or stopped), "for a person")
    return RULES[verb](now, *words)
