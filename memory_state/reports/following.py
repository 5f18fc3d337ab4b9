"""Reading a log while it grows: only whole lines, and from the start again where it was written anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.journal import split_event
from memory_state.core.layout import event_log
from memory_state.workspace.history import event_from
from memory_state.workspace.naming import no_workflow
from memory_state.workspace.statefiles import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory_state.workflow.model import Event


class Follower:
    """A log and how far it was read; Missing when there is none.

    Of one that was written anew what comes after the last number that was given is news.
    """

    def __init__(self, memory: str, workflow: str) -> None:
        self.memory = memory
        self.workflow = workflow
        self.file = self.offset = self.last = self.given = 0
        if not Path(event_log(memory, workflow)).is_file():
            raise no_workflow(memory, workflow)

    def news(self) -> Iterator[Event]:
        """The events that were appended since the last look; none while there is no log."""
        path = Path(event_log(self.memory, self.workflow))
        if not path.is_file():
            return
        with path.open("rb") as log:
            standing = path.stat()
            if standing.st_ino != self.file or standing.st_size < self.offset:
                self.file, self.offset, self.given = standing.st_ino, 0, self.last
            log.seek(self.offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.offset += len(line)
                event = self.event_of(line)
                if event is not None:
                    self.last = event.number
                    yield whole(self.memory, self.workflow, event)

    def event_of(self, line: bytes) -> Event | None:
        """The event of a line; None for one that is no event, or that was given before."""
        parts = split_event(line.removesuffix(b"\n"))
        return None if parts is None or parts[0] <= self.given else event_from(parts)


def follow(follower: Follower, pause: Callable[[], None]) -> Iterator[Event]:
    """The events as they come, without an end; `pause` waits between two looks."""
    while True:
        yield from follower.news()
        pause()
