"""What setup notes of a project, and what is made of a damaged note."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memory_state.agents.records import (
    Record,
    all_records,
    find_record,
    forget,
    record_path,
    settings_path,
    write_record,
)


def record(root: str) -> Record:
    """A record about a project."""
    return Record(str(settings_path(root)), {"/hooks": " "}, ("CLAUDE.md",))


def test_record_comes_back(tmp_path: Path) -> None:
    """What was written is found by its project, and among all."""
    known = {"HOME": str(tmp_path)}
    for root in ("/one", "/two é"):
        write_record(known, record(root))
    assert find_record(known, "/one").record == record("/one")
    assert {each.record.root for each in all_records(known) if each.record} == {"/one", "/two é"}
    forget(known, "/one")
    assert find_record(known, "/one")[1:] == (None, "")


def test_nothing_noted(tmp_path: Path) -> None:
    """A project that setup never saw, and a user without any."""
    assert find_record({"HOME": str(tmp_path)}, "/one").record is None
    assert all_records({"HOME": str(tmp_path)}) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"/hooks": ""}',
        json.dumps({"settings": "/one/.claude/settings.local.json"}).encode(),
        json.dumps({"settings": "/one/.claude/settings.local.json", "undo": []}).encode(),
        json.dumps({"settings": "/one/.claude/settings.local.json", "undo": {"a": 1}}).encode(),
        json.dumps({"settings": "/one/.claude/settings.local.json", "undo": {}, "made": [1]}).encode(),
        json.dumps({"settings": "/two/.claude/settings.local.json", "undo": {}}).encode(),
        json.dumps({"settings": "/etc/passwd", "undo": {}}).encode(),
    ],
)  # fmt: skip
def test_damaged_record_is_a_problem_not_an_error(tmp_path: Path, content: bytes) -> None:
    """No JSON, another shape, or about another file than its name says."""
    known = {"HOME": str(tmp_path)}
    path = Path(record_path(known, "/one"))
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found = find_record(known, "/one")
    assert (found.record, found.problem) == (None, f"the record {path} is damaged")
    assert all_records(known) == [found]
