"""What the README says is true of what runs."""

from __future__ import annotations

import re
from pathlib import Path

from memory_state.agents.claude import EVENTS
from memory_state.cli.app import ENTRIES
from memory_state.workflow.definition import parse_definition
from tests.console import BLOCK, Console

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, up to the next one of its level."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_command_table_names_every_command() -> None:
    """The table holds the commands that there are, and no other."""
    rows = [line.split("|")[2] for line in section("Commands").split("\n") if line.startswith("| ")]
    named = {found.split()[0] for row in rows for found in re.findall(r"`([^`]+)`", row)}
    assert named == set(ENTRIES)


def test_changelog_names_every_command() -> None:
    """A user who reads what is new finds every command."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in ENTRIES if f"`{name}" not in text] == []


def test_example_definition_is_one() -> None:
    """The definition that the README shows can be used as it stands."""
    example = README.split("```markdown\n")[1].split("\n```")[0]
    definition, problems = parse_definition(example, "small.md")
    assert problems == ()
    assert definition is not None
    assert [phase.id for phase in definition.phases] == ["build", "review"]


def test_commands_without_output_run(tmp_path: Path) -> None:
    """What the README says to type is understood and does its work, in one project, from top to bottom."""
    (tmp_path / "project/.git").mkdir(parents=True)
    console = Console(tmp_path / "project", tmp_path / "home")
    lines = [re.split(r"  +#", line)[0] for block in BLOCK.findall(README) for line in block.splitlines()]
    ours = [line.removesuffix(" --follow") for line in lines if line.startswith("memory-state ")]
    assert len(ours) >= 8
    seen = {line: console.run(line) for line in dict.fromkeys(ours)}
    refused = [line for line, said in seen.items() if re.search(r"^\[\d+\]$", said, re.MULTILINE)]
    assert refused == ["memory-state explain last"]  # nothing has been refused yet
    assert "there is no refusal in this history" in seen["memory-state explain last"]


def test_make_targets_exist() -> None:
    """The README's make commands are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)):
        assert f"\n{target}:" in makefile, target


def test_every_wired_event_is_answered_or_known() -> None:
    """The hooks are wired for the events that they answer, and for the one that is compaction's."""
    from memory_state.agents.session import RESPONSES

    assert set(EVENTS) - set(RESPONSES) == {"SubagentStop"}
