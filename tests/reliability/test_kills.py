"""A command that is killed at any call that changes something loses nothing it had answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.conftest import RUN, by_run, spread
from tests.reliability.kills import kill_at
from tests.reliability.scenes import SCENES, Scene, play
from tests.reliability.test_states import by_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600), pytest.mark.usefixtures("tracer")]
STRIDE = by_run(6, 3, 1)
MOST = by_run(10, 24, 100_000)
SHORT = ("task done", "denied")
CHOSEN = [each for each in SCENES if len(each.commands) == 1 and (RUN or each.name in SHORT)]


@pytest.mark.parametrize("scene", CHOSEN, ids=by_name)
def test_kill_at_any_call(scene: Scene, disk: Path, figure: Callable[..., None]) -> None:
    """A call that changes nothing leaves the disk as the one before it: those that do are all struck."""
    played = play(scene, disk)
    calls = spread([each for each in played.recordings[0].calls if each.changes][::STRIDE], MOST)
    wrong = [(why, call.name, call.number) for call in calls if (why := kill_at(played, call))]
    figure(f"kills       {scene.name:24} {len(calls)} calls, {len(wrong)} violations")
    assert wrong == []
