"""Fixtures that several folders share."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.sessions import Project

if TYPE_CHECKING:
    from pathlib import Path

# Where a change is judged, the same examples are tried each time; at a desk others every time.
settings.register_profile("judged", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("judged")

# Started in the background of a script, programs ignore Ctrl-C, and so would those that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with an empty home."""
    return Project.make(tmp_path)


@pytest.fixture
def planned(project: Project) -> Project:
    """A project whose feature workflow is in its plan phase."""
    project.workspace().start("feature", "Add login")
    return project


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how well shell commands are judged, as it was found in this run."""
    reports = [each for group in ("passed", "failed") for each in terminalreporter.getreports(group)]
    for name, value in (pair for each in reports for pair in each.user_properties):
        if name == "shell commands":
            terminalreporter.write_line(f"{name}: {value}")
