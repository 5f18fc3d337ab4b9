"""The table of commands: what each writes was seen by running it (`python -m tests.shell.verify`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.shell.verdict import judge, shown_writes
from tests.shell.ground import Case, covered, lay_out, load_cases

if TYPE_CHECKING:
    from pathlib import Path

CASES = load_cases()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository on which every command is judged; none runs."""
    return lay_out(tmp_path_factory.mktemp("ground").resolve())


def verdict_of(case: Case, root: Path) -> tuple[str, list[str]]:
    """Kind and shown writes of a command."""
    found = judge(case.command, str(root), str(root), {"HOME": str(root.parent / "home")}, 20)
    return found.kind, shown_writes(found, str(root))


def test_nothing_that_writes_is_called_a_read(root: Path) -> None:
    """No command that writes, or of which nobody knows, passes for one that reads."""
    assert [case for case in CASES if case.label != "read" and verdict_of(case, root)[0] == "read"] == []


def test_what_nobody_knows_is_unknown(root: Path) -> None:
    """Scripts, steered programs and computed names are never given a verdict."""
    assert [
        case for case in CASES if case.label == "unknown" and verdict_of(case, root)[0] != "unknown"
    ] == []


def test_reads_are_let_through(root: Path) -> None:
    """At most two in a hundred commands that read are refused."""
    reads = [case for case in CASES if case.label == "read"]
    refused = [case.command for case in reads if verdict_of(case, root)[0] != "read"]
    assert len(refused) <= len(reads) * 0.02, refused


def test_writes_name_their_paths(root: Path) -> None:
    """Of the commands that write at least 95 in a hundred are given all of their paths."""
    writes = [case for case in CASES if case.label == "write"]
    short = [
        case.command
        for case in writes
        for kind, shown in (verdict_of(case, root),)
        if kind != "write" or not all(covered(path, shown) for path in case.writes)
    ]
    assert len(short) <= len(writes) * 0.05, short
