"""No dead ends: whatever is refused names commands that exist, in every state, and one of them helps."""

from __future__ import annotations

import ast
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.ways import filled, takes
from tests.test_architecture import MODULES, name_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Program

DEFINITION = """---
schema: 1
name: small
phases:
  - id: plan
    exit: [tasks, "file: plan.md"]
  - id: build
    exit: [{command: "test -e built"}]
    returns_to: plan
    max_returns: 1
  - id: review
    exit: [approval]
    returns_to: build
    max_returns: 1
  - id: close
    skippable: true
criteria: ["file: done.md"]
---
"""
COMMANDS = (
    "next", "finish", "back --reason Wrong", "skip --reason Hurry", "approve", "wait", "park", "resume",
    "fail --reason Broken", "cancel", "override --reason Must", "override --changes --reason Must",
    "task add More", "task done 9", "note Hello", "save", "rollback --to 900", "archive ID",
    "resolve --keep ID", "recover", "start small Two", "start small Two --inner", "start nothing Two",
)  # fmt: skip
# Those that say the same wherever a workflow stands.
ANYWHERE = (
    "task undo 1", "trust", "rollback --steps 1", "start small Two --beside", "check --run", "gc",
    "config set durability process", "doctor --fix", "setup claude --remove", "uninstall --dry-run",
)  # fmt: skip
LOOKING = ("status", "list", "check", "doctor", "config list", "show", "history", "validate")


def person(ask: Program, *lines: str) -> None:
    """Do these as a person; each must work."""
    for line in lines:
        told = ask(*shlex.split(line), "--by", "Ada")
        assert told.code == 0, (line, told)


def begin(ask: Program) -> None:
    """A workflow of the small definition in its first phase."""
    path = ask.project.root / ".memory/workflows/small.md"
    path.parent.mkdir(parents=True)
    path.write_text(DEFINITION, encoding="utf-8")
    person(ask, "start small One", "trust", "task add First")


def to_build(ask: Program) -> None:
    """In the second phase."""
    begin(ask)
    (ask.project.root / "plan.md").write_text("# Plan\n", encoding="utf-8")
    person(ask, "task done 1", "next")


def to_review(ask: Program) -> None:
    """At the gate that asks for a person."""
    to_build(ask)
    (ask.project.root / "built").touch()
    person(ask, "next")


def voided(ask: Program) -> None:
    """Approved, and changed since."""
    to_review(ask)
    person(ask, "approve")
    (ask.project.root / "built").write_text("changed", encoding="utf-8")


def to_close(ask: Program) -> None:
    """In the last phase, a criterion unmet."""
    to_review(ask)
    person(ask, "approve", "next")


def blocked(ask: Program) -> None:
    """Sent back once too often."""
    to_build(ask)
    person(ask, "back --reason One", "task done 2", "next", "back --reason Two")


def failed_thrice(ask: Program) -> None:
    """Failed, and resumed as often as it may be."""
    begin(ask)
    for _ in range(3):
        person(ask, "fail --reason Broken", "resume")
    person(ask, "fail --reason Broken")


def inner(ask: Program) -> None:
    """Waiting for an inner workflow at work."""
    begin(ask)
    workflow = ask("status", "--json").workflow["workflow_id"]
    person(ask, "start small Within --inner", f"-w {workflow} status")


def parked_inner(ask: Program) -> None:
    """Its inner workflow was set aside."""
    begin(ask)
    told = ask("start", "small", "Within", "--inner", "--json")
    person(ask, f"-w {told.workflow['workflow_id']} park")


def completed(ask: Program) -> None:
    """Ended well."""
    to_close(ask)
    (ask.project.root / "done.md").write_text("# Done\n", encoding="utf-8")
    person(ask, "finish")


def damaged(ask: Program) -> None:
    """Its history is gone."""
    begin(ask)
    next(ask.project.root.glob(".memory/state/workflow-history/*/events.md")).unlink()


def then(made: Callable[[Program], None], *lines: str) -> Callable[[Program], None]:
    """A situation and what a person does in it."""

    def make(ask: Program) -> None:
        made(ask)
        person(ask, *lines)

    return make


SITUATIONS: dict[str, Callable[[Program], None]] = {
    "nothing": lambda _: None,
    "planning": begin,
    "building": to_build,
    "reviewing": to_review,
    "voided": voided,
    "closing": to_close,
    "waiting": then(begin, "wait"),
    "paused": then(begin, "park"),
    "failed": then(begin, "fail --reason Broken"),
    "failed thrice": failed_thrice,
    "blocked": blocked,
    "inner": inner,
    "parked inner": parked_inner,
    "cancelled": then(begin, "cancel"),
    "completed": completed,
    "damaged": damaged,
}


class Place:
    """A project that can be put back as it was."""

    def __init__(self, ask: Program, aside: Path) -> None:
        self.ask = ask
        self.folders = [ask.project.root, ask.project.root.parent / "home"]
        self.aside = aside
        for folder in self.folders:
            shutil.copytree(folder, aside / folder.name, symlinks=True)

    def put_back(self) -> None:
        """As it was at first."""
        for folder in self.folders:
            shutil.rmtree(folder)
            shutil.copytree(self.aside / folder.name, folder, symlinks=True)


@pytest.mark.parametrize(
    ("name", "who"),
    [(name, "person") for name in SITUATIONS]
    + [(name, "agent") for name in ("planning", "reviewing", "inner")],
)
def test_every_refusal_names_what_can_be_done(ask: Program, tmp_path: Path, name: str, who: str) -> None:
    """In each situation each command works or names commands that exist; a named one gets a person on."""
    SITUATIONS[name](ask)
    place = Place(ask, tmp_path / "aside")
    told = ask("list", "--json")
    listed = told.document.get("workflows")
    workflow = str(listed[0]["workflow_id"]) if isinstance(listed, list) and listed else "7f3a9c21"
    mark = {"CLAUDECODE": "1"} if who == "agent" else {}
    given = ("--json",) if who == "agent" else ("--by", "Ada", "--json")
    named: set[str] = set()
    for command in (*COMMANDS, *(ANYWHERE if name == "planning" else ())):
        told = ask(*shlex.split(command.replace("ID", workflow)), *given, **mark)
        if told.code == 0:
            place.put_back()
            continue
        if told.document["kind"] != "error":  # check, doctor: findings
            continue
        ways = told.document["next"]
        assert isinstance(ways, list), (command, told.err)
        assert ways, (command, told.err)
        steps = [str(each).removeprefix("memory-state ") for each in ways]
        assert [each for each in steps if not takes(each)] == [], (command, told.err)
        named |= set(steps)
    helping = [each for each in sorted(named) if not each.split("-w")[0].strip().startswith(LOOKING)]
    assert any(helps(place, each) for each in helping), named


def helps(place: Place, command: str) -> bool:
    """Whether a person who runs it gets somewhere."""
    if "--help" in command:
        return False
    told = place.ask(*shlex.split(filled(command)), "--by", "Ada")
    place.put_back()
    return told.code == 0


# the sources: also what no test can bring about


def refusals(kind: str = "Refused") -> Iterator[tuple[str, ast.Call]]:
    """Every place that makes an error of this kind, and the call that does."""
    for path in MODULES:
        if path.parent.name in ("workspace", "cli", "workflow", "agents", "shell", "reports", "core"):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == kind:
                    yield f"{name_of(path)}:{node.lineno}", node


def written_commands(node: ast.AST) -> Iterator[str]:
    """The commands that stand in a call as texts, with `ID` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [each.value if isinstance(each, ast.Constant) else "ID" for each in node.values]
        yield "".join(map(str, parts))
    else:
        for child in ast.iter_child_nodes(node):
            yield from written_commands(child)


def test_every_refusal_in_the_sources_has_a_next_command() -> None:
    """None is made without what to do next."""
    found = [where for where, call in refusals() if len(call.args) < 2 and not call.keywords]
    assert found == []


def test_every_command_in_a_refusal_is_one() -> None:
    """What stands there as a command is taken by the program."""
    wrong = []
    for where, call in refusals():
        ways = call.args[1] if len(call.args) > 1 else None
        if isinstance(ways, ast.Tuple):
            wrong += [
                (where, each) for part in ways.elts for each in written_commands(part) if not takes(each)
            ]
    assert wrong == []


def test_the_reader_of_commands_can_tell() -> None:
    """What the program does not take is told from what it does."""
    for good in ("next", "task done build.2", "-w 7f3a9c21 status", "start DEFINITION TITLE", "config list"):
        assert takes(good), good
    for bad in ("", "nxt", "task dne 1", "start", "rollback --steps x", "next --nothing", "config nothing"):
        assert not takes(bad), bad
