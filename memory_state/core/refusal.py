"""The rule behind a refusal, which goes with its sentence from where it was decided to the history."""

from __future__ import annotations

NO_ALLOW_RULE = "no allow rule"
PROTECTED = "protected"
PERSON_ONLY = "person-only"
HIDDEN_COMMAND = "hidden command"
SUBAGENT = "subagent"
DOCUMENT = "document"
WORK_TREE = "work tree"
UNREADABLE_PATH = "unreadable path"
OTHER_RULE = "other"


def refused_by(rule: str, sentence: str) -> str:
    """The sentence that says why not, as a text that `rule_behind` knows the rule of.

    `rule` is the denying rule word for word, or one of the names above.
    """

    class Refusal(str):  # made only where something is refused: a call that passes pays nothing for it
        rule = ""

    found = Refusal(sentence)
    found.rule = rule
    return found


def rule_behind(sentence: str) -> str:
    """The rule that a sentence was made with; `other` for any other text."""
    return str(getattr(sentence, "rule", OTHER_RULE))
