"""Where and when work happens: a project's settings, the environment, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory_state.workspace.configuration import Settings


class Project(NamedTuple):
    """A project as one process sees it.

    `clock` gives seconds since the epoch, `program` is our command as it can be run here.
    """

    settings: Settings
    environment: Mapping[str, str]
    clock: Callable[[], float]
    program: str = "memory-state"

    @property
    def memory(self) -> str:
        """The absolute memory path."""
        return self.settings.memory

    @property
    def power(self) -> bool:
        """Whether what must outlive a power cut is synced."""
        return self.settings.durability == "power"
