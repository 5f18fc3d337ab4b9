"""Errors that people read: each kind carries its exit code, each case its sentence."""

from __future__ import annotations


class MemoryStateError(Exception):
    """A request that cannot be served.

    The sentence says what is wrong, where and why; `next_commands` are the legal next commands, most
    useful first, without the program's name (`task done build.2`).
    """

    exit_code = 1
    code = "error"

    def __init__(self, sentence: str, next_commands: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_commands = next_commands


class Refused(MemoryStateError):
    """A rule forbids the request; nothing but its own record changes.

    `record` is that record: type, subject and details of the event that says so, if it leaves one.
    """

    code = "refused"

    def __init__(
        self,
        sentence: str,
        next_commands: tuple[str, ...] = (),
        record: tuple[str, str, dict[str, object]] | None = None,
    ) -> None:
        super().__init__(sentence, next_commands)
        self.record = record


class Misused(MemoryStateError):
    """The request itself is malformed: a bad id, an unknown phase, a text that is too long."""

    exit_code = 2
    code = "usage"


class Missing(MemoryStateError):
    """There is no such workflow, definition or project here."""

    exit_code = 3
    code = "missing"


class Conflict(MemoryStateError):
    """Somebody else changed the state, or holds its lock."""

    exit_code = 4
    code = "conflict"


class Broken(MemoryStateError):
    """State is damaged and nothing is left to build it from, or the disk does not take a write."""

    exit_code = 5
    code = "broken"
