"""Which project, which workflow, and who asks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.cli.context import Call, asks_json, command_line, is_on_path, known_program
from memory_state.core.layout import grant_file
from memory_state.workspace.grants import leave_grant

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.sessions import Project

SESSION = "00000001-0000-4000-8000-000000000001"


def start_event(project: Project) -> str:
    """The line of the history that says who started the workflow."""
    log = next(project.root.glob(".memory/state/workflow-history/*/events.md"))
    return next(line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("1. "))


def test_a_program_is_no_person(planning: Program) -> None:
    """Without a terminal and a name the call is the program's own."""
    assert '"by":"cli"' in start_event(planning.project)


def test_a_name_makes_a_person_outside_an_agent(ask: Program) -> None:
    """`--by` vouches for a person, who is written down."""
    ask("start", "feature", "Add login", "--by", "Ada")
    assert '"by":"person","name":"Ada"' in start_event(ask.project)


def test_whoever_sits_at_a_terminal_is_a_person(planning: Program) -> None:
    """Standard input and standard error on a terminal make a person without a name given."""
    master, terminal = os.openpty()
    ran = subprocess.run(
        [sys.executable, "-m", "memory_state", "park", "--json"], cwd=planning.project.root,
        env=planning.project.environment, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE,
        check=False, timeout=30,
    )  # fmt: skip
    os.close(terminal)
    os.close(master)
    assert ran.returncode == 0
    assert b'"status": "paused"' in ran.stdout


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines"])
def test_a_name_is_one_short_line(ask: Program, name: str) -> None:
    """A name that fits no event is a mistake in the call."""
    assert ask("init", "--by", name).code == 2


def test_a_name_does_not_help_in_an_agents_session(planning: Program) -> None:
    """An agent that writes `--by` is refused like any other."""
    told = planning("park", "--by", "Ada", CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION)
    assert told.code == 1
    assert told.err.startswith("park is for a person")
    assert planning("status", "--json").workflow["status"] == "in_progress"


def grant(program: Program, command: str) -> Path:
    """Leave a grant for a command, as the hook does when the person is asked."""
    memory = f"{program.project.root}/.memory"
    leave_grant(program.project.environment, memory, SESSION, command, time.time())
    return Path(grant_file(memory, SESSION))


@pytest.mark.parametrize(
    "command",
    [
        "memory-state park --reason 'Not now'",
        '/opt/bin/memory-state park --reason "Not now" 2>&1',
        "python3 -m memory_state park --reason 'Not now'",
    ],
)
def test_a_grant_lets_an_agent_run_this_command_once(planning: Program, command: str) -> None:
    """What the person allowed runs, and is used up."""
    kept = grant(planning, command)
    arguments = ("park", "--reason", "Not now")
    assert planning(*arguments, CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION).code == 0
    assert not kept.exists()
    planning("resume")
    assert planning(*arguments, CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION).code == 1


@pytest.mark.parametrize("command", ["memory-state park", "memory-state park; memory-state park", "park"])
def test_a_grant_is_for_the_exact_command(planning: Program, command: str) -> None:
    """A grant for anything else helps nothing."""
    grant(planning, command)
    arguments = ("park", "--reason", "Not now")
    assert planning(*arguments, CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION).code == 1


def test_what_anybody_may_do_leaves_a_grant_alone(planning: Program) -> None:
    """Only a command for a person looks for a grant."""
    kept = grant(planning, "memory-state park")
    planning("status", CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION)
    planning("resume", CLAUDECODE="1", CLAUDE_CODE_SESSION_ID=SESSION)
    assert kept.exists()


def test_a_folder_is_stronger_than_the_clients_word(ask: Program, tmp_path: Path) -> None:
    """`-C` means the project of that folder, whatever CLAUDE_PROJECT_DIR says."""
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    told = ask("-C", str(other), "init", "--json")
    assert told.document["paths"] == {"memory": f"{other}/.memory"}


@pytest.mark.parametrize("path", ["notes", "a b/ü", "/ABSOLUTE"])
def test_memory_path_is_an_option(ask: Program, tmp_path: Path, path: str) -> None:
    """`--memory-path` is relative to the project or absolute, and may hold any characters."""
    path = path.replace("/ABSOLUTE", str(tmp_path / "far"))
    memory = ask("start", "tdd", "Round", "--memory-path", path, "--json").document["paths"]
    assert isinstance(memory, dict)
    assert memory["document"] == str(ask.project.root / path / "state/active-workflow.md")


def test_memory_path_option_is_stronger_than_the_environment(ask: Program) -> None:
    """The option wins over MEMORY_STATE_PATH, which wins over the default."""
    told = ask("init", "--json", MEMORY_STATE_PATH="named")
    assert told.document["paths"] == {"memory": f"{ask.project.root}/named"}
    told = ask("init", "--json", "--memory-path", "asked", MEMORY_STATE_PATH="named")
    assert told.document["paths"] == {"memory": f"{ask.project.root}/asked"}


def test_hints_carry_what_makes_them_mean_the_same_place() -> None:
    """A hint repeats folder, memory path and workflow, quoted where a shell needs it."""
    call = Call((), {}, lambda: 0.0, "memory-state")
    call.options = call.options._replace(directory="a b", memory_path="m", workflow="7f3a9c21")
    assert command_line(call, "next") == "memory-state -C 'a b' --memory-path m -w 7f3a9c21 next"
    assert command_line(call, "list") == "memory-state -C 'a b' --memory-path m list"


def test_json_is_asked_for_before_the_end_of_options() -> None:
    """`--json` behind `--` is a text."""
    assert asks_json(("status", "--json"))
    assert not asks_json(("note", "--", "--json"))


def test_program_as_it_can_be_run_here(tmp_path: Path) -> None:
    """On PATH by its name, else by its own path, else as a module of this interpreter."""
    program = tmp_path / "bin" / "memory-state"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    nowhere = {"PATH": str(tmp_path)}
    assert known_program(nowhere, str(program)) == f"{sys.executable} -m memory_state"
    program.chmod(0o755)
    assert known_program(nowhere, str(program)) == str(program)
    assert known_program({"PATH": str(program.parent)}, "anything") == "memory-state"
    assert known_program(nowhere, f"{os.sep}usr{os.sep}bin{os.sep}env") == f"{sys.executable} -m memory_state"


def test_only_a_program_on_path_counts(tmp_path: Path) -> None:
    """Neither a folder of its name, nor a file that is not to be run, nor what can not be looked at."""
    for name in ("folder", "file", "good"):
        (tmp_path / name).mkdir()
    (tmp_path / "folder" / "memory-state").mkdir()
    (tmp_path / "file" / "memory-state").touch(0o644)
    (tmp_path / "good" / "memory-state").touch(0o755)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    bad = [str(tmp_path / name) for name in ("folder", "file", "loop", "x" * 300, "none")]
    assert not is_on_path("memory-state", ":".join(bad))
    assert is_on_path("memory-state", ":".join([*bad, str(tmp_path / "good")]))
    assert not is_on_path("memory-state", "")


def test_an_empty_entry_of_path_is_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell has it, and nothing at all has no entry."""
    (tmp_path / "memory-state").touch(0o755)
    monkeypatch.chdir(tmp_path)
    assert is_on_path("memory-state", "/none:")
    assert not is_on_path("memory-state", "/none")
    assert not is_on_path("memory-state", "")


def test_marks_taken_out_of_the_environment_make_no_person(planning: Program) -> None:
    """A process below the client of a bound session is the agent's, whatever its environment says."""
    from memory_state.workspace.sessions import bind

    project = planning.project
    environment = {**project.environment, "CLAUDE_PID": str(os.getpid())}
    workflow = str(planning("status", "--json").workflow["workflow_id"])
    line = [sys.executable, "-m", "memory_state", "park", "--by", "Ada"]
    bind(environment, SESSION, str(project.root), f"{project.root}/.memory", workflow)
    told = subprocess.run(line, cwd=project.root, env=project.environment, capture_output=True, check=False)
    assert told.returncode == 1
    assert told.stderr.startswith(b"park is for a person")
    bind(project.environment, SESSION, str(project.root), f"{project.root}/.memory", workflow)
    assert subprocess.run(line, cwd=project.root, env=project.environment, check=False).returncode == 0
