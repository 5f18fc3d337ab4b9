"""`doctor`: what it says, where, and what it mends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def settings(program: Program) -> Path:
    """The project's local settings of Claude Code."""
    return program.project.root / ".claude/settings.local.json"


def test_doctor_mends_on_request(planning: Program) -> None:
    """What setup once did is done again, and the report comes after."""
    planning("setup", "claude")
    settings(planning).write_text("{}\n", encoding="utf-8")
    assert planning("doctor").code == 1
    told = planning("doctor", "--fix")
    assert told.code == 0
    assert told.out.splitlines()[0] == f"done the hooks are wired in {settings(planning)}"
    assert planning("doctor", "--json").document["repairs"] == []


def test_doctor_mends_nothing_for_an_agent(planning: Program) -> None:
    """In an agent's session only a person's grant lets it write."""
    told = planning("doctor", "--fix", CLAUDECODE="1")
    assert told.code == 1
    assert "doctor --fix is for a person" in told.err


def test_a_finding_says_where_why_and_what_mends_it(planning: Program) -> None:
    """Below its line; what is well has one line."""
    planning("setup", "claude")
    path = planning.project.root / ".claude/settings.json"
    path.write_text('{"disableAllHooks": true}', encoding="utf-8")
    told = planning("doctor")
    assert told.code == 1
    lines = told.out.splitlines()
    at = lines.index("bad  settings      disableAllHooks is true: take the line out")
    assert lines[at + 1 : at + 4] == [
        f"     at {path}:1:2",
        "     why: no hook runs, so no gate holds and nothing is recorded",
        "     next: `memory-state setup claude --check`",
    ]


def test_a_dry_run_says_what_would_be_done(planning: Program) -> None:
    """And does nothing."""
    told = planning("doctor", "--fix", "--dry-run")
    assert (told.code, told.out.splitlines()[0]) == (1, "would install the hook anew, compiled")
    assert planning("doctor", "--json").document["would"] == []
    assert planning("doctor", "--dry-run", "--json").document["would"] == ["install the hook anew, compiled"]


def test_a_sound_installation_ends_with_0(planning: Program) -> None:
    """As JSON with every check's finding."""
    planning("setup", "claude")
    told = planning("doctor", "--json")
    assert (told.code, told.document["ok"]) == (0, True)
    found = told.document["findings"]
    assert isinstance(found, list)
    assert {each["severity"] for each in found} == {"ok", "note"}
    assert [each["name"] for each in found][:3] == ["interpreter", "hooks", "settings"]


def test_settings_that_can_not_be_read(planning: Program) -> None:
    """Everything else needs them, so they are all that is told, with their place."""
    path = planning.project.root / ".memory-state.toml"
    path.write_text('scope = "worktree"\nsave_interval =\n', encoding="utf-8")
    told = planning("doctor")
    assert told.code == 1
    assert told.out.splitlines() == [
        "warn settings keys no TOML: Invalid value",
        f"     at {path}:2:16",
        "     why: what it is meant to change is not changed",
        f"     next: `memory-state validate {path}`",
    ]
