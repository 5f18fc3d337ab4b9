"""The transcripts: what a person types and sees, command by command.

A transcript is a Markdown file with fenced `console` blocks: `$ COMMAND`, what it prints (standard
output and standard error as they come), and `[N]` where its exit code N is not 0. All blocks of a file
run in one fresh project. `ID1` stands for the first workflow's id, `ID2` for the second's, `TIME` for a time,
`SPAN` for a duration, `PROJECT` for the project's folder. `UPDATE_TRANSCRIPTS=1` rewrites what is expected.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "transcripts"
BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
REPLACEMENTS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME"),
    (r"(?<=<<<)[0-9a-f]{8}|[0-9a-f]{8}(?=>>>)", "FENCE"),
    (r"\d+\.\d s\b", "N s"),
    (r'(?<="milliseconds": )\d+', "N"),
    (r'(?<=ms": )\d+|(?<="waiting": )\d+', "N"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", "TIME"),
    (r" *\b(?:\d+m )?\d+s\b", " SPAN"),
    (r" +\d+ %  +[█░]+[█░ ]*", " SHARE BAR "),
    (r"(?<=\t)(?:\d{3,}|[01]\.\d{4})(?=[\t\n])", "N"),
)


class Console:
    """A shell that knows one program: ours, run in this process."""

    def __init__(self, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = project
        self.environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
        self.monkeypatch = monkeypatch
        self.now = 1_795_168_800.0

    def clock(self) -> float:
        """A second later each time."""
        self.now += 1
        return self.now

    def ids(self) -> list[str]:
        """The workflows' ids, in the order of their start."""
        folder = self.project / ".memory/state/workflow-history"
        logs = sorted(folder.glob("*/events.md"), key=first_event)
        return [path.parent.name for path in logs]

    def run(self, line: str) -> str:
        """What a line prints, normalised, with its exit code when that is not 0."""
        for number, workflow in enumerate(self.ids(), 1):
            line = line.replace(f"ID{number}", workflow)
        text, code = self.ours(line) if "memory-state " in line + " " else self.shell(line)
        text = text + f"[{code}]\n" if code else text
        for number, workflow in enumerate(self.ids(), 1):
            text = text.replace(workflow, f"ID{number}")
        text = text.replace(str(self.project), "PROJECT")
        for pattern, word in REPLACEMENTS:
            text = re.sub(pattern, word, text)
        return text

    def shell(self, line: str) -> tuple[str, int]:
        """Output and exit code of other programs."""
        ran = subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, check=False, cwd=self.project
        )
        return ran.stdout + ran.stderr, ran.returncode

    def ours(self, line: str) -> tuple[str, int]:
        """Output and exit code of our program, piped into itself any number of times."""
        *parts, last = line.split(" | ")
        given = ""
        for part in parts:
            self.call(part, given, found := io.StringIO(), io.StringIO())
            given = found.getvalue()
        seen = io.StringIO()
        code = self.call(last, given, seen, seen)
        return seen.getvalue(), code

    def call(self, line: str, given: str, out: io.StringIO, err: io.StringIO) -> int:
        """Run one command with its assignments to the environment."""
        words = shlex.split(line)
        at = words.index("memory-state")
        environment = self.environment | dict(word.split("=", 1) for word in words[:at])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with redirect_stdout(out), redirect_stderr(err):
            return main(words[at + 1 :], environment=environment, clock=self.clock, program="memory-state")


def first_event(log: Path) -> str:
    """The line of a workflow's start, which begins with its time."""
    return next(line for line in log.read_text(encoding="utf-8").split("\n") if line.startswith("1. "))


def replay(console: Console, block: str) -> str:
    """A block with what its commands print now."""
    return "".join(f"$ {line}\n{console.run(line)}" for line in commands(block))


def commands(block: str) -> Iterator[str]:
    """The commands of a block."""
    return (line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the transcript prints what stands below it."""
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    monkeypatch.chdir(project)
    console = Console(project, tmp_path / "home", monkeypatch)
    expected = path.read_text(encoding="utf-8")
    seen = BLOCK.sub(lambda block: replay(console, block[0]), expected)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(seen, encoding="utf-8")
    else:
        assert seen == expected
