"""An approval is of the files as they were: it outlives sessions, and no later change."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused

if TYPE_CHECKING:
    from tests.workspace.ground import Ground


def git(ground: Ground, *arguments: str) -> None:
    """Run git in the project, as a person of the test's own."""
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=ground.root, check=True, capture_output=True)


def approved(ground: Ground) -> str:
    """Bring a workflow to its review and approve it; gives its id."""
    (ground.root / "src.py").write_text("one = 1\n", encoding="utf-8")
    ground.start()
    ground.to_phase("review")
    return ground.workspace().approve("looks good").id


def given(ground: Ground, workflow: str) -> list[tuple[str, dict[str, object]]]:
    """The approvals given and voided, with their details."""
    return [
        (kind, details) for _, kind, _, details in ground.events(workflow) if kind.startswith("approval.")
    ]


def test_approval_says_who_when_and_of_what(ground: Ground) -> None:
    """The event holds the person, the reason and a digest of the files."""
    workflow = approved(ground)
    ((kind, details),) = given(ground, workflow)
    assert (kind, details["name"], details["reason"], details["by"]) == (
        "approval.given", "Ann", "looks good", "person",
    )  # fmt: skip
    assert len(str(details["tree"])) == 64
    standing = ground.workspace().status().state.phases[2]
    assert (standing.approved_by, standing.approved_at) == ("Ann", "2026-11-20T10:00:00Z")


def test_approval_survives_parking_and_resuming(ground: Ground) -> None:
    """Another session finds it, also after a pause, and goes through the gate."""
    workflow = approved(ground)
    ground.workspace().park()
    ground.clock.now += 86400
    ground.workspace(person=None, session="s2").resume(workflow)
    assert ground.workspace(person=None, session="s2").next().state.phase == "close"
    assert [kind for kind, _ in given(ground, workflow)] == ["approval.given"]


@pytest.mark.parametrize("change", ["edit", "add", "remove", "mode", "link"])
@pytest.mark.parametrize("kept", ["git", "nothing"])
def test_any_change_of_the_files_voids_it(ground: Ground, change: str, kept: str) -> None:
    """The gate is shut again, the event says whose approval it was, and the refusal why."""
    if kept == "git":
        git(ground, "init", "-q")
        (ground.root / ".gitignore").write_text(".memory/\nbuild/\n", encoding="utf-8")
    workflow = approved(ground)
    source = ground.root / "src.py"
    if change == "edit":
        source.write_text("one = 2\n", encoding="utf-8")
    if change == "add":
        (ground.root / "new.py").write_text("", encoding="utf-8")
    if change == "remove":
        source.unlink()
    if change == "mode":
        source.chmod(0o755)
    if change == "link":
        (ground.root / "link").symlink_to("src.py")
    with pytest.raises(
        Refused, match=r"the approval of phase review by Ann is void: .* changed since"
    ) as caught:
        ground.workspace(person=None).next()
    assert caught.value.next_commands == ("approve", "check")
    (_, (kind, details)) = given(ground, workflow)
    assert (kind, details["approved_by"], details["by"]) == ("approval.voided", "Ann", "cli")
    assert ground.workspace().status().state.phases[2].approved_by is None
    assert "approved by" not in ground.document.read_text(encoding="utf-8")


def test_status_and_check_notice_it_too(ground: Ground) -> None:
    """Whoever looks first is told, once; what is logged stays."""
    workflow = approved(ground)
    (ground.root / "src.py").write_text("one = 2\n", encoding="utf-8")
    run = ground.workspace(person=None).status()
    (problem,) = run.problems
    assert problem.message == (
        "the approval of phase review by Ann is void: the project's files changed since; "
        "`memory-state approve` approves them anew"
    )
    assert ground.workspace(person=None).status().problems == ()
    (verdict,) = ground.workspace(person=None).check().verdicts
    assert (verdict.met, "is void" in verdict.reason) == (False, True)
    assert [kind for kind, _ in given(ground, workflow)] == ["approval.given", "approval.voided"]


def test_voided_approval_does_not_come_back(ground: Ground) -> None:
    """Putting the files back is no approval; a person gives another, which holds."""
    workflow = approved(ground)
    source = ground.root / "src.py"
    source.write_text("one = 2\n", encoding="utf-8")
    ground.workspace().status()
    source.write_text("one = 1\n", encoding="utf-8")
    with pytest.raises(Refused, match="is void"):
        ground.workspace().next()
    ground.workspace().approve()
    assert ground.workspace().next().state.phase == "close"
    kinds = [kind for kind, _ in given(ground, workflow)]
    assert kinds == ["approval.given", "approval.voided", "approval.given"]


def test_approving_again_approves_the_files_as_they_are_now(ground: Ground) -> None:
    """A second approval after a change is a new one, not nothing; without a change it is nothing."""
    workflow = approved(ground)
    ground.workspace().approve()
    assert len(given(ground, workflow)) == 1
    (ground.root / "src.py").write_text("one = 2\n", encoding="utf-8")
    ground.workspace().approve()
    first, _, second = given(ground, workflow)
    assert (first[0], second[0]) == ("approval.given", "approval.given")
    assert first[1]["tree"] != second[1]["tree"]
    assert ground.workspace().next().state.phase == "close"


def test_our_own_files_and_what_git_ignores_are_no_change(ground: Ground) -> None:
    """Notes, tasks, saves, a commit and build output leave it as it is."""
    git(ground, "init", "-q")
    (ground.root / ".gitignore").write_text(".memory/\nbuild/\n", encoding="utf-8")
    workflow = approved(ground)
    workspace = ground.workspace()
    workspace.note("Still fine")
    workspace.task("add", "Say thanks")
    workspace.save("here")
    (ground.root / "build").mkdir()
    (ground.root / "build" / "out").write_text("x", encoding="utf-8")
    (ground.root / "__pycache__").mkdir()
    (ground.root / "__pycache__" / "src.pyc").write_bytes(b"x")
    git(ground, "add", "-A")
    git(ground, "commit", "-qm", "All of it")
    assert ground.workspace().next().state.phase == "close"
    assert [kind for kind, _ in given(ground, workflow)] == ["approval.given"]


def test_nobody_else_s_approval_takes_a_digest(ground: Ground) -> None:
    """An attempt without a person is refused and recorded, and approves nothing."""
    ground.start()
    run = ground.to_phase("review")
    with pytest.raises(Refused, match="approve is for a person"):
        ground.workspace(person=None).approve()
    assert given(ground, run.id) == []
    assert ground.types(run.id)[-1] == "violation.recorded"


def test_approval_that_came_back_by_a_rollback_is_looked_at_too(ground: Ground) -> None:
    """A state from before a change has its approval, and the change still voids it."""
    from memory_state.workspace.rollback import roll_back

    approved(ground)
    ground.workspace().next()
    run = roll_back(ground.workspace(), steps=1)
    assert run.state.phases[2].approved_by == "Ann"
    assert ground.workspace().status().state.phases[2].approved_by == "Ann"
    (ground.root / "src.py").write_text("one = 2\n", encoding="utf-8")
    assert ground.workspace().status().state.phases[2].approved_by is None
