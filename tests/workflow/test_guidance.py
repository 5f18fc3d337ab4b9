"""What a definition's body says about its phases."""

from __future__ import annotations

from memory_state.workflow.guidance import read_guidance
from memory_state.workflow.model import Problem

BODY = "# Small\n\n## plan\n\nThink.\n\n- [ ] Write it\n\n## build\n"


def test_sections_belong_to_phases() -> None:
    """Text and tasks of each phase that has a section."""
    found, problems = read_guidance(BODY, 9, ("plan", "build", "close"))
    assert problems == ()
    assert {name: (each.text, each.tasks) for name, each in found.items()} == {
        "plan": ("Think.", ("Write it",)),
        "build": ("", ()),
    }


def test_problems_have_the_lines_of_the_file_and_no_path() -> None:
    """A section of no phase, and one that comes twice."""
    _, problems = read_guidance(BODY + "## close\n## plan\n", 9, ("plan", "build"))
    assert [(type(each), each.path, each.line) for each in problems] == [(Problem, "", 18), (Problem, "", 19)]
