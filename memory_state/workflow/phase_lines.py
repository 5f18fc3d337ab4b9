"""The lines of a document's Phases section: one a phase, written by us and read back.

- [x] plan: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z
- [ ] **build**: since 2026-11-20T10:12:00Z
- [-] test: skipped, REASON
- [ ] review: returned 2026-11-20T11:00:00Z, 1 of 3
- [ ] document
"""

from __future__ import annotations

import re
from functools import cache

from memory_state.workflow.model import PhaseState

TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
NAME = r"[a-z0-9][a-z0-9._-]*"
APPROVAL = rf"(?:, approved by (?P<approver>.+?) at (?P<approved>{TIME}))?"
COUNT = r"(?P<returns>[0-9]{1,4}) of [0-9]{1,4}"
RETURNS = rf"(?:, returned {COUNT})?"
# Status, mark, a part that no line of this form lacks, and the form.
FORMS = (
    (
        "in_progress",
        " ",
        "**: since ",
        rf"\*\*(?P<id>{NAME})\*\*: since (?P<start>{TIME}){APPROVAL}{RETURNS}",
    ),
    ("completed", "x", " to ", rf"(?P<id>{NAME}): (?P<start>{TIME}) to (?P<end>{TIME}){APPROVAL}{RETURNS}"),
    ("skipped", "-", ": skipped, ", rf"(?P<id>{NAME}): skipped, (?P<reason>.*)"),
    ("returned", " ", ": returned ", rf"(?P<id>{NAME}): returned (?P<returned>{TIME}), {COUNT}"),
    ("pending", " ", "", rf"(?P<id>{NAME}){RETURNS}"),
)
MARKS = {status: mark for status, mark, _, _ in FORMS}
NAMED = re.compile(rf"\**(?P<id>{NAME})\**(?=[:,]|$)")


def phase_line(phase: PhaseState, limit: int) -> str:
    """The line of a phase from its box on, `x] plan: ...`; `limit` is the phase's `max_returns`."""
    return f"{MARKS[phase.status]}] {TEXTS[phase.status](phase, limit)}"


def suffix(phase: PhaseState, limit: int) -> str:
    """What a line says besides its phase's standing: an approval, earlier returns."""
    approved = f", approved by {phase.approved_by} at {phase.approved_at}" if phase.approved_by else ""
    returned = f", returned {phase.returns} of {limit}" if phase.returns else ""
    return approved + returned


def active_text(phase: PhaseState, limit: int) -> str:
    """`**build**: since TIME`."""
    return f"**{phase.id}**: since {phase.started_at}{suffix(phase, limit)}"


def completed_text(phase: PhaseState, limit: int) -> str:
    """`plan: TIME to TIME`."""
    return f"{phase.id}: {phase.started_at} to {phase.completed_at}{suffix(phase, limit)}"


def skipped_text(phase: PhaseState, limit: int) -> str:
    """`test: skipped, REASON`."""
    return f"{phase.id}: skipped, {phase.reason}"


def returned_text(phase: PhaseState, limit: int) -> str:
    """`review: returned TIME, 1 of 3`."""
    return f"{phase.id}: returned {phase.returned_at}, {phase.returns} of {limit}"


def pending_text(phase: PhaseState, limit: int) -> str:
    """`document`."""
    return f"{phase.id}{suffix(phase, limit)}"


TEXTS = {
    "in_progress": active_text,
    "completed": completed_text,
    "skipped": skipped_text,
    "returned": returned_text,
    "pending": pending_text,
}


def named_phase(text: str) -> str | None:
    """The id of the phase that a line is about, whatever else it says."""
    found = NAMED.match(text)
    return found["id"] if found else None


def read_phase_line(mark: str, text: str) -> PhaseState | None:
    """What a line says about its phase; None when it is in none of our forms."""
    for status, wanted, part, form in FORMS:
        found = reader(form).fullmatch(text) if mark.lower() == wanted and part in text else None
        if found:
            return phase_from(status, found.groupdict())
    return None


@cache
def reader(form: str) -> re.Pattern[str]:
    """A form, compiled when a line may be of it: that takes longer than to read a document's lines."""
    return re.compile(form)


def phase_from(status: str, parts: dict[str, str | None]) -> PhaseState:
    """A phase's standing from the parts of its line."""
    return PhaseState(
        id=str(parts["id"]),
        status=status,
        started_at=parts.get("start"),
        completed_at=parts.get("end"),
        reason=parts.get("reason"),
        returns=int(parts.get("returns") or 0),
        returned_at=parts.get("returned"),
        approved_by=parts.get("approver"),
        approved_at=parts.get("approved"),
    )
