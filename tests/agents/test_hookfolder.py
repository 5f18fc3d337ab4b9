"""The hook's folder: there whole or not at all, mended file by file."""

from __future__ import annotations

import importlib.util
import marshal
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from memory_state.agents.hookfolder import is_current, is_placed, lay_folder

MODULES = {"PreToolUse": b"def main():\n    return 1 / 0\n", "launch": b"print('launched')\n"}
NAMES = ["PreToolUse.py", "__pycache__", "launch.py", "launch.pyc"]


def names(folder: Path) -> list[str]:
    """What a folder holds, and nothing stands beside it."""
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]
    return sorted(each.name for each in folder.iterdir())


def test_a_new_folder_holds_its_modules_compiled(tmp_path: Path) -> None:
    """Sources and compiled forms are there, private, and nothing is left beside them."""
    folder = tmp_path / "hook/1a2b"
    lay_folder(str(folder), MODULES)
    assert names(folder) == NAMES
    assert (folder / "PreToolUse.py").read_bytes() == b"def main():\n    return 1 / 0\n"
    assert [is_current(str(folder), name) for name in MODULES] == [True, True]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "launch.pyc").stat().st_mode & 0o777 == 0o600


def test_compiled_modules_are_what_python_would_compile(tmp_path: Path) -> None:
    """The interpreter takes them, and a traceback shows where the module stands in the end."""
    folder = tmp_path / "hook"
    lay_folder(str(folder), MODULES)
    place = importlib.util.cache_from_source(str(folder / "PreToolUse.py"))
    assert marshal.loads(Path(place).read_bytes()[16:]).co_filename == str(folder / "PreToolUse.py")  # noqa: S302
    done = subprocess.run(
        [sys.executable, "-I", "-S", folder / "launch.pyc"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "launched\n"


def test_what_is_there_is_mended_in_its_place(tmp_path: Path) -> None:
    """A module that is gone, changed or badly compiled is there again; a folder that is whole stays."""
    folder = tmp_path / "hook"
    lay_folder(str(folder), MODULES)
    (folder / "PreToolUse.py").unlink()
    (folder / "launch.py").write_bytes(b"pass\n")
    (folder / "launch.pyc").write_bytes(b"")
    assert [is_current(str(folder), name) for name in MODULES] == [False, False]
    before = folder.stat().st_ino
    lay_folder(str(folder), MODULES)
    assert [is_current(str(folder), name) for name in MODULES] == [True, True]
    assert (folder / "launch.py").read_bytes() == b"print('launched')\n"
    assert names(folder) == NAMES
    assert folder.stat().st_ino == before


def test_the_first_of_two_programs_places_it(tmp_path: Path) -> None:
    """A folder that appeared in the meantime is not replaced, and what was prepared goes."""
    folder = tmp_path / "hook"
    lay_folder(str(folder), MODULES)
    assert not is_placed(str(folder), {"other": b""})
    assert names(folder) == NAMES


def test_a_fault_leaves_nothing(tmp_path: Path) -> None:
    """A module that does not compile, or a place that is none, leaves no part of a folder."""
    with pytest.raises(SyntaxError):
        lay_folder(str(tmp_path / "hook"), {"a": b"1\n", "b": b"def\n"})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "hook").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        lay_folder(str(tmp_path / "hook"), MODULES)
    assert [each.name for each in tmp_path.iterdir()] == ["hook"]


def test_what_a_dead_program_had_prepared_goes(tmp_path: Path) -> None:
    """An hour later; what is younger, of a live program or of another name stays."""
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    pid, long_ago = int(dead.stdout), time.time() - 3700
    stay = [f".a.{os.getpid()}-00000a.tmp", ".a.tmp", "b"]
    for name in (f".a.{pid}-00000b.tmp", *stay):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (long_ago, long_ago))
    young = f".a.{pid}-00000c.tmp"
    (tmp_path / young).mkdir()
    lay_folder(str(tmp_path / "hook"), MODULES)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*stay, young, "hook"])
