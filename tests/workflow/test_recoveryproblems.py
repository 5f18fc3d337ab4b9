"""What is wrong in a recovery file."""

from __future__ import annotations

import pytest

from memory_state.workflow.frontmatter import parse
from memory_state.workflow.recoveryproblems import SECTIONS, recovery_problems

SOUND = """---
schema: 1
workflow_id: "7f3a9c21"
saved_at: "2026-11-20T10:00:00.000Z"
reason: "phase"
phase: "plan"
status: "in_progress"
---

# Recovery of 7f3a9c21
""" + "".join(f"\n## {title}\n\nText.\n" for title in SECTIONS)


def problems(text: str) -> list[str]:
    """The problems as people see them."""
    return [str(each._replace(path="r")) for each in recovery_problems(text, parse(text))]


def test_a_sound_one() -> None:
    """Nothing is wrong."""
    assert problems(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('7f3a9c21"', '7f3a"', "r:3:1: '7f3a' is no workflow id: ids are 8 characters of 0-9 and a-z"),
        ("2026-11-20T10:00:00.000Z", "now", "r:4:1: saved_at 'now' is no time such as 2026-11-20T10:00:00Z"),
        ('phase: "plan"', "phase: [plan]", "r:6:1: phase must be a text"),
        ("reason:", "reson:", "r:1:1: the key reason is missing; is it 'reson'?"),
        ("## Pending", "## Open", "r:30:1: the section `## Pending` is missing"),
    ],
)
def test_what_is_wrong_has_its_place(old: str, new: str, expected: str) -> None:
    """Values at their line, missing keys at the first, missing sections at the last."""
    assert problems(SOUND.replace(old, new)) == [expected]
