"""Moments on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def numbers(program: Program, *arguments: str) -> list[object]:
    """The numbers of the events that a history shows."""
    events = cast("list[dict[str, object]]", program("history", *arguments, "--json").document["events"])
    return [each["n"] for each in events]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--since", "2026-11-20"), [1, 2]), (("--until", "2026-11-20"), [1, 2]),
        (("--since", "2026-11-21"), []), (("--until", "2026-11-19"), []),
        (("--since", "2026-11-20T12:00"), [1, 2]), (("--since", "2026-11-20T13:00+01:00"), [1, 2]),
        (("--until", "2026-11-20T11:59:59.999Z"), []), (("--since", "1h"), [1, 2]), (("--until", "1h"), []),
        (("--since", "90m", "--until", "2026-11-20T23:00Z"), [1, 2]),
    ],
)  # fmt: skip
def test_moments(planning: Program, arguments: tuple[str, ...], found: list[object]) -> None:
    """A day, a time with or without its zone, how long ago: all in UTC, both ends inclusive."""
    assert numbers(planning, *arguments) == found


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "m", "1.5h", ""])
def test_what_is_no_moment(planning: Program, value: str) -> None:
    """Wrong usage, with what would be right."""
    told = planning("history", "--since", value)
    assert told.code == 2
    assert "such as" in told.err
