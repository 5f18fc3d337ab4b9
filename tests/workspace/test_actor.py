"""Who asks: a person, a program, an agent's session."""

from __future__ import annotations

import pytest

from memory_state.core.clients import AGENT_MARKS
from memory_state.core.errors import Refused
from memory_state.workspace.actor import Actor, in_agent_session, require_person, session_of


def test_person_vouches_with_a_name() -> None:
    """Who says that they are a person, and who, is one."""
    assert require_person(Actor("person", "Ann"), "approve") == "Ann"


@pytest.mark.parametrize(
    "actor",
    [
        Actor("cli"),
        Actor("cli", "Ann"),
        Actor("hook", session="s1"),
        Actor("edit"),
        Actor("person"),
        Actor("person", ""),
    ],
)
def test_nobody_else_is_a_person(actor: Actor) -> None:
    """The refusal says what for, how, and leaves the record of the attempt."""
    with pytest.raises(Refused, match="approve is for a person") as caught:
        require_person(actor, "approve")
    assert caught.value.record == ("violation.recorded", "-", {"rule": "person-only", "what": "approve"})
    assert caught.value.exit_code == 1


def test_event_says_who_as_far_as_known() -> None:
    """Only what is known stands in an event."""
    assert Actor("cli").details() == {"by": "cli"}
    assert Actor("person", "Ann", "s1", "a1").details() == {
        "by": "person", "name": "Ann", "session": "s1", "agent": "a1",
    }  # fmt: skip


@pytest.mark.parametrize("mark", AGENT_MARKS)
def test_agents_are_known_by_their_environment(mark: str) -> None:
    """Each client leaves its mark; an empty one is none."""
    assert in_agent_session({mark: "1"})
    assert not in_agent_session({mark: ""})
    assert not in_agent_session({"HOME": "/h"})


@pytest.mark.parametrize(
    ("value", "session"), [("s1", "s1"), ("", None), ("../x", None), ("a/b", None), ("x" * 200, None)]
)
def test_session_is_that_of_the_environment(value: str, session: str | None) -> None:
    """An id that could name no file is no session."""
    assert session_of({"CLAUDE_CODE_SESSION_ID": value}) == session
    assert session_of({}) is None
