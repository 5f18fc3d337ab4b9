"""Checks of clients beside Claude Code, each on a project where one is wired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import clientchecks, hookchecks, installation
from memory_state.agents.doctor import rewire
from memory_state.agents.records import settings_path

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project


def found_in(project: Project) -> list[Finding]:
    """What is found of other clients."""
    return list(clientchecks.other_clients_check(project.workspace()))


def wire(project: Project, agent: str) -> None:
    """Set a client up."""
    installation.set_up(project.environment, str(project.root), agent)


def test_client_that_is_not_wired_is_nobody_s_business(planned: Project) -> None:
    """Nothing is said of it."""
    assert found_in(planned) == []


@pytest.mark.parametrize(("agent", "title"), [("codex", "Codex CLI"), ("copilot", "Copilot CLI")])
def test_wired_client_is_tried_and_its_limits_are_said(planned: Project, agent: str, title: str) -> None:
    """Wiring and denial hold, and what the client can not do is a note; Claude Code is not missed then."""
    wire(planned, agent)
    found = found_in(planned)
    assert [each.message for each in found[:2]] == [
        f"{title}: every event is wired in {settings_path(str(planned.root), agent)}",
        f"{title}: the command denies a forbidden write",
    ]
    assert {each.severity for each in found[2:]} == {"note"}
    assert len(found) == 6
    (claude,) = hookchecks.wiring_check(planned.workspace())
    assert (claude.severity, claude.message) == (
        "note", f"Claude Code is not set up here; wired are {title}",
    )  # fmt: skip


def test_changed_wiring_is_a_finding_with_its_repair(planned: Project) -> None:
    """A missing event is named, and wired anew on request."""
    wire(planned, "codex")
    path = settings_path(str(planned.root), "codex")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"PreToolUse"', '"Other"'), encoding="utf-8")
    first = found_in(planned)[0]
    assert (first.severity, first.fix, first.repair) == ("error", "wiring", "setup codex")
    assert "PreToolUse is not wired" in first.message
    assert rewire(planned.workspace()) == f"the hooks are wired in {path}"
    assert path.read_text(encoding="utf-8") == text


def test_command_that_denies_nothing_is_a_finding(planned: Project) -> None:
    """Where the installed hook is gone the command lets everything pass, and that is said."""
    wire(planned, "copilot")
    runner = installation.runner_path(planned.environment)
    Path(runner).write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    probe = found_in(planned)[1]
    assert (probe.severity, probe.fix) == ("error", "hook")
    assert probe.message == "Copilot CLI: a forbidden write got exit 0: ''"
