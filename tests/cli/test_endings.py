"""Exit codes, and what goes to which stream."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.cli import main

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.sessions import Project

SLOW = """---
schema: 1
name: slow
phases:
  - id: one
    exit: [{command: "exec sleep 60"}]
  - id: two
---
"""


def start_process(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """A real process of the program."""
    return subprocess.Popen(
        [sys.executable, "-m", "memory_state", *arguments], cwd=project.root, env=project.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_streams_of_a_real_process(planning: Program) -> None:
    """A refusal with `--json` is a document on standard output and a sentence on standard error."""
    process = start_process(planning.project, "next", "--json")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out.startswith('{"schemaVersion": 1, "kind": "error", "code": "refused", ')
    assert out.count("\n") == 1
    assert err.startswith("next: phase plan can not be left yet.")
    assert err.splitlines()[1] == f"next: `{sys.executable} -m memory_state task done plan.1`"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_ended_process_leaves_nothing_behind(ask: Program, number: signal.Signals, code: int) -> None:
    """SIGTERM and Ctrl-C have their exit codes and end the gate's running command too."""
    ask("init")
    folder = ask.project.root / ".memory/workflows"
    (folder / "slow.md").write_text(SLOW, encoding="utf-8")
    ask("start", "slow", "Wait for it")
    ask("trust", "--by", "Ada")
    process = start_process(ask.project, "next")
    running = wait_for_child(process.pid)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    with pytest.raises(ProcessLookupError):
        os.killpg(running, 0)
    assert ask("status", "--json").workflow["phase"] == "one"


def wait_for_child(parent: int) -> int:
    """The child of a process, once it runs `sleep` and its parent has begun to wait for it."""
    for _ in range(1000):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        if children and Path(f"/proc/{children[0]}/comm").read_text(encoding="ascii") == "sleep\n":
            time.sleep(0.2)
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("no child was started")


def test_a_full_disk_behind_standard_output_is_told(planning: Program) -> None:
    """An answer that can not be written is exit code 5, not silence."""
    ran = subprocess.run(
        [sys.executable, "-m", "memory_state", "status"], cwd=planning.project.root,
        env=planning.project.environment, stdout=os.open("/dev/full", os.O_WRONLY), stderr=subprocess.PIPE,
        text=True, check=False, timeout=30,
    )  # fmt: skip
    assert ran.returncode == 5
    assert ran.stderr.startswith("the answer can not be written: No space left on device\n")


def test_the_program_ends_without_clearing_up() -> None:
    """What was printed is out, the exit code is the call's, and no module is taken apart."""
    source = (
        "import atexit, sys; atexit.register(print, 'cleared up'); sys.argv = ['memory-state', {!r}]; "
        "from memory_state.cli import program; program()"
    )
    for word, code, lines in (("--version", 0, 1), ("nonsense", 2, 0)):
        command = [sys.executable, "-c", source.format(word)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert (ran.returncode, len(ran.stdout.splitlines())) == (code, lines)
        assert "cleared up" not in ran.stdout


@pytest.mark.parametrize(
    ("line", "code"), [("status <&-", 0), ("status >&-", 0), ("approve <&- 2>&-", 1), ("next - <&-", 3)]
)
def test_closed_streams_are_no_fault(planning: Program, line: str, code: int) -> None:
    """A caller that closed a stream gets the exit code all the same."""
    ran = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m memory_state {line}"], cwd=planning.project.root,
        env=planning.project.environment, capture_output=True, check=False, timeout=30,
    )  # fmt: skip
    assert ran.returncode == code


@pytest.mark.parametrize("unbuffered", ["", "-u"])
@pytest.mark.parametrize(
    ("command", "reader"),
    [("history", "true"), ("status", "head -1"), ("graph feature", "head -1"), ("timeline", "head -1")],
)
def test_a_reader_that_goes_away_is_no_error(
    planning: Program, command: str, reader: str, unbuffered: str
) -> None:
    """A reader that takes nothing, or the first line, ends a command quietly, however output is buffered."""
    line = f"{{ {sys.executable} {unbuffered} -m memory_state {command}; echo $? >&2; }} | {reader}"
    ran = subprocess.run(
        ["sh", "-c", line], cwd=planning.project.root, env=planning.project.environment,
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert ran.stderr == "0\n"


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (("next",), 1, "refused"),
        (("check",), 1, None),
        (("statsu",), 2, "usage"),
        (("back",), 2, "usage"),
        (("task", "done", "9"), 2, "usage"),
        (("-w", "../x", "status"), 2, "usage"),
        (("-w", "zzzzzzzz", "status"), 3, "missing"),
        (("start", "nothing", "Title"), 3, "missing"),
    ],
)
def test_exit_codes(planning: Program, arguments: tuple[str, ...], code: int, name: str | None) -> None:
    """Each kind of error has its exit code and its name in JSON."""
    told = planning(*arguments, "--json")
    assert told.code == code
    assert told.document.get("code") == name


def test_an_error_names_commands_as_they_can_be_run(planning: Program) -> None:
    """The document's `next` holds whole command lines, the same as standard error."""
    told = planning("next", "--json")
    assert told.document["next"] == ["memory-state task done plan.1", "memory-state check"]
    assert told.err.splitlines()[1:] == [
        "next: `memory-state task done plan.1`",
        "next: `memory-state check`",
    ]


def test_state_that_can_not_be_written_is_named(ask: Program) -> None:
    """What the system refuses is exit code 5, with path and reason."""
    (ask.project.root / "file").write_text("", encoding="utf-8")
    told = ask("init", "--memory-path", "file/inside", "--json")
    assert (told.code, told.document["code"]) == (5, "broken")
    assert told.err.startswith(f"{ask.project.root}/file can not be read or written: File exists\n")


def test_a_lost_history_is_broken(planning: Program) -> None:
    """Nothing to build the state from is exit code 5."""
    log = next(planning.project.root.glob(".memory/state/workflow-history/*/events.md"))
    log.unlink()
    told = planning("-w", log.parent.name, "status", "--json")
    assert (told.code, told.document["code"]) == (5, "broken")


def broken_clock() -> float:
    """A fault of ours."""
    raise RuntimeError("the clock stands still")


def test_a_fault_is_told_and_written_down(planning: Program, capsys: pytest.CaptureFixture[str]) -> None:
    """A fault is one line that says where its traceback is, and exit code 70."""
    environment = planning.project.environment
    code = main(["note", "Secret"], environment=environment, clock=broken_clock, program="memory-state")
    told = capsys.readouterr()
    log = planning.project.root / ".memory/state/.cache/faults.log"
    assert code == 70
    assert told.out == ""
    assert told.err == (
        f"a fault of memory-state: RuntimeError: the clock stands still; its traceback is in {log}\n"
        "next: `memory-state doctor`\n"
    )
    written = log.read_text(encoding="utf-8")
    assert "in broken_clock" in written
    assert "Secret" not in written


def test_a_fault_without_a_memory_path_is_told_whole(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no place for it, the traceback goes to standard error, also with `--json`."""
    arguments = ["--memory-path", "x", "start", "tdd", "Round", "--json"]
    (project.root / "x/state/.cache/faults.log").mkdir(parents=True)
    code = main(arguments, environment=project.environment, clock=broken_clock, program="memory-state")
    told = capsys.readouterr()
    assert code == 70
    assert told.out.startswith('{"schemaVersion": 1, "kind": "error", "code": "fault", ')
    assert told.err.startswith("a fault of memory-state: RuntimeError: the clock stands still; its traceback")
    assert "in broken_clock" in told.err
