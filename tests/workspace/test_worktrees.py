"""Git worktrees of one repository: each with its own state, or all with one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Missing, Refused
from memory_state.workspace.actor import Actor
from memory_state.workspace.sessions import binding_of
from memory_state.workspace.verification import verify
from memory_state.workspace.workspace import Workspace
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from pathlib import Path

ADD_TASKS = """
import sys
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace
root, home, name = sys.argv[1:]
workspace = Workspace.find(root, environment={"HOME": home, "PATH": ""}, actor=Actor("cli", session=name))
for number in range(10):
    workspace.task("add", f"{name} {number}")
"""


def git(folder: Path, *words: str) -> str:
    """What git prints in a folder."""
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def repository(folder: Path, scope: str) -> tuple[Project, Project]:
    """A repository with a commit and settings in it, and a second worktree of it, as projects."""
    main = Project.make(folder)
    (main.root / ".memory-state.toml").write_text(f'scope = "{scope}"\n', encoding="utf-8")
    git(main.root, "init", "-q", "-b", "main")
    git(main.root, "add", ".")
    git(main.root, "commit", "-q", "-m", "begin")
    tree = folder / "side"
    git(main.root, "worktree", "add", "-q", "-b", "side", str(tree))
    return main, Project(tree, {**main.environment, "CLAUDE_PROJECT_DIR": str(tree)})


def of_session(project: Project, session: str) -> Workspace:
    """A person's workspace within a session."""
    return Workspace.find(
        project.root, environment=project.environment, actor=Actor("person", "Ann", session)
    )


def test_each_worktree_has_its_own_state(tmp_path: Path) -> None:
    """By default a workflow of one worktree is not seen from another, which has its own."""
    main, side = repository(tmp_path, "worktree")
    here = main.workspace().start("feature", "Here")
    with pytest.raises(Missing):
        side.workspace().status()
    there = side.workspace().start("bugfix", "There")
    assert here.memory == f"{main.root}/.memory"
    assert there.memory == f"{side.root}/.memory"
    main.workspace().task("add", "Only here")
    assert [task.text for task in side.workspace().status().state.tasks] == [
        task.text for task in there.state.tasks
    ]
    assert [run.id for run in main.workspace().workflows()] == [here.id]
    assert [run.id for run in side.workspace().workflows()] == [there.id]


def test_sessions_of_two_worktrees_are_held_to_their_own(tmp_path: Path) -> None:
    """A hook call in each worktree is judged by the workflow there."""
    main, side = repository(tmp_path, "worktree")
    of_session(main, "one").start("tdd", "Here")
    of_session(side, "two").start("feature", "There")
    assert main.write("tests/test_a.py", session_id="one").decision == ""
    assert main.write("plan.md", session_id="one").decision == "deny"
    assert side.write("tests/test_a.py", session_id="two").decision == "deny"
    assert side.write("plan.md", session_id="two").decision == ""


def test_repository_scope_shares_one_state(tmp_path: Path) -> None:
    """With the scope `repository` every worktree works on the one in the main work tree."""
    main, side = repository(tmp_path, "repository")
    here = main.workspace().start("feature", "Shared")
    there = side.workspace().status()
    assert (there.id, there.memory) == (here.id, f"{main.root}/.memory")
    side.workspace().task("add", "From the side")
    assert "From the side" in [task.text for task in main.workspace().status().state.tasks]
    assert not (side.root / ".memory").exists()
    with pytest.raises(Refused, match="a second one needs its place"):
        side.workspace().start("bugfix", "Another")


def test_start_in_a_linked_worktree_is_seen_from_the_main_one(tmp_path: Path) -> None:
    """Where it is started does not matter under the scope `repository`."""
    main, side = repository(tmp_path, "repository")
    there = of_session(side, SESSION).start("feature", "Shared")
    assert main.workspace().status().id == there.id
    binding = binding_of(side.environment, SESSION)
    assert binding is not None
    assert (binding.root, binding.memory) == (str(side.root), f"{main.root}/.memory")


def test_hooks_in_a_linked_worktree_go_by_the_shared_state(tmp_path: Path) -> None:
    """Policy and protection hold in both: paths are of the worktree, the state of the main one."""
    main, side = repository(tmp_path, "repository")
    of_session(main, "one").start("feature", "Shared")
    of_session(side, "two").resume()
    for project, session in ((main, "one"), (side, "two"), (side, "unbound")):
        assert project.write("plan.md", session_id=session).decision == ""
        assert project.write("src/a.py", session_id=session).decision == "deny"
    refused = side.shell(f"echo x >> {main.root}/.memory/state/active-workflow.md", session_id="two")
    assert refused.decision == "deny"


def test_two_workflows_beside_each_other_in_one_shared_state(tmp_path: Path) -> None:
    """Each worktree's session keeps its own workflow though the memory path is one."""
    main, side = repository(tmp_path, "repository")
    here = of_session(main, "one").start("feature", "Here")
    there = of_session(side, "two").start("tdd", "There", beside=True)
    assert of_session(main, "one").status().id == here.id
    assert of_session(side, "two").status().id == there.id
    assert main.write("tests/test_a.py", session_id="one").decision == "deny"
    assert side.write("tests/test_a.py", session_id="two").decision == ""
    assert main.workspace().status().id == here.id


def test_writers_in_two_worktrees_share_one_log(tmp_path: Path) -> None:
    """Two processes, one in each worktree, write dense numbers into the one history and lose nothing."""
    main, side = repository(tmp_path, "repository")
    run = main.workspace().start("feature", "Shared")
    home = main.environment["HOME"]
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD_TASKS, str(project.root), home, name])
        for project, name in ((main, "one"), (side, "two"))
    ]
    assert [each.wait(timeout=60) for each in writers] == [0, 0]
    texts = [task.text for task in main.workspace().status().state.tasks]
    assert sorted(texts[1:]) == sorted(f"{name} {at}" for name in ("one", "two") for at in range(10))
    numbers = [event.number for event in side.workspace().history()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify(run.memory, run.id).problems == ()


def test_worktrees_of_a_bare_repository_share_the_state_in_it(tmp_path: Path) -> None:
    """A repository without a main work tree holds the shared state itself."""
    main, _ = repository(tmp_path, "repository")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(main.root), str(bare))
    trees = []
    for name in ("one", "two"):
        git(bare, "worktree", "add", "-q", "-b", f"tree-{name}", str(tmp_path / name))
        environment = {**main.environment, "CLAUDE_PROJECT_DIR": str(tmp_path / name)}
        trees.append(Project(tmp_path / name, environment))
    run = trees[0].workspace().start("feature", "Shared")
    assert run.memory == f"{bare}/.memory"
    assert trees[1].workspace().status().id == run.id


def test_a_removed_worktree_leaves_the_shared_workflow(tmp_path: Path) -> None:
    """Shared state outlives the worktree it was started in; a worktree's own goes with it."""
    main, side = repository(tmp_path, "repository")
    run = side.workspace().start("feature", "Shared")
    git(main.root, "worktree", "remove", "--force", str(side.root))
    assert main.workspace().status().id == run.id
