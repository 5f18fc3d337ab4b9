"""`-`: the workflow comes from standard input."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program, Told

SHELL = f"""
set -o pipefail
memory-state() {{ {sys.executable} -m memory_state "$@"; }}
"""


class Shell:
    """A shell that knows our program, in the first of three projects that share no disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("one", "two", "three"):
            (folder / name / ".git").mkdir(parents=True)
        self.environment = {"HOME": str(folder / "home"), "PATH": os.defpath}

    def __call__(self, line: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
        """Run a line, in which a failing part of a pipe fails the whole."""
        return subprocess.run(
            ["bash", "-c", SHELL + line], capture_output=True, text=True, check=False, timeout=60,
            cwd=self.folder / "one", env=self.environment, stdin=stdin,
        )  # fmt: skip

    def workflows(self, project: str) -> int:
        """How many workflows a project has."""
        return len(list((self.folder / project / ".memory/state/workflow-history").glob("*")))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """The shell."""
    return Shell(tmp_path)


def pipe(program: Program, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Told:
    """Call the program with a text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return program(*arguments)


def test_a_status_document_names_the_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one command printed the next one acts on, whatever workflow is current."""
    document = planning("status", "--json").out
    planning("park", "--by", "Ada")
    planning("start", "tdd", "Round")
    told = pipe(planning, monkeypatch, document, "note", "Thought", "-", "--json")
    assert told.workflow["title"] == "Add login"


def test_a_bare_object_names_the_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object with `workflow_id` is enough."""
    workflow = planning("status", "--json").workflow["workflow_id"]
    told = pipe(planning, monkeypatch, f'{{"workflow_id": "{workflow}"}}', "show", "-", "--json")
    assert told.workflow["workflow_id"] == workflow


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 3),
        (" \n", 3),
        ("text", 2),
        ("[]", 2),
        ("{}", 2),
        ('{"workflow_id": 7}', 2),
        ('{"workflow_id": "../x"}', 2),
    ],
)
def test_no_workflow_on_standard_input(
    planning: Program, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    """Each failure is told in a sentence, without a traceback."""
    told = pipe(planning, monkeypatch, text, "next", "-")
    assert (told.code, told.out) == (code, "")
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("name", "code"),
    [("refused", 1), ("usage", 2), ("missing", 3), ("conflict", 4), ("broken", 5), ("other", 1)],
)
def test_an_error_passes_through(
    planning: Program, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    """The error of an earlier command stays what it is, and nothing is done."""
    text = f'{{"schemaVersion": 1, "kind": "error", "code": "{name}", "message": "No.", "next": []}}\n'
    told = pipe(planning, monkeypatch, text, "task", "add", "Never", "-", "--json")
    assert (told.code, told.out, told.err) == (code, text, "No.\n")
    assert "Never" not in planning("task", "list").out


def test_without_the_dash_standard_input_is_left_alone(
    planning: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `-` reads."""
    assert pipe(planning, monkeypatch, '{"kind": "error"}', "status").code == 0


def sent(program: Program, **changes: object) -> str:
    """The workflow's document with some of its values changed on the way."""
    document = program("status", "--json").document
    workflow: Any = document["workflow"]
    return json.dumps(document | {"workflow": workflow | changes})


def elsewhere(program: Program, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Told:
    """Call the program with a text on standard input, in another memory path."""
    return pipe(program, monkeypatch, text, *arguments, "--memory-path", "elsewhere")


def test_a_workflow_arrives(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not here is made, told on standard error, and acted on."""
    planning("task", "add", "Think")
    before = planning("status", "--json").workflow
    told = elsewhere(planning, monkeypatch, sent(planning), "task", "done", "Think", "-", "--json")
    assert told.code == 0
    assert told.err == f"note: workflow {before['workflow_id']} arrived from standard input\n"
    tasks = [each["status"] for each in told.workflow["tasks"]]  # type: ignore[attr-defined]  # a list
    assert tasks == ["pending", "completed"]
    same = set(before) - {"tasks", "event", "updated_at", "progress_percentage"}
    assert {name: told.workflow[name] for name in same} == {name: before[name] for name in same}


def test_with_quiet_nothing_is_told(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-q` leaves errors only."""
    told = elsewhere(planning, monkeypatch, sent(planning), "note", "Thought", "-", "-q")
    assert told == (0, "", "")


def test_what_stays_behind_is_told(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy in the pipe opens nothing."""
    told = elsewhere(planning, monkeypatch, sent(planning, allow=["*"], deny=[]), "status", "-", "--json")
    assert told.workflow["deny"] == ["shell(git push *)"]
    assert "note: the policy of phase plan is that of the definition here; another one was sent" in told.err


@pytest.mark.parametrize("command", ["status", "show", "check", "history", "prime", "save", "resume"])
def test_any_command_lets_it_arrive(planning: Program, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Whatever is asked, the workflow is there to be asked about."""
    told = elsewhere(planning, monkeypatch, sent(planning), command, "-")
    assert "arrived from standard input" in told.err
    assert "Traceback" not in told.err
    assert told.code == (1 if command == "check" else 0)


def test_a_live_one_is_not_pushed_aside(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out that is named is about the one that is here."""
    planning("start", "tdd", "Round", "--memory-path", "elsewhere")
    told = elsewhere(planning, monkeypatch, sent(planning), "next", "-")
    assert told.code == 1
    assert '"Round" is in_progress in phase red' in told.err
    assert "next: `memory-state --memory-path elsewhere park`" in told.err


@pytest.mark.parametrize(
    ("changes", "code", "sentence"),
    [
        ({"workflow_id": "../../x"}, 2, "'../../x' is no workflow id"),
        ({"definition": "../../etc/passwd"}, 2, "is no name of a workflow definition"),
        ({"definition": "unheard"}, 3, "ID can not arrive: there is no workflow definition 'unheard'"),
        ({"definition": None}, 3, "the JSON on standard input has no definition, so it can not arrive"),
        ({"title": "a\nb"}, 2, "title: the text must be one line"),
        ({"title": 7}, 2, "title: must be a text, not the number 7"),
        ({"phase": "deploy"}, 2, "phase: must be plan or build"),
        ({"phase": "document"}, 2, "phase plan is in_progress, but comes before the current phase"),
        ({"status": "completed"}, 2, "phase plan is in_progress, but is the current phase"),
        ({"context": {"_a": 1}}, 2, "keys that begin with _ are internal"),
        ({"plan_file": "/etc/passwd"}, 2, "must be relative to the project root"),
        ({"tasks": [{"n": 1}] * 20_000}, 2, "tasks[0]: the key phase is missing"),
        ({"issue_number": "\x1b[31m\u202e"}, 2, "issue_number: must be a whole number"),
    ],
)  # fmt: skip
def test_a_hostile_document_is_refused(
    planning: Program, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], code: int, sentence: str
) -> None:
    """Each gives its sentence and exit code, and leaves no file."""
    text = sent(planning, **changes)
    told = elsewhere(planning, monkeypatch, text, "status", "-")
    workflow = str(planning("status", "--json").workflow["workflow_id"])
    assert (told.code, told.out) == (code, "")
    assert sentence in told.err.replace(workflow, "ID")
    assert "Traceback" not in told.err
    assert told.err.replace("\n", "").isprintable()
    assert not (planning.project.root / "elsewhere").exists()


def test_stored_text_steers_no_terminal(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control characters in a title arrive as a start takes them, and are printed escaped."""
    told = elsewhere(planning, monkeypatch, sent(planning, title="\x1b]0;x\x07\u202eAdd"), "status", "-")
    assert told.code == 0
    assert told.out.splitlines()[0] == "\\x1b]0;x\\x07\\u202eAdd"


def test_input_without_end_is_refused(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than 16 Mi characters are not read; that many are, and are no workflow."""
    most = '{"a": "' + "x" * ((16 << 20) - 9) + '"}'
    assert "has no workflow_id" in pipe(planning, monkeypatch, most, "next", "-").err
    told = pipe(planning, monkeypatch, most + " ", "next", "-")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("standard input holds more than 16777216 characters")


def test_a_newer_document_is_refused(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a later program means can not be known."""
    text = sent(planning).replace('"schemaVersion": 1', '"schemaVersion": 2')
    told = pipe(planning, monkeypatch, text, "next", "-")
    assert told.code == 2
    assert "has schemaVersion 2, this memory-state reads up to 1" in told.err


def test_three_projects_in_one_pipe(shell: Shell) -> None:
    """The last has what the first set, each in a process of its own, without a shared disk."""
    done = shell(
        "memory-state start feature 'Add login' --issue 42 --context '{\"autonomy\": \"L3\"}' --json"
        " | (cd ../two && memory-state task done 1 - --json)"
        " | (cd ../three && memory-state task add Think - --json)"
    )
    assert done.returncode == 0
    workflow = json.loads(done.stdout)["workflow"]
    assert (workflow["title"], workflow["issue_number"]) == ("Add login", 42)
    assert workflow["context"] == {"autonomy": "L3"}
    assert [each["status"] for each in workflow["tasks"]] == ["completed", "pending"]
    assert [shell.workflows(each) for each in ("one", "two", "three")] == [1, 1, 1]


def test_a_failing_middle_stops_the_pipe(shell: Shell) -> None:
    """Its error goes through to the end with its exit code, and nothing is done after it."""
    done = shell(
        "memory-state start feature 'Add login' --json"
        " | (cd ../two && memory-state next - --json) | (cd ../three && memory-state note Never - --json)"
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "refused"
    assert done.stderr.count("next: phase plan can not be left yet.") == 2
    assert shell.workflows("three") == 0


def test_a_failing_middle_without_json_stops_it_too(shell: Shell) -> None:
    """It hands on nothing, which is no workflow."""
    done = shell(
        "memory-state start feature 'Add login' --json | memory-state next - | memory-state note Never -"
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "there is no workflow on standard input: it is empty" in done.stderr


@pytest.mark.parametrize(("code", "name"), [(130, "interrupted"), (70, "fault"), (4, "conflict")])
def test_every_exit_code_goes_through(shell: Shell, code: int, name: str) -> None:
    """Also those that are no error of a rule."""
    document = json.dumps({"kind": "error", "code": name, "message": "\x1b[31mNo."})
    done = shell(f"echo '{document}' | memory-state next -")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "\\x1b[31mNo.\n")


def test_a_terminal_is_no_workflow(shell: Shell) -> None:
    """`-` does not wait for a person to type JSON."""
    master, slave = pty.openpty()
    try:
        done = shell("memory-state next -", slave)
    finally:
        os.close(master)
        os.close(slave)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("there is no workflow on standard input: it is a terminal\n")


@pytest.mark.parametrize(
    ("source", "code", "sentence"),
    [
        ("true", 3, "there is no workflow on standard input: it is empty"),
        ("printf text", 2, "standard input is no JSON: not JSON"),
        ("printf '\\377'", 2, "standard input is no"),
        ("printf '{}'", 2, "the JSON on standard input has no workflow_id"),
        ('printf \'{"workflow_id": "zzzzzzzz"}\'', 3, "there is no workflow zzzzzzzz below"),
    ],
)
def test_what_is_no_workflow(shell: Shell, source: str, code: int, sentence: str) -> None:
    """Each has its own answer and its exit code."""
    done = shell(f"{source} | memory-state next -")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr
