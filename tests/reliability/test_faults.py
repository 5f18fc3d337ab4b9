"""A failing disk is told, costs no state, and opens no gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.conftest import RUN, by_run, spread
from tests.reliability.faults import fault_at, faults_of
from tests.reliability.scenes import SCENES, Scene, play
from tests.reliability.test_states import by_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600), pytest.mark.usefixtures("tracer")]
STRIDE = by_run(15, 8, 1)
MOST = by_run(10, 24, 100_000)
SHORT = ("task done", "denied")
CHOSEN = [each for each in SCENES if len(each.commands) == 1 and (RUN or each.name in SHORT)]


@pytest.mark.parametrize("scene", CHOSEN, ids=by_name)
def test_disk_fails_at_any_call(scene: Scene, disk: Path, figure: Callable[..., None]) -> None:
    """The exit code is not 0, the message names the place, and old or new state is whole."""
    played = play(scene, disk)
    faults = spread(faults_of(played)[::STRIDE], MOST)
    wrong = [why for each in faults if (why := fault_at(played, each))]
    figure(f"faults      {scene.name:24} {len(faults)} errors, {len(wrong)} violations")
    assert wrong == []
