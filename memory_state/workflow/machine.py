"""Every legal move, in one table, and the decisions that read it.

A decision takes where the run stands and gives the events of the move, or raises Refused with the
legal next command. It changes nothing itself: `fold` says what an event does to a state.
"""

from __future__ import annotations

import re

from memory_state.core.errors import Misused, Refused
from memory_state.workflow.model import Definition, Phase, PhaseState, State, Task
from memory_state.workflow.nearest import nearest
from memory_state.workflow.tuples import NamedTuple

REASON_LIMIT = 500
TASK_LIMIT = 500
NOTE_LIMIT = 2000
MAX_RETRIES = 3
UNTRUSTED = "is not trusted to run"  # what a condition says whose command a person has not let run


class Move(NamedTuple):
    """A legal change of status: who may ask for it is `agent` (anybody) or `person`."""

    verb: str
    source: str
    target: str
    by: str


MOVES = (
    Move("next", "pending", "in_progress", "agent"),
    Move("next", "pending", "review", "agent"),
    Move("next", "in_progress", "in_progress", "agent"),
    Move("next", "in_progress", "review", "agent"),
    Move("next", "review", "in_progress", "agent"),
    Move("next", "review", "review", "agent"),
    Move("next", "waiting", "in_progress", "agent"),
    Move("next", "waiting", "review", "agent"),
    Move("wait", "in_progress", "waiting", "agent"),
    Move("wait", "review", "waiting", "agent"),
    Move("back", "in_progress", "in_progress", "agent"),
    Move("back", "in_progress", "review", "agent"),
    Move("back", "in_progress", "blocked", "agent"),
    Move("back", "review", "in_progress", "agent"),
    Move("back", "review", "review", "agent"),
    Move("back", "review", "blocked", "agent"),
    Move("skip", "in_progress", "in_progress", "person"),
    Move("skip", "in_progress", "review", "person"),
    Move("skip", "review", "in_progress", "person"),
    Move("skip", "review", "review", "person"),
    Move("skip", "in_progress", "completed", "person"),
    Move("skip", "review", "completed", "person"),
    Move("approve", "in_progress", "in_progress", "person"),
    Move("approve", "review", "review", "person"),
    Move("override", "in_progress", "in_progress", "person"),
    Move("override", "in_progress", "review", "person"),
    Move("override", "in_progress", "completed", "person"),
    Move("override", "review", "in_progress", "person"),
    Move("override", "review", "review", "person"),
    Move("override", "review", "completed", "person"),
    Move("finish", "in_progress", "completed", "agent"),
    Move("finish", "review", "completed", "agent"),
    Move("park", "pending", "paused", "person"),
    Move("park", "in_progress", "paused", "person"),
    Move("park", "waiting", "paused", "person"),
    Move("park", "review", "paused", "person"),
    Move("fail", "pending", "failed", "person"),
    Move("fail", "in_progress", "failed", "person"),
    Move("fail", "waiting", "failed", "person"),
    Move("fail", "review", "failed", "person"),
    Move("fail", "blocked", "failed", "person"),
    Move("fail", "paused", "failed", "person"),
    Move("cancel", "pending", "cancelled", "person"),
    Move("cancel", "in_progress", "cancelled", "person"),
    Move("cancel", "waiting", "cancelled", "person"),
    Move("cancel", "review", "cancelled", "person"),
    Move("cancel", "blocked", "cancelled", "person"),
    Move("cancel", "paused", "cancelled", "person"),
    Move("cancel", "failed", "cancelled", "person"),
    Move("resume", "paused", "in_progress", "agent"),
    Move("resume", "paused", "review", "agent"),
    Move("resume", "blocked", "in_progress", "person"),
    Move("resume", "blocked", "review", "person"),
    Move("resume", "failed", "in_progress", "person"),
    Move("resume", "failed", "review", "person"),
)

PHASE_MOVES = (
    ("pending", "in_progress"),
    ("pending", "skipped"),
    ("in_progress", "completed"),
    ("in_progress", "returned"),
    ("in_progress", "skipped"),
    ("returned", "in_progress"),
    ("completed", "in_progress"),
    ("completed", "pending"),
    ("skipped", "pending"),
)

WAYS_OUT = {
    "pending": ("next",),
    "in_progress": ("status", "next"),
    "waiting": ("next",),
    "review": ("approve", "next"),
    "blocked": ("resume", "cancel"),
    "paused": ("resume", "cancel"),
    "failed": ("resume", "cancel"),
    "completed": ("start DEFINITION TITLE",),
    "cancelled": ("start DEFINITION TITLE",),
}


class Draft(NamedTuple):
    """An event that is still without number and time."""

    type: str
    subject: str
    details: dict[str, object]


class Verdict(NamedTuple):
    """What one exit condition says; `met` is None when it was not asked (a command not run)."""

    name: str
    met: bool | None
    reason: str


def is_legal(source: str, target: str) -> bool:
    """Whether some move leads from one status to the other."""
    return any(move.source == source and move.target == target for move in MOVES)


def person_only(verb: str, source: str) -> bool:
    """Whether a person must ask for `verb` where the run has this status."""
    return any(m.verb == verb and m.source == source and m.by == "person" for m in MOVES)


def require(state: State, verb: str) -> None:
    """Raise Refused unless `verb` is legal in the run's status."""
    if not any(move.verb == verb and move.source == state.status for move in MOVES):
        raise Refused(
            f"{verb}: workflow {state.workflow_id} is {state.status}, and {verb} is for one that is "
            f"{' or '.join(sources(verb))}",
            WAYS_OUT[state.status],
            violation(state, verb, f"{verb} while {state.status}"),
        )


def sources(verb: str) -> tuple[str, ...]:
    """The statuses from which `verb` is legal."""
    return tuple(dict.fromkeys(move.source for move in MOVES if move.verb == verb))


def violation(state: State, rule: str, what: str) -> tuple[str, str, dict[str, object]]:
    """The record of a refused move."""
    return ("violation.recorded", state.phase, {"rule": rule, "what": what})


def phase_of(definition: Definition, phase: str) -> Phase:
    """The phase of that id; Misused with the ids there are when the definition has none."""
    for each in definition.phases:
        if each.id == phase:
            return each
    ids = [each.id for each in definition.phases]
    hint = nearest(phase, ids) or f"; it has {', '.join(ids)}"
    raise Misused(f"{definition.name} has no phase {phase!r}{hint}", ("status",))


def phase_state(state: State, phase: str) -> PhaseState:
    """Where that phase of the run stands."""
    return next(each for each in state.phases if each.id == phase)


def gate_of(definition: Definition, state: State) -> Phase:
    """The current phase with all that is asked before it is left: in the last one the criteria too."""
    phase = phase_of(definition, state.phase)
    last = following_phase(definition, state) is None
    return phase._replace(exit=phase.exit + definition.criteria) if last else phase


def following_phase(definition: Definition, state: State) -> Phase | None:
    """The next phase that is not skipped; None after the last."""
    skipped = {each.id for each in state.phases if each.status == "skipped"}
    ids = [each.id for each in definition.phases]
    later = definition.phases[ids.index(state.phase) + 1 :]
    return next((each for each in later if each.id not in skipped), None)


def status_within(phase: Phase) -> str:
    """The status of a run that works in this phase: `review` where a person must approve."""
    return "review" if any(each.kind == "approval" for each in phase.exit) else "in_progress"


def checked_text(what: str, text: str, limit: int) -> str:
    """`text` without outer blanks; Misused when it is empty, too long or not one line."""
    text = text.strip()
    if not text:
        raise Misused(f"{what} is empty")
    if len(text) > limit:
        raise Misused(
            f"{what} has {len(text)} characters; at most {limit} fit, longer text belongs in a file"
        )
    if any(character in text for character in "\n\r\0\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        raise Misused(f"{what} must be one line")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Misused(f"{what} holds bytes that are no UTF-8")
    return text


def checkpoint_name(name: str) -> str:
    """`name` when it can name a checkpoint: at most 64 letters, digits and `._-`, not all digits."""
    if not re.fullmatch(r"(?![0-9]+\Z)[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise Misused(
            f"{name[:80]!r} is no name of a checkpoint; names are up to 64 letters, digits and ._-, "
            "and a number means an event"
        )
    return name


def require_met(state: State, verb: str, verdicts: tuple[Verdict, ...]) -> None:
    """Raise Refused with the reason of every exit condition that is not met."""
    open_ones = [each for each in verdicts if each.met is not True]
    if not open_ones:
        return
    reasons = [f"{each.name}: {each.reason}" for each in open_ones]
    details: dict[str, object] = {
        "move": verb,
        "unmet": [each.name for each in open_ones],
        "reasons": reasons,
    }
    raise Refused(
        f"{verb}: phase {state.phase} can not be left yet. " + "; ".join(reasons),
        gate_remedies(state, open_ones),
        ("gate.refused", state.phase, details),
    )


def gate_remedies(state: State, unmet: list[Verdict]) -> tuple[str, ...]:
    """The commands that help with these conditions, most useful first."""
    remedies = []
    names = {each.name.partition(":")[0] for each in unmet}
    if "tasks" in names:
        open_task = first_open_task(state)
        remedies.append(f"task done {open_task}" if open_task else 'task add "TEXT"')
    if any(UNTRUSTED in each.reason for each in unmet):
        remedies.append("trust")
    if "approval" in names or "command" in names:
        remedies.append("approve")
    if "changes" in names:
        remedies.append("override --changes --reason WHY")
    return (*remedies, "check")


def first_open_task(state: State) -> str | None:
    """The address of the first task of the current phase that is not done."""
    for address, task in addressed(state):
        if task.phase == state.phase and task.status in ("pending", "in_progress"):
            return address
    return None


def addressed(state: State) -> list[tuple[str, Task]]:
    """Each task with its address, `build.2` for the second of phase build."""
    counts: dict[str, int] = {}
    pairs = []
    for task in state.tasks:
        counts[task.phase] = counts.get(task.phase, 0) + 1
        pairs.append((f"{task.phase}.{counts[task.phase]}", task))
    return pairs


def next_phase(definition: Definition, state: State, verdicts: tuple[Verdict, ...]) -> tuple[Draft, ...]:
    """`next`: take up waiting work again, or leave the phase through its gate for the one after it."""
    require(state, "next")
    if state.status == "waiting":
        return (Draft("workflow.resumed", "-", {"from": "waiting"}),)
    if state.status == "pending":
        return (Draft("phase.entered", state.phase, {"role": state.role}),)
    following = following_phase(definition, state)
    if following is None:
        raise Refused(
            f"next: {state.phase} is the last phase of {definition.name}; finish ends the workflow",
            ("finish",),
            ("gate.refused", state.phase, {"move": "next", "unmet": ["last phase"]}),
        )
    require_met(state, "next", verdicts)
    return leave(state, following)


def leave(state: State, following: Phase) -> tuple[Draft, ...]:
    """The events of a completed phase and of entering the one after it."""
    return (
        Draft("phase.completed", state.phase, {"to": following.id}),
        Draft("phase.entered", following.id, {"role": following.role}),
    )


def finish(definition: Definition, state: State, verdicts: tuple[Verdict, ...]) -> tuple[Draft, ...]:
    """`finish`: end the workflow from its last phase, through its gate. Done twice, nothing happens."""
    if state.status == "completed":
        return ()
    require(state, "finish")
    following = following_phase(definition, state)
    if following is not None:
        raise Refused(
            f"finish: {following.id} is still to come after {state.phase}; finish is for the last phase",
            ("next",),
            violation(state, "finish", f"finish before {following.id}"),
        )
    require_met(state, "finish", verdicts)
    return (
        *(criterion_evidence(state, each) for each in verdicts if definition.criteria),
        Draft("phase.completed", state.phase, {"to": None}),
        Draft("workflow.completed", "-", {}),
    )


def override(
    definition: Definition, state: State, verdicts: tuple[Verdict, ...], name: str, reason: str
) -> tuple[Draft, ...]:
    """`override`: a person leaves the phase, or ends the workflow in the last one, although its gate is shut.

    The conditions that were not met stand in the history beside who and why.
    """
    reason = checked_text("the reason", reason, REASON_LIMIT)
    require(state, "override")
    unmet = [each for each in verdicts if each.met is not True]
    if not unmet:
        raise Refused(
            f"override: nothing keeps phase {state.phase} from being left",
            ("next" if following_phase(definition, state) else "finish",),
        )
    waived: dict[str, object] = {
        "name": name,
        "reason": reason,
        "unmet": [f"{each.name}: {each.reason}"[:200] for each in unmet],
    }
    following = following_phase(definition, state)
    leaving = finish(definition, state, ()) if following is None else leave(state, following)
    return (Draft("gate.overridden", state.phase, waived), *leaving)


def criterion_evidence(state: State, verdict: Verdict) -> Draft:
    """The event that keeps why a condition counted as met when the workflow finished."""
    return Draft(
        "evidence.recorded", state.phase, {"condition": verdict.name, "reason": verdict.reason[:500]}
    )


def back(definition: Definition, state: State, reason: str) -> tuple[Draft, ...]:
    """`back`: return to the phase that `returns_to` names; past `max_returns` the workflow is blocked."""
    reason = checked_text("the reason", reason, REASON_LIMIT)
    require(state, "back")
    phase = phase_of(definition, state.phase)
    if phase.returns_to is None:
        raise Refused(
            f"back: phase {phase.id} returns nowhere; only a phase with returns_to can send work back",
            ("next", "status"),
            violation(state, "back", reason),
        )
    count = phase_state(state, phase.id).returns + 1
    if count > phase.max_returns:
        return (
            Draft(
                "workflow.parked",
                "-",
                {"status": "blocked", "reason": reason, "returns": count - 1, "limit": phase.max_returns},
            ),
        )
    details = {"to": phase.returns_to, "reason": reason, "count": count, "limit": phase.max_returns}
    target = phase_of(definition, phase.returns_to)
    return (
        Draft("phase.returned", phase.id, details),
        Draft("phase.entered", target.id, {"role": target.role}),
    )


def skip(definition: Definition, state: State, reason: str, phase: str | None = None) -> tuple[Draft, ...]:
    """`skip`: pass over a phase that says it may be skipped and that has never been through."""
    reason = checked_text("the reason", reason, REASON_LIMIT)
    require(state, "skip")
    wanted = phase_of(definition, phase or state.phase)
    standing = phase_state(state, wanted.id)
    if standing.status == "skipped":
        return ()
    refusal = skip_refusal(wanted, standing) or sent_back(definition, state, wanted)
    if refusal:
        raise Refused(f"skip: {refusal}", ("next",), violation(state, "skip", f"{wanted.id}: {reason}"))
    if wanted.id != state.phase:
        return (Draft("phase.skipped", wanted.id, {"reason": reason}),)
    following = following_phase(definition, state)
    if following is None and definition.criteria:
        raise Refused(
            f"skip: {definition.name} has criteria that are asked when its last phase is left",
            ("finish", "check"),
            violation(state, "skip", f"{wanted.id}: {reason}"),
        )
    if following is None:
        return (
            Draft("phase.skipped", wanted.id, {"reason": reason, "ends": True}),
            Draft("workflow.completed", "-", {}),
        )
    return (
        Draft("phase.skipped", wanted.id, {"reason": reason, "to": following.id}),
        Draft("phase.entered", following.id, {"role": following.role}),
    )


def skip_refusal(phase: Phase, standing: PhaseState) -> str:
    """Why that phase can not be skipped; empty when it can."""
    if not phase.skippable:
        return f"phase {phase.id} is not marked skippable in its definition"
    if standing.status not in ("pending", "in_progress") or standing.returns:
        return f"phase {phase.id} has run already ({standing.status})"
    return ""


def sent_back(definition: Definition, state: State, phase: Phase) -> str:
    """Why a phase that a later one sent work back to can not be skipped; empty where none did."""
    senders = [each.id for each in definition.phases if each.returns_to == phase.id]
    found = next((each for each in senders if phase_state(state, each).status == "returned"), None)
    return f"phase {phase.id} has run already, and {found} sent work back to it" if found else ""


def approve(
    definition: Definition, state: State, name: str, reason: str | None, tree: str | None = None
) -> tuple[Draft, ...]:
    """`approve`: a person lets the current phase be left. Given twice, nothing happens.

    `tree` is the digest of the files that are approved.
    """
    require(state, "approve")
    name = checked_text("the name", name, 64)
    phase = gate_of(definition, state)
    if phase_state(state, phase.id).approved_by is not None:
        return ()
    if not any(each.kind in ("approval", "command") for each in phase.exit):
        raise Refused(
            f"approve: phase {phase.id} asks for no approval",
            ("next",),
            violation(state, "approve", phase.id),
        )
    details: dict[str, object] = {"name": name}
    if reason:
        details["reason"] = checked_text("the reason", reason, REASON_LIMIT)
    if tree is not None:
        details["tree"] = tree
    return (Draft("approval.given", phase.id, details),)


def park(state: State, verb: str, target: str, reason: str | None) -> tuple[Draft, ...]:
    """`wait` and `park`: stand still, as `waiting` or `paused`. Done twice, nothing happens."""
    if state.status == target:
        return ()
    require(state, verb)
    details: dict[str, object] = {"status": target}
    if reason:
        details["reason"] = checked_text("the reason", reason, REASON_LIMIT)
    return (Draft("workflow.parked", "-", details),)


def resume(state: State) -> tuple[Draft, ...]:
    """`resume`: go on after a pause, a block or a failure; a live run needs no event for it."""
    if state.status in ("pending", "in_progress", "waiting", "review"):
        return ()
    require(state, "resume")
    if state.status == "failed" and state.retries >= MAX_RETRIES:
        raise Refused(
            f"resume: workflow {state.workflow_id} failed and was resumed {state.retries} times, the limit",
            ("cancel", "start DEFINITION TITLE"),
            violation(state, "resume", "no retries left"),
        )
    return (Draft("workflow.resumed", "-", {"from": state.status}),)


def end(state: State, verb: str, target: str, reason: str | None) -> tuple[Draft, ...]:
    """`fail` and `cancel`. Done twice, nothing happens."""
    if state.status == target:
        return ()
    require(state, verb)
    details: dict[str, object] = {}
    if reason:
        details["reason"] = checked_text("the reason", reason, REASON_LIMIT)
    return (Draft(f"workflow.{target}", "-", details),)
