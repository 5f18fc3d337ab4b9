"""What each type of event means, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.reports.wording import shown_text

if TYPE_CHECKING:
    from memory_state.workflow.model import Event

# Each names details of its event; what comes after ` | ` stands there only if its detail does.
MEANINGS = {
    "workflow.started": "the workflow began by the definition {subject}, as {title}",
    "workflow.completed": "the workflow ended as completed",
    "workflow.failed": "the workflow ended as failed | : {reason}",
    "workflow.cancelled": "the workflow ended as cancelled | : {reason}",
    "workflow.parked": "the workflow stands still, {status} | for its inner workflow {inner} | : {reason}",
    "workflow.resumed": "the workflow went on | after it was {from}",
    "phase.entered": "phase {subject} was entered | as {role}",
    "phase.completed": "phase {subject} was left through its gate | for {to}",
    "phase.returned": "phase {subject} sent the work back to {to} | , time {count} | of {limit} | : {reason}",
    "phase.skipped": "phase {subject} was passed over | for {to} | : {reason}",
    "gate.refused": "{move} was refused: phase {subject} could not be left yet",
    "gate.overridden": "phase {subject} was left although its gate was shut | , by {name} | : {reason}",
    "evidence.recorded": "what a condition of {subject} rests on | : {command} | ended with status {status} "
    "| : {condition} | : {reason}",
    "approval.given": "phase {subject} was approved | by {name} | : {reason}",
    "approval.voided": "the approval of phase {subject} holds no longer | : {reason} | : {why}",
    "task.added": "a task was added to {subject}: {text}",
    "task.started": "a task of {subject} was begun: {text}",
    "task.completed": "a task of {subject} was done: {text}",
    "task.reopened": "a task of {subject} is to do again: {text}",
    "task.dropped": "a task of {subject} was dropped: {text}",
    "step.started": "the step {subject} began",
    "step.finished": "the step {subject} was done",
    "step.failed": "the step {subject} failed | : {reason}",
    "step.skipped": "the step {subject} was passed over | : {reason}",
    "step.retried": "the step {subject} was tried again | : {reason}",
    "tool.used": "the tool {subject} ran",
    "tool.denied": "the tool {subject} was denied | : {reason}",
    "violation.recorded": "a rule was tried to be broken, {rule} | : {what}",
    "violation.accepted": "changes out of phase were accepted | by {name} | : {reason}",
    "document.edited": "fields of the document were edited",
    "session.started": "a session began | , {source}",
    "session.ended": "a session ended | : {reason}",
    "session.interrupted": "the session {ended} was found to have ended without a word",
    "context.compacted": "the session's context was compacted | , {trigger}",
    "checkpoint.saved": "a recovery file was asked for | under the name {subject}",
    "state.recovered": "the document was built anew | : {why}",
    "state.rolled_back": "the workflow went back to event {to} | , undoing {undone} changes | : {reason}",
    "log.sealed": "all lines before this one were sealed by their SHA-256",
    "log.repaired": "the history was written anew; the old one is in {archived}",
    "note.added": "a note was added: {text}",
}
UNKNOWN = "an event of a type that this version does not know"


def meaning_of(event: Event) -> str:
    """What an event says, in a sentence."""
    values = {name: shown_text(str(value)) for name, value in event.details.items() if value is not None}
    if event.subject != "-":
        values["subject"] = event.subject
    first, *others = MEANINGS.get(event.type, UNKNOWN).split(" | ")
    said = [first.format_map(Shown(values))]
    for part in others:
        name = part[part.index("{") + 1 : part.index("}")]
        if name in values:
            said.append(("" if part[0] in ":," else " ") + part.format_map(Shown(values)))
    return "".join(said)


class Shown(dict[str, str]):
    """Values by name; one that is not there is a dash."""

    def __missing__(self, name: str) -> str:
        """What stands for it."""
        return "-"
