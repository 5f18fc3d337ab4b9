"""Ids that name nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.workspace.naming import meant_id, no_workflow

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_id_is_named(tmp_path: Path) -> None:
    """An id with a slip leads to the one that was meant."""
    (tmp_path / "state/workflow-history/7f3a9c21").mkdir(parents=True)
    error = no_workflow(str(tmp_path), "7f3a9c12")
    assert str(error) == f"there is no workflow 7f3a9c12 below {tmp_path}; did you mean 7f3a9c21?"
    assert error.next_commands == ("show 7f3a9c21", "list")


def test_nothing_is_guessed_where_nothing_is_near(tmp_path: Path) -> None:
    """An id unlike all others leads to the list alone."""
    (tmp_path / "state/workflow-history/7f3a9c21").mkdir(parents=True)
    error = no_workflow(str(tmp_path), "zzzzzzzz", "history of workflow", ("recover", "list"))
    assert str(error) == f"there is no history of workflow zzzzzzzz below {tmp_path}"
    assert error.next_commands == ("recover", "list")


@pytest.mark.parametrize(
    ("text", "said", "ways"),
    [
        (
            "7f3",
            "'7f3' is no workflow id: ids are 8 characters of 0-9 and a-z; did you mean 7f3a9c21?",
            "show 7f3a9c21",
        ),
        ("b", "'b' is no workflow id: ids are 8 characters of 0-9 and a-z", "list"),
        ("", "'' is no workflow id: ids are 8 characters of 0-9 and a-z", "list"),
    ],
)
def test_the_begin_of_an_id_leads_to_it(tmp_path: Path, text: str, said: str, ways: str) -> None:
    """What begins one id names it, and is not taken for it; what begins two or none is only no id."""
    for each in ("7f3a9c21", "b20e5d64", "b9d81f37"):
        (tmp_path / "state/workflow-history" / each).mkdir(parents=True)
    with pytest.raises(Misused) as caught:
        meant_id(str(tmp_path), text)
    assert caught.value.sentence == said
    assert caught.value.next_commands[0] == ways
    assert meant_id(str(tmp_path), "7f3a9c21") == "7f3a9c21"
