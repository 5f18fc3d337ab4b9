"""Which rule a refusal goes back to: as it was recorded, or told from the sentence of an earlier event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.core.refusal import (
    HIDDEN_COMMAND,
    NO_ALLOW_RULE,
    OTHER_RULE,
    PERSON_ONLY,
    PROTECTED,
    SUBAGENT,
)

if TYPE_CHECKING:
    from memory_state.workflow.model import Event

NAMED = re.compile(r'denied by the rule "(.*)"$')
# The first phrase that a recorded reason holds says what it was.
PHRASES = (
    ("no rule allows", NO_ALLOW_RULE),
    ("no rule names", NO_ALLOW_RULE),
    ("is protected in every phase", PROTECTED),
    ("is for a person to allow", PERSON_ONLY),
    ("is to be run plainly", HIDDEN_COMMAND),
    ("a subagent may", SUBAGENT),
)


def rule_of(event: Event) -> str:
    """The rule behind a recorded denial, word for word, or what kind of refusal it was."""
    recorded = text_of(event, "rule")
    if recorded:
        return recorded
    reason = text_of(event, "reason")
    named = NAMED.search(reason)
    if named:
        return named[1]
    return next((rule for phrase, rule in PHRASES if phrase in reason), OTHER_RULE)


def tool_of(event: Event) -> str:
    """The tool that an event is about, by the client's name for it."""
    return str(event.details.get("tool") or event.subject)


def text_of(event: Event, *names: str) -> str:
    """The first of these details that is a text; empty where none is."""
    found = (event.details.get(name) for name in names)
    return next((each for each in found if isinstance(each, str)), "")


def unmet_of(event: Event) -> tuple[str, ...]:
    """The conditions that a refusing gate named, without their targets."""
    found = event.details.get("unmet")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def number_of(event: Event, name: str) -> int:
    """A detail that is a whole number and not negative; 0 for anything else."""
    found = event.details.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else 0
