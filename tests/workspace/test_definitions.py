"""Finding and reading workflow definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Missing, Misused, Refused
from memory_state.workspace.definitions import (
    check_definition,
    definition_names,
    find_definition,
    is_built_in,
    load_definition,
    snapshot,
)
from memory_state.workspace.resources import resource_folder
from tests.workspace.ground import STEPS, Ground

if TYPE_CHECKING:
    from pathlib import Path

BUILT_IN = ("bugfix", "feature", "inner", "outer", "tdd")
BAD = """---
schema: 1
name: bad
levle: outer
phases:
  - id: Plan
    exit: [task]
  - id: build
    returns_to: nowhere
    max_returns: "three"
---
"""


def test_built_in_definitions_are_there(tmp_path: Path) -> None:
    """Five come with the package, and each is without a problem."""
    assert definition_names(str(tmp_path)) == BUILT_IN
    for name in BUILT_IN:
        definition, text = load_definition(str(tmp_path), name)
        assert definition.name == name
        assert is_built_in(text)


@pytest.mark.parametrize(
    ("name", "level", "phases"),
    [("feature", "outer", 5), ("tdd", "outer", 3), ("outer", "outer", 7), ("inner", "inner", 8)],
)
def test_built_in_phases(tmp_path: Path, name: str, level: str, phases: int) -> None:
    """The number of phases is the published one."""
    definition, _ = load_definition(str(tmp_path), name)
    assert (definition.level, len(definition.phases)) == (level, phases)


def test_project_s_own_definition_wins(ground: Ground) -> None:
    """A file of the same name as a built-in one is taken in its place."""
    path = ground.define("feature", STEPS.replace("name: steps", "name: feature"))
    assert find_definition(str(ground.memory), "feature") == path
    definition, text = load_definition(str(ground.memory), "feature")
    assert [each.id for each in definition.phases] == ["plan", "build", "review", "close"]
    assert not is_built_in(text)
    assert definition_names(str(ground.memory)) == (*BUILT_IN[:-1], "steps", "tdd")


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../steps", "a/b", "/etc/passwd", "-x", "--help", "x..y", "Feature", "a b", "a\0b",
        "é", "x" * 65, "steps.md/", "~", "steps\n", ".hidden", "trailing-",
    ],
)  # fmt: skip
def test_odd_names_touch_no_path(ground: Ground, name: str) -> None:
    """A name is checked before it becomes a path."""
    with pytest.raises(Misused, match="no name of a workflow definition"):
        find_definition(str(ground.memory), name)


def test_unknown_name_is_missing(ground: Ground) -> None:
    """Exit code 3, with the nearest name, or all of them."""
    with pytest.raises(Missing, match="did you mean feature") as caught:
        find_definition(str(ground.memory), "featrue")
    assert caught.value.exit_code == 3
    assert caught.value.next_commands == ("start feature TITLE",)
    with pytest.raises(Missing, match="there are bugfix, feature, inner, outer, steps, tdd"):
        find_definition(str(ground.memory), "zzzzzz")


def test_every_problem_is_listed(ground: Ground) -> None:
    """A bad definition is refused with each of its problems, file and line."""
    path = ground.define("bad", BAD)
    with pytest.raises(Refused) as caught:
        load_definition(str(ground.memory), "bad")
    for start in (f"{path}:4:1: ", f"{path}:6:5: ", f"{path}:7:", f"{path}:9:5: ", f"{path}:10:5: "):
        assert start in caught.value.sentence
    assert "did you mean 'level'" in caught.value.sentence
    with pytest.raises(Refused):
        ground.start("bad")
    assert not ground.state.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not begin with a line of exactly ---"),
        (b"# Only text\n", "does not begin with a line of exactly ---"),
        (b"---\nschema: 1\n---\n", "name"),
        (b"---\nschema: 2\nname: x\nphases: []\n---\n", "newer memory-state"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        (b"---\nschema: 1\nname: x\ndescription: \xff\n---\n", "not UTF-8 at byte 35"),
        (b"---\n" + b"# " + b"x" * 70_000 + b"\n---\n", "at most 65536"),
        (bytes(100), "does not begin with a line of exactly ---"),
    ],
)
def test_file_that_is_none_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever the bytes: no definition, a problem that says why, no exception."""
    path = tmp_path / "x.md"
    path.write_bytes(content)
    definition, problems, _ = check_definition(path, "x.md")
    assert definition is None
    assert any(message in str(problem) for problem in problems), problems


def test_definition_of_a_run_is_that_of_its_start(ground: Ground) -> None:
    """A later change of the file does not touch what is under way."""
    run = ground.start()
    ground.define("steps", STEPS.replace("  - id: build\n", "  - id: make\n"))
    assert ground.workspace().status().definition == run.definition
    kept = ground.state / "workflow-history" / run.id / "definition.md"
    assert kept.read_text() == STEPS
    assert snapshot(kept) == (run.definition, STEPS)


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"\xff", STEPS.replace("schema: 1", "schema: 9").encode()]
)
def test_damaged_snapshot_is_told(ground: Ground, content: bytes) -> None:
    """Without the definition that governs it a run is broken, exit code 5, and the file is named."""
    run = ground.start()
    (ground.state / "workflow-history" / run.id / "definition.md").write_bytes(content)
    with pytest.raises(Broken, match=r"definition\.md") as caught:
        ground.workspace().status()
    assert caught.value.exit_code == 5


def test_resources_are_found() -> None:
    """Templates and hooks stand beside or inside the package; another name is an installation's fault."""
    assert (resource_folder("templates") / "document.md").is_file()
    assert resource_folder("hooks").is_dir()
    with pytest.raises(Broken, match="install memory-state again"):
        resource_folder("nothing")
