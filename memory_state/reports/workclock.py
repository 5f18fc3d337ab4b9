"""The time that passes from event to event: worked, or a gap."""

from __future__ import annotations

from memory_state.reports.timeline import WORKING, Gap

OVER = ("completed", "cancelled", "failed")


class WorkClock:
    """Where time stands: `now`, what was `worked` until then, the gaps behind it, the open one.

    `idle` is the work since the last sign of life, which an interruption takes back.
    """

    def __init__(self, moment: int) -> None:
        self.now = moment
        self.worked = self.idle = 0
        self.gap: Gap | None = Gap("pending", moment, moment, "", "")
        self.gaps: list[Gap] = []

    def advance(self, moment: int) -> None:
        """Let time pass until this moment; an earlier one lets none pass."""
        passed = max(0, moment - self.now)
        self.now += passed
        if self.gap is None:
            self.worked += passed
            self.idle += passed

    def stand(self, status: str, phase: str, reason: str = "") -> None:
        """From now on the workflow has this status, or stands still for this kind of gap."""
        kind = "" if status in WORKING else status
        if self.gap is not None and self.gap.kind != kind:
            self.close_gap()
        if kind and self.gap is None:
            self.idle = 0
            self.gap = Gap(kind, self.now, self.now, phase, reason)

    def close_gap(self) -> None:
        """End the open gap; one that lasted no time was none."""
        if self.gap is not None and self.now > self.gap.start:
            self.gaps.append(self.gap._replace(end=self.now))
        self.gap = None

    def alive(self) -> None:
        """Somebody is at work at this moment."""
        self.idle = 0

    def interrupted(self, phase: str) -> None:
        """Nobody was at work since the last sign of life: that time was not worked."""
        if self.idle:
            self.gaps.append(Gap("interrupted", self.now - self.idle, self.now, phase, ""))
            self.worked -= self.idle
            self.idle = 0

    def finish(self) -> int:
        """The end of all: where the workflow is over that moment, else now."""
        if self.gap is not None and self.gap.kind in OVER:
            return self.gap.start
        self.close_gap()
        return self.now
