"""Histories that git itself merged: read safely, held still, put in order by a repair."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict
from memory_state.workspace.actor import Actor
from memory_state.workspace.repair import repair_logs
from memory_state.workspace.rollback import roll_back
from memory_state.workspace.tracking import track
from memory_state.workspace.verification import verify
from tests.sessions import SESSION, Project
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from memory_state.workspace.run import Run

ANN = Actor("person", "Ann")


def git(folder: Path, *words: str) -> str:
    """What git prints in a folder."""
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def merge(folder: Path, branch: str) -> None:
    """Merge a branch as a person does who takes what git put into the tree where it saw a conflict."""
    words = [
        "git",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "merge",
        "-q",
        "-m",
        "both",
        branch,
    ]
    if subprocess.run(words, cwd=folder, check=False, capture_output=True).returncode:
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "both")


def keep_in_git(ground: Ground) -> None:
    """Histories and recovery files go into git from now on, on the branch `main`."""
    track(str(ground.memory))
    git(ground.root, "init", "-q", "-b", "main")
    commit(ground, "begin")


def commit(ground: Ground, message: str) -> None:
    """Commit all that git sees."""
    git(ground.root, "add", "-A")
    git(ground.root, "commit", "-q", "--allow-empty", "-m", message)


def set_out(ground: Ground, run: Run, branch: str) -> None:
    """Go to a branch as a fresh clone of it has it: with the history, without the live document."""
    git(ground.root, "checkout", "-q", branch)
    for path in (ground.document, *(ground.state / ".cache").iterdir()):
        path.unlink(missing_ok=True)
    ground.clock.now += 60
    ground.workspace(workflow=run.id).status()


def on_branch(ground: Ground, run: Run, name: str, work: Callable[[], object]) -> None:
    """Do some work on a branch that begins where `main` stands."""
    git(ground.root, "branch", name, "main")
    set_out(ground, run, name)
    work()
    commit(ground, name)


def merged(ground: Ground, *works: Callable[[], object]) -> Run:
    """A workflow that branches took on, each in its way, and git merged: what is seen of it then."""
    run = ground.start()
    ground.to_phase("build")
    keep_in_git(ground)
    return merge_works(ground, run, *works)


def merge_works(ground: Ground, run: Run, *works: Callable[[], object]) -> Run:
    """The same for a workflow that is in git already."""
    for at, work in enumerate(works):
        on_branch(ground, run, f"branch-{at}", work)
    git(ground.root, "checkout", "-q", "branch-0")
    for at in range(1, len(works)):
        merge(ground.root, f"branch-{at}")
    return ground.workspace(workflow=run.id).status()


def add(ground: Ground, text: str) -> Callable[[], object]:
    """The work of adding a task."""
    return lambda: ground.workspace().task("add", text)


def test_two_branches_events_are_both_there(ground: Ground) -> None:
    """Git merges without a conflict, the merge is noticed, and the tasks of both are shown."""
    run = merged(ground, add(ground, "Mine"), add(ground, "Theirs"))
    assert [text for _, text, _ in tasks_of(run)] == ["Write the plan", "Mine", "Theirs"]
    assert run.held.startswith("git merged its history")
    assert "doctor --fix" in run.problems[0].message
    assert "git merged two histories" in verify(str(ground.memory), run.id).problems[0].message


@pytest.mark.parametrize("ahead", [0, 1])
def test_the_earlier_phase_holds(ground: Ground, ahead: int) -> None:
    """One branch stayed in build, one went on: it is build, whichever was merged into the other."""
    works = [add(ground, "Mine"), lambda: ground.to_phase("review")]
    run = merged(ground, *(works if ahead else reversed(works)))
    assert (run.state.phase, run.state.status) == ("build", "in_progress")
    repair_logs(ground.workspace())
    again = ground.workspace().status()
    assert (again.state.phase, again.held, again.problems) == ("build", "", ())


def test_one_branch_that_went_on_is_no_merge(ground: Ground) -> None:
    """A fast-forward leaves a history of one writer: its workflow stands where that branch brought it."""
    run = ground.start()
    ground.to_phase("build")
    keep_in_git(ground)
    on_branch(ground, run, "side", lambda: ground.to_phase("review"))
    git(ground.root, "checkout", "-q", "main")
    merge(ground.root, "side")
    found = ground.workspace(workflow=run.id).status()
    assert (found.state.phase, found.held) == ("review", "")
    assert verify(str(ground.memory), run.id).problems == ()


def test_a_recovery_file_is_not_mixed(ground: Ground) -> None:
    """Git leaves that of one branch whole, without markers, and the next save is of the merged history."""
    run = merged(ground, add(ground, "Mine"), lambda: ground.to_phase("review"))
    text = ground.recovery(run.id).read_text(encoding="utf-8")
    assert "<<<<<<<" not in text
    repair_logs(ground.workspace())
    ground.workspace().save()
    assert "Mine" in ground.recovery(run.id).read_text(encoding="utf-8")


def moves(ground: Ground) -> dict[str, Callable[[], object]]:
    """Every command that changes the document of a workflow in build."""
    workspace = ground.workspace
    return {
        "next": lambda: workspace().next(),
        "task add": lambda: workspace().task("add", "More"),
        "task done": lambda: workspace().task("done", "Mine"),
        "note": lambda: workspace().note("More"),
        "skip": lambda: workspace().skip("no need"),
        "wait": lambda: workspace().wait(),
        "park": lambda: workspace().park(),
        "fail": lambda: workspace().fail("it broke"),
        "cancel": lambda: workspace().cancel(),
        "edit": lambda: workspace().edit({"title": "Other"}),
        "rollback": lambda: roll_back(workspace(), steps=1),
    }


def test_nothing_moves_before_the_repair(ground: Ground) -> None:
    """Every moving command ends with 4, names the repair, and neither log nor document changes by a byte."""
    run = merged(ground, add(ground, "Mine"), add(ground, "Theirs"))
    (ground.root / "out.md").write_text("# Out\n", encoding="utf-8")
    before = (ground.log(run.id).read_bytes(), ground.document.read_bytes())
    for name, move in moves(ground).items():
        with pytest.raises(Conflict, match="git merged its history") as caught:
            move()
        assert (name, caught.value.exit_code, caught.value.next_commands) == (name, 4, ("doctor --fix",))
        assert (ground.log(run.id).read_bytes(), ground.document.read_bytes()) == before


def test_an_edit_waits_for_the_repair(ground: Ground) -> None:
    """What a person writes meanwhile is kept: in the archive, whatever the repair makes of the document."""
    run = merged(ground, add(ground, "Mine"), add(ground, "Theirs"))
    edit(ground.document, "## Notes\n", "## Notes\n\nWritten in between.\n")
    ground.workspace().status()
    repair_logs(ground.workspace())
    found = ground.workspace().status()
    assert "Written in between." in found.text
    assert verify(str(ground.memory), run.id).problems == ()


def test_the_repair(ground: Ground) -> None:
    """The merged log is in the archive, the new one names its SHA-256 and is dense and sealed."""
    run = merged(ground, lambda: ground.to_phase("review"), add(ground, "Theirs"))
    content = ground.log(run.id).read_bytes()
    said = repair_logs(ground.workspace())
    assert f"the merged history of {run.id} was put in order" in said
    assert ground.types(run.id)[-3:] == ["log.repaired", "state.recovered", "log.sealed"]
    details = ground.events(run.id)[-3][3]
    assert details["merged_sha256"] == hashlib.sha256(content).hexdigest()
    archived = {path.read_bytes() for path in (ground.state / "archive").iterdir()}
    assert content in archived
    numbers = [each[0] for each in ground.events(run.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify(str(ground.memory), run.id).problems == ()
    assert ground.to_phase("close").state.phase == "close"
    assert verify(str(ground.memory), run.id).problems == ()


def test_three_branches(ground: Ground) -> None:
    """Two merges one after the other are put in order at once, in the earliest of three phases."""
    run = merged(
        ground, lambda: ground.to_phase("close"), lambda: ground.to_phase("review"), add(ground, "Theirs")
    )
    assert run.state.phase == "build"
    repair_logs(ground.workspace())
    found = ground.workspace().status()
    assert (found.state.phase, found.held) == ("build", "")
    assert "Theirs" in [text for _, text, _ in tasks_of(found)]
    assert verify(str(ground.memory), run.id).problems == ()


def test_merged_again_after_the_repair(ground: Ground) -> None:
    """A branch that was repaired and one that went on as it was merge again, and are repaired again."""
    run = merged(ground, add(ground, "Mine"), add(ground, "Theirs"))
    repair_logs(ground.workspace())
    commit(ground, "repaired")
    set_out(ground, run, "branch-1")
    ground.workspace(workflow=run.id).task("add", "Later")
    commit(ground, "later")
    merge(ground.root, "branch-0")
    found = ground.workspace(workflow=run.id).status()
    assert found.held.startswith("git merged its history")
    repair_logs(ground.workspace())
    found = ground.workspace(workflow=run.id).status()
    assert (found.held, found.state.phase) == ("", "build")
    assert sorted({text for _, text, _ in tasks_of(found)}) == ["Later", "Mine", "Theirs", "Write the plan"]
    assert verify(str(ground.memory), run.id).problems == ()


def test_ended_on_one_branch_only(ground: Ground) -> None:
    """A workflow that one branch cancelled and the other went on with is not taken for ended or later."""
    run = merged(ground, lambda: ground.workspace().cancel(), add(ground, "Theirs"))
    assert run.state.phase == "build"
    repair_logs(ground.workspace())
    found = ground.workspace(workflow=run.id).status()
    assert found.state.phase == "build"
    assert verify(str(ground.memory), run.id).problems == ()


def test_hook_goes_by_the_earlier_phase(tmp_path: Path) -> None:
    """A session's tool calls are judged by the phase that holds, not by the one of the document."""
    project = Project.make(tmp_path)
    run = project.workspace().start("feature", "Add login")
    track(run.memory)
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "begin")
    git(project.root, "checkout", "-q", "-b", "side")
    project.workspace().task("add", "On the side")
    git(project.root, "commit", "-q", "-a", "-m", "side")
    side = project.root / ".memory/state"
    (side / "active-workflow.md").unlink()
    git(project.root, "checkout", "-q", "main")
    (project.root / "plan.md").write_text("# Plan\n", encoding="utf-8")
    for task in project.workspace().status().state.tasks:
        project.workspace().task("done", task.text)
    assert project.workspace().next().state.phase == "build"
    assert project.write("src/a.py").decision == ""
    git(project.root, "commit", "-q", "-a", "-m", "main")
    merge(project.root, "side")
    refused = project.write("src/a.py")
    assert refused.decision == "deny"
    assert "phase plan" in refused.message + refused.output


def test_commands_end_with_4_and_doctor_helps(tmp_path: Path) -> None:
    """The program itself: exit 4 with the way, then `doctor --fix`, then it goes on."""
    project = Project.make(tmp_path)
    run = project.workspace().start("feature", "Add login")
    log = project.root / f".memory/state/workflow-history/{run.id}/events.md"
    common = log.read_bytes()
    project.workspace().task("add", "Mine")
    mine = log.read_bytes()[len(common) :]
    log.write_bytes(common)
    (project.root / ".memory/state/active-workflow.md").unlink()
    project.workspace().task("add", "Theirs")
    log.write_bytes(log.read_bytes() + mine)

    def call(*words: str) -> tuple[int, dict[str, object]]:
        """Run the program; its exit code and answer."""
        done = subprocess.run(
            [sys.executable, "-m", "memory_state", *words, "--json"],
            cwd=project.root, env=project.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout)

    code, answer = call("task", "add", "More")
    assert (code, answer["kind"], answer["code"]) == (4, "error", "conflict")
    assert any("doctor --fix" in each for each in answer["next"])  # type: ignore[attr-defined]  # a list
    call("doctor", "--fix")
    assert call("task", "add", "More")[0] == 0
    assert verify(run.memory, run.id).problems == ()


def test_session_start_tells(tmp_path: Path) -> None:
    """A session that begins on a merged history is told that it stands still and what helps."""
    project = Project.make(tmp_path)
    run = project.workspace().start("feature", "Add login")
    log = project.root / f".memory/state/workflow-history/{run.id}/events.md"
    log.write_bytes(log.read_bytes() + log.read_bytes().rstrip(b"\n").split(b"\n")[-1] + b"\n")
    told = project.play("SessionStart.startup", session_id=SESSION)
    assert "doctor --fix" in told.output


def two_ends(ground: Ground) -> Run:
    """A workflow that is in review on the branch `side`, in build on `main`, both after the same number.

    What is live is that of `side`, and the work tree too.
    """
    run = ground.start()
    ground.to_phase("build")
    ground.workspace().task("add", "Build it")
    (ground.root / "out.md").write_text("# Out\n", encoding="utf-8")
    ground.workspace().task("done", "Build it")
    keep_in_git(ground)
    git(ground.root, "branch", "side")
    ground.clock.now += 60
    for text in ("Mine", "Mine too", "Mine again"):
        ground.workspace().task("add", text)
    commit(ground, "main")
    set_out(ground, run, "side")
    ground.workspace().next()
    commit(ground, "side")
    return run


def test_another_branchs_history_under_the_document(ground: Ground) -> None:
    """A document of another branch counts for nothing, though its number is that of the history's end."""
    run = two_ends(ground)
    git(ground.root, "checkout", "-q", "main")
    shown = ground.document.read_text(encoding="utf-8")
    assert f"event: {ground.events(run.id)[-1][3]['doc']}" in shown
    assert 'phase: "review"' in shown
    found = ground.workspace(workflow=run.id).status()
    assert found.state.phase == "build"
    texts = [text for _, text, _ in tasks_of(found)]
    assert texts == ["Write the plan", "Build it", "Mine", "Mine too", "Mine again"]
    assert shown in [path.read_text(encoding="utf-8") for path in (ground.state / "archive").iterdir()]
    assert verify(str(ground.memory), run.id).problems == ()


def test_an_older_history_under_the_document(ground: Ground) -> None:
    """A document that is ahead of the history that git put there goes to the archive."""
    run = ground.start()
    ground.to_phase("build")
    keep_in_git(ground)
    git(ground.root, "checkout", "-q", "-b", "side")
    ground.to_phase("review")
    commit(ground, "side")
    git(ground.root, "checkout", "-q", "main")
    found = ground.workspace(workflow=run.id).status()
    assert (found.state.phase, found.state.status) == ("build", "in_progress")
    assert "phase: build" not in found.text
    git(ground.root, "checkout", "-q", "-f", "side")
    assert ground.workspace(workflow=run.id).status().state.phase == "review"


def test_hook_goes_by_no_document_of_another_branch(tmp_path: Path) -> None:
    """After a switch back to a branch that stands earlier the next call is judged by the earlier phase."""
    project = Project.make(tmp_path)
    run = project.workspace().start("feature", "Add login")
    document = project.root / ".memory/state/active-workflow.md"
    (project.root / "plan.md").write_text("# Plan\n", encoding="utf-8")
    project.workspace().task("done", "1")
    track(run.memory)
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "begin")
    git(project.root, "checkout", "-q", "-b", "side")
    project.workspace().next()
    assert project.write("src/a.py").decision == ""
    git(project.root, "commit", "-q", "-a", "-m", "side")
    later = document.read_bytes()
    git(project.root, "checkout", "-q", "main")
    project.workspace().task("add", "Mine")
    number = project.workspace().status().state.event
    while f"event: {number}\n".encode() not in later:
        number = project.workspace().note("Mine too").state.event
    document.write_bytes(later)
    (project.root / f".memory/state/.cache/{run.id}.md").write_bytes(later)
    assert project.write("src/a.py").decision == "deny"
    assert project.workspace().status().state.phase == "plan"
    assert verify(run.memory, run.id).problems == ()
