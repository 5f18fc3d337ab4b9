"""`uninstall`: listed first, then removed, by a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


@pytest.fixture
def settled(planning: Program) -> Program:
    """The program in a project with a workflow, set up with everything."""
    assert planning("setup", "claude", "--instructions").code == 0
    return planning


def files(program: Program) -> dict[str, bytes]:
    """Every file of the project and the home, the lock aside."""
    folder = program.project.root.parent
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_dry_run_lists_and_removes_nothing(settled: Program) -> None:
    """What would go and what would stay, and every file is still there."""
    before = files(settled)
    told = settled("uninstall", "--dry-run", "--by", "Ada")
    assert told.code == 0
    root = settled.project.root
    assert told.out.splitlines()[:3] == [
        "would remove",
        f"  {root}/CLAUDE.md  (the block of memory-state)",
        f"  {root}/.claude/settings.local.json  (the hooks)",
    ]
    assert f"kept\n  {root}/.memory  (workflows and their state)\n" in told.out
    assert files(settled) == before


def test_uninstall_lists_the_same_and_removes_it(settled: Program) -> None:
    """The list comes first; afterwards only the state is left, and it works on."""
    listed = settled("uninstall", "-n", "--by", "Ada").out.splitlines()
    told = settled("uninstall", "--by", "Ada")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == ["removing", *listed[1:]]
    assert all("/.memory/" in name for name in files(settled))
    assert settled("status").code == 0


def test_uninstall_as_json(settled: Program) -> None:
    """One document: what was removed, what was kept, and what was in the way."""
    told = settled("uninstall", "--by", "Ada", "--json")
    document = told.document
    assert (document["kind"], document["dry_run"], document["problems"]) == ("uninstall", False, [])
    assert str(document["removed"]).count("'path'") == 6
    again = settled("uninstall", "--dry-run", "--by", "Ada", "--json").document
    assert again["would_remove"] == []


def test_way_that_is_not_clear_is_told(settled: Program) -> None:
    """What could not be removed is on stderr, and the exit code is 1."""
    block = settled.project.root / "CLAUDE.md"
    block.write_text(block.read_text(encoding="utf-8").replace("## Workflow", "## Mine"), encoding="utf-8")
    told = settled("uninstall", "--by", "Ada")
    assert told.code == 1
    assert "CLAUDE.md line 1: the block of memory-state was edited" in told.err
    assert not Path(settled.project.environment["HOME"], ".local/share/memory-state").exists()


def test_it_is_for_a_person(settled: Program) -> None:
    """Nobody, and an agent whatever name it gives, is refused, a dry run too."""
    before = files(settled)
    for arguments, environment in (((), {}), (("--by", "Ada"), {"CLAUDECODE": "1"}), (("--dry-run",), {})):
        told = settled("uninstall", *arguments, **environment)
        assert told.code == 1
        assert "uninstall is for a person" in told.err
    assert files(settled) == before


def test_nothing_to_remove(ask: Program) -> None:
    """Somebody who has nothing of ours is told so."""
    told = ask("uninstall", "--by", "Ada")
    assert told.code == 0
    assert told.out.startswith("there is nothing to remove\n")


def test_broken_settings_do_not_keep_anybody(settled: Program) -> None:
    """Although no other command works with them."""
    (settled.project.root / ".memory-state.toml").write_text("a = = 1\n", encoding="utf-8")
    assert settled("status").code == 2
    assert settled("uninstall", "--by", "Ada").code == 0
