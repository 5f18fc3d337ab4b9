"""Leaving a machine: what goes, what stays, what stands in the way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import installation, records
from memory_state.agents.completions import completion_file
from memory_state.agents.instructions import instruct
from memory_state.agents.removal import carry_out, plan, remove_from_project
from memory_state.workspace.ancestry import process_birth
from memory_state.workspace.choosing import write_setting
from memory_state.workspace.sessions import bind
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (b"memory-state", b"memory_state")
KEPT = (".config/memory-state", ".config/memory-state/config.toml")


def beside(project: Project, name: str) -> Project:
    """Another project of the same user."""
    root = project.root.parent / name
    root.mkdir()
    return Project(root, {**project.environment, "CLAUDE_PROJECT_DIR": str(root)})


def set_up(project: Project) -> None:
    """Setup with everything: hooks, block, trust, a session, shell completion."""
    installation.set_up(project.environment, str(project.root))
    workspace = project.workspace()
    workspace.start("feature", "Add login")
    workspace.trust()
    instruct(workspace.project)
    bind(project.environment, "one", str(project.root), workspace.project.memory, workspace.workflow())
    script = completion_file(project.environment, "bash")
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("# memory-state completion for bash; to enable it:\n", encoding="utf-8")


def home(project: Project) -> Path:
    """The user's home."""
    return Path(project.environment["HOME"])


def traces(folder: Path) -> Iterator[str]:
    """Every file below a folder that we stand in, by name, content or link, state and settings aside."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if ".memory" in path.parts or name.endswith(KEPT):
            continue
        content = path.read_bytes() if path.is_file() else b""
        if any(each in content or each in name.encode() for each in NAMES):
            yield name


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def leave(project: Project, *, purge: bool = False) -> tuple[str, ...]:
    """Plan and carry out, seen from a project; gives the problems."""
    planned = plan(project.environment, str(project.root), purge=purge)
    return carry_out(project.environment, planned.parts)


def test_nothing_of_ours_is_left(project: Project) -> None:
    """Two projects were set up; afterwards no file, name or folder tells of it but state and settings."""
    other = beside(project, "other")
    (other.root / ".claude").mkdir()
    (other.root / ".claude/settings.local.json").write_bytes(b'{\r\n\t"model": "opus",\r\n\t"hooks": {}\r\n}')
    (other.root / "AGENTS.md").write_bytes(b"# Agents\r\n\r\nBe kind.")
    before = contents(other.root)
    for each in (project, other):
        set_up(each)
    write_setting(project.environment, str(project.root), "on_fault", "allow", "user")
    assert leave(project) == ()
    assert list(traces(project.root.parent)) == []
    assert {
        path: content for path, content in contents(other.root).items() if ".memory" not in path
    } == before
    assert [path.name for path in project.root.iterdir()] == [".memory"]
    assert project.workspace().status().state.title == "Add login"
    assert (home(project) / ".config/memory-state/config.toml").is_file()
    assert not (home(project) / ".local/share/memory-state").exists()
    assert not (home(project) / ".local/state/memory-state").exists()


def test_leaving_twice_finds_nothing(project: Project) -> None:
    """The second time there is nothing to do."""
    set_up(project)
    leave(project)
    planned = plan(project.environment, str(project.root))
    assert planned.parts == ()
    assert [part.what for part in planned.kept] == ["workflows and their state"]


def test_plan_changes_nothing_and_names_everything(project: Project) -> None:
    """What goes in its order, and what stays."""
    set_up(project)
    write_setting(project.environment, str(project.root), "on_fault", "allow", "user")
    write_setting(project.environment, str(project.root), "save_interval", "60", "project")
    (home(project) / ".zshrc").write_text('x\neval "$(memory-state completion zsh)"\n', encoding="utf-8")
    before = contents(project.root.parent)
    found = plan(project.environment, str(project.root))
    assert [part.what for part in found.parts] == [
        "the block of memory-state",
        "the hooks",
        "shell completion",
        "the sessions' bindings",
        "the installed hook",
        "the program for an agent's shell",
        "the record of the interpreter",
        "trust in definitions",
        "the records of setup",
    ]
    assert [part.what for part in found.kept] == [
        "workflows and their state",
        "the project's settings",
        "your settings",
        "your shell's start",
    ]
    assert found.kept[-1].path == f"{home(project)}/.zshrc:2"
    assert contents(project.root.parent) == before


def test_purge_takes_the_settings_of_the_user(project: Project) -> None:
    """On request they go too, with their folder; the state never does."""
    set_up(project)
    write_setting(project.environment, str(project.root), "on_fault", "allow", "user")
    assert leave(project, purge=True) == ()
    assert not (home(project) / ".config/memory-state").exists()
    assert (project.root / ".memory/state/active-workflow.md").is_file()


def test_damaged_record_is_told_and_removed(project: Project) -> None:
    """The project at hand is cleared without its record; of another one it is told what may be left."""
    other = beside(project, "other")
    for each in (project, other):
        installation.set_up(each.environment, str(each.root))
        Path(records.record_path(each.environment, str(each.root))).write_bytes(b"{")
    planned = plan(project.environment, str(project.root))
    assert len(planned.notes) == 1
    assert "is damaged: where hooks are left" in planned.notes[0]
    assert carry_out(project.environment, planned.parts) == ()
    assert list(traces(project.root)) == []
    assert not (home(project) / ".local/share/memory-state").exists()


def test_what_can_not_be_changed_is_told_and_tried_again(project: Project) -> None:
    """Settings that are no JSON stay, with their record; the rest goes, and the next try clears them."""
    other = beside(project, "other")
    installation.set_up(other.environment, str(other.root))
    path = records.settings_path(str(other.root))
    sound = path.read_bytes()
    path.write_bytes(b"[" + sound)
    assert [problem.startswith(f"{path} can not be changed") for problem in leave(project)] == [True]
    assert path.read_bytes() == b"[" + sound
    assert [each.name for each in (home(project) / ".local/share/memory-state").iterdir()] == ["setup"]
    path.write_bytes(sound)
    assert leave(project) == ()
    assert list(traces(project.root.parent)) == []


def test_edited_block_stays(project: Project) -> None:
    """What a person changed in our block is theirs to remove."""
    set_up(project)
    path = project.root / "CLAUDE.md"
    path.write_text(path.read_text(encoding="utf-8").replace("## Workflow", "## Mine"), encoding="utf-8")
    problems = leave(project)
    assert len(problems) == 1
    assert "CLAUDE.md line 1: the block of memory-state was edited" in problems[0]
    assert list(traces(project.root)) == ["CLAUDE.md"]


def test_project_that_is_gone_is_no_problem(project: Project) -> None:
    """A record of a folder that somebody deleted goes quietly."""
    write = beside(project, "gone")
    installation.set_up(write.environment, str(write.root))
    (write.root / ".claude/settings.local.json").unlink()
    (write.root / ".claude").rmdir()
    write.root.rmdir()
    assert leave(project) == ()
    assert list(traces(project.root.parent)) == []


def test_files_of_others_in_our_folders_stay(project: Project) -> None:
    """Only what we put there is removed."""
    set_up(project)
    mine = home(project) / ".local/share/memory-state/mine.txt"
    mine.write_text("x", encoding="utf-8")
    leave(project)
    assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]


def test_link_is_removed_and_not_followed(project: Project) -> None:
    """A folder that is a link elsewhere: the link goes, what it leads to stays."""
    elsewhere = home(project) / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x").write_text("x", encoding="utf-8")
    share = home(project) / ".local/share/memory-state"
    share.mkdir(parents=True)
    (share / "trusted").symlink_to(elsewhere)
    assert leave(project) == ()
    assert (elsewhere / "x").is_file()
    assert not share.exists()


def test_running_session_is_told(project: Project) -> None:
    """Whoever leaves while a session runs is told that it still has the hooks."""
    environment = {**project.environment, "CLAUDE_PID": str(os.getpid())}
    assert process_birth(os.getpid()) is not None
    bind(environment, "one", str(project.root), "/m", "7f3a9c21")
    notes = plan(project.environment, str(project.root)).notes
    assert notes == (
        f"a session in {project.root} runs now; end it, as its client may still call the removed hook",
    )


def test_unreadable_settings_do_not_keep_anybody(project: Project) -> None:
    """A broken settings file of ours is no reason to stay."""
    set_up(project)
    (project.root / ".memory-state.toml").write_text("a = = 1\n", encoding="utf-8")
    assert leave(project) == ()
    assert list(traces(project.root)) == [".memory-state.toml"]


@pytest.mark.parametrize("damaged", [False, True])
def test_one_project_alone(project: Project, *, damaged: bool) -> None:
    """`setup --remove` clears one project; without its record it says so, and clears it all the same."""
    other = beside(project, "other")
    for each in (project, other):
        set_up(each)
    path = Path(records.record_path(project.environment, str(project.root)))
    if damaged:
        path.write_bytes(b"[]")
    assert remove_from_project(project.environment, str(project.root)) == (
        True,
        (f"the record {path} is damaged",) if damaged else (),
    )
    assert not path.exists()
    assert ".claude/settings.local.json" not in list(traces(project.root))
    assert ".claude/settings.local.json" in list(traces(other.root))
    assert remove_from_project(project.environment, str(project.root)) == (False, ())


def test_nothing_to_leave(project: Project) -> None:
    """Somebody who has nothing of ours loses nothing."""
    assert plan(project.environment, str(project.root)) == ((), (), ())
