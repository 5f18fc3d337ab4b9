"""Trying what is wired: denials that hold, denials that do not, commands that are not ours to run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import installation, probing, records
from memory_state.agents.finding import Place
from memory_state.agents.probing import Trial, denies, judged

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project


def probed(project: Project) -> list[Finding]:
    """What the probe finds."""
    return list(probing.probe_check(project.workspace()))


def script(path: Path, text: str) -> str:
    """A program of a few lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_wired_command_is_tried(planned: Project) -> None:
    """It denies, and where it stands is named."""
    installation.set_up(planned.environment, str(planned.root))
    (found,) = probed(planned)
    assert found.ok
    assert str(records.settings_path(str(planned.root))) in found.message


def test_a_launcher_that_lets_everything_pass(planned: Project) -> None:
    """The wired launcher, not the one that would be wired, is what counts."""
    hook = installation.set_up(planned.environment, str(planned.root))
    Path(hook.launcher).write_text("", encoding="utf-8")
    (found,) = probed(planned)
    assert (found.severity, found.fix) == ("error", "hook")
    assert "a forbidden write got exit" in found.message


def test_a_command_of_somebody_else_is_not_run(planned: Project, tmp_path: Path) -> None:
    """Settings of a cloned repository name a program: it is told and not started."""
    program = script(tmp_path / "memory-state/launch.py", f"touch {tmp_path}/ran")
    handler = {
        "type": "command",
        "command": program,
        "args": ["-I", "-S", "-X", "utf8", program, "PreToolUse"],
    }
    path = planned.root / ".claude/settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"hooks": {"PreToolUse": [{"hooks": [handler]}]}}), encoding="utf-8")
    (found,) = probed(planned)
    assert (found.severity, found.repair) == ("warning", "setup claude")
    assert found.message == "not tried: the command is not the one that setup recorded for this user"
    assert not (tmp_path / "ran").exists()


def test_the_plugins_command_is_tried(planned: Project) -> None:
    """As the client reads it: from its marketplace's folder."""
    installation.install(planned.environment)
    folder = Path(planned.environment["HOME"], ".claude")
    (folder / "plugins").mkdir(parents=True)
    (folder / "settings.json").write_text('{"enabledPlugins": {"memory-state@here": true}}', encoding="utf-8")
    root = Path(__file__).parents[2]
    market = {"here": {"installLocation": str(root)}}
    (folder / "plugins/known_marketplaces.json").write_text(json.dumps(market), encoding="utf-8")
    assert probing.trials(planned.workspace()) == [
        Trial((f"{root}/hooks/run", "PreToolUse"), Place(str(folder / "settings.json"), 1, 21))
    ]
    assert [each.ok for each in probed(planned)] == [True]


def test_a_plugin_that_nobody_finds(planned: Project) -> None:
    """Enabled, but not installed: nothing is tried, and that is told."""
    folder = Path(planned.environment["HOME"], ".claude")
    folder.mkdir()
    (folder / "settings.json").write_text('{"enabledPlugins": {"memory-state@here": true}}', encoding="utf-8")
    (found,) = probed(planned)
    assert found.message == "not tried: where the client has memory-state@here is not known"


@pytest.mark.parametrize(
    ("output", "holds"),
    [
        (b'{"hookSpecificOutput": {"permissionDecision": "deny"}}\n', True),
        (b'noise\n{"hookSpecificOutput": {"permissionDecision": "deny"}}\n', False),
        (b'{"hookSpecificOutput": {"permissionDecision": "ask"}}', False),
        (b'{"hookSpecificOutput": {"permissionDecision": "de', False),
        (b"", False),
    ],
)
def test_what_the_client_takes_for_a_denial(output: bytes, holds: bool) -> None:  # noqa: FBT001
    """One whole JSON document and nothing before it."""
    assert denies(output) is holds


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("2.1.329 (Claude Code)\n", "ok"),
        ("2.1.295 (Claude Code)\n", "ok"),
        ("2.1.294 (Claude Code)\n", "warning"),
        ("2.1.197 (Claude Code)\n", "warning"),
        ("2.0.999 (Claude Code)\n", "error"),
        ("no version", "warning"),
        ("", "warning"),
    ],
)
def test_versions_of_the_client(said: str, severity: str) -> None:
    """What each is known to hold to."""
    assert judged("/bin/claude", said).severity == severity


def test_the_client_on_the_path_is_asked(planned: Project, tmp_path: Path) -> None:
    """Where there is one; without one nothing is claimed."""
    (found,) = probing.client_check(planned.workspace())
    assert found.severity == "note"
    script(tmp_path / "bin/claude", 'echo "2.1.200 (Claude Code)"')
    environment = {**planned.environment, "PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
    (found,) = probing.client_check(planned._replace(environment=environment).workspace())
    assert found.message == (
        f"{tmp_path}/bin/claude is 2.1.200: a denial holds; onFailure is heeded since 2.1.295"
    )
