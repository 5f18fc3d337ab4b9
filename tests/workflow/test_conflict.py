"""Merge-conflict markers: both sides are read, and the stricter one counts."""

from __future__ import annotations

import pytest

from memory_state.workflow.conflict import conflict_line, in_earlier_phase, marker, sides, stricter
from memory_state.workflow.machine import Draft
from tests.workflow.examples import FEATURE, at

TEXT = "one\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\ntwo\n"
DIFF3 = "<<<<<<< HEAD\nours\n||||||| 1234567\nbase\n=======\n>>>>>>> branch\n"


def test_both_sides() -> None:
    """Each conflict is decided for one side, the rest stays."""
    assert sides(TEXT) == ("one\nours\ntwo\n", "one\ntheirs\ntwo\n")
    assert sides(TEXT + DIFF3) == ("one\nours\ntwo\nours\n", "one\ntheirs\ntwo\n")
    assert sides(TEXT.replace("\n", "\r\n"))[1] == "one\r\ntheirs\r\ntwo\r\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEXT, 2),
        (DIFF3, 1),
        ("", 0),
        ("a\n<<<<<<< HEAD\n", 0),
        ("a\n=======\n", 0),
        ("see `<<<<<<< HEAD`\n=======\n>>>>>>> x\n", 0),
        ("<<<<<<<< HEAD\n=======\n>>>>>>> x\n", 0),
    ],
)
def test_only_a_whole_conflict_counts(text: str, line: int) -> None:
    """Start, divider and end, each at the beginning of its line."""
    assert conflict_line(text) == line


def test_the_earliest_phase_of_all_counts() -> None:
    """Whichever of log and sides is least far on."""
    log, ahead, behind = at("build").state, at("review").state, at("plan").state
    assert stricter(FEATURE, log, [ahead]) == log
    state = stricter(FEATURE, log, [ahead, behind])
    assert (state.phase, state.role, state.allow) == ("plan", "architect", ("read", "edit(docs/**)"))


def test_only_what_every_side_allows() -> None:
    """A side that a person made narrower narrows, one that is wider does not widen."""
    log = at("build").state
    side = log._replace(allow=("read", "edit(src/**)", "shell", "web"), deny=("shell(rm *)",))
    state = stricter(FEATURE, log, [side])
    assert state.allow == ("read", "shell")
    assert state.deny == ("shell(git push *)", "shell(rm *)")


def test_back_in_an_earlier_phase() -> None:
    """What came after it is to do again; what was skipped ahead stays skipped; an end is undone."""
    run = at("review").then(Draft("phase.skipped", "document", {"reason": "none"}))
    state = in_earlier_phase(FEATURE, run.state._replace(status="completed"), "build")
    assert state.status == "in_progress"
    assert [each.status for each in state.phases] == [
        "completed", "in_progress", "pending", "pending", "skipped",
    ]  # fmt: skip
    assert in_earlier_phase(FEATURE, run.state._replace(status="paused"), "build").status == "paused"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("<<<<<<< HEAD\n", "ours"), ("||||||| 1234567\n", "base"), ("=======\n", "theirs"),
        (">>>>>>> x", "end"),
        ("text", ""), ("======= x\n", ""), ("<<<<<<<", ""), ("<<<<<<<x\n", ""), ("", ""),
    ],
)  # fmt: skip
def test_each_marker_has_its_kind(line: str, kind: str) -> None:
    """A line that is none has none."""
    assert marker(line) == kind


def test_an_earlier_phase_has_its_own_policy() -> None:
    """Role, rules and what advances it are those of the phase that is held."""
    found = in_earlier_phase(FEATURE, at("test").state, "build")
    assert (found.phase, found.role, found.status) == ("build", "developer", "in_progress")
    assert (found.allow, found.deny) == (("read", "edit", "shell"), ("shell(git push *)",))
