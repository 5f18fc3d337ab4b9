"""`setup` and what `init` says to git."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def settings(program: Program) -> Path:
    """The project's local settings of Claude Code."""
    return program.project.root / ".claude/settings.local.json"


def test_setup_alone_finds_the_client_of_the_project(ask: Program) -> None:
    """A `.claude` folder is enough."""
    (ask.project.root / ".claude").mkdir()
    told = ask("setup", "--json")
    assert (told.code, told.document["agent"]) == (0, "claude")
    assert settings(ask).is_file()


def test_setup_alone_finds_the_client_on_the_path(ask: Program, tmp_path: Path) -> None:
    """So is the client's program."""
    program = tmp_path / "bin/claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    assert ask("setup", "--print", "--json", PATH=str(program.parent)).document["agent"] == "claude"


def test_setup_alone_without_a_client_says_what_it_knows(ask: Program) -> None:
    """Nothing is written, and the command with the client's name is the next one."""
    told = ask("setup")
    assert told.code == 3
    assert told.err.splitlines() == [
        (
            "no coding agent was found here; known are claude by .claude/ in the project or claude on PATH, "
            "codex by .codex/ in the project or codex on PATH, "
            "copilot by .github/hooks/ in the project or copilot on PATH"
        ),
        "next: `memory-state setup claude`",
        "next: `memory-state setup codex`",
        "next: `memory-state setup copilot`",
    ]
    assert list(ask.project.root.iterdir()) == []


def test_setup_and_its_removal(ask: Program) -> None:
    """Wired, checked, taken out by a person."""
    assert ask("setup", "claude", "--check").code == 1
    assert ask("setup", "claude").code == 0
    assert ask("setup", "claude", "--check").code == 0
    assert ask("setup", "claude", "--remove").code == 1
    told = ask("setup", "claude", "--remove", "--by", "Ada")
    assert (told.code, told.out) == (0, f"the hooks of claude are out of {settings(ask)}\n")
    assert [path.name for path in ask.project.root.iterdir()] == [".memory"]


@pytest.mark.parametrize(
    ("agent", "path"), [("codex", ".codex/hooks.json"), ("copilot", ".github/hooks/memory-state.json")]
)
def test_setup_of_another_client(ask: Program, agent: str, path: str) -> None:
    """Its own file is wired, said to be, and gone again with the folders that were made for it."""
    file = ask.project.root / path
    assert ask("setup", agent, "--check").code == 1
    told = ask("setup", agent)
    assert told.code == 0
    assert told.out.splitlines()[0] == f"the hooks of {agent} are wired in {file}"
    assert told.out.splitlines()[1].startswith("note: hooks run only")
    written = file.read_bytes()
    assert ask("setup", agent, "--print").out.encode() == written
    assert ask("setup", agent).code == 0
    assert file.read_bytes() == written
    assert str(ask.project.root).encode() not in written
    assert ask("setup", agent, "--check").code == 0
    assert ask("setup", agent, "--remove", "--by", "Ada").code == 0
    assert [each.name for each in ask.project.root.iterdir()] == [".memory"]


def test_foreign_hooks_of_another_client_stay(ask: Program) -> None:
    """What somebody else wrote into the same file is there before, beside and after ours, byte for byte."""
    file = ask.project.root / ".codex/hooks.json"
    file.parent.mkdir()
    before = b'{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"./mine.sh"}]}]},\r\n "x": 1}'
    file.write_bytes(before)
    assert ask("setup", "codex").code == 0
    assert b"./mine.sh" in file.read_bytes()
    assert ask("setup", "codex", "--remove", "--by", "Ada").code == 0
    assert file.read_bytes() == before


def test_setup_alone_serves_every_client_that_is_used(ask: Program) -> None:
    """Each is wired; the block of instructions goes with the last of them."""
    for folder in (".claude", ".codex"):
        (ask.project.root / folder).mkdir()
    told = ask("setup", "--instructions", "--json")
    assert [each["agent"] for each in json.loads(told.out)["agents"]] == ["claude", "codex"]
    assert told.document["agent"] == "claude"
    block = ask.project.root / "CLAUDE.md"
    assert ask("setup", "claude", "--remove", "--by", "Ada").code == 0
    assert block.is_file()
    assert (ask.project.root / ".codex/hooks.json").is_file()
    assert ask("setup", "--remove", "--by", "Ada").code == 0
    assert not block.exists()
    assert not (ask.project.root / ".codex").exists()


def test_setup_of_an_unknown_client(ask: Program) -> None:
    """The sentence names those that there are."""
    told = ask("setup", "emacs")
    assert told.code == 2
    assert "there is no setup for 'emacs'; there is one for claude, codex, copilot" in told.err


def test_sandbox_rules_are_claude_s(ask: Program) -> None:
    """For another client none are made up."""
    told = ask("setup", "codex", "--sandbox")
    assert told.code == 2
    assert "rules for a sandbox are known for claude only" in told.err


def test_instructions_come_and_go(ask: Program) -> None:
    """The block on request, renewed without a change, gone with the hooks."""
    agents = ask.project.root / "AGENTS.md"
    agents.write_bytes(b"# Agents\r\n")
    told = ask("--memory-path", "notes", "setup", "claude", "--instructions")
    assert told.code == 0
    assert f"where the workflow is stands in {agents}" in told.out
    written = agents.read_bytes()
    assert b"`notes/state/active-workflow.md`" in written
    ask("--memory-path", "notes", "setup", "claude", "--instructions")
    assert agents.read_bytes() == written
    assert ask("setup", "claude", "--remove", "--by", "Ada").code == 0
    assert agents.read_bytes() == b"# Agents\r\n"


def test_edited_instructions_are_not_overwritten(ask: Program) -> None:
    """Setup says where they are and how to go on; its removal says it too."""
    ask("setup", "claude", "--instructions")
    path = ask.project.root / "CLAUDE.md"
    path.write_text(path.read_text(encoding="utf-8").replace("## Workflow", "## Mine"), encoding="utf-8")
    told = ask("setup", "claude", "--instructions")
    assert told.code == 1
    assert f"{path} line 1: the block of memory-state was edited, and stays as it is" in told.err
    told = ask("setup", "claude", "--remove", "--by", "Ada")
    assert told.code == 1
    assert "take it out yourself" in told.out
    assert not settings(ask).exists()


@pytest.mark.parametrize("mode", ["--check", "--print", "--remove"])
def test_instructions_belong_to_the_setup(ask: Program, mode: str) -> None:
    """They exclude the ways that write nothing."""
    assert ask("setup", "claude", mode, "--instructions").code == 2


def test_init_lets_git_keep_what_is_worth_it(ask: Program) -> None:
    """`--track` and `--no-track` switch; without either, the choice stays."""
    state = ask.project.root / ".memory/state"
    ask("init")
    assert (state / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert ask("init", "--track").code == 0
    tracked = (state / ".gitignore").read_text(encoding="utf-8")
    assert "!workflow-history/" in tracked
    assert "merge=union" in (state / ".gitattributes").read_text(encoding="utf-8")
    ask("init")
    assert (state / ".gitignore").read_text(encoding="utf-8") == tracked
    ask("init", "--no-track")
    assert (state / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert not (state / ".gitattributes").exists()


def test_sandbox_rules_are_printed_to_be_pasted(planning: Program) -> None:
    """Plain JSON on standard output; nothing is written, wired or asked."""
    import json

    root, home = planning.project.root, planning.project.environment["HOME"]
    told = planning("setup", "claude", "--sandbox")
    rules = json.loads(told.out)["sandbox"]
    assert (told.code, told.err, rules["enabled"]) == (0, "", True)
    denied = rules["filesystem"]["denyWrite"]
    for path in (
        f"/{root}/.memory/state", f"/{root}/.memory-state.toml", f"/{root}/.claude/settings.json",
        f"/{root}/.claude/settings.local.json", f"/{root}/.git/hooks", f"/{root}/.git/config",
        f"/{home}/.claude/settings.json", f"/{root}/.codex/hooks.json", f"/{home}/.config/memory-state",
        f"/{home}/.local/share/memory-state", f"/{home}/.local/state/memory-state",
    ):  # fmt: skip
        assert path in denied, path
    assert len(set(denied)) == len(denied)
    assert rules["filesystem"]["denyRead"] == [f"/{home}/.local/share/memory-state/grant-key"]
    assert rules["excludedCommands"] == ["memory-state", "memory-state *"]
    assert planning("setup", "claude", "--sandbox", "--json").document["sandbox"] == rules
    assert not settings(planning).exists()
