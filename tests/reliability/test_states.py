"""Every crash state of our commands is loaded, and each sync is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.checker import violation
from tests.reliability.conftest import RUN, by_run
from tests.reliability.operations import Operation, operations_of
from tests.reliability.scenes import SCENES, Scene, play
from tests.reliability.states import MODELS, State, after, is_sampled, states

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.reliability.scenes import Played

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600), pytest.mark.usefixtures("tracer")]
SYNCS = ("sync", "sync_folder")
NEEDED = ("events.md", "launch.pyc")  # a torn launcher shuts every gate
BOUND = by_run(1, 2, 3)
LIMIT = by_run(40, 90, 100_000)
MANY = 60  # operations; of a longer command pairs of lost writes are left to the full run
SHORT = ("init", "task done", "cancel", "rollback", "archive", "denied", "recovery refreshed")
CHOSEN = [each for each in SCENES if RUN or each.name in SHORT]
FEW = ("task done", "save", "cancel", "call noted, task done")
MISSED = [each for each in SCENES if each.name in FEW]


def by_name(scene: Scene) -> str:
    """A scene's name as part of a test's."""
    return scene.name.replace(" ", "-").replace(",", "")


@pytest.mark.parametrize("scene", CHOSEN, ids=by_name)
def test_every_crash_state_keeps_the_promises(scene: Scene, disk: Path, figure: Callable[..., None]) -> None:
    """Nothing acknowledged is lost, nothing raises and no phase is unproven, wherever a command stops."""
    played = play(scene, disk)
    assert [each.code for each in played.recordings] == [scene.code] * len(scene.commands)
    operations = operations_of(played.before, played.recordings)
    assert after(played.before, operations) == played.afters[-1]
    counts = []
    bound = 1 if RUN < 2 and len(operations) > MANY else BOUND
    for model in MODELS:
        found = list(states(played.before, operations, model, bound))
        every = len(found)
        found = found[:: every // LIMIT + 1]
        wrong = [(v, each.how) for each in found if (v := violation(played, each, power=model != "kill"))]
        sampled = "*" if is_sampled(operations, model, bound) or len(found) < every else ""
        counts.append(f"{model} {len(found)}{sampled}/{len(wrong)}")
        assert wrong == []
    figure(f"states      {scene.name:24}", *counts, "(states/violations; * a sample)")


@pytest.mark.skipif(not RUN, reason="not with the other tests: make reliability")
@pytest.mark.parametrize("scene", SCENES if RUN == 2 else MISSED, ids=by_name)
def test_syncs_are_needed(scene: Scene, disk: Path, figure: Callable[..., None]) -> None:
    """Without the log's sync, or the hook's, a promise breaks; the others are told with what needs them."""
    played = play(scene, disk)
    operations = operations_of(played.before, played.recordings)
    known = {mark(each) for each in states(played.before, operations, "weak", 1)}
    for at, each in enumerate(operations):
        if each.kind in SYNCS:
            why = without(played, operations, at, known)
            place = place_of(operations, each)
            figure(f"sync missed {scene.name:24} {each.kind:11} {place:44}", why[:70] or "nothing breaks")
            if each.kind == "sync" and place.endswith(NEEDED):
                assert why


def mark(state: State) -> int:
    """What tells states apart."""
    return hash((state.said, frozenset(state.image.files.items()), state.image.folders))


def without(played: Played, operations: Sequence[Operation], at: int, known: set[int]) -> str:
    """Which promise breaks first when one sync is missing; empty when none does."""
    fewer = [*operations[:at], *operations[at + 1 :]]
    for each in states(played.before, fewer, "weak", 1):
        if mark(each) not in known and (why := violation(played, each, power=True)):
            return why
    return ""


def place_of(operations: Sequence[Operation], sync: Operation) -> str:
    """The file or folder that a sync is of, as it is called in the end."""
    paths = [each.target or each.path for each in operations if sync.inode and each.inode == sync.inode]
    named = [each for each in paths if each]
    path = sync.path or (named[-1] if named else "events.md")
    return "/".join(path.split("/")[-2:]) if path != "events.md" else path
