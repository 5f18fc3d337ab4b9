"""What a check of an installation found, and how grave it is."""

from __future__ import annotations

from memory_state.workflow.tuples import NamedTuple

SEVERITIES = ("ok", "note", "warning", "error")
"""From nothing wrong to a gate or a record that does not hold; the last two are findings."""


class Place(NamedTuple):
    """A place in a file; line and column count from 1, 0 means the whole file or line."""

    path: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(each) for each in (self.line, self.column) if each)])


NOWHERE = Place()


class Finding(NamedTuple):
    """What one check found.

    `why` says what follows from it, `repair` is the command that mends it, `fix` the name of the
    repair that `doctor --fix` has for it, empty where a person must choose.
    """

    name: str
    severity: str
    message: str
    why: str = ""
    repair: str = ""
    place: Place = NOWHERE
    fix: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return self.severity in ("ok", "note")


def well(name: str, message: str) -> Finding:
    """Nothing is wrong."""
    return Finding(name, "ok", message)


def finding_values(found: Finding) -> dict[str, object]:
    """A finding as JSON shows it."""
    return {**found._asdict(), "ok": found.ok, "place": found.place._asdict() if found.place.path else None}


def fixable(found: list[Finding]) -> list[str]:
    """The names of the repairs that findings ask for, each once, in their order."""
    return list(dict.fromkeys(each.fix for each in found if each.fix and not each.ok))
