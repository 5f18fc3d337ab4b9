"""Running the program in the test's own process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from memory_state.cli import main

if TYPE_CHECKING:
    from tests.sessions import Project

NOON = 1_795_176_000.0


class Told(NamedTuple):
    """What a call of the program gave."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        """The JSON document on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def workflow(self) -> dict[str, object]:
        """The document's workflow."""
        found = self.document["workflow"]
        assert isinstance(found, dict)
        return found


class Program:
    """The program, called in a project with a clock that ticks once a look."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.project = project
        self.capsys = capsys
        self.now = NOON

    def clock(self) -> float:
        """A second after the last look."""
        self.now += 1
        return self.now

    def __call__(self, *arguments: str, **environment: str) -> Told:
        """Call the program with these arguments, in the project's environment and this besides."""
        self.capsys.readouterr()
        known = self.project.environment | environment
        code = main(arguments, environment=known, clock=self.clock, program="memory-state")
        return Told(code, *self.capsys.readouterr())


@pytest.fixture
def ask(project: Project, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program in an empty project."""
    return Program(project, capsys)


@pytest.fixture
def planning(ask: Program) -> Program:
    """The program in a project whose feature workflow is in its plan phase."""
    assert ask("start", "feature", "Add login").code == 0
    return ask
