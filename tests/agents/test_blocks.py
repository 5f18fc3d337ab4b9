"""The block of ours in a file of instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory_state.agents.blocks import (
    find_block,
    guidance,
    instruction_files,
    place_of_block,
    remove_block,
    with_block,
    without_block,
    write_block,
)
from memory_state.core.errors import Broken, Misused, Refused

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = "<!-- BEGIN memory-state v1 hash:87428fc5 -->\na\n<!-- END memory-state -->"

ADDED = [
    ("", f"{BLOCK}\n"),
    ("# Ours\n", f"# Ours\n\n{BLOCK}\n"),
    ("# Ours", f"# Ours\n\n{BLOCK}"),
    ("# Ours\n\n", f"# Ours\n\n\n{BLOCK}\n"),
    ("x\r\ny\r\n", "x\r\ny\r\n\r\n" + BLOCK.replace("\n", "\r\n") + "\r\n"),
    ("\ufeffx\n", f"\ufeffx\n\n{BLOCK}\n"),
]


@pytest.mark.parametrize(("text", "changed"), ADDED)
def test_block_comes_after_what_is_there(text: str, changed: str) -> None:
    """A blank line, then the block, in the line ends of the file; its hash is the same with all of them."""
    assert with_block(text, ["a"]) == changed
    assert without_block(changed) == text


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab \r\n#é\ufeff"), max_size=12))
@example("\r\nx\r")
@example("x\n\ry\r\n\n")
def test_removal_gives_every_byte_back(text: str) -> None:
    """Whatever stood there before stands there after."""
    assert without_block(with_block(text, ["a", "", "b"])) == text


def test_what_a_person_writes_around_it_stays() -> None:
    """Text before and behind, and a block that was moved to the top."""
    assert without_block(f"one\n\n{BLOCK}\ntwo\n") == "one\ntwo\n"
    assert without_block(f"one\n\n{BLOCK}\n\ntwo\n") == "one\n\ntwo\n"
    assert without_block(f"{BLOCK}\none\n") == "one\n"
    assert without_block(f"one\n{BLOCK}\ntwo") == "one\ntwo"
    assert with_block(f"one\n{BLOCK}\ntwo", ["b"]).startswith("one\n<!-- BEGIN memory-state v1 hash:")


def test_block_is_renewed_in_its_place() -> None:
    """New lines replace the old ones; the same ones change nothing."""
    text = f"one\n\n{BLOCK}\n\ntwo\n"
    assert with_block(text, ["a"]) == text
    renewed = with_block(text, ["b"])
    assert renewed != text
    assert with_block(renewed, ["a"]) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"x\n{BLOCK}".replace("\na\n", "\nmine\n"), "line 2: the block of memory-state was edited"),
        (BLOCK.replace(" hash:87428fc5", ""), "line 1: the block of memory-state was edited"),
        (BLOCK.replace("87428fc5", "00000000"), "line 1: the block of memory-state was edited"),
        ("x\n\n<!-- BEGIN memory-state v1 hash:87428fc5 -->\na\n", "line 3: .* has no end marker"),
        (f"{BLOCK}\n{BLOCK}\n", "line 4: a second block"),
    ],
)
def test_block_that_is_not_plainly_ours_is_refused(text: str, said: str) -> None:
    """What somebody changed is neither rewritten nor removed."""
    with pytest.raises(ValueError, match=said):
        with_block(text, ["a"])
    with pytest.raises(ValueError, match=said):
        without_block(text)


def test_text_without_a_block() -> None:
    """A mention of us is no block."""
    text = "BEGIN memory-state\n<!-- END memory-state -->\n"
    assert find_block(text) is None
    assert without_block(text) == text


def test_guidance_names_five_commands() -> None:
    """The block is short: where the workflow is, and what an agent needs."""
    lines = guidance(".memory", "memory-state")
    assert len(lines) <= 12
    assert sum(line.startswith("- `memory-state ") for line in lines) == 5
    assert "`.memory/state/active-workflow.md`" in "\n".join(lines)


# on disk


def test_file_that_is_there_is_taken(tmp_path: Path) -> None:
    """AGENTS.md before CLAUDE.md, the file with the block before both, a new CLAUDE.md else."""
    agents, claude = tmp_path / "AGENTS.md", tmp_path / "CLAUDE.md"
    assert place_of_block(str(tmp_path)) == claude
    claude.write_text("# C\n", encoding="utf-8")
    assert write_block(str(tmp_path), ["a"]) == claude
    agents.write_text("# A\n", encoding="utf-8")
    assert write_block(str(tmp_path), ["b"]) == claude
    assert remove_block(claude, made=False) == ""
    assert claude.read_text(encoding="utf-8") == "# C\n"
    assert write_block(str(tmp_path), ["a"]) == agents


@pytest.mark.parametrize(("real", "link"), [("AGENTS.md", "CLAUDE.md"), ("CLAUDE.md", "AGENTS.md")])
def test_linked_pair_is_one_file(tmp_path: Path, real: str, link: str) -> None:
    """One of the two is a link to the other: it is followed, and the block written once."""
    (tmp_path / real).write_text("# Both\n", encoding="utf-8")
    (tmp_path / link).symlink_to(real)
    assert write_block(str(tmp_path), ["a"]) == tmp_path / real
    assert instruction_files(str(tmp_path)) == [tmp_path / real]
    assert (tmp_path / real).read_text(encoding="utf-8") == f"# Both\n\n{BLOCK}\n"
    assert (tmp_path / link).is_symlink()


def test_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    """A repository can not make us write elsewhere."""
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").write_text("x\n", encoding="utf-8")
    (root / "CLAUDE.md").symlink_to("../outside")
    with pytest.raises(Broken, match="symbolic link"):
        write_block(str(root), ["a"])
    assert (tmp_path / "outside").read_text(encoding="utf-8") == "x\n"


def test_edited_block_is_told_with_the_way_on(tmp_path: Path) -> None:
    """The refusal names the file and what to do."""
    path = tmp_path / "CLAUDE.md"
    path.write_text(BLOCK.replace("\na\n", "\nmine\n"), encoding="utf-8")
    with pytest.raises(
        Refused, match=r"CLAUDE.md line 1: .* edited, and stays as it is; take it out"
    ) as refused:
        write_block(str(tmp_path), ["a"])
    assert refused.value.next_commands == ("setup claude --instructions",)
    assert "take it out yourself" in remove_block(path, made=True)
    assert "mine" in path.read_text(encoding="utf-8")


def test_file_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    """What is not UTF-8 is not rewritten."""
    (tmp_path / "CLAUDE.md").write_bytes(b"\xff")
    with pytest.raises(Misused, match="not UTF-8 at byte 0"):
        write_block(str(tmp_path), ["a"])
    assert remove_block(tmp_path / "CLAUDE.md", made=False) != ""
    assert (tmp_path / "CLAUDE.md").read_bytes() == b"\xff"


def test_file_made_for_the_block_goes_with_it(tmp_path: Path) -> None:
    """Unless somebody wrote into it meanwhile, or it was there before."""
    path = tmp_path / "CLAUDE.md"
    write_block(str(tmp_path), ["a"])
    assert remove_block(path, made=True) == ""
    assert not path.exists()
    path.write_bytes(b"")
    write_block(str(tmp_path), ["a"])
    assert remove_block(path, made=False) == ""
    assert path.read_bytes() == b""
