"""Verifying: every altered byte of a history and of a document's owned parts is found."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Missing
from memory_state.core.journal import format_event
from memory_state.workspace.verification import verify
from tests.workspace.ground import Ground, edit

if TYPE_CHECKING:
    from memory_state.workspace.run import Run

MEASURED = """
import sys
from memory_state.workspace.verification import verify
found = verify(sys.argv[1], sys.argv[2])
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(found.scan.events, len(found.problems), int(status["VmHWM"].split()[0]) // 1024)
"""


def found(ground: Ground, run: Run) -> list[str]:
    """The problems, each as its file's name, line and message."""
    return [
        f"{each.path.rpartition('/')[2]}:{each.line}: {each.message}"
        for each in verify(str(ground.memory), run.id).problems
    ]


@pytest.fixture
def worked(ground: Ground) -> Run:
    """A workflow with two phase moves and a note."""
    run = ground.start()
    ground.to_phase("review")
    ground.workspace().note("Seen")
    return run


def test_a_sound_history(ground: Ground, worked: Run) -> None:
    """No problem, and the counts of what was read."""
    result = verify(str(ground.memory), worked.id)
    assert result.problems == ()
    assert result.scan[:6] == (12, 2, ground.log(worked.id).stat().st_size, False, False, ())


def test_every_changed_byte_is_found(ground: Ground, worked: Run) -> None:
    """Whichever byte of the log changes, in events, seals or the opening, something is told."""
    whole = ground.log(worked.id).read_bytes()
    silent = []
    for at in range(0, len(whole), 7):
        ground.log(worked.id).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        result = verify(str(ground.memory), worked.id)
        if not result.problems and not result.scan.torn:
            silent.append(at)
    assert silent == []


def test_a_changed_line_with_a_new_checksum_breaks_the_seal(ground: Ground, worked: Run) -> None:
    """Somebody who recomputes the checksum is found by the seal after it."""
    log = ground.log(worked.id)
    lines = log.read_bytes().split(b"\n")
    details = {"text": "Write the plan", "by": "person", "name": "Bob", "doc": 3}
    lines[8] = format_event(3, "2026-11-20T10:00:00.001Z", "task.completed", "plan", details)[:-1]
    log.write_bytes(b"\n".join(lines))
    assert found(ground, worked)[0] == (
        "events.md:12: the seal of event 6 does not hold: a line before it was changed"
    )


def test_a_removed_line_is_found(ground: Ground, worked: Run) -> None:
    """A gap in the numbers is told with what is missing."""
    log = ground.log(worked.id)
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join(lines[:-2] + lines[-1:]))
    assert found(ground, worked) == [
        "active-workflow.md:19: the document stands at event 12, the history at 10"
    ]
    del lines[8]
    log.write_bytes(b"\n".join(lines))
    assert "events.md:9: event 3 is missing before event 4" in found(ground, worked)


def test_a_torn_last_line_is_no_problem(ground: Ground, worked: Run) -> None:
    """A write that power cut off was never acknowledged."""
    with ground.log(worked.id).open("ab") as log:
        log.write(b"13. 2026-11-20T10:00:00.009Z **tool.us")
    result = verify(str(ground.memory), worked.id)
    assert (result.problems, result.scan.torn) == ((), True)


def test_a_document_that_says_something_else(ground: Ground, worked: Run) -> None:
    """Each field that differs from the history is told with its line."""
    edit(ground.document, 'title: "Add login"', 'title: "Other"')
    edit(ground.document, "- [x] Build it", "- [ ] Build it")
    assert found(ground, worked) == [
        "active-workflow.md:4: title is 'Other', the history says 'Add login'",
        "active-workflow.md:31: tasks is not what the history says",
    ]


def test_a_document_that_is_gone(ground: Ground, worked: Run) -> None:
    """It is told and not made anew: verify only looks."""
    before = ground.files()
    assert found(ground, worked) == []
    assert ground.files() == before
    ground.document.unlink()
    assert found(ground, worked) == ["active-workflow.md:0: the document is missing"]


def test_a_definition_that_is_gone(ground: Ground, worked: Run) -> None:
    """The lines are still checked."""
    (ground.log(worked.id).parent / "definition.md").unlink()
    assert [each.partition(":")[0] for each in found(ground, worked)] == ["definition.md"]


def test_a_workflow_that_is_not_there(ground: Ground, started: Run) -> None:
    """Without a log there is nothing to verify."""
    with pytest.raises(Missing, match="no history of workflow zzzzzzzz"):
        verify(str(ground.memory), "zzzzzzzz")


def test_an_ended_workflow(ground: Ground, started: Run) -> None:
    """The document of an ended workflow is with its history."""
    ground.workspace().cancel()
    assert found(ground, started) == []


def test_a_long_history_in_little_memory(ground: Ground, started: Run) -> None:
    """A hundred thousand events and an endless line take no more memory than a few."""
    details = {"ok": True, "by": "hook", "doc": 2}
    with ground.log(started.id).open("ab") as log:
        for number in range(3, 100_001):
            log.write(format_event(number, "2026-11-20T10:00:01.000Z", "tool.used", "Edit", details))
        log.write(b"x" * (32 << 20) + b"\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(ground.memory), started.id],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    events, problems, mebibytes = map(int, done.stdout.split())
    assert (events, problems) == (100_000, 1)
    assert mebibytes < 40
