"""Files that no call may change: noted when a session starts, compared when its turns end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from memory_state.workspace.guarded import (
    ABSENT,
    begin,
    changed,
    differing,
    digests,
    is_as_before,
    own_change,
    store_path,
)
from memory_state.workspace.violations import record_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workspace.ground import Ground

SETTINGS = ".claude/settings.local.json"


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def start(ground: Ground) -> list[str]:
    """A session starts; what changed since the last one."""
    return begin(ground.environment, str(ground.root))


def end_turn(ground: Ground) -> dict[str, str]:
    """A turn ends; what was changed in it."""
    return changed(ground.environment, str(ground.root))


@pytest.mark.parametrize(
    "name",
    [
        ".memory-state.toml", ".codex/hooks.json", ".codex/config.toml", ".gemini/settings.json",
        ".github/hooks", ".opencode/plugin", ".git/hooks", ".git/config", ".git/config.worktree", SETTINGS,
        ".claude/settings.json", "~/.claude/settings.json", "~/.codex/hooks.json",
        "~/.config/memory-state/config.toml", "~/.local/share/memory-state/trusted",
        "~/.local/share/memory-state/hook", "~/.local/share/memory-state/runtime",
    ],
)  # fmt: skip
def test_change_of_a_guarded_file_is_seen(ground: Ground, name: str) -> None:
    """Made, changed or taken away during a session, inside the project and in the user's folders."""
    path = Path(name.replace("~", str(ground.home)))
    shown = str(path)
    place = ground.root / path
    file = place / "inner" / "file" if Path(name).suffix == "" and "config" not in name else place
    first = '{"hooks": {}}' if name.endswith(".json") else "[core]\n\tpager = a\n"
    second = '{"hooks": {"Stop": []}}' if name.endswith(".json") else "[core]\n\tpager = b\n"
    place.unlink(missing_ok=True)
    start(ground)
    write(file, first)
    assert end_turn(ground) == {shown: "~absent"}
    start(ground)
    write(file, second)
    (before,) = end_turn(ground).values()
    assert before not in ("~absent", digests(ground.environment, str(ground.root))[shown])
    start(ground)
    file.unlink()
    assert list(end_turn(ground)) == [shown]


def test_absent_files_are_noted(ground: Ground) -> None:
    """Each has a digest, whether it is there or not."""
    found = digests(ground.environment, str(ground.root))
    assert found[".codex/hooks.json"] == "~absent"
    assert found[".memory-state.toml"] != "~absent"
    assert all(each.startswith("~") for each in found.values())


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ('{"permissions": {"allow": ["Read"]}, "env": {"A": "1"}, "hooks": {}}', False),
        ('{"hooks": {}, "env": {"A": "1"}, "model": "x"}', False),
        ('{"hooks": {}, "env": {"A": "2"}}', True),
        ('{"env": {"A": "1"}}', True),
        ('{"hooks": {}, "env": {"A": "1"}, "disableAllHooks": true}', True),
        ("no json", True),
        ("[]", True),
    ],
)
def test_of_a_client_s_settings_three_keys_count(ground: Ground, text: str, *, counts: bool) -> None:
    """Hooks, their switch and the environment; a permission or a model is the user's to change."""
    write(ground.root / SETTINGS, '{"env": {"A": "1"}, "hooks": {}}')
    start(ground)
    write(ground.root / SETTINGS, text)
    assert bool(end_turn(ground)) is counts


def test_git_s_ordinary_work_is_none(ground: Ground) -> None:
    """Branches, remotes and samples of hooks do not count; a hook does, also when it becomes executable."""
    config, hook = ground.root / ".git" / "config", ground.root / ".git" / "hooks" / "pre-commit"
    write(config, "[core]\n\tbare = false\n")
    write(hook, "#!/bin/sh\n")
    start(ground)
    write(config, '[core]\n\tbare = false\n[branch "a"]\n\tremote = o\n[remote "o"]\n\turl = x\n')
    write(hook.with_name("pre-push.sample"), "#!/bin/sh\n")
    assert end_turn(ground) == {}
    hook.chmod(0o755)
    assert list(end_turn(ground)) == [".git/hooks"]


def test_link_in_the_place_of_a_file_counts(ground: Ground, tmp_path: Path) -> None:
    """The link itself, and what stands behind it."""
    write(tmp_path / "other.toml", 'durability = "process"\n')
    start(ground)
    (ground.root / ".memory-state.toml").unlink()
    (ground.root / ".memory-state.toml").symlink_to(tmp_path / "other.toml")
    assert list(end_turn(ground)) == [".memory-state.toml"]
    start(ground)
    write(tmp_path / "other.toml", "changed")
    assert list(end_turn(ground)) == [".memory-state.toml"]


def test_each_change_is_given_once(ground: Ground) -> None:
    """A further change is given again, with the digest of the session's start; going back is no change."""
    path = ground.root / ".memory-state.toml"
    original = path.read_text(encoding="utf-8")
    start(ground)
    before = digests(ground.environment, str(ground.root))[".memory-state.toml"]
    path.write_text("one", encoding="utf-8")
    assert end_turn(ground) == {".memory-state.toml": before}
    assert end_turn(ground) == {}
    path.write_text("two", encoding="utf-8")
    assert end_turn(ground) == {".memory-state.toml": before}
    assert not is_as_before(str(ground.root), ".memory-state.toml", before)
    path.write_text(original, encoding="utf-8")
    assert end_turn(ground) == {}
    assert is_as_before(str(ground.root), ".memory-state.toml", before)


def test_change_between_sessions_is_a_fact(ground: Ground) -> None:
    """The next start names it, once; what was told as a violation before is not told again."""
    assert start(ground) == []
    (ground.root / ".memory-state.toml").write_text("one", encoding="utf-8")
    assert start(ground) == [".memory-state.toml"]
    assert start(ground) == []
    assert end_turn(ground) == {}
    write(ground.root / ".codex" / "hooks.json", "{}")
    assert list(end_turn(ground)) == [".codex/hooks.json"]
    assert start(ground) == []


@pytest.mark.parametrize("kept", [None, b"", b"[]", b"{", b'{"known": 1, "told": {}}', b"\xff"])
def test_nothing_noted_is_a_start(ground: Ground, kept: bytes | None) -> None:
    """Without digests, or with damaged ones, a turn's end notes them and says nothing."""
    path = Path(store_path(ground.environment, str(ground.root)))
    if kept is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(kept)
    assert end_turn(ground) == {}
    (ground.root / ".memory-state.toml").write_text("one", encoding="utf-8")
    assert list(end_turn(ground)) == [".memory-state.toml"]


def test_digests_are_private_and_outside_of_the_project(ground: Ground) -> None:
    """They stand in the user's folder, for the user alone."""
    start(ground)
    (path,) = (ground.home / ".local/state/memory-state/guarded").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_bytes())["told"] == {}


def trust(ground: Ground) -> None:
    """A person trusts a definition."""
    ground.workspace().trust("steps")


def other_project(ground: Ground) -> None:
    """A person sets up another project."""
    with own_change(ground.environment, str(ground.root.parent / "other")):
        write(ground.home / ".local/share/memory-state/runtime", "python3")


@pytest.mark.parametrize("change", [trust, other_project])
def test_what_our_commands_change_is_known(ground: Ground, change: Callable[[Ground], None]) -> None:
    """Trust, settings and set-up are no violation; what an agent changed before stays one."""
    start(ground)
    (ground.root / ".memory-state.toml").write_text('durability = "process"\n# more\n', encoding="utf-8")
    change(ground)
    assert list(end_turn(ground)) == [".memory-state.toml"]


def test_recorded_change_shuts_the_gate_until_it_is_taken_back(ground: Ground) -> None:
    """Also of a file of which only a part is guarded: what counts is that part."""
    ground.start()
    ground.workspace().task("done", "1")
    write(ground.root / SETTINGS, '{"hooks": {"Stop": []}, "model": "a"}')
    start(ground)
    write(ground.root / SETTINGS, '{"model": "a"}')
    workspace = ground.workspace(person=None)
    record_changes(workspace.project, workspace.workflow(), end_turn(ground), "protected", workspace.actor)
    with pytest.raises(Refused, match=r"changes: .*settings\.local\.json") as caught:
        workspace.next()
    assert "override --changes --reason WHY" in caught.value.next_commands
    write(ground.root / SETTINGS, '{"model": "b", "hooks": {"Stop": []}}')
    assert ground.workspace(person=None).next().state.phase == "build"


def test_what_was_not_noted_and_is_not_there_is_the_same() -> None:
    """Absent then and now is no difference; each other name whose digest changed is one, in order."""
    before = {"same": "1", "gone": "2", "changed": "3"}
    now = {"same": "1", "gone": ABSENT, "changed": "4", "new": "5", "never": ABSENT}
    assert differing(before, now) == ["changed", "gone", "new"]
