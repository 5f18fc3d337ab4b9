"""`list`, `show`, `history` and `validate`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def rows(program: Program, *arguments: str) -> list[dict[str, object]]:
    """The workflows that `list --json` gives."""
    return cast("list[dict[str, object]]", program("list", *arguments, "--json").document["workflows"])


def log_of(program: Program) -> Path:
    """The history of the only workflow."""
    return next(program.project.root.glob(".memory/state/workflow-history/*/events.md"))


def test_list_is_empty_where_nothing_was_started(ask: Program) -> None:
    """No workflow is an answer, not an error, and nothing is made for it."""
    told = ask("list")
    assert (told.code, told.out) == (0, "no workflows\n")
    assert rows(ask) == []
    assert not (ask.project.root / ".memory").exists()


def test_list_has_the_newest_change_first(planning: Program) -> None:
    """Every workflow is listed, also ended ones."""
    planning("cancel", "--by", "Ada")
    planning("start", "tdd", "Round")
    assert [(row["title"], row["status"]) for row in rows(planning)] == [
        ("Round", "in_progress"),
        ("Add login", "cancelled"),
    ]
    assert [row["title"] for row in rows(planning, "--status", "cancelled")] == ["Add login"]


def test_list_goes_on_past_a_damaged_workflow(planning: Program) -> None:
    """What can not be read is told, the rest is still listed."""
    planning("cancel", "--by", "Ada")
    (log_of(planning).parent / "definition.md").unlink()
    planning("start", "tdd", "Round")
    told = planning("list")
    assert told.code == 0
    assert "Round" in told.out
    assert "definition.md is gone" in told.err
    assert len(cast("list[object]", planning("list", "--json").document["problems"])) == 1


def test_show_finds_ended_workflows(planning: Program) -> None:
    """A cancelled workflow can still be looked at."""
    workflow = log_of(planning).parent.name
    planning("cancel", "--by", "Ada")
    assert planning("show", workflow, "--json").workflow["status"] == "cancelled"


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "zzzzzzzz"),
        ("status",),
        ("-w", "zzzzzzzz", "status"),
        ("-w", "zzzzzzzz", "next"),
        ("history",),
        ("prime",),
        ("check",),
        ("validate",),
        ("resume", "zzzzzzzz"),
    ],
)
def test_asking_for_what_is_not_there_leaves_no_trace(ask: Program, arguments: tuple[str, ...]) -> None:
    """Where there is no workflow nothing is made."""
    assert ask(*arguments).code == (0 if arguments == ("validate",) else 3)
    assert not (ask.project.root / ".memory").exists()


def test_history_gives_the_last_events_in_order(planning: Program) -> None:
    """`--limit` keeps the newest, the oldest of them first."""
    planning("note", "Thought")
    events = cast("list[dict[str, object]]", planning("history", "--limit", "2", "--json").document["events"])
    assert [(each["n"], each["type"]) for each in events] == [(2, "phase.entered"), (3, "note.added")]
    assert cast("dict[str, object]", events[1]["details"])["text"] == "Thought"


def test_history_line_by_line(planning: Program) -> None:
    """With `--jsonl` each event is a document of its own; `--json` stays one, and has no end to follow."""
    lines = [json.loads(line) for line in planning("history", "--jsonl").out.splitlines()]
    assert [(each["schemaVersion"], each["kind"], each["n"]) for each in lines] == [
        (1, "event", 1), (1, "event", 2),
    ]  # fmt: skip
    whole = cast("list[dict[str, object]]", planning("history", "--json").document["events"])
    assert [{"schemaVersion": 1, "kind": "event", **each} for each in whole] == lines
    assert planning("history", "--json", "--follow").code == 2
    assert planning("history", "--json", "--jsonl").code == 2


def test_history_by_type_and_actor(planning: Program) -> None:
    """Filters hold together, and before the limit."""
    planning("note", "One", "--by", "Ada")
    planning("note", "Two")
    out = planning("history", "--type", "note", "--actor", "Ada").out
    assert [line.split()[0] for line in out.splitlines()] == ["3"]
    out = planning("history", "--type", "note", "--type", "workflow.started", "--limit", "2").out
    assert [line.split()[0] for line in out.splitlines()] == ["3", "4"]


def test_history_follows_until_ctrl_c(planning: Program) -> None:
    """What is appended while it waits is shown; Ctrl-C is its ordinary end."""
    source = f"from memory_state.cli import main; raise SystemExit(main({['history', '--follow']!r}))"
    root = planning.project.root
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=root, env=planning.project.environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert [running.stdout.readline().split()[0] for _ in range(2)] == ["1", "2"]
        planning("note", "Later")
        assert running.stdout.readline().split()[0] == "3"
        running.send_signal(signal.SIGINT)
        rest = running.communicate(timeout=30)
    assert (running.returncode, *rest) == (0, "", "")


def test_validate_finds_nothing_in_a_fresh_project(planning: Program) -> None:
    """Everything we write is valid."""
    assert planning("validate").out == "no problems\n"


def test_validate_tells_every_problem_with_its_line(planning: Program) -> None:
    """Definitions, documents and histories are read as what they are."""
    memory = planning.project.root / ".memory"
    (memory / "workflows/own.md").write_text("---\nschema: 1\nname: own\nphases: []\n---\n", encoding="utf-8")
    document = memory / "state/active-workflow.md"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace('phase: "plan"', 'phase: "plam"'), encoding="utf-8")
    log = log_of(planning)
    log.write_bytes(log.read_bytes().replace(b"architect", b"architekt"))
    told = planning("validate")
    assert told.code == 1
    lines = told.out.splitlines()
    assert any(line.startswith(f"{memory}/workflows/own.md:4:1: ") for line in lines)
    assert any(line.startswith(f"{document}:") and "'plam'" in line for line in lines)
    assert f"{log}:8: this line is damaged: its checksum does not hold" in lines


def test_validate_of_named_files(planning: Program) -> None:
    """A file is what its front matter says; one that says nothing, or is not there, is a problem."""
    root = planning.project.root
    (root / "plain.md").write_text("# Plain\n", encoding="utf-8")
    (root / "other.md").write_text("---\nname: other\n---\n", encoding="utf-8")
    (root / "bytes.md").write_bytes(b"---\nname: \xff\n---\n")
    told = planning("-C", str(root), "validate", "plain.md", "other.md", "bytes.md", "missing.md", "--json")
    problems = cast("list[dict[str, object]]", told.document["problems"])
    assert told.code == 1
    assert [(each["path"], each["line"]) for each in problems] == [
        (f"{root}/plain.md", 1),
        (f"{root}/other.md", 1),
        (f"{root}/bytes.md", 2),
        (f"{root}/missing.md", 0),
    ]


def test_validate_reads_a_document_by_the_definition_of_its_start(planning: Program) -> None:
    """A document is valid on its own path, too."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    assert planning("validate", str(document)).code == 0


def test_a_history_fits_a_narrow_terminal(planning: Program) -> None:
    """Each event keeps to its line: the year and the type are left out."""
    told = planning("history", COLUMNS="60")
    assert told.out.splitlines()[0] == "   1  11-20 12:00:01  cli     the workflow began by the def…"
    assert max(map(len, told.out.splitlines())) <= 60
