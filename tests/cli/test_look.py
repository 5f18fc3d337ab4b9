"""`list`, `show`, `history` and `validate`."""

from __future__ import annotations

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
    assert any(line.startswith(f"{memory}/workflows/own.md:4: ") for line in lines)
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
        (f"{root}/bytes.md", 0),
        (f"{root}/missing.md", 0),
    ]


def test_validate_reads_a_document_by_the_definition_of_its_start(planning: Program) -> None:
    """A document is valid on its own path, too."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    assert planning("validate", str(document)).code == 0
