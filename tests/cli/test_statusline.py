"""`statusline` as a client calls it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_app import modules_after

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program, Told
    from tests.sessions import Project


def tell(program: Program, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Told:
    """Call it with this on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return program("statusline", *arguments)


def test_line_of_the_clients_project(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Session and folder are the client's; without a word of it ours."""
    said = json.dumps(
        {"session_id": "s1", "workspace": {"project_dir": str(planning.project.root)}, "model": {}}
    )
    for text in (said, "", "{}"):
        assert tell(planning, monkeypatch, text).out == "Add login: plan 1/5, tasks 0/1\n"


def test_session_s_own_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is bound to another workflow sees that one; so does who names it."""
    planning("start", "tdd", "Round", "--beside", "--by", "Ada", CLAUDE_CODE_SESSION_ID="s2")
    said = json.dumps({"session_id": "s2", "cwd": str(planning.project.root)})
    assert tell(planning, monkeypatch, said).out == "Round: red 1/3, tasks 0/2\n"
    found = json.loads(tell(planning, monkeypatch, said, "--json").out)["workflow"]["workflow_id"]
    assert tell(planning, monkeypatch, "", "-w", found).out == "Round: red 1/3, tasks 0/2\n"
    assert tell(planning, monkeypatch, "").out.startswith("Add login: ")


def test_without_a_workflow_the_line_is_empty(ask: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no error: most projects have none."""
    told = tell(ask, monkeypatch, "{}")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert json.loads(tell(ask, monkeypatch, "", "--json").out)["workflow"] is None


def test_a_document_that_needs_yaml(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fast reader refuses is read by the slow one."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    text = document.read_text("utf-8").replace('title: "Add login"', "title: >-\n  Add\n  login")
    document.write_text(text, encoding="utf-8")
    assert tell(planning, monkeypatch, "").out == "Add login: plan 1/5, tasks 0/1\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no", "memory-state: standard input is no JSON: not JSON"),
        ("[]", "memory-state: the JSON on standard input is no object"),
        ("[" * 100_000, "memory-state: standard input is no JSON: not JSON"),
        ('{"cwd": 7, "session_id": {"a": 1}, "workspace": []}', "Add login: plan 1/5, tasks 0/1"),
        ('{"cwd": "/\\u0000", "session_id": "../../x"}', "Add login: plan 1/5, tasks 0/1"),
    ],
)
def test_words_that_are_none(
    planning: Program, monkeypatch: pytest.MonkeyPatch, text: str, line: str
) -> None:
    """A bar shows a line and never an error: what is wrong is the line."""
    told = tell(planning, monkeypatch, text)
    assert (told.code, told.out, told.err) == (0, f"{line}\n", "")
    with_options = tell(planning, monkeypatch, text, "--plain")
    assert (with_options.code, with_options.out) == (0, f"{line}\n")


def bare(project: Project, content: bytes, **environment: str) -> tuple[int, bytes, bytes]:
    """The program as a process, with these bytes on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "memory_state", "statusline"], cwd=project.root, check=False,
        env=project.environment | environment, input=content, capture_output=True,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_what_the_client_sends(planned: Project) -> None:
    """Its whole object, as it is after a message; the project's folder wins over where the shell is."""
    said = {
        "hook_event_name": "Status", "session_id": "s1", "transcript_path": "/t.jsonl", "cwd": "/tmp",
        "model": {"id": "claude-opus-5-5", "display_name": "Opus"}, "version": "2.1.329",
        "workspace": {"current_dir": "/tmp", "project_dir": str(planned.root)},
        "output_style": {"name": "default"}, "cost": {"total_cost_usd": 0.01, "total_duration_ms": 45000},
        "context_window": {"used_percentage": 8.5}, "exceeds_200k_tokens": False,
    }  # fmt: skip
    environment = {name: value for name, value in planned.environment.items() if name != "CLAUDE_PROJECT_DIR"}
    found = bare(planned._replace(environment=environment), json.dumps(said).encode())
    assert found == (0, b"Add login: plan 1/5, tasks 0/1\n", b"")


def test_any_bytes_give_a_line_at_most(planned: Project) -> None:
    """Also those that are no text, and a project that is damaged or can not be read."""
    assert bare(planned, b"\xff\xfe\x00")[::2] == (0, b"")
    document = planned.root / ".memory/state/active-workflow.md"
    document.write_bytes(b"\xff" * 100)
    assert bare(planned, b"{}")[::2] == (0, b"")
    (planned.root / ".memory-state.toml").write_text("= broken", encoding="utf-8")
    status, line, told = bare(planned, b"{}")
    assert (status, line.count(b"\n"), told) == (0, 1, b"")
    assert line.startswith(b"memory-state: ")
    (planned.root / ".memory-state.toml").unlink()
    assert bare(planned, b"{}", MEMORY_STATE_WORKFLOW="no id")[1].startswith(
        b"memory-state: 'no id' is no workflow id"
    )


def test_a_terminal_that_knows_no_unicode(planned: Project) -> None:
    """What its encoding lacks is escaped."""
    document = planned.root / ".memory/state/active-workflow.md"
    text = document.read_text("utf-8").replace("Add login", "Ä login")
    document.write_text(text, encoding="utf-8")
    assert bare(planned, b"{}", PYTHONIOENCODING="ascii")[1] == b"\\xc4 login: plan 1/5, tasks 0/1\n"


def test_a_hostile_title_stays_in_its_line(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """No control characters, and no more columns than there are."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    text = document.read_text("utf-8").replace(
        'title: "Add login"', 'title: "A\\u001b[31m\\n' + "x" * 300 + '"'
    )
    document.write_text(text, encoding="utf-8")
    line = tell(planning, monkeypatch, "").out
    assert line.startswith("A\\x1b[31m x")
    assert len(line) <= 121
    assert len(planning("statusline", COLUMNS="30").out) == 31


def test_standard_input_that_stays_silent(planning: Program) -> None:
    """Who leaves it open without a word is answered all the same."""
    source = "from memory_state.cli import main; raise SystemExit(main(['statusline']))"
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=planning.project.root, env=planning.project.environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.read() == "Add login: plan 1/5, tasks 0/1\n"


def test_it_imports_little(tmp_path: Path) -> None:
    """Neither YAML nor Markdown, nor what changes a workflow."""
    found = modules_after(tmp_path, "statusline", "--plain")
    assert not found & {"yaml", "mistune", "frontmatter", "rich", "memory_state.workspace.workspace"}


def test_alone_it_needs_the_standard_library_only(planned: Project) -> None:
    """Without options neither click nor anything else that was installed is imported."""
    source = (
        "import sys; before = set(sys.modules); from memory_state.cli import main; main(['statusline']); "
        "print(sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", source], cwd=planned.root, env=planned.environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    line, modules = done.stdout.splitlines()
    assert line == "Add login: plan 1/5, tasks 0/1"
    found = set(json.loads(modules.replace("'", '"')))
    assert {each.partition(".")[0] for each in found} - set(sys.stdlib_module_names) == {"memory_state"}
    assert {each for each in found if each.startswith("memory_state.") and ".core" not in each} == {
        "memory_state.cli", "memory_state.cli.bar", "memory_state.reports", "memory_state.reports.statusline",
    }  # fmt: skip
    assert not found & {"json", "pathlib", "datetime", "subprocess", "importlib.metadata"}
