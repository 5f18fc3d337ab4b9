"""A fast disk for thousands of states, and the figures of the run at its end."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.reliability import trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
RUN = {"long": 1, "full": 2}.get(os.environ.get("RELIABILITY", ""), 0)
MEMORY_DISK = Path("/dev/shm")


def by_run(short: int, long: int, full: int) -> int:
    """The number for this run: with the other tests, by `make reliability`, or with RELIABILITY=full."""
    return (short, long, full)[RUN]


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of these, evenly from the first to the last: what runs long is not tried everywhere."""
    return [items[at * len(items) // most] for at in range(most)] if len(items) > most else list(items)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one."""
    if not os.access(MEMORY_DISK, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="memory-state-", dir=MEMORY_DISK))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tracer() -> None:
    """Skip where programs can not be traced."""
    if not trace.available():
        pytest.skip("strace is not installed here")


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Put a line of figures into the table at the end of the run."""

    def note(*columns: object) -> None:
        record_property("figure", "  ".join(str(each) for each in columns))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    reports = [each for group in ("passed", "failed") for each in terminalreporter.getreports(group)]
    found = [pair for each in reports for pair in each.user_properties]
    lines = sorted({str(value) for name, value in found if name == "figure"})
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
