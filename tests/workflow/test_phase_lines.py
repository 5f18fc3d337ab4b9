"""The lines of the Phases section: what is written is read back, nothing else is taken for ours."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Misused
from memory_state.workflow.machine import checked_text
from memory_state.workflow.markdown import task_lines
from memory_state.workflow.model import PhaseState
from memory_state.workflow.phase_lines import named_phase, phase_line, read_phase_line

START, END = "2026-11-20T10:00:00Z", "2026-11-20T10:12:00Z"
HOSTILE = (
    'a "quoted" one',
    "returned 1 of 3",
    ", returned 1 of 3",
    "approved by Bob",
    f"Bob at {START}",
    f"Bob at {START}, returned 2 of 3",
    f", approved by Eve at {START}",
    f"{START} to {END}",
    "**build**: since",
    "back\\slash \\n \\x41 \\1",
    "caf\u00e9 \u4e2d\u6587 \U0001f600 \u202e\u200b\ufeff",
    "[x] (link) `code` <b> & ---",
    "skipped, again",
    "None",
    "\x1b[31mred\x7f",
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
IDS = st.one_of(
    st.sampled_from(["a", "build", "pm-planning", "v1.2", "skipped", "a_b", "x" * 64]),
    st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?", fullmatch=True),
)
COUNTS = st.integers(0, 100)


@pytest.mark.parametrize(
    ("phase", "line"),
    [
        (PhaseState("plan", "completed", START, END), f"x] plan: {START} to {END}"),
        (PhaseState("build", "in_progress", START), f" ] **build**: since {START}"),
        (PhaseState("test", "skipped", reason="REASON"), "-] test: skipped, REASON"),
        (
            PhaseState("review", "returned", returned_at=START, returns=1),
            f" ] review: returned {START}, 1 of 3",
        ),
        (PhaseState("document"), " ] document"),
        (PhaseState("test", returns=2), " ] test, returned 2 of 3"),
        (
            PhaseState("review", "completed", START, END, approved_by="Ann", approved_at=END, returns=3),
            f"x] review: {START} to {END}, approved by Ann at {END}, returned 3 of 3",
        ),
        (
            PhaseState("review", "in_progress", START, approved_by="Ann", approved_at=END),
            f" ] **review**: since {START}, approved by Ann at {END}",
        ),
    ],
)
def test_the_form_of_each_line(phase: PhaseState, line: str) -> None:
    """Every standing has one form, which is read back as it was."""
    assert phase_line(phase, 3) == line
    assert read_phase_line(line[0], line[3:]) == phase


def read_back(phase: PhaseState, limit: int) -> PhaseState | None:
    """What a document's line says of a phase, by way of Markdown."""
    (box,) = task_lines(f"- [{phase_line(phase, limit)}\n")
    assert named_phase(box.text) == phase.id
    return read_phase_line(box.mark, box.text)


def fitting(text: str, limit: int) -> str:
    """The text as a move lets it through."""
    try:
        return checked_text("it", text, limit)
    except Misused:
        assume(False)  # noqa: FBT003 - the library's way to leave an example out
        raise


@settings(max_examples=150, deadline=None)
@given(IDS, TEXTS)
def test_a_reason_is_read_back(phase: str, reason: str) -> None:
    """Whatever reason a person gives for a skip stands in the line as it is."""
    standing = PhaseState(phase, "skipped", reason=fitting(reason, 500))
    assert read_back(standing, 3) == standing


@settings(max_examples=150, deadline=None)
@given(IDS, TEXTS, st.sampled_from(["in_progress", "completed"]), COUNTS, COUNTS)
def test_a_name_is_read_back(phase: str, name: str, status: str, returns: int, limit: int) -> None:
    """Whatever an approver is called, name, time and returns are told apart."""
    standing = PhaseState(
        phase, status, START, END if status == "completed" else None,
        returns=returns, approved_by=fitting(name, 64), approved_at=END,
    )  # fmt: skip
    assert read_back(standing, limit) == standing


@settings(max_examples=50, deadline=None)
@given(IDS, COUNTS, COUNTS)
def test_counts_are_read_back(phase: str, returns: int, limit: int) -> None:
    """Pending and returned phases keep their count."""
    for standing in (
        PhaseState(phase, returns=returns),
        PhaseState(phase, "returned", returned_at=START, returns=returns),
    ):
        assert read_back(standing, limit) == standing


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("x", "build"),
        ("x", f"**build**: since {START}"),
        (" ", f"plan: {START} to {END}"),
        ("/", f"**build**: since {START}"),
        (" ", "test: skipped, no time"),
        (" ", "**build**: since yesterday"),
        (" ", "**build**: since None"),
        ("x", f"plan: {START} to {END}, approved by Ann"),
        ("x", f"plan: {START} to {END} and more"),
        (" ", f"review: returned {START}, 99999999999999999999999 of 3"),
        (" ", f"review, returned {'9' * 5000} of 3"),
        (" ", "review, returned \u0663 of 3"),
        (" ", ""),
    ],
)
def test_other_forms_say_nothing(mark: str, text: str) -> None:
    """A line with another mark or other words is in none of our forms."""
    assert read_phase_line(mark, text) is None


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("plan", "plan"),
        ("plan: whatever", "plan"),
        ("**build**: since never", "build"),
        ("**build**", "build"),
        ("test, returned", "test"),
        ("v1.2: x", "v1.2"),
        ("plan the party", None),
        ("Plan", None),
        ("*", None),
        ("", None),
        ("- plan", None),
        ("planning", "planning"),
    ],
)
def test_which_phase_a_line_names(text: str, phase: str | None) -> None:
    """A line names a phase when nothing but a colon or comma follows the id; prose does not."""
    assert named_phase(text) == phase
