"""Installing the hook and wiring it, in a home of its own."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from memory_state.agents import installation
from memory_state.core.errors import Misused
from tests.sessions import Project


def settings(project: Project) -> Path:
    """The project's local settings of Claude Code."""
    return project.root / ".claude/settings.local.json"


def command(hook: installation.Installed) -> tuple[str, ...]:
    """The hook's command line as the settings hold it."""
    return (hook.interpreter, "-I", "-S", "-X", "utf8", hook.launcher)


def test_installed_hook_denies(planned: Project) -> None:
    """The hook as installed, joined into one module, decides like its modules."""
    hook = installation.set_up(planned.environment, str(planned.root))
    payload = planned.payload("PreToolUse.Write", tool_input={"file_path": str(planned.root / "src/a.py")})
    played = planned.play_raw("PreToolUse", json.dumps(payload).encode(), command(hook))
    assert (played.status, played.decision) == (2, "deny")


def test_installed_hook_reaches_the_slow_path(planned: Project) -> None:
    """Without site packages the installed hook still finds the whole package when it needs it."""
    hook = installation.set_up(planned.environment, str(planned.root))
    payload = planned.payload("SessionStart.startup")
    played = planned.play_raw("SessionStart", json.dumps(payload).encode(), command(hook))
    assert "Add login" in played.answer["additionalContext"]


def test_installed_names_are_absolute_and_real(project: Project) -> None:
    """The command names a real interpreter, not a link or a shim, and a launcher outside the work tree."""
    hook = installation.set_up(project.environment, str(project.root))
    assert Path(hook.interpreter).is_absolute()
    assert not Path(hook.interpreter).is_symlink()
    assert not Path(hook.launcher).is_relative_to(project.root)


def test_program_runs(project: Project) -> None:
    """The program installed for shells starts the command line."""
    hook = installation.set_up(project.environment, str(project.root))
    assert os.access(hook.program, os.X_OK)


def test_set_up_twice_changes_nothing(project: Project) -> None:
    """Wiring what is wired leaves every byte."""
    installation.set_up(project.environment, str(project.root))
    before = settings(project).read_bytes()
    installation.set_up(project.environment, str(project.root))
    assert settings(project).read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        '{\n    "model": "opus",\n    "hooks": {}\n}',
        '{"permissions":{"allow":["Read"]}}\r\n',
        "{}\n",
        "\ufeff{\n}\n",
    ],
)
def test_removing_restores_every_byte(project: Project, content: str) -> None:
    """What a settings file held before is there again after the hooks are taken out."""
    settings(project).parent.mkdir()
    settings(project).write_bytes(content.encode())
    installation.set_up(project.environment, str(project.root))
    assert installation.take_out(project.environment, str(project.root))
    assert settings(project).read_bytes() == content.encode()


def test_removing_what_setup_made_leaves_nothing(project: Project) -> None:
    """A settings file that setup made goes with its folder."""
    installation.set_up(project.environment, str(project.root))
    assert installation.take_out(project.environment, str(project.root))
    assert list(project.root.iterdir()) == []
    assert not installation.take_out(project.environment, str(project.root))


def test_broken_settings_are_named(project: Project) -> None:
    """Settings that are no JSON are not touched, and the line is told."""
    settings(project).parent.mkdir()
    settings(project).write_text('{\n  "model": \n}\n', encoding="utf-8")
    with pytest.raises(Misused, match="line 3"):
        installation.set_up(project.environment, str(project.root))
    assert settings(project).read_text(encoding="utf-8") == '{\n  "model": \n}\n'


def test_compiled_file_is_checked(project: Project) -> None:
    """A hook without its compiled file, or with an older one, is not current."""
    hook = installation.install(project.environment)
    assert installation.compiled_current(hook)
    later = time.time() + 10
    os.utime(Path(hook.launcher).with_name("gate.py"), (later, later))
    assert not installation.compiled_current(hook)


def test_unknown_agent() -> None:
    """A client that we do not know is refused with those we know."""
    with pytest.raises(Misused, match="there is one for claude"):
        installation.require_agent("emacs")


@pytest.mark.parametrize("content", [None, b"", b"garbage", bytes(16) + b"\xe3"])
def test_launcher_without_a_compiled_module_reads_its_source(project: Project, content: bytes | None) -> None:
    """A call is answered all the same, only more slowly."""
    hook = installation.install(project.environment)
    compiled = next(Path(hook.launcher).parent.rglob("claude.*.pyc"))
    if content is None:
        compiled.unlink()
    else:
        compiled.write_bytes(content)
    assert project.play_raw("PreToolUse", b"{}", command(hook)).status == 0


def test_launcher_that_can_not_start_lets_no_call_pass(project: Project) -> None:
    """A launcher whose module is gone denies a tool call and only complains elsewhere."""
    hook = installation.install(project.environment)
    for path in Path(hook.launcher).parent.rglob("claude.*"):
        path.unlink()
    assert project.play_raw("PreToolUse", b"{}", command(hook)).status == 2
    assert project.play_raw("Stop", b"{}", command(hook)).status == 1
