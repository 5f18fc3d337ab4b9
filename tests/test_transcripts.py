"""The transcripts: what a person types and sees, command by command.

A transcript is a Markdown file with fenced `console` blocks: `$ COMMAND`, what it prints (standard
output and standard error as they come), and `[N]` where its exit code N is not 0. All blocks of a file
run in one fresh project. `ID1` stands for the first workflow's id, `ID2` for the second's, `TIME` for a time,
`SPAN` for a duration, `PROJECT` for the project's folder. `UPDATE_TRANSCRIPTS=1` rewrites what is expected.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from memory_state.cli.app import ENTRIES
from tests.cli.test_ways_out import refusals
from tests.console import BLOCK, Console, commands, replayed

FOLDER = Path(__file__).parent / "transcripts"
PAGES = sorted(FOLDER.glob("*.md"))
# Refusals that no command can meet: only the Python interface asks for such a thing.
FROM_PYTHON = (
    "keeps its id for ever",
    ": no move leads to",
    "is no neighbour of",
    ": it stays in phase",
    "edit: workflow",
    "rollback: at event",  # only a history that begins in the middle has an event before its first phase
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    """Every command of the transcript prints what stands below it."""
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    expected = path.read_text(encoding="utf-8")
    seen = replayed(Console(project, tmp_path / "home"), expected)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(seen, encoding="utf-8")
    else:
        assert seen == expected


def test_every_command_has_a_transcript() -> None:
    """A new command is not done before somebody can read what it does."""
    lines = [
        line
        for path in PAGES
        for block in BLOCK.findall(path.read_text(encoding="utf-8"))
        for line in commands(block)
    ]
    shown = {
        word for line in lines for word in re.findall(r"memory-state(?: -\S+(?: \S+)?)*? ([a-z]+)", line)
    }
    assert [name for name in ENTRIES if name not in shown] == []


def test_every_refusal_has_a_transcript() -> None:
    """What is refused can be read as it is told, with the way out."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    said = {where: words_of(call.args[0]) for where, call in refusals()}
    missing = [where for where, words in said.items() if words not in text and words not in FROM_PYTHON]
    assert missing == []


def words_of(sentence: ast.AST) -> str:
    """The longest part of a sentence in the sources that is the same every time."""
    parts = [each.value for each in ast.walk(sentence) if isinstance(each, ast.Constant)]
    return max((each.strip() for each in parts if isinstance(each, str)), key=len, default="")
