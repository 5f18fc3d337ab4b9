"""No change of a person is lost, and none of ours half done, when both are at work at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reliability.conftest import RUN, by_run
from tests.reliability.edit_trials import COMMANDS
from tests.reliability.editors import EDITORS, MARK, available, commit_document
from tests.reliability.scenes import planned
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(600)]
STAGGERS = ("0", "5", "10", "20", "35", "50")
ROUNDS = by_run(1, 2, 10)
STRIDE = by_run(11, 5, 1)
GAPS = ("1", "4", "12")[: by_run(1, 2, 3)]
SHORT = {
    ("task done", "in place"), ("task done", "vim, rename"), ("next", "emptied late"),
    ("note", "git checkout"), ("hook", "in place"), ("hook", "sed -i"),
}  # fmt: skip


def tried(disk: Path, command: str, editor: str, *words: str) -> tuple[int, list[str]]:
    """How many trials there were of a command and an editor, and what was lost in them."""
    project = Project.make(disk)
    planned(project)
    workspace = project.workspace()
    workspace.task("add", "Build it", phase="build")
    path = Path(workspace.status().path)
    if editor == "git checkout":
        commit_document(project.root, path, path.read_bytes() + f"\n{MARK}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.edit_trials", str(project.root),
         project.environment["HOME"], command, editor, *words],
        capture_output=True, text=True, timeout=500, check=False, cwd=Path(__file__).parents[2],
        env={**os.environ, **project.environment},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    count, lost = json.loads(done.stdout)
    return count, lost


def require_chosen(command: str, editor: str) -> None:
    """Skip an editor that is not installed, and most pairs in a short run."""
    if not available(editor) or not (RUN or (command, editor) in SHORT):
        pytest.skip("not installed here, or not with the other tests: make reliability")


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("command", COMMANDS)
def test_saved_a_few_milliseconds_apart(
    command: str, editor: str, disk: Path, figure: Callable[..., None]
) -> None:
    """Whichever begins first, 0 to 50 ms before the other."""
    require_chosen(command, editor)
    count, lost = tried(disk, command, editor, "timed", *STAGGERS * ROUNDS)
    figure(f"edits       {command:9} {editor:12} 0-50 ms apart: {count:4} trials, {len(lost)} lost")
    assert lost == []
    assert count == 2 * len(STAGGERS) * ROUNDS


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("command", COMMANDS)
def test_saved_before_any_call(command: str, editor: str, disk: Path, figure: Callable[..., None]) -> None:
    """A person who saves just before any of a command's calls to the system loses nothing."""
    require_chosen(command, editor)
    count, lost = 0, list[str]()
    for gap in GAPS:
        folder = disk / gap
        folder.mkdir()
        found = tried(folder, command, editor, "stepped", str(STRIDE), gap)
        count, lost = count + found[0], lost + found[1]
    figure(f"edits       {command:9} {editor:12} before a call: {count:4} trials, {len(lost)} lost")
    assert lost == []
    assert count >= 3
