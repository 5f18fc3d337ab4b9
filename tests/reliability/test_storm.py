"""Many writers at once: nothing that was acknowledged is lost, also when they are killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.journal import split_event
from tests.reliability.conftest import by_run
from tests.reliability.scenes import planning
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600)]
KILLS = by_run(12, 100, 100)
TRIALS = by_run(2, 12, 12)
STAGGERS = (0, 5, 10, 20, 50)


def test_storm_of_killed_writers(disk: Path, figure: Callable[..., None]) -> None:
    """Of eight writers, killed again and again, every acknowledged event is there, once, in dense numbers."""
    project = Project.make(disk)
    planning(project)
    home, root = project.environment["HOME"], str(project.root)
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.storm", root, home, str(KILLS), "7"],
        capture_output=True, text=True, timeout=300, check=False, cwd=Path(__file__).parents[2],
        env=project.environment,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    run = project.workspace().status()
    told = (project.root / "done").read_text(encoding="ascii").split()
    log = Path(run.memory, "state", "workflow-history", run.id, "events.md").read_bytes()
    events = [found for line in log.split(b"\n") if (found := split_event(line)) is not None]
    counts = [sum(mark.encode() in each[4] for each in events) for mark in told]
    lost, twice = counts.count(0), sum(count > 1 for count in counts)
    figure(f"storm       8 writers, {KILLS} kills: {len(told)} acknowledged, {lost} lost, {twice} twice")
    assert (lost, twice) == (0, 0)
    assert [each[0] for each in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("stagger", STAGGERS)
def test_two_commands_at_once(stagger: int, disk: Path, figure: Callable[..., None]) -> None:
    """Of two commands a few milliseconds apart both are done, whichever comes first."""
    project = Project.make(disk)
    planning(project)
    lost = 0
    for trial in range(TRIALS):
        second = ("add", f"second {trial}") if trial % 2 else ("done", f"first {trial - 1}" if trial else "1")
        pair = [begin(project, "add", f"first {trial}")]
        time.sleep(stagger / 1000)
        pair.append(begin(project, *second))
        assert [each.wait() for each in pair] == [0, 0]
        tasks = {task.text: task.status for task in project.workspace().status().state.tasks}
        wanted = tasks.get(second[1]) if trial % 2 else tasks.get(second[1], tasks["Write the plan"])
        lost += f"first {trial}" not in tasks or wanted != ("pending" if trial % 2 else "completed")
    figure(f"lost update {stagger:2} ms apart: {lost} of {TRIALS} lost")
    assert lost == 0


def begin(project: Project, *words: str) -> subprocess.Popen[bytes]:
    """Start `task` with these words."""
    return subprocess.Popen(
        [sys.executable, "-m", "memory_state", "task", *words],
        cwd=project.root, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
