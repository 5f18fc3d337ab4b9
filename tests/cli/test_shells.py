"""`completion`: its scripts, and what they complete."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from memory_state.agents.completions import completion_file, written_files
from memory_state.cli.app import application
from memory_state.cli.context import Call

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def offered(program: Program, *words: str) -> list[str]:
    """What completes the last of some words."""
    call = Call(words[:-1], program.project.environment, program.clock, "memory-state")
    shell = ShellComplete(application, {"obj": call}, "memory-state", "")
    return [each.value for each in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_says_how_to_enable_it_and_writes_nothing(ask: Program, shell: str) -> None:
    """The script of click with a comment of ours, which names the place where the shell looks."""
    told = ask("completion", shell)
    assert told.code == 0
    assert f"_MEMORY_STATE_COMPLETE={shell}_complete" in told.out
    assert f"\n# mkdir -p {completion_file(ask.project.environment, shell).parent} && " in told.out
    assert list(ask.project.root.iterdir()) == []
    assert list(Path(ask.project.environment["HOME"]).iterdir()) == []
    assert ask("completion", shell, "--json").document["script"] == told.out


def test_script_of_zsh_begins_as_zsh_wants_it(ask: Program) -> None:
    """A file of functions is found by its first line."""
    assert ask("completion", "zsh").out.startswith("#compdef memory-state\n# memory-state completion for zsh")


def test_other_shells_are_refused_by_name(ask: Program) -> None:
    """A shell that we have no script for is a usage error that lists the others."""
    told = ask("completion", "tcsh")
    assert told.code == 2
    assert "'bash', 'zsh', 'fish'" in told.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_written_script_is_known_again(ask: Program, shell: str) -> None:
    """What a person put in its place is found, for the day they leave; another file there is not."""
    environment = ask.project.environment
    path = completion_file(environment, shell)
    path.parent.mkdir(parents=True)
    path.write_text("# somebody else's\n", encoding="utf-8")
    assert written_files(environment) == []
    path.write_text(ask("completion", shell).out, encoding="utf-8")
    assert written_files(environment) == [path]


def test_commands_and_options(ask: Program) -> None:
    """Names of commands, those below a command, options of one and of all."""
    assert sorted(offered(ask, "st")) == ["start", "status", "statusline"]
    assert offered(ask, "task", "d") == ["done", "drop"]
    assert offered(ask, "config", "set", "sa") == ["save_interval"]
    assert "--issue" in offered(ask, "start", "--is")
    assert "--memory-path" in offered(ask, "start", "--me")


def test_names_of_the_project(planning: Program) -> None:
    """Definitions, phases, workflows, tasks."""
    own = planning.project.root / ".memory/workflows/own.md"
    own.write_text("anything", encoding="utf-8")
    workflow = str(planning("status", "--json").workflow["workflow_id"])
    assert offered(planning, "start", "") == ["bugfix", "feature", "inner", "outer", "own", "tdd"]
    assert offered(planning, "start", "f") == ["feature"]
    assert offered(planning, "trust", "o") == ["outer", "own"]
    assert offered(planning, "skip", "") == ["plan", "build", "test", "review", "document"]
    for words in (("-w",), ("show",), ("resume",), ("status", "-w"), ("timeline",), ("history",)):
        assert offered(planning, *words, workflow[:2]) == [workflow]
    for verb in ("done", "undo", "start", "drop"):
        assert offered(planning, "task", verb, "plan") == ["plan.1"]
    assert offered(planning, "task", "done", "plan.1", "") == []
    assert offered(planning, "task", "list", "--phase", "re") == ["review"]
    assert offered(planning, "history", "--type", "gate") == ["gate", "gate.refused", "gate.overridden"]


def test_options_before_count(planning: Program, tmp_path: Path) -> None:
    """A folder or a workflow named on the line is the one whose names are completed."""
    workflow = str(planning("status", "--json").workflow["workflow_id"])
    assert offered(planning, "-w", workflow, "task", "done", "") == ["plan.1"]
    assert offered(planning, "-w", "00000000", "task", "done", "") == []
    assert offered(planning, "-C", str(tmp_path), "task", "done", "") == []


def test_completing_changes_nothing(planning: Program) -> None:
    """An edit by hand is not adopted because somebody pressed a key."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    document.write_text(document.read_text(encoding="utf-8").replace("- [ ] W", "- [x] W"), encoding="utf-8")
    history = planning("history", "--json").document
    assert offered(planning, "task", "done", "") == ["plan.1"]
    assert planning("history", "--json").document == history


@pytest.mark.parametrize(
    "words", [("show", ""), ("skip", ""), ("task", "done", ""), ("-w", ""), ("resume", "")]
)
def test_nothing_to_complete_is_silent(ask: Program, words: tuple[str, ...]) -> None:
    """Without a workflow there is nothing to offer, and no word about it."""
    assert offered(ask, *words) == []
    (ask.project.root / ".memory-state.toml").write_text("a = = 1\n", encoding="utf-8")
    assert offered(ask, *words) == []


def test_standard_input_is_not_read(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `-` on the line does not make the shell wait."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("{}"))
    offered(planning, "next", "-", "--")
    assert sys.stdin.read() == "{}"


@pytest.mark.parametrize(
    ("words", "index", "said"),
    [
        ("memory-state start f", "2", "plain,feature\n"),
        ("memory-state start feature ", "3", ""),
        ("memory-state nonsense x", "2", ""),
        ("memory-state", "soon", ""),
    ],
)
def test_shell_gets_lines_and_no_errors(planning: Program, words: str, index: str, said: str) -> None:
    """As bash asks: one line each, and whatever goes wrong leaves the line being typed alone."""
    environment = {
        **planning.project.environment,
        "_MEMORY_STATE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": index,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "memory_state"], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (ran.stdout.strip(), ran.stderr) == (said.strip(), "")
