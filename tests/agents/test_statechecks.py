"""Checks of the state: damage, looser forms, sessions without hooks, a clock that is behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import statechecks
from memory_state.core.layout import event_log
from memory_state.workspace.actor import Actor
from memory_state.workspace.recovering import recover
from memory_state.workspace.workspace import Workspace
from tests.sessions import SESSION

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project


def only(found: list[Finding]) -> Finding:
    """The one finding."""
    assert len(found) == 1
    return found[0]


def document(project: Project) -> Path:
    """The current document."""
    return project.root / ".memory/state/active-workflow.md"


def log_of(project: Project) -> Path:
    """The current log."""
    return Path(event_log(str(project.root / ".memory"), project.workspace().workflow()))


def last_hook(project: Project, session: str | None, after: float = 0) -> Finding:
    """What a command in a session finds about its hooks, so many seconds from now."""
    import time

    clock = lambda: time.time() + after  # noqa: E731 - two words
    actor = Actor("cli", session=session)
    found = Workspace.find(project.root, environment=project.environment, actor=actor, clock=clock)
    return only(list(statechecks.session_check(found)))


def test_damaged_state_is_told(planned: Project) -> None:
    """A damaged document is a finding, and mended by being looked at."""
    document(planned).write_text("garbage", encoding="utf-8")
    assert only(list(statechecks.state_check(planned.workspace()))).severity == "error"
    assert only(list(statechecks.state_check(planned.workspace()))).ok


def test_a_damaged_history_has_its_line(planned: Project) -> None:
    """Until it is recovered; what the history then says itself is a note."""
    planned.workspace().task("add", "One more")
    path = log_of(planned)
    lines = path.read_bytes().split(b"\n")
    lines[7] = lines[7].replace(b"plan", b"plam", 1)
    path.write_bytes(b"\n".join(lines))
    found = list(statechecks.history_check(planned.workspace()))
    assert (found[0].severity, str(found[0].place)) == ("error", f"{path}:8")
    workflow = planned.workspace().workflow()
    assert found[0].repair == f"recover {workflow}"
    recover(planned.workspace(), workflow)
    damaged = [each for each in statechecks.history_check(planned.workspace()) if each.place.line == 8]
    assert [each.severity for each in damaged] == ["note"]


def test_merged_numbers_are_mended_by_the_doctor(planned: Project) -> None:
    """A log whose numbers fall names the repair that puts it in order."""
    path = log_of(planned)
    content = path.read_bytes()
    path.write_bytes(content + content.split(b"\n")[6] + b"\n")
    found = list(statechecks.history_check(planned.workspace()))
    assert {(each.repair, each.fix) for each in found} == {("doctor --fix", "logs")}


def test_many_problems_are_counted(planned: Project) -> None:
    """The first three are shown, then how many more there are."""
    path = log_of(planned)
    path.write_bytes(path.read_bytes() + b"garbage\n" * 20)
    found = list(statechecks.history_check(planned.workspace()))
    assert len(found) == 4
    assert found[-1].message.startswith("and 17 more problems")


def test_a_document_in_looser_yaml(planned: Project) -> None:
    """It is slow until it was accepted."""
    text = document(planned).read_text(encoding="utf-8")
    line = text.split("\n").index('title: "Add login"') + 1
    document(planned).write_text(text.replace('title: "Add login"', "title: Add login"), encoding="utf-8")
    found = only(list(statechecks.form_check(planned.workspace())))
    assert (found.severity, found.place.line) == ("warning", line)
    planned.workspace().status()
    assert only(list(statechecks.form_check(planned.workspace()))).ok


def test_settings_beyond_plain_lines(planned: Project) -> None:
    """A table or a list is slow, with its line; plain lines are not."""
    path = planned.root / ".memory-state.toml"
    path.write_text('# ours\nscope = "worktree"\n', encoding="utf-8")
    assert only(list(statechecks.form_check(planned.workspace()))).ok
    path.write_text("# ours\nsave_interval = 1_000\n", encoding="utf-8")
    found = only(list(statechecks.form_check(planned.workspace())))
    assert (found.severity, str(found.place)) == ("warning", f"{path}:2")


def test_settings_without_an_effect(planned: Project) -> None:
    """A mistyped name is told."""
    (planned.root / ".memory-state.toml").write_text('scoop = "worktree"\n', encoding="utf-8")
    assert "there is no setting 'scoop'" in only(list(statechecks.keys_check(planned.workspace()))).message


def test_when_a_hook_wrote_last(planned: Project) -> None:
    """It is told, and so is that none has."""
    assert "no hook has written" in last_hook(planned, None).message
    planned.play("PostToolUse.Write")
    assert last_hook(planned, None).message.startswith("tool.used at ")


def test_installed_is_not_active(planned: Project) -> None:
    """A session that ran a command of ours a while ago and left no trace of a hook has none."""
    workspace = planned.workspace()
    workspace.actor = Actor("cli", session=SESSION)
    workspace.task("add", "By the agent")
    assert last_hook(planned, SESSION).ok
    found = last_hook(planned, SESSION, after=3600)
    assert (found.severity, found.repair) == ("error", "setup --check")
    assert last_hook(planned, None, after=3600).severity == "error"
    planned.play("PostToolUse.Write")
    assert last_hook(planned, SESSION, after=3600).ok


def test_hooks_that_fell_silent(planned: Project) -> None:
    """The agent's commands go on long after the session's last hook."""
    events = [
        (1, "2026-11-20T10:00:00.000Z", "session.started", "-", b'{"by":"hook","session":"s1","doc":1}'),
        (2, "2026-11-20T11:00:00.000Z", "task.added", "plan", b'{"by":"cli","session":"s1","doc":2}'),
    ]
    now = 1_795_176_000.0
    found = statechecks.hooks_seen(events, "7f3a9c21", None, now)
    assert (found.severity, "60 minutes later" in found.message) == ("warning", True)
    late = [events[0], (2, "2026-11-20T10:05:00.000Z", *events[1][2:])]
    assert statechecks.hooks_seen(late, "7f3a9c21", None, now).ok


def test_a_clock_behind_the_history(planned: Project) -> None:
    """By more than two seconds."""
    actor = Actor("cli")
    for now, severity in ((1_000_000_000.0, "warning"), (4_000_000_000.0, "ok")):
        clock = lambda moment=now: moment  # noqa: E731 - a clock that stands still
        found = Workspace.find(planned.root, environment=planned.environment, actor=actor, clock=clock)
        assert only(list(statechecks.clock_check(found))).severity == severity


def test_faults_that_were_written_down(planned: Project) -> None:
    """They are named, and are no finding."""
    assert only(list(statechecks.fault_check(planned.workspace()))).severity == "ok"
    path = planned.root / ".memory/state/.cache/faults.log"
    path.write_text("x\n", encoding="utf-8")
    found = only(list(statechecks.fault_check(planned.workspace())))
    assert (found.severity, found.ok, found.place.path) == ("note", True, str(path))
