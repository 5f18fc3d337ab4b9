"""Where files stand, and which names may become part of a path."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Misused
from memory_state.core.layout import (
    accepted_copy,
    active_document,
    config_folder,
    event_log,
    fault_log,
    further_document,
    grant_file,
    history_folder,
    recovery_file,
    session_folder,
    session_name,
    share_folder,
    state_lock,
    workflow_id,
)

BAD_IDS = (
    "", " ", ".", "..", "../../x1", "../x/..", "/etc/pwd", "a/b/c/de", "a\\b\\c\\d", "-rf-rf-r", "--force1",
    "7f3a9c2", "7f3a9c211", "7F3A9C21", "7f3a9c2\0", "\x007f3a9c2", "7f3a9c2\n", " 7f3a9c2", "7f3a-c21",
    "7f3a_c21", "7f3a.c21", "7f3a9c2é", "\u0667" * 8, "²" * 8, "ﬀ" * 8, "~ann1234", "$HOME123", "CON.....",
)  # fmt: skip

BAD_SESSIONS = (
    "", ".", "..", "../x", "a/b", "/abs", "-rf", "_a", "a b", "a\0b", "a\n", "a.b", "a\\b", "é", "x" * 129,
    "~a", "a:b", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("text", BAD_IDS)
def test_bad_workflow_ids_are_refused(text: str) -> None:
    """An id is 8 characters of 0-9 and a-z; everything else is a usage error that names the way on."""
    with pytest.raises(Misused, match="no workflow id") as caught:
        workflow_id(text)
    assert caught.value.exit_code == 2
    assert caught.value.next_commands == ("list",)


@pytest.mark.parametrize("text", ["7f3a9c21", "00000000", "zzzzzzzz", "abcdefgh"])
def test_good_workflow_ids_are_kept(text: str) -> None:
    """An id comes back as it is."""
    assert workflow_id(text) == text


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=8, max_size=8))
def test_no_id_can_leave_its_folder(text: str) -> None:
    """Whatever is accepted has no character but 0-9 and a-z."""
    try:
        accepted = workflow_id(text)
    except Misused:
        return
    assert set(accepted) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("text", BAD_SESSIONS)
def test_bad_session_ids_are_refused(text: str) -> None:
    """A session's id that could be a path, an option or a hidden file names no file."""
    with pytest.raises(Misused, match="no session id"):
        session_name(text)


@pytest.mark.parametrize("text", ["00000001-0000-4000-8000-000000000001", "abc_1", "A", "x" * 128])
def test_good_session_ids_are_kept(text: str) -> None:
    """The ids that clients give are names of files as they are."""
    assert session_name(text) == text


def test_files_stand_where_people_expect_them() -> None:
    """The published layout, to the letter."""
    assert active_document("/m") == "/m/state/active-workflow.md"
    assert further_document("/m", "7f3a9c21") == "/m/state/active-workflow.7f3a9c21.md"
    assert history_folder("/m", "7f3a9c21") == "/m/state/workflow-history/7f3a9c21"
    assert event_log("/m", "7f3a9c21") == "/m/state/workflow-history/7f3a9c21/events.md"
    assert recovery_file("/m", "7f3a9c21") == "/m/state/interruption-recovery/7f3a9c21.md"
    assert accepted_copy("/m", "7f3a9c21") == "/m/state/.cache/7f3a9c21.md"
    assert grant_file("/m", "s1") == "/m/state/.cache/grant-s1"
    assert fault_log("/m") == "/m/state/.cache/faults.log"
    assert state_lock("/m") == "/m/state/.lock"


def test_user_folders_follow_the_base_directories() -> None:
    """Configuration, data and state of a user stand below the XDG base directories."""
    home = {"HOME": "/home/ann"}
    assert config_folder(home) == "/home/ann/.config/memory-state"
    assert share_folder(home) == "/home/ann/.local/share/memory-state"
    assert session_folder(home) == "/home/ann/.local/state/memory-state/sessions"
    moved = {**home, "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"}
    assert config_folder(moved) == "/c/memory-state"
    assert share_folder(moved) == "/d/memory-state"
    assert session_folder(moved) == "/s/memory-state/sessions"


@pytest.mark.parametrize("value", ["", "relative", "./x", "~/x"])
def test_relative_base_directory_counts_as_unset(value: str) -> None:
    """As the specification demands."""
    assert config_folder({"HOME": "/h", "XDG_CONFIG_HOME": value}) == "/h/.config/memory-state"
