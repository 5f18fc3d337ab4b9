"""What git sees of a memory path."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from memory_state.shell.call import is_tracked
from memory_state.workspace.tracking import EARLIER_TRACKED, TRACKED, track, untrack

if TYPE_CHECKING:
    from tests.workspace.ground import Ground


def seen(ground: Ground) -> list[str]:
    """The kinds of files that git would add below the state folder."""
    subprocess.run(["git", "init", "-q"], cwd=ground.root, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard", ".memory/state"]
    listed = subprocess.run(command, cwd=ground.root, check=True, capture_output=True, text=True)
    return sorted({line.split("/")[2] for line in listed.stdout.splitlines()})


def git(ground: Ground, *arguments: str) -> str:
    """What a git command prints."""
    ran = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b", *arguments],
        cwd=ground.root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return ran.stdout


def test_live_state_is_local(ground: Ground) -> None:
    """At first git sees nothing of the state."""
    ground.start()
    assert seen(ground) == []


def test_tracking_keeps_histories_and_recovery_files(ground: Ground) -> None:
    """Of what is there, git sees those and what rules them; no lock, no copy, no half-written file."""
    run = ground.start()
    (ground.log(run.id).parent / ".events.md.1-2.tmp").write_bytes(b"")
    track(str(ground.memory))
    assert seen(ground) == [".gitattributes", ".gitignore", "interruption-recovery", "workflow-history"]
    assert ".tmp" not in git(ground, "ls-files", "--others", "--exclude-standard")


def test_logs_of_phases_stay_out(ground: Ground) -> None:
    """They are made from the history, and a merge of two would be true of neither."""
    run = ground.start()
    track(str(ground.memory))
    logs = ground.log(run.id).parent / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "plan.log").write_bytes(b"x\n")
    assert seen(ground) == [".gitattributes", ".gitignore", "interruption-recovery", "workflow-history"]
    listed = git(ground, "ls-files", "--others", "--exclude-standard")
    assert ("events.md" in listed, "logs/" in listed) == (True, False)


def test_the_list_of_an_earlier_version_is_renewed(ground: Ground) -> None:
    """It is ours, so it is written anew."""
    ground.start()
    (ground.state / ".gitignore").write_text(EARLIER_TRACKED, encoding="utf-8")
    track(str(ground.memory))
    assert (ground.state / ".gitignore").read_text(encoding="utf-8") == TRACKED


def test_switching_is_idempotent_and_goes_both_ways(ground: Ground) -> None:
    """Twice is once, and back is back."""
    ground.start()
    before = ground.files()
    track(str(ground.memory))
    tracked = ground.files()
    track(str(ground.memory))
    assert ground.files() == tracked
    untrack(str(ground.memory))
    untrack(str(ground.memory))
    assert ground.files() == before


def test_starting_leaves_the_choice_alone(ground: Ground) -> None:
    """What a person chose holds when the next workflow starts."""
    ground.workspace().init()
    track(str(ground.memory))
    ground.start()
    assert "interruption-recovery" in seen(ground)


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_own_list_of_a_person_stays(ground: Ground, name: str) -> None:
    """A file that somebody changed is not overwritten, in neither direction."""
    ground.workspace().init()
    (ground.state / name).write_text("mine\n", encoding="utf-8")
    before = ground.files()
    for switch in (track, untrack):
        with pytest.raises(Refused, match="changed by hand"):
            switch(str(ground.memory))
    assert ground.files() == before


def test_list_of_an_earlier_version_is_brought_up(ground: Ground) -> None:
    """What we wrote before counts as ours: tracking anew writes the list of now, untracking removes it."""
    ground.workspace().init()
    attributes = ground.state / ".gitattributes"
    earlier = "*.md -text\nworkflow-history/**/events.md merge=union\n"
    attributes.write_text(earlier, encoding="utf-8")
    track(str(ground.memory))
    assert attributes.read_text(encoding="utf-8") == f"{earlier}interruption-recovery/*.md merge=binary\n"
    attributes.write_text(earlier, encoding="utf-8")
    untrack(str(ground.memory))
    assert not attributes.exists()


def test_histories_of_two_branches_merge(ground: Ground) -> None:
    """The events of both are in the merged log, without a conflict."""
    run = ground.start()
    track(str(ground.memory))
    seen(ground)
    git(ground, "add", ".memory/state")
    git(ground, "commit", "-q", "-m", "start")
    git(ground, "checkout", "-q", "-b", "other")
    for branch, note in (("other", "from there"), ("-", "from here")):
        git(ground, "checkout", "-q", branch)
        log = ground.log(run.id)
        log.write_bytes(log.read_bytes() + f"3. {note}\n".encode())
        git(ground, "commit", "-q", "-a", "-m", note)
    git(ground, "merge", "-q", "-m", "both", "other")
    text = ground.log(run.id).read_text(encoding="utf-8")
    assert "3. from there\n" in text
    assert "3. from here\n" in text


def test_tracking_is_told(ground: Ground) -> None:
    """Nothing is tracked at first, then what was chosen; a person's own list counts by what it says."""
    memory = str(ground.memory)
    assert not is_tracked(memory)
    ground.workspace().init()
    assert not is_tracked(memory)
    track(memory)
    assert is_tracked(memory)
    untrack(memory)
    assert not is_tracked(memory)
    for text, tracked in (
        ("# mine\n*\n", False),
        ("*\n!workflow-history/\n", True),
        ("*.tmp\n", True),
        ("", True),
    ):
        (ground.state / ".gitignore").write_text(text, encoding="utf-8")
        assert is_tracked(memory) is tracked
    (ground.state / ".gitignore").unlink()
    assert is_tracked(memory)
