"""Findings: where they are, how grave, and which repairs they ask for."""

from __future__ import annotations

from memory_state.agents.finding import Finding, Place, finding_values, fixable, well


def test_a_place_shows_what_is_known_of_it() -> None:
    """The file, its line, its column."""
    assert [str(Place("a")), str(Place("a", 3)), str(Place("a", 3, 7))] == ["a", "a:3", "a:3:7"]


def test_notes_are_no_findings() -> None:
    """Only warnings and errors have to be seen to."""
    assert [Finding("x", each, "").ok for each in ("ok", "note", "warning", "error")] == [
        True,
        True,
        False,
        False,
    ]


def test_repairs_are_asked_for_once() -> None:
    """In the order of the findings, and not by those that are well."""
    found = [
        well("a", ""), Finding("b", "error", "", fix="hook"), Finding("c", "error", "", fix="modes"),
        Finding("d", "warning", "", fix="hook"), Finding("e", "note", "", fix="logs"),
    ]  # fmt: skip
    assert fixable(found) == ["hook", "modes"]


def test_a_finding_as_json() -> None:
    """The place is null where there is none."""
    assert finding_values(well("a", "fine")) == {
        "name": "a", "severity": "ok", "message": "fine", "why": "", "repair": "", "place": None, "fix": "",
        "ok": True,
    }  # fmt: skip
    found = finding_values(Finding("a", "error", "bad", place=Place("f", 1, 2)))
    assert found["place"] == {"path": "f", "line": 1, "column": 2}
