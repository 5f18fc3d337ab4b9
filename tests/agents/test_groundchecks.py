"""Checks of disk, permissions, git and work trees."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents import groundchecks
from memory_state.workspace import sessions, tracking
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
from tests.sessions import SESSION

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project


def git(folder: Path, *words: str) -> None:
    """Run git, with an author."""
    author = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


def told(found: list[Finding]) -> list[tuple[str, str]]:
    """Severity and message of what is not well."""
    return [(each.severity, each.message) for each in found if not each.ok]


def test_a_memory_path_that_can_be_written(planned: Project, tmp_path: Path) -> None:
    """Also one that is not there yet: the nearest folder above it counts."""
    assert told(list(groundchecks.disk_check(planned.workspace()))) == []
    assert groundchecks.nearest(str(tmp_path / "a/b/c")) == str(tmp_path)


def test_a_memory_path_without_room(planned: Project) -> None:
    """On a file system that takes nothing."""
    found = Workspace.find(planned.root, environment=planned.environment, memory_path="/proc/memory")
    ((severity, message),) = told(list(groundchecks.disk_check(found)))
    assert (severity, message) == ("warning", "0 MiB are free: `gc --dry-run` lists what could go")


def test_a_memory_path_that_can_not_be_written() -> None:
    """Whatever room there is."""
    assert groundchecks.judged_disk("/m", 1 << 40, writes=False).severity == "error"
    assert groundchecks.judged_disk("/m", 1 << 40, writes=True).severity == "ok"
    assert groundchecks.judged_disk("/m", (16 << 20) - 1, writes=True).severity == "warning"


def test_folders_that_others_may_enter(planned: Project) -> None:
    """The mode is told, and mended."""
    state = planned.root / ".memory/state"
    assert told(list(groundchecks.mode_check(planned.workspace()))) == []
    state.chmod(0o755)
    (found,) = groundchecks.mode_check(planned.workspace())
    assert (found.severity, found.fix, found.place.path) == ("warning", "modes", str(state))
    assert found.message == "the folder has mode 0755; 0700 keeps others out"
    assert groundchecks.tighten(planned.workspace()) == f"mode 0700: {state}"
    assert told(list(groundchecks.mode_check(planned.workspace()))) == []
    assert groundchecks.tighten(planned.workspace()) == ""


def test_state_that_git_tracks_by_accident(planned: Project) -> None:
    """One file of it is named, with git's own command that takes it out."""
    git(planned.root, "init", "-q")
    assert told(list(groundchecks.git_check(planned.workspace()))) == []
    git(planned.root, "add", "-f", ".memory/state/active-workflow.md")
    (found,) = groundchecks.git_check(planned.workspace())
    assert found.severity == "error"
    assert found.message == "git tracks active-workflow.md, which is live state"
    git(planned.root / ".memory/state", *found.repair.split()[3:])
    assert told(list(groundchecks.git_check(planned.workspace()))) == []


def test_tracked_histories_need_their_rules(planned: Project) -> None:
    """Rules that are missing are written anew; a stronger rule of the repository is told."""
    git(planned.root, "init", "-q")
    memory = str(planned.root / ".memory")
    tracking.track(memory)
    assert told(list(groundchecks.git_check(planned.workspace()))) == []
    Path(memory, "state/.gitattributes").unlink()
    (found,) = groundchecks.git_check(planned.workspace())
    assert (found.severity, found.fix) == ("warning", "git")
    assert groundchecks.renew_lists(planned.workspace()).endswith(".gitattributes")
    assert told(list(groundchecks.git_check(planned.workspace()))) == []
    info = planned.root / ".git/info/attributes"
    info.parent.mkdir(exist_ok=True)
    info.write_text("*.md text eol=crlf\n", encoding="utf-8")
    ((_, message),) = told(list(groundchecks.git_check(planned.workspace())))
    assert message == "for histories text is set: a stronger rule stands in .git/info/attributes"


def test_the_list_of_an_earlier_version(planned: Project) -> None:
    """It is renewed."""
    git(planned.root, "init", "-q")
    tracking.track(str(planned.root / ".memory"))
    path = planned.root / ".memory/state/.gitignore"
    path.write_text(tracking.EARLIER_TRACKED, encoding="utf-8")
    (found,) = groundchecks.git_check(planned.workspace())
    assert (found.severity, found.fix) == ("warning", "git")
    groundchecks.renew_lists(planned.workspace())
    assert told(list(groundchecks.git_check(planned.workspace()))) == []


def test_a_list_of_somebody_else(planned: Project) -> None:
    """What leaves live state out of git is ours, or told."""
    git(planned.root, "init", "-q")
    path = planned.root / ".memory/state/.gitignore"
    path.write_text("*.tmp\n", encoding="utf-8")
    assert told(list(groundchecks.git_check(planned.workspace())))[0] == (
        "warning",
        "this is no list of ours",
    )


def test_the_memory_path_of_another_work_tree(planned: Project, tmp_path: Path) -> None:
    """By the environment, unless the scope says that it is meant."""
    git(planned.root, "init", "-q")
    git(planned.root, "commit", "-q", "--allow-empty", "-m", "Begin")
    other = tmp_path / "other"
    git(planned.root, "worktree", "add", "-q", str(other))
    environment = {**planned.environment, "CLAUDE_PROJECT_DIR": str(other)}
    environment["MEMORY_STATE_PATH"] = str(planned.root / ".memory")
    found = Workspace.find(other, environment=environment)
    ((severity, message),) = told(list(groundchecks.worktree_check(found)))
    assert severity == "warning"
    assert message == f"the memory path belongs to the work tree {planned.root}: MEMORY_STATE_PATH names it"
    (other / ".memory-state.toml").write_text('scope = "repository"\n', encoding="utf-8")
    assert told(list(groundchecks.worktree_check(found))) == []


def test_a_session_that_is_bound_elsewhere(planned: Project, tmp_path: Path) -> None:
    """To another project, and to another memory path."""
    workspace = planned.workspace()
    workspace.actor = Actor("cli", session=SESSION)
    root, memory = str(planned.root), str(planned.root / ".memory")
    for bound, severities in (
        ((root, memory), []),
        (("/elsewhere", memory), ["warning"]),
        ((root, "/m"), ["error"]),
    ):
        sessions.bind(planned.environment, SESSION, *bound, workspace.workflow())
        assert [each[0] for each in told(list(groundchecks.worktree_check(workspace)))] == severities
