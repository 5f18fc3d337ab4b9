"""A shell that knows one program, ours, and runs it in this process: for transcripts and documentation."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from memory_state.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
NOON = 1_795_168_800.0
Replacements = tuple[tuple[str, str], ...]
# What differs from run to run whatever the clock says.
ALWAYS: Replacements = (
    (r"(?<=<<<)[0-9a-f]{8}|[0-9a-f]{8}(?=>>>)", "FENCE"),
    (r"\d+\.\d s\b", "N s"),
)
# What a reader of a transcript need not know.
TIMES: Replacements = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME"),
    *ALWAYS,
    (r'(?<="milliseconds": )\d+', "N"),
    (r'(?<=ms": )\d+|(?<="waiting": )\d+', "N"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", "TIME"),
    (r" *\b(?:\d+m )?\d+s\b", " SPAN"),
    (r" +\d+ %  +[█░]+[█░ ]*", " SHARE BAR "),
    (r"(?<=\t)(?:\d{3,}|[01]\.\d{4})(?=[\t\n])", "N"),
)


class Console:
    """The shell, in a project; what it prints is normalised.

    `names` stand for the workflows' ids, in the order of their start. The clock goes on by `tick` seconds
    at every look, by `step` before every command.
    """

    def __init__(
        self,
        project: Path,
        home: Path,
        *,
        names: Sequence[str] = ("ID1", "ID2", "ID3"),
        replacements: Replacements = TIMES,
        tick: float = 1.0,
        step: float = 0.0,
    ) -> None:
        self.project = project
        self.home = home
        self.environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
        self.names = names
        self.replacements = replacements
        self.tick = tick
        self.step = step
        self.now = NOON
        self.known: list[str] = []

    def clock(self) -> float:
        """What the clock shows."""
        self.now += self.tick
        return self.now

    def ids(self) -> list[str]:
        """The workflows' ids, in the order of their start; also of those whose history is gone."""
        folder = self.project / ".memory/state/workflow-history"
        logs = sorted(folder.glob("*/events.md"), key=first_event)
        self.known += [path.parent.name for path in logs if path.parent.name not in self.known]
        return self.known

    def run(self, line: str) -> str:
        """What a line prints, normalised, with its exit code when that is not 0."""
        self.now += self.step
        for name, workflow in zip(self.names, self.ids(), strict=False):
            line = line.replace(name, workflow)
        with chdir(self.project):
            text, code = self.ours(line) if "memory-state " in line + " " else self.shell(line)
        text = text + f"[{code}]\n" if code else text
        for name, workflow in zip(self.names, self.ids(), strict=False):
            text = text.replace(workflow, name)
        text = text.replace(str(self.project), "PROJECT").replace(str(self.home), "HOME")
        for pattern, word in self.replacements:
            text = re.sub(pattern, word, text)
        return text

    def shell(self, line: str) -> tuple[str, int]:
        """Output and exit code of other programs."""
        ran = subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, check=False, cwd=self.project
        )
        return ran.stdout + ran.stderr, ran.returncode

    def ours(self, line: str) -> tuple[str, int]:
        """Output and exit code of our program, at the end of a pipe or not, into a file or not."""
        line, _, file = line.partition(" > ")
        *parts, last = line.split(" | ")
        given = ""
        for part in parts:
            found = io.StringIO()
            if "memory-state " in part:
                self.call(part, given, found, io.StringIO())
            else:
                found.write(self.shell(part)[0])
            given = found.getvalue()
        seen = io.StringIO()
        code = self.call(last, given, seen, seen)
        if file:
            (self.project / file).write_text(seen.getvalue(), encoding="utf-8")
        return "" if file else seen.getvalue(), code

    def call(self, line: str, given: str, out: io.StringIO, err: io.StringIO) -> int:
        """Run one command with its assignments to the environment."""
        words = shlex.split(line)
        at = words.index("memory-state")
        environment = self.environment | dict(word.split("=", 1) for word in words[:at])
        with standard_input(given), redirect_stdout(out), redirect_stderr(err):
            return main(words[at + 1 :], environment=environment, clock=self.clock, program="memory-state")


@contextmanager
def standard_input(text: str) -> Iterator[None]:
    """Have this text stand on standard input."""
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before


def first_event(log: Path) -> str:
    """The line of a workflow's start, which begins with its time; empty where it is gone."""
    lines = log.read_text(encoding="utf-8").split("\n")
    return next((line for line in lines if line.startswith("1. ")), "")


def replayed(console: Console, text: str) -> str:
    """A page with what the commands of its blocks print now."""
    return BLOCK.sub(lambda block: replay(console, block[0]), text)


def replay(console: Console, block: str) -> str:
    """A block with what its commands print now; one without a prompt is text, and stays."""
    if not block.startswith("$ "):
        return block
    return "".join(f"$ {line}\n{console.run(line)}" for line in commands(block))


def commands(block: str) -> Iterator[str]:
    """The commands of a block."""
    return (line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))
