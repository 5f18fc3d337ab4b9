"""Which definitions may run the programs they name."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from memory_state.workspace.trust import commands_of, trust_digest
from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run

# What an untrusted definition tries: the file shows that it ran.
GATED = """---
schema: 1
name: gated
phases:
  - id: check
    exit: [{command: "touch ran.txt"}]
  - id: close
---
"""
TESTED = """---
schema: 1
name: tested
phases:
  - id: check
    exit: [{command: $test}]
  - id: close
---
"""
BOTH = TESTED.replace("name: tested", "name: both").replace(
    "[{command: $test}]", '[{command: $test}, {command: "touch ran.txt"}]'
)


def ran(ground: Ground) -> Path:
    """The file that a command makes when it runs."""
    return ground.root / "ran.txt"


def start_gated(ground: Ground) -> Run:
    """Start a workflow whose definition names a command."""
    ground.define("gated", GATED)
    return ground.start("gated")


def trusted(ground: Ground) -> list[Path]:
    """The digests that the user trusts."""
    return sorted((ground.home / ".local" / "share" / "memory-state").rglob("trusted/*"))


def test_untrusted_command_never_runs(ground: Ground) -> None:
    """No way of asking runs it: the refusal names the command and `trust`."""
    run = start_gated(ground)
    for person in ("Ann", None):
        workspace = ground.workspace(person=person)
        workspace.status()
        workspace.check()
        check = workspace.check(run_commands=True)
        assert [(each.name, each.met) for each in check.verdicts] == [("command: touch ran.txt", False)]
        for move in (workspace.next, workspace.finish):
            with pytest.raises(Refused):
                move()
    with pytest.raises(Refused, match=r"not trusted to run 'touch ran\.txt'.* says trust"):
        ground.workspace().next()
    assert not ran(ground).exists()
    assert run.state.phase == "check"


def test_trusted_command_runs(ground: Ground) -> None:
    """Once a person trusts it, `next` runs it, and its result is kept as evidence."""
    run = start_gated(ground)
    assert ground.workspace().trust() == ("gated", ("touch ran.txt",))
    assert ground.workspace().next().state.phase == "close"
    assert ran(ground).exists()
    (evidence,) = [each for each in ground.events(run.id) if each[1] == "evidence.recorded"]
    assert (evidence[2], evidence[3]["command"], evidence[3]["status"]) == ("check", "touch ran.txt", 0)


def test_check_runs_nothing_unasked(ground: Ground) -> None:
    """Without --run a command is `not run`, trusted or not."""
    start_gated(ground)
    ground.workspace().trust()
    (verdict,) = ground.workspace().check().verdicts
    assert (verdict.met, verdict.reason) == (None, "not run")
    assert not ran(ground).exists()
    assert ground.workspace().check(run_commands=True).met
    assert ran(ground).exists()


def test_trust_is_for_a_person(ground: Ground) -> None:
    """Nobody else gives it."""
    start_gated(ground)
    with pytest.raises(Refused, match="for a person"):
        ground.workspace(person=None).trust()
    assert trusted(ground) == []


def test_trust_is_for_that_very_definition(ground: Ground) -> None:
    """A definition that was changed since is not trusted, not by a byte."""
    start_gated(ground)
    ground.workspace().trust()
    ground.workspace().cancel("changed")
    ground.define("gated", GATED + "\n")
    ground.start("gated")
    with pytest.raises(Refused, match="not trusted"):
        ground.workspace().next()
    assert not ran(ground).exists()


def test_trust_can_be_given_before_the_start(ground: Ground) -> None:
    """By the definition's name, too."""
    ground.define("gated", GATED)
    ground.workspace().trust("gated")
    ground.start("gated")
    ground.workspace().next()
    assert ran(ground).exists()


def test_digest_tells_texts_and_commands_apart() -> None:
    """Another test command, or another text, is another digest."""
    from memory_state.workflow.definition import parse_definition

    definition, _ = parse_definition(TESTED, "x")
    assert definition is not None
    digests = {trust_digest(text, definition, test) for text in ("a", "b") for test in ("x", "y", None)}
    assert len(digests) == 6
    assert commands_of(definition, "make test") == ("make test",)
    assert commands_of(definition, None) == ("$test",)


# $test


def test_unset_test_command_is_explained(ground: Ground) -> None:
    """The refusal names both ways to set it, and the approval in its place."""
    ground.define("tested", TESTED)
    ground.start("tested")
    with pytest.raises(Refused) as caught:
        ground.workspace().next()
    for word in ("config set test_command CMD", "--test CMD", "approve"):
        assert word in caught.value.sentence
    assert ground.workspace().approve().state.phases[0].approved_by == "Ann"
    assert ground.workspace().next().state.phase == "close"


def test_person_s_test_command_runs(ground: Ground) -> None:
    """`start --test` by a person is trusted for a definition that runs nothing else."""
    ground.define("tested", TESTED)
    ground.start("tested", test="touch ran.txt")
    ground.workspace(person=None).next()
    assert ran(ground).exists()


def test_test_command_is_a_person_s_to_give(ground: Ground) -> None:
    """Not an agent's, and nothing is started."""
    ground.define("tested", TESTED)
    with pytest.raises(Refused, match="start --test is for a person"):
        ground.workspace(person=None).start("tested", "Add login", test="touch ran.txt")
    assert not ground.document.exists()


def test_test_command_slipped_into_the_context_is_not_trusted(ground: Ground) -> None:
    """What an agent writes into the context at the start runs nothing."""
    ground.define("tested", TESTED)
    agent = ground.workspace(person=None)
    agent.start("tested", "Add login", context={"test_command": "touch ran.txt"})
    with pytest.raises(Refused, match="not trusted"):
        agent.next()
    assert not ran(ground).exists()


def test_giving_a_test_command_trusts_no_other_command(ground: Ground) -> None:
    """A cloned definition gets nothing to run by a person's `start --test`."""
    ground.define("both", BOTH)
    ground.start("both", test="true")
    with pytest.raises(Refused, match="not trusted"):
        ground.workspace().next()
    assert not ran(ground).exists()
    assert trusted(ground) == []


def test_user_s_test_command_runs_for_a_built_in_definition(ground: Ground) -> None:
    """The user's own configuration and the package's own definition leave nothing to trust."""
    ground.configure("test_command = 'touch ran.txt'\n")
    ground.start("feature")
    workspace = ground.workspace()
    workspace.task("done", "1")
    (ground.root / "plan.md").write_text("# Plan\n")
    workspace.next()
    for task in workspace.status().state.tasks:
        if task.phase == "build":
            workspace.task("done", task.text)
    workspace.next()
    assert workspace.next().state.phase == "review"
    assert ran(ground).exists()


def test_project_s_test_command_does_not_run(ground: Ground) -> None:
    """A cloned repository's own settings name no program."""
    with (ground.root / ".memory-state.toml").open("a") as settings:
        settings.write('test_command = "touch ran.txt"\n')
    ground.define("tested", TESTED)
    ground.start("tested")
    with pytest.raises(Refused, match="no test command is known"):
        ground.workspace().next()
    assert not ran(ground).exists()


def test_environment_names_no_program(ground: Ground) -> None:
    """Nor does an agent's environment."""
    for name in ("MEMORY_STATE_TEST_COMMAND", "TEST_COMMAND", "test_command"):
        ground.environment[name] = "touch ran.txt"
    ground.define("tested", TESTED)
    ground.start("tested")
    with pytest.raises(Refused, match="no test command is known"):
        ground.workspace().next()


def test_changed_snapshot_is_not_trusted(ground: Ground) -> None:
    """A command that was put into the run's own copy of its definition does not run."""
    run = start_gated(ground)
    ground.workspace().trust()
    copy = ground.state / "workflow-history" / run.id / "definition.md"
    subprocess.run(["sed", "-i", "s/touch ran.txt/touch other.txt/", str(copy)], check=True)
    with pytest.raises(Refused, match=r"not trusted to run 'touch other\.txt'"):
        ground.workspace().next()
    assert not (ground.root / "other.txt").exists()
