"""Small definitions, runs and documents that the tests of the rules share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from memory_state.core.clock import format_time
from memory_state.core.jsontext import decode_json, encode_json_event
from memory_state.workflow.definition import parse_definition
from memory_state.workflow.document import read_document
from memory_state.workflow.fold import evolve, started
from memory_state.workflow.machine import Draft, Verdict, next_phase
from memory_state.workflow.model import Condition, Definition, Event, Phase, State
from memory_state.workflow.projection import new_document, project

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = (ROOT / "templates" / "document.md").read_text(encoding="utf-8")
BUILT_IN = ("bugfix", "feature", "inner", "outer", "tdd")
TASKS = Condition("tasks")
APPROVAL = Condition("approval")
OPENED = 1795168800.0  # 2026-11-20T10:00:00Z

FEATURE = Definition(
    "feature",
    "",
    "outer",
    (
        Phase("plan", "architect", ("read", "edit(docs/**)"), exit=(TASKS,), tasks=("Write the plan",)),
        Phase("build", "developer", ("read", "edit", "shell"), ("shell(git push *)",), exit=(TASKS,)),
        Phase("test", "tester", exit=(Condition("command", "$test"),), returns_to="build"),
        Phase("review", "reviewer", ("read",), exit=(APPROVAL,), returns_to="build"),
        Phase("document", "writer", exit=(TASKS,), skippable=True, tasks=("Update the manual",)),
    ),
)
FREE = Definition(
    "free",
    "",
    "inner",
    (
        Phase("a", exit=(APPROVAL,)),
        Phase("b", exit=(Condition("command", "true"),), returns_to="a", max_returns=2, skippable=True),
        Phase("c", skippable=True, returns_to="b", max_returns=1, advance_on=("shell(git tag *)",)),
    ),
)
MET = (Verdict("tasks", met=True, reason="1 of 1 done"),)


class History(NamedTuple):
    """A run as its events made it."""

    definition: Definition
    events: tuple[Event, ...]
    state: State

    def then(self, *drafts: Draft) -> History:
        """The run after these drafts became events."""
        run = self
        for draft in drafts:
            event = numbered(len(run.events) + 1, draft)
            run = History(run.definition, (*run.events, event), evolve(run.definition, run.state, event))
        return run

    def steps(self, drafts: Iterable[Draft]) -> list[History]:
        """The run after each of these drafts."""
        found = [self]
        for draft in drafts:
            found.append(found[-1].then(draft))
        return found[1:]

    def next(self) -> History:
        """The run after `next`, its gate met."""
        return self.then(*next_phase(self.definition, self.state, MET))

    @property
    def document(self) -> str:
        """A new document that shows the run."""
        return new_document(TEMPLATE, self.definition, self.state)

    def on(self, text: str) -> str:
        """An older document made to show the run."""
        return project(text, self.definition, self.state)


def numbered(number: int, draft: Draft) -> Event:
    """The event that a draft becomes, its details as the log gives them back."""
    details = cast("dict[str, object]", decode_json(encode_json_event(draft.details)))
    return Event(number, format_time(OPENED + 90.25 * (number - 1)), draft.type, draft.subject, details)


def begun(definition: Definition, **details: object) -> History:
    """A run that is still before its first phase."""
    given = {"workflow_id": "7f3a9c21", "title": "Add login", **details}
    event = numbered(1, Draft("workflow.started", definition.name, given))
    return History(definition, (event,), started(definition, event))


def entered(definition: Definition, **details: object) -> History:
    """A run in its first phase."""
    return begun(definition, **details).next()


def at(phase: str, definition: Definition = FEATURE) -> History:
    """A run that went forward to a phase."""
    run = entered(definition)
    while run.state.phase != phase:
        run = run.next()
    return run


def shown(text: str, definition: Definition = FEATURE) -> State:
    """The state that a document without a problem shows."""
    document = read_document(text, definition, "active-workflow.md")
    assert document.problems == ()
    assert document.state is not None
    return document.state


def built_in(name: str) -> Definition:
    """A definition that comes with the package."""
    path = ROOT / "templates" / "workflows" / f"{name}.md"
    definition, problems = parse_definition(path.read_text(encoding="utf-8"), path.name)
    assert problems == ()
    assert definition is not None
    return definition
