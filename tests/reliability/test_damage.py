"""Damage of any kind, anywhere: a workflow stays where it is or moves back, and nothing is thrown away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, MemoryStateError
from tests.reliability.conftest import by_run
from tests.reliability.damage import (
    FLIPS,
    PHASES,
    Subject,
    flips,
    lines_lost,
    open_all,
    rolled_back,
    sent_back,
    torn_tails,
    truncations,
    whole_files,
    with_loss,
    workspace_at,
    zeroed,
)
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.reliability.damage import Damage

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(3000)]
EVERY = by_run(401, 29, 1)
BYTES = by_run(2003, 199, len(FLIPS))
SUBJECTS = (sent_back, rolled_back)


def of_document(whole: Subject) -> tuple[str, bytes]:
    """The path and content of the document."""
    return whole.document, whole.files[whole.document]


def of_log(whole: Subject) -> tuple[str, bytes]:
    """The path and content of the log."""
    return whole.log, whole.files[whole.log]


def others(whole: Subject) -> Iterator[Damage]:
    """The files that can be made anew, each damaged as a whole and cut off."""
    for path in (whole.recovery, whole.accepted, ".memory/state/.cache/active"):
        yield from whole_files(path, whole.files[path].ljust(200, b"\n"))
        yield from truncations(path, whole.files[path], EVERY)


CLASSES: dict[str, Callable[[Subject], Iterator[Damage]]] = {
    "document cut off": lambda whole: truncations(*of_document(whole), EVERY),
    "document, a byte": lambda whole: flips(*of_document(whole), BYTES),
    "document, zeros": lambda whole: zeroed(*of_document(whole), EVERY),
    "document whole": lambda whole: whole_files(*of_document(whole)),
    "log cut off": lambda whole: truncations(*of_log(whole), EVERY),
    "log, a byte": lambda whole: flips(*of_log(whole), BYTES),
    "log, zeros": lambda whole: zeroed(*of_log(whole), EVERY),
    "log whole": lambda whole: whole_files(*of_log(whole)),
    "log, lines": lambda whole: iter([*lines_lost(*of_log(whole))][:: by_run(29, 5, 1)]),
    "log, tail": lambda whole: iter([*torn_tails(*of_log(whole))][:: by_run(97, 5, 1)]),
    "other files": others,
    "log cut, no document": lambda whole: with_loss(truncations(*of_log(whole), 2 * EVERY), whole.document),
    "log cut, no copy": lambda whole: with_loss(truncations(*of_log(whole), 2 * EVERY), whole.accepted),
    "lines, no copy": lambda whole: with_loss(
        [*lines_lost(*of_log(whole))][:: by_run(29, 5, 1)], whole.accepted
    ),
    "lines, one file left": lambda whole: with_loss(
        [*lines_lost(*of_log(whole))][:: by_run(29, 5, 1)], whole.accepted, whole.recovery
    ),
}


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("made", SUBJECTS)
def test_damage_moves_nothing_forward(
    made: Callable[[Path], Subject], name: str, disk: Path, figure: Callable[..., None]
) -> None:
    """The phase is the same or an earlier one, or an error of ours says why not; a document is kept."""
    whole = made(disk / "whole")
    found = open_all(whole, CLASSES[name](whole), disk / "damaged")
    figure(
        f"damage      {made.__name__:11} {name:20} {found.opened:5} opened: {found.same} same phase, "
        f"{found.earlier} earlier, {found.refused} refused, {len(found.wrong)} violations"
    )
    assert found.wrong == ()
    assert found.opened == found.same + found.earlier + found.refused > 0


def test_every_byte_is_changed_once() -> None:
    """With as large a stride as there are ways to change a byte, each place is changed in one of them."""
    content = b"\n\0 x" * 5
    found = [each.files["log"] for each in flips("log", content, len(FLIPS))]
    assert len(found) == len(content)
    places = [[at for at, byte in enumerate(each or b"") if byte != content[at]] for each in found]
    assert sorted(places) == [[at] for at in range(20)]


@pytest.mark.parametrize("made", SUBJECTS)
def test_a_whole_workflow_is_of_the_size_that_is_damaged(
    made: Callable[[Path], Subject], tmp_path: Path
) -> None:
    """Document and log have some 4 KiB, and the log proves a phase after a later one was reached."""
    whole = made(tmp_path)
    sizes = [len(whole.files[each]) for each in (whole.document, whole.log)]
    assert all(3500 < each < 8192 for each in sizes)
    assert PHASES.index(whole.phase) < max(
        PHASES.index(each)
        for each in PHASES
        if f"**phase.entered** {each}".encode() in whole.files[whole.log]
    )


def test_state_that_is_gone_shuts_the_gate(disk: Path) -> None:
    """With the whole state folder gone, the session that knows the workflow may not write."""
    project = Project.make(disk)
    project.workspace().start("feature", "Add login")
    project.play("SessionStart.startup")
    shutil.rmtree(project.root / ".memory" / "state")
    played = project.write("plan.md")
    assert (played.status, played.decision) == (2, "deny")
    assert "is gone" in played.message
    with pytest.raises(MemoryStateError):
        project.workspace().status()
    assert project.payload("PreToolUse.Write")["session_id"] == SESSION


def test_history_that_is_gone_is_told(disk: Path) -> None:
    """Without a log nothing is proven: no phase is given, and recovering from what is left is named."""
    whole = sent_back(disk)
    (disk / "project" / whole.log).unlink()
    with pytest.raises(Broken, match="is gone") as caught:
        workspace_at(disk / "project", whole.workflow).status()
    assert "recover" in caught.value.next_commands
