"""A definition kept beside the document's copy, so that its YAML need not be read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace.definitions import check_definition, snapshot
from memory_state.workspace.keeping import keep_definition, kept_definition, kept_path

if TYPE_CHECKING:
    from tests.sessions import Project

TEMPLATES = sorted((Path(__file__).parents[2] / "templates/workflows").glob("*.md"))
EVERYTHING = """---
schema: 1
name: everything
description: Every key there is
level: inner
phases:
  - id: first
    role: tester
    allow: [read, "edit(docs/**)"]
    deny: ["shell(rm *)"]
    exit: [tasks, {command: make, timeout: 5}, {file: a.md, headings: [One, Two]}, approval]
    skippable: true
    hold: true
    boundary: true
    advance_on: ["edit(a.md)"]
  - id: second
    returns_to: first
    max_returns: 7
criteria: [{file: b.md}]
---
# Everything

## first
Do it.
- [ ] One thing
"""


def placed(folder: Path, text: str) -> Path:
    """A snapshot with this text."""
    path = folder / "state/workflow-history/abcdefgh/definition.md"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [EVERYTHING, *(path.read_text(encoding="utf-8") for path in TEMPLATES)])
def test_kept_is_what_was_read(tmp_path: Path, text: str) -> None:
    """Every field comes back, of its type."""
    path = placed(tmp_path, text)
    definition, problems, _ = check_definition(path, "x")
    assert problems == ()
    assert definition is not None
    keep_definition(path, text, definition)
    assert kept_definition(path, text) == definition


def test_kept_counts_for_its_text_alone(tmp_path: Path) -> None:
    """After any change of the snapshot it is read anew."""
    path = placed(tmp_path, EVERYTHING)
    keep_definition(path, EVERYTHING, snapshot(path)[0])
    other = EVERYTHING.replace("max_returns: 7", "max_returns: 8")
    path.write_text(other, encoding="utf-8")
    assert snapshot(path)[0].phases[1].max_returns == 8
    assert kept_definition(path, other) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 1}', '{"definition": {}}'])
def test_damaged_keeping_is_no_keeping(tmp_path: Path, content: str) -> None:
    """Whatever stands in its place, the snapshot decides."""
    path = placed(tmp_path, EVERYTHING)
    keep_definition(path, EVERYTHING, snapshot(path)[0])
    Path(kept_path(path)).write_text(content, encoding="utf-8")
    assert kept_definition(path, EVERYTHING) is None
    assert snapshot(path)[0].name == "everything"


@pytest.mark.parametrize("value", [None, {}, {"phases": [1]}, {"name": "x", "other": 1}])
def test_keeping_of_another_shape_is_no_keeping(tmp_path: Path, value: object) -> None:
    """A definition that lacks fields, or has strange ones, is read anew."""
    path = placed(tmp_path, EVERYTHING)
    keep_definition(path, EVERYTHING, snapshot(path)[0])
    kept = Path(kept_path(path))
    found = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**found, "definition": value}), encoding="utf-8")
    assert kept_definition(path, EVERYTHING) is None


def test_start_keeps_the_definition(planned: Project) -> None:
    """From a workflow's start on."""
    path = next((planned.root / ".memory/state/workflow-history").glob("*/definition.md"))
    found = kept_definition(path, path.read_text(encoding="utf-8"))
    assert found is not None
    assert [phase.id for phase in found.phases] == ["plan", "build", "test", "review", "document"]
