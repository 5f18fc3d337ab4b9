"""The layer as the hook has it: joined into one namespace, loaded part by part, without any other module."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from memory_state.agents.joining import joined_sources, parts, places
from memory_state.shell.installed import find_parser
from memory_state.shell.programs import FAMILIES
from memory_state.shell.verdict import judge
from tests.shell.ground import lay_out, load_cases

if TYPE_CHECKING:
    from pathlib import Path

    Told = tuple[str, tuple[str, ...], str]

SCRIPT = """
import sys
folder, root, home = sys.argv[1:]
names = {"__name__": "joined"}
def loaded(part, name):
    if name not in names:
        exec(compile(open(f"{folder}/{part}.py").read(), part, "exec"), names)
    return names[name]
names["loaded"] = loaded
for part, name in PARTS:
    loaded(part, name)
cases = eval(sys.stdin.read())
before = set(sys.modules)
found = [names["judge"](case, root, root, {"HOME": home}, 20) for case in cases]
print(([(each.kind, each.writes, each.reason) for each in found], sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository on which every command is judged; none runs."""
    return lay_out(tmp_path_factory.mktemp("ground").resolve())


def judge_joined(folder: Path, root: Path, cases: list[str]) -> tuple[list[Told], list[str]]:
    """Kind, writes and reason of each line by the joined form, and the modules that were loaded for it."""
    for name, source in joined_sources({"PARSER": find_parser() or ""}).items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    needed = [(places()[name], name) for name in ("judge_line", "judge_tree")]
    called = [("claude", "main"), ("gate", "gate_answer"), *needed, ("shell_call", "judge_shell_call")]
    script = SCRIPT.replace("PARTS", repr(called))
    command = [sys.executable, "-I", "-S", "-c", script, *map(str, (folder, root, root.parent / "home"))]
    done = subprocess.run(command, input=repr(cases), capture_output=True, text=True, check=True)
    found: tuple[list[Told], list[str]] = ast.literal_eval(done.stdout)
    return found


def test_joined_form_judges_alike_and_loads_nothing(tmp_path: Path, root: Path) -> None:
    """Every command of the table has the same verdict, and no module but the JSON scanner is loaded."""
    cases = [case.command for case in load_cases()]
    verdicts, modules = judge_joined(tmp_path, root, cases)
    home = {"HOME": str(root.parent / "home")}
    split = [judge(case, str(root), str(root), home, 20) for case in cases]
    assert verdicts == [(each.kind, each.writes, each.reason) for each in split]
    assert set(modules) <= {"_json"}


def test_every_program_stands_in_the_table_that_is_loaded_for_it() -> None:
    """The names by which a family of programs is found are those of its table."""
    for names, load in FAMILIES:
        assert sorted(names.split()) == sorted(load())


def test_no_program_is_in_two_families() -> None:
    """A name leads to one table."""
    names = [name for words, _ in FAMILIES for name in words.split()]
    assert len(names) == len(set(names))


def test_programs_are_parts() -> None:
    """What a program's call writes is loaded with its first call."""
    assert {"shell_git", "shell_archives", "shell_files", "shell_clauses"} <= set(parts())
