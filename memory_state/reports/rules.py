"""Which rule a refusal goes back to, told from the sentence that was recorded with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory_state.workflow.model import Event

NAMED = re.compile(r'denied by the rule "(.*)"$')
# The first phrase that a recorded reason holds says what it was.
PHRASES = (
    ("no rule allows", "not allowed"),
    ("no rule names", "not allowed"),
    ("is protected in every phase", "protected"),
    ("is for a person to allow", "for a person"),
    ("is to be run plainly", "hidden command"),
    ("a subagent may", "subagent"),
)
OTHER = "other"


def rule_of(reason: str) -> str:
    """The rule that a recorded denial names, word for word, or what kind of refusal it was."""
    named = NAMED.search(reason)
    if named:
        return named[1]
    return next((rule for phrase, rule in PHRASES if phrase in reason), OTHER)


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
