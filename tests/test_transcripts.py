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
# What no command of a transcript can meet: only the Python interface asks for such a thing,
FROM_PYTHON = (
    "keeps its id for ever",
    ": no move leads to",
    "is no neighbour of",
    ": it stays in phase",
    "edit: workflow",
    "fit into one change",
    "; extra data belongs in context",
    "status must be one of",
    "needs a reason: save(",
    "; longer text belongs in a file",
    "can not be written:",
    "the context can not be written:",
)
# somebody else does something in the same moment, a disk fails, a terminal is there,
AT_THE_MOMENT = (
    "was changed by somebody else in this moment; try again",
    "another program holds the lock",
    "keeps changing while it is written; try again",
    "now: somebody else moved it; nothing was done",
    "can not be read or written:",
    "the answer can not be written:",
    "there is no workflow on standard input: it is a terminal",
    "there is no workflow below",
)
# bytes that no line of a transcript can hold, or too many of them,
UNPRINTABLE = (
    "fit, longer text belongs in a file",
    "must be one line",
    "holds bytes that are no UTF-8",
    "standard input holds more than",
    "standard input is not UTF-8 at byte",
    "is no session id",
    "the memory path holds a NUL character",
    "the value holds a character that can not be in one line of text",
)
# histories and installations that somebody would have to forge, or to leave half done.
FORGED = (
    "rollback: at event",
    "has no time:",
    "the history does not begin with its start: there is nothing to report",
    "the history makes no sense:",
    "The front matter cannot be changed; line",
    "The front matter's form does not let single values be changed; write one `key: value` a line.",
    "; the sessions that worked on it are free of it now",
    "; a person who runs recover frees the session of it",
    ", and the definition",
    "is lost, and nothing else is left",
    "does not begin with its start",
    "is missing from the installation at",
    "is missing; install memory-state again",
)
UNSEEN = {*FROM_PYTHON, *AT_THE_MOMENT, *UNPRINTABLE, *FORGED}
KINDS = ("Refused", "Misused", "Missing", "Conflict", "Broken")


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
    """What is refused or goes wrong can be read as it is told, with the way out."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    said = {where: words_of(call.args[0]) for kind in KINDS for where, call in refusals(kind) if call.args}
    missing = {where: words for where, words in said.items() if words not in text and words not in UNSEEN}
    assert missing == {}
    assert {each for each in UNSEEN if each not in said.values() or each in text} == set()


def words_of(sentence: ast.AST) -> str:
    """The longest part of a sentence in the sources that is the same every time."""
    parts = [each.value for each in ast.walk(sentence) if isinstance(each, ast.Constant)]
    return max((each.strip() for each in parts if isinstance(each, str)), key=len, default="")
