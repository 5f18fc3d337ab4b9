"""Text, JSON, colour, width, and what reaches the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program

ESCAPE = "\x1b"


def test_json_is_one_document_and_a_newline(planning: Program) -> None:
    """Nothing else is on standard output, nothing at all on standard error."""
    told = planning("status", "--json")
    assert told.out.count("\n") == 1
    assert told.out.endswith("}\n")
    assert told.err == ""
    assert (told.document["schemaVersion"], told.document["kind"]) == (1, "status")


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("start", "tdd", "Round"), "start"),
        (("status",), "status"),
        (("task", "add", "Think"), "task"),
        (("task", "start", "1"), "task"),
        (("task", "done", "1"), "task"),
        (("task", "undo", "1"), "task"),
        (("task", "drop", "1"), "task"),
        (("task", "list"), "task"),
        (("note", "Thought"), "note"),
        (("wait",), "wait"),
        (("next",), "next"),
        (("save",), "save"),
        (("park", "--by", "Ada"), "park"),
        (("resume",), "resume"),
        (("fail", "--reason", "Wrong", "--by", "Ada"), "fail"),
        (("resume", "--by", "Ada"), "resume"),
        (("cancel", "--by", "Ada"), "cancel"),
    ],
)
def test_every_change_answers_the_status_shape(
    planning: Program, arguments: tuple[str, ...], kind: str
) -> None:
    """The document has the shape of `status` and the command's own kind."""
    before = {"next": ("wait",), "start": ("cancel", "--by", "Ada")}.get(kind)
    if arguments == ("resume", "--by", "Ada"):
        before = ("fail", "--reason", "Wrong", "--by", "Ada")
    if before:
        planning(*before)
    told = planning(*arguments, "--json")
    assert (told.code, told.document["kind"]) == (0, kind)
    more = {"handoff"} if kind == "park" else set()
    assert set(told.document) == {"schemaVersion", "kind", "workflow", "problems", "paths"} | more


def test_status_document(planning: Program) -> None:
    """The status document holds the workflow with its phases and addressed tasks."""
    workflow = planning("status", "--json").workflow
    assert (workflow["title"], workflow["phase"], workflow["phase_number"], workflow["phase_count"]) == (
        "Add login", "plan", 1, 5,
    )  # fmt: skip
    assert workflow["tasks"] == [
        {"n": "plan.1", "phase": "plan", "text": "Write the plan", "status": "pending"}
    ]
    assert workflow["created_at"] == "2026-11-20T12:00:01Z"
    assert (workflow["issue_number"], workflow["parent"], workflow["context"]) == (None, None, {})


def test_quiet_prints_errors_only(planning: Program) -> None:
    """`-q` leaves the exit code, and what went wrong."""
    told = planning("task", "add", "Think", "-q")
    assert (told.code, told.out, told.err) == (0, "", "")
    told = planning("next", "-q")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("next: phase plan can not be left yet")


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1", "TERM": "dumb"}, True),
        (("--color", "always", "--plain"), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(
    planning: Program, arguments: tuple[str, ...], environment: dict[str, str], *, colored: bool
) -> None:
    """Options beat NO_COLOR, which beats FORCE_COLOR; a file gets no colour by itself."""
    assert (ESCAPE in planning("status", *arguments, **environment).out) is colored


def test_stored_text_can_not_steer_the_terminal(ask: Program) -> None:
    """Control and direction characters of a title are shown, not sent."""
    ask("start", "tdd", "Round \x1b[31mred\u202e")
    assert "Round \\x1b[31mred\\u202e" in ask("status").out
    assert ESCAPE not in ask("status", "--json").out
    assert "\u202e" not in ask("list").out


def test_lists_fit_the_width(ask: Program) -> None:
    """A long title is cut at COLUMNS, and only there; `--plain` never cuts."""
    ask("start", "tdd", "Round " + "x" * 150)
    assert max(map(len, ask("list", COLUMNS="80").out.splitlines())) == 80
    assert "x" * 150 in ask("list").out
    assert "x" * 150 in ask("list", "--plain", COLUMNS="80").out
    assert max(map(len, ask("history", COLUMNS="80").out.splitlines())) <= 80


def test_fields_wrap_at_the_width(ask: Program) -> None:
    """A long list of rules goes on below its first line."""
    ask("start", "tdd", "Round")
    lines = ask("status", COLUMNS="60").out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  allow"))
    assert len(lines[at]) <= 60
    assert lines[at + 1].startswith(" " * 12 + "edit(")
