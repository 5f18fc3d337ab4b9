"""Every file of a project is read as what it is, and its problems come with line and column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.layout import event_log, recovery_file
from memory_state.workspace.validation import problems_in, project_files

if TYPE_CHECKING:
    from tests.sessions import Project


def told(project: Project, path: Path | str) -> list[str]:
    """The problems of a file, without its path."""
    found = problems_in(str(project.root / ".memory"), str(path))
    return [str(each).removeprefix(str(path)) for each in found]


def test_what_we_write_is_valid(planned: Project) -> None:
    """Every file of a fresh project, its recovery file and settings too."""
    settings = planned.root / ".memory-state.toml"
    settings.write_text('scope = "worktree"\n', encoding="utf-8")
    paths = project_files(str(planned.root / ".memory"), (str(settings), "/none"))
    assert [Path(each).name for each in paths if "/state/" not in each] == [".memory-state.toml"]
    assert len(paths) == 5
    assert [problem for each in paths for problem in told(planned, each)] == []


def test_a_mistyped_document(planned: Project) -> None:
    """Keys, words and tasks, sorted by line, each with the nearest name that there is."""
    path = planned.root / ".memory/state/active-workflow.md"
    text = path.read_text(encoding="utf-8")
    lines = text.replace('title: "', 'titel: "').split("\n")
    path.write_text("\n".join(lines), encoding="utf-8")
    assert told(planned, path) == [":1:1: the key title is missing; is it 'titel'?"]
    path.write_text(
        text.replace('phase: "plan"', 'phase: "plam"').replace("### plan", "### plam"), encoding="utf-8"
    )
    phase = text.split("\n").index('phase: "plan"') + 1
    first, second = told(planned, path)
    assert (
        first
        == f":{phase}:1: phase 'plam' is none of plan, build, test, review, document; did you mean 'plan'?"
    )
    assert second.endswith(":1: 'plam' is no phase of feature; did you mean 'plan'?")


def test_looser_yaml_has_its_columns(planned: Project) -> None:
    """Also in the middle of a line."""
    path = planned.root / ".memory/workflows/own.md"
    path.write_text("---\n{schema: 1, name: own, phases: [{id: a, alow: [read]}]}\n---\n", encoding="utf-8")
    assert told(planned, path) == [":2:41: a phase has no key 'alow'; did you mean 'allow'?"]


def test_a_history_that_is_damaged_or_merged(planned: Project) -> None:
    """By line; numbers that fall are told in the line where they do."""
    path = Path(event_log(str(planned.root / ".memory"), planned.workspace().workflow()))
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:-1], lines[6], b"damage", b""]))
    assert told(planned, path) == [
        ":9:1: event 1 comes after event 2: git merged two histories",
        ":10: this line is damaged: its checksum does not hold",
    ]


def test_a_damaged_recovery_file(planned: Project) -> None:
    """What a workflow may have to be made whole from is checked like the others."""
    path = Path(recovery_file(str(planned.root / ".memory"), planned.workspace().workflow()))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('status: "in_progress"', 'status: "in_progres"'), encoding="utf-8")
    line = text.split("\n").index('status: "in_progress"') + 1
    (problem,) = told(planned, path)
    assert problem.startswith(f":{line}:1: status 'in_progres' is none of ")
    assert problem.endswith("; did you mean 'in_progress'?")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"ab\nc\xc3\xa9\xff", [":2:3: not UTF-8 at byte 6"]),
        (b"# Plain\n", [":1:1: the text does not begin with a line of exactly ---"]),
        (b"---\nname: x\n---\n", [":1:1: neither a definition (no phases) nor a document (no workflow_id)"]),
    ],
)
def test_a_file_that_is_nothing_of_ours(planned: Project, content: bytes, expected: list[str]) -> None:
    """It says so itself, at its place."""
    path = planned.root / "plain.md"
    path.write_bytes(content)
    assert told(planned, path) == expected
