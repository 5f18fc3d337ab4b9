"""The table of commands: what each writes was seen by running it (`python -m tests.shell.verify`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.shell.verdict import judge, shown_writes
from tests.shell.ground import Case, covered, lay_out, load_cases

if TYPE_CHECKING:
    from collections.abc import Callable
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


def test_figures_of_the_table(root: Path, record_property: Callable[[str, object], None]) -> None:
    """What the table says of the verdicts is printed with every run, and no command is left out of it."""
    found = [(case, *verdict_of(case, root)) for case in CASES]
    reads = [kind for case, kind, _ in found if case.label == "read"]
    writes = [(case.writes, kind, shown) for case, kind, shown in found if case.label == "write"]
    unknown = [kind for case, kind, _ in found if case.label == "unknown"]
    missed = [case for case, kind, _ in found if case.label != "read" and kind == "read"]
    whole = [
        True
        for paths, kind, shown in writes
        if kind == "write" and all(covered(path, shown) for path in paths)
    ]
    record_property(
        "shell commands",
        f"{len(found)} judged, {len(missed)} of {len(writes) + len(unknown)} writes and unknowns missed, "
        f"{len(reads) - reads.count('read')} of {len(reads)} reads refused, "
        f"{len(whole)} of {len(writes)} path lists complete",
    )
    assert len(reads) + len(writes) + len(unknown) == len(CASES)
