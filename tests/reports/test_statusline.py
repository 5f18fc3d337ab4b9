"""The status line, read from a document."""

from __future__ import annotations

import pytest

from memory_state.reports.statusline import Standing, standing_of, status_line
from memory_state.workflow.machine import Draft
from memory_state.workflow.progress import counted
from tests.workflow.examples import FEATURE, at, begun


@pytest.mark.parametrize("phase", ["plan", "build", "test", "review", "document"])
def test_it_says_what_the_document_says(phase: str) -> None:
    """Phase, place and tasks are those of the state that the document shows."""
    run = at(phase).then(
        Draft("task.added", phase, {"text": "a"}), Draft("task.added", phase, {"text": "b"}),
        Draft("task.completed", phase, {"text": "a"}), Draft("task.added", phase, {"text": "c"}),
        Draft("task.dropped", phase, {"text": "c"}), Draft("task.added", "document", {"text": "d"}),
    )  # fmt: skip
    tasks = counted(run.state, phase)
    done = sum(each.status == "completed" for each in tasks)
    ids = [each.id for each in FEATURE.phases]
    assert standing_of(run.document) == Standing(
        "7f3a9c21", "Add login", run.state.status, phase, ids.index(phase) + 1, 5, done, len(tasks)
    )


def test_windows_lines_are_read_too() -> None:
    """An editor may have changed the line ends."""
    assert standing_of(at("build").document.replace("\n", "\r\n")).phase_number == 2


def test_a_header_that_needs_yaml_is_left_to_it() -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="plain"):
        standing_of(begun(FEATURE).document.replace('phase: "plan"', "phase: &a plan"))


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            Standing("7f3a9c21", "Add login", "in_progress", "build", 2, 5, 1, 3),
            "Add login: build 2/5, tasks 1/3",
        ),
        (Standing("7f3a9c21", "Add login", "waiting", "build", 2, 5, 0, 0), "Add login: build 2/5, waiting"),
        (Standing("7f3a9c21", "\x1b[31mA\n", "review", "x", 0, 0, 0, 0), "\\x1b[31mA: x, review"),
    ],
)
def test_line(found: Standing, line: str) -> None:
    """One line, of which nothing steers a terminal."""
    assert status_line(found, 200) == line


def test_line_keeps_to_its_width() -> None:
    """A long title is cut, and the line too."""
    found = Standing("7f3a9c21", "x" * 300, "in_progress", "build", 2, 5, 1, 3)
    assert len(status_line(found, 200)) == 82
    assert len(status_line(found, 20)) == 20
