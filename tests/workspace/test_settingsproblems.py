"""What is wrong in settings files, where, and what was meant."""

from __future__ import annotations

import pytest

from memory_state.workspace.settingsproblems import settings_problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ('scope = "repository"\nsave_interval = 60\n', []),
        ('# ours\nscoop = "repository"\n', ["s:2:1: there is no setting 'scoop'; did you mean 'scope'?"]),
        ('scope = "all"\n', ["s:1:1: the setting scope must be worktree or repository, not 'all'"]),
        ("  save_interval = -1\n", [
            "s:1:3: the setting save_interval must be a whole number of at least 0, not -1"
        ]),
        ("[tool]\nx = 1\n", ["s:1:2: there is no setting 'tool'"]),
        ("scope = worktree\n", ["s:1:9: no TOML: Invalid value"]),
        ('scope = "worktree"\nscope = "worktree"\n', ["s:2:19: no TOML: Cannot overwrite a value"]),
    ],
)  # fmt: skip
def test_settings(text: str, expected: list[str]) -> None:
    """Names, values and syntax, each at its place."""
    assert [str(each) for each in settings_problems("s", text, user=True)] == expected


def test_a_program_is_named_by_the_user_only() -> None:
    """In a project's file the test command has no effect, and that is told."""
    text = 'test_command = "make test"\n'
    assert settings_problems("s", text, user=True) == []
    (found,) = settings_problems("s", text, user=False)
    assert (found.line, found.column) == (1, 1)
    assert found.message.startswith("test_command has an effect in the user's file only")
