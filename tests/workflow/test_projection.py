"""Writing a state into its document: only what is ours changes."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.errors import Broken
from memory_state.workflow.document import read_document
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import Definition, Phase, State, Task
from memory_state.workflow.projection import new_document, owned_values, project
from tests.workflow.examples import FEATURE, TEMPLATE, History, at, begun, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

NEW = """---
schema: 1
workflow_id: "7f3a9c21"
title: "Add login"
definition: "feature"
level: "outer"
parent: null
status: "in_progress"
phase: "build"
role: "developer"
allow: ["read", "edit", "shell"]
deny: ["shell(git push *)"]
issue_number: null
branch_name: null
plan_file: null
context: {}
created_at: "2026-11-20T10:00:00Z"
updated_at: "2026-11-20T10:07:31.250Z"
event: 6
---

# Add login

## Phases

- [x] plan: 2026-11-20T10:01:30Z to 2026-11-20T10:03:00Z
- [ ] **build**: since 2026-11-20T10:03:00Z
- [ ] test
- [ ] review
- [ ] document

## Tasks

### plan
- [ ] Write the plan

### build
- [/] Add the table
## Notes
"""


def building() -> History:
    """A run in build with one task begun."""
    return at("build").then(
        Draft("task.added", "build", {"text": "Add the table"}),
        Draft("task.started", "build", {"text": "Add the table"}),
    )


def moved_on() -> History:
    """The same run later: tasks done and added, the next phase entered, an approval, a skip."""
    return (
        building()
        .then(
            Draft("task.completed", "build", {"text": "Add the table"}),
            Draft("task.completed", "plan", {"text": "Write the plan"}),
            Draft("task.added", "test", {"text": "Try it"}),
            Draft("task.added", "build", {"text": "Add the form"}),
            Draft("phase.skipped", "document", {"reason": "nothing to say"}),
        )
        .next()
        .then(Draft("approval.given", "test", {"name": "Ann"}))
    )


def crlf(text: str) -> str:
    """The text with CRLF line ends."""
    return text.replace("\n", "\r\n")


def in_order(lines: Iterable[str], text: str) -> bool:
    """Whether a text's lines hold these, byte for byte and in this order."""
    rest = iter(text.split("\n"))
    return all(line in rest for line in lines)


def is_shown(text: str, state: State) -> bool:
    """Whether a document shows this state; it may hold further tasks."""
    found = read_document(text, FEATURE, "").state
    assert found is not None
    return found._replace(tasks=()) == state._replace(tasks=()) and Counter(state.tasks) <= Counter(
        found.tasks
    )


def test_a_new_document() -> None:
    """A document from the template has our keys, Phases and Tasks in the order of the definition."""
    assert building().document == NEW.replace("## Notes", "\n## Notes")


def test_an_unchanged_state_changes_nothing() -> None:
    """Projecting the state that a document shows gives the same bytes, whatever their form."""
    run = building()
    for text in (
        NEW,
        run.document,
        crlf(NEW),
        "\ufeff" + NEW,
        NEW.rstrip("\n"),
        NEW.replace("- [x] plan", "* [x] plan"),
    ):
        assert run.on(text) == text


def test_a_later_state_changes_our_lines_only() -> None:
    """Keys, Phases lines, boxes and new tasks change; the rest is as it was."""
    assert moved_on().on(NEW) == (
        NEW.replace('phase: "build"', 'phase: "test"')
        .replace('role: "developer"', 'role: "tester"')
        .replace('allow: ["read", "edit", "shell"]', 'allow: ["*"]')
        .replace('deny: ["shell(git push *)"]', "deny: []")
        .replace("10:07:31.250Z", "10:19:33.250Z")
        .replace("event: 6", "event: 14")
        .replace("- [ ] **build**: since 2026-11-20T10:03:00Z",
                 "- [x] build: 2026-11-20T10:03:00Z to 2026-11-20T10:16:32Z")
        .replace("- [ ] test", "- [ ] **test**: since 2026-11-20T10:16:32Z, approved by Ann at "
                               "2026-11-20T10:19:33Z")
        .replace("- [ ] document", "- [-] document: skipped, nothing to say")
        .replace("- [ ] Write the plan", "- [x] Write the plan")
        .replace("- [/] Add the table\n",
                 "- [x] Add the table\n- [ ] Add the form\n\n### test\n- [ ] Try it\n\n")
    )  # fmt: skip


@pytest.mark.parametrize("old", [NEW, NEW.replace("## Tasks", "## Mine"), NEW[: NEW.index("\n# Add")]])
def test_line_ends_and_marks_of_the_file_are_kept(old: str) -> None:
    """CRLF, a byte order mark and a missing last newline stay; new lines end as the others do."""
    run = moved_on()
    new = run.on(old)
    assert run.on(crlf(old)) == crlf(new)
    assert run.on("\ufeff" + old) == "\ufeff" + new


def test_a_missing_last_newline_stays_missing() -> None:
    """A line added at the end of a file without a last newline ends without one, too."""
    old = NEW[: NEW.index("\n## Notes")]
    run = moved_on()
    assert run.on(old).endswith("\n### test\n- [ ] Try it")
    assert run.on(crlf(old)) == crlf(run.on(old))


def test_a_document_that_ends_with_its_front_matter() -> None:
    """A closing fence that ends the file without a newline gets one before our sections."""
    header = NEW[: NEW.index("\n\n# Add")]
    for text, ends in ((header, "\n"), (crlf(header), "\r\n"), ("\ufeff" + crlf(header), "\r\n")):
        new = building().on(text)
        assert shown(new) == building().state
        assert f"---{ends}## Phases{ends}" in new


def test_peoples_front_matter_is_kept() -> None:
    """Comments, unknown keys, blank lines, order and quotes of the front matter stay."""
    text = (
        NEW.replace('title: "Add login"', "# what it is\n\ntitle: 'Add login'   # KEEP\nmine: {a: [1]}")
        .replace('phase: "build"\n', "")
        .replace("event: 6\n", "event: 6\nphase: build  # KEEP\n")
    )
    new = moved_on().on(text)
    assert shown(new) == moved_on().state
    assert in_order(["# what it is", "", "title: 'Add login'   # KEEP", "mine: {a: [1]}"], new)
    assert 'event: 14\nphase: "test"  # KEEP\n---' in new


def test_unreadable_front_matter_is_not_written() -> None:
    """What can not be read can not be changed line by line: Broken, and nothing is guessed."""
    with pytest.raises(Broken):
        building().on(NEW.replace('title: "Add login"', 'title: "Add'))


def test_what_a_person_writes_beside_ours_stays() -> None:
    """Prose, code, quotes, other bullets and other sections survive, and look-alikes stay untouched."""
    text = (
        NEW.replace("## Phases\n", "## Before\n\n- [ ] plan\n\n## Phases\n\nProse KEEP with [ ] and [x].\n")
        .replace("- [ ] test\n", "* [ ] test\n  - [ ] KEEP nested\n\n> - [ ] build: KEEP quote\n\n")
        .replace(
            "## Tasks\n",
            "## Tasks\n\n```md\n### plan\n- [ ] Write the plan\n```\n\nProse KEEP.\n\n"
            "    - [ ] Add the table\n",
        )
        .replace("- [/] Add the table", "  + [/] Add the table   ")
        .replace("## Notes\n", "## Notes\n\n## Tasks\n\n### build\n- [ ] KEEP\n")
    )
    new = moved_on().on(text)
    foreign = [
        "- [ ] plan", "Prose KEEP with [ ] and [x].", "  - [ ] KEEP nested", "> - [ ] build: KEEP quote",
        "```md", "### plan", "- [ ] Write the plan", "```", "Prose KEEP.", "    - [ ] Add the table",
        "### plan", "### build", "  + [x] Add the table   ", "## Notes", "## Tasks", "### build",
        "- [ ] KEEP",
    ]  # fmt: skip
    assert in_order(foreign, new)
    assert "* [ ] **test**: since" in new
    assert is_shown(new, moved_on().state)


def test_prose_that_begins_like_a_phase_is_no_line_of_ours() -> None:
    """A box in the Phases section that only begins with a phase's name stays as it is."""
    text = NEW.replace("- [ ] test\n", "- [ ] test\n- [ ] test the food\n- [ ] plan the party\n")
    new = moved_on().on(text)
    assert in_order(["- [ ] test the food", "- [ ] plan the party"], new)
    assert is_shown(new, moved_on().state)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("- [x] test: by me", "- [ ] test"),
        ("- [x] **test**", "- [ ] test"),
        ("* [-] test:", "* [ ] test"),
        ("  - [ ] test, then a break", "  - [ ] test"),
    ],
)
def test_a_line_of_ours_is_restored(broken: str, line: str) -> None:
    """A Phases line that somebody changed says again what is true, with its bullet and indent."""
    text = NEW.replace("- [ ] test", broken)
    assert building().on(text) == NEW.replace("- [ ] test", line)


@pytest.mark.parametrize("gone", ["## Phases", "## Tasks", "## Notes", "### build", "### plan"])
def test_a_missing_heading_comes_back(gone: str) -> None:
    """Where a heading of ours was removed, what the state needs is written anew, nothing is taken away."""
    text = NEW.replace(f"{gone}\n", "")
    new = moved_on().on(text)
    assert is_shown(new, moved_on().state)
    assert moved_on().on(new) == new


@pytest.mark.parametrize("opening", ["```", "~~~~", "<!--", "- ```"])
@pytest.mark.parametrize("where", ["# Add login", "## Phases", "- [ ] test", "## Tasks", "### plan",
                                   "### build", "- [/] Add the table", "## Notes"])  # fmt: skip
def test_what_an_open_fence_hides_is_written_anew(opening: str, where: str) -> None:
    """A fence or comment that nobody closed hides our lines; the document shows the state all the same."""
    text = NEW.replace(where, f"{where}\n{opening}")
    new = moved_on().on(text)
    assert is_shown(new, moved_on().state)
    assert in_order([line for line in text.split("\n")[20:] if not line.startswith("- [")], new)
    assert moved_on().on(new) == new


JUNK = st.sampled_from([
    "", "KEEP prose", "  KEEP", "    KEEP code", "\tKEEP", "```KEEP", "```", "~~~", "<!-- KEEP", "--> KEEP",
    "<!-- KEEP -->", "* KEEP", "- KEEP", "1. KEEP", "  - [ ] KEEP box", "- [x] KEEP box", "+ [/] KEEP",
    "> KEEP", "# KEEP", "## KEEP", "### KEEP", "#### KEEP", "KEEP\r", "KEEP\u2028KEEP", "---", "===",
    "- [ ] test KEEP",
    "## Notes", "- ```KEEP", "<div>KEEP", "| KEEP |", "[KEEP]: x", "\\- [ ] KEEP", "\ufeffKEEP", "\x0cKEEP",
])  # fmt: skip
HEADER_JUNK = st.sampled_from(
    ["", "# KEEP", "  # KEEP", "x{n}: KEEP", "y{n}: [1, 'KEEP']", "z{n}:\n  - KEEP"]
)
RUNS = (building(), moved_on(), at("plan"), at("document"))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), JUNK), max_size=6),
    st.lists(st.tuples(st.integers(1, 18), HEADER_JUNK), max_size=3),
    st.sampled_from(RUNS),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
)
def test_every_line_that_is_not_ours_survives(
    edits: list[tuple[int, str]],
    header_edits: list[tuple[int, str]],
    run: History,
    newline: str,
    last: bool,  # noqa: FBT001 - drawn by the test
) -> None:
    """Whatever stands between our lines stays, in order; the result shows the state and is stable."""
    split = NEW.index("\n\n# Add") + 1
    header, lines = NEW[:split].split("\n")[:-1], NEW[split:].split("\n")
    for number, (place, line) in enumerate(header_edits):
        header.insert(place, line.format(n=number))
    header = "\n".join(header).split("\n")
    for place, line in edits:
        lines.insert(min(place, len(lines)), line)
    text = "\n".join((*header, *lines)).rstrip("\n") + "\n" * last
    text = text.replace("\n", newline)
    new = run.on(text)
    ours = re.compile(r"- \[.\] (?!.*KEEP)")
    foreign = [line for line in text.split("\n")[len(header) :] if not ours.match(line)]
    if not last:
        foreign[-1:] = []
    assert in_order(foreign, new)
    assert [line for line in new.split("\n") if "KEEP" in line] == [
        line if line in new.split("\n") else line + newline[:-1]
        for line in text.split("\n")
        if "KEEP" in line
    ]
    assert is_shown(new, run.state)
    assert run.on(new) == new


def test_many_missing_tasks_come_in_order() -> None:
    """Tasks that the document lacks are added in their order, each below its phase."""
    run = at("build")
    for number in range(20):
        run = run.then(Draft("task.added", ("build", "test")[number % 2], {"text": f"task {number}"}))
    new = run.on(at("plan").document)
    assert shown(new) == run.state


def test_a_removed_task_stays_in_an_older_document() -> None:
    """A task that the state lost is not erased from a person's file."""
    run = building().then(Draft("task.dropped", "build", {"text": "Add the table", "removed": True}))
    assert "- [/] Add the table" in run.on(NEW)


def test_a_capital_mark_counts_as_done() -> None:
    """A box that a person ticked with a capital X is left as it is."""
    run = building().then(Draft("task.completed", "build", {"text": "Add the table"}))
    assert "- [X] Add the table" in run.on(NEW.replace("[/]", "[X]"))


@pytest.mark.parametrize(
    "title", ["$title", "$header", 'costs $title "now"', "a\n## Tasks\n", "\\1 \\g<0>", "x" * 999]
)
def test_any_title_fits_the_template(title: str) -> None:
    """A title that looks like a part of the template or spans lines does no harm."""
    run = begun(FEATURE, title=title).next()
    assert shown(run.document) == run.state
    assert run.document.count("\n# ") == 1


def test_notes_are_added_at_the_end_of_their_section() -> None:
    """A note becomes the last item of the Notes section, which is made where it is missing."""
    run = building()
    one = project(NEW, FEATURE, run.state, ["first"])
    assert one == NEW + "\n- first\n"
    assert project(one, FEATURE, run.state, ["second"]) == NEW + "\n- first\n- second\n"
    more = NEW + "\nwords\n\n## Mine\n"
    assert project(more, FEATURE, run.state, ["n"]) == NEW + "\nwords\n\n- n\n\n## Mine\n"
    assert project(crlf(NEW), FEATURE, run.state, ["n"]) == crlf(NEW + "\n- n\n")
    bare = NEW.replace("## Notes\n", "")
    assert read_document(project(bare, FEATURE, run.state, ["n"]), FEATURE, "").notes == "- n"


def test_retries_stand_in_the_header_once_there_are_any() -> None:
    """The key appears with the first retry and is set back where an older state is written."""
    state = building().state
    assert "retries" not in owned_values(state)
    text = project(NEW, FEATURE, state._replace(retries=2))
    assert shown(text).retries == 2
    assert shown(project(text, FEATURE, state)) == state


def test_rare_keys_stand_only_where_they_say_something() -> None:
    """Origin and the calls that advance appear when there are any; what a later phase had is set back."""
    state = building().state
    rich = state._replace(advance_on=("shell(git tag *)",), origin=(("channel", "c"),))
    text = project(NEW, FEATURE, rich)
    assert 'event: 6\nadvance_on: ["shell(git tag *)"]\norigin: {"channel": "c"}\n---\n' in text
    assert shown(text) == rich
    assert "event: 6\nadvance_on: []\norigin: {}\n---\n" in project(text, FEATURE, state)
    assert shown(project(text, FEATURE, state)) == state


def test_a_definition_with_odd_ids() -> None:
    """Ids that look like parts of other ids or of our words are told apart."""
    ids = ("a", "a.b", "a-b", "skipped", "since", "a_b", "0")
    definition = Definition("odd", "", "inner", tuple(Phase(each, tasks=(f"do {each}",)) for each in ids))
    run = begun(definition)
    for _ in ids:
        assert shown(run.document, definition) == run.state
        run = run.next() if run.state.phase != "0" else run


def test_a_long_list_is_written_in_time() -> None:
    """Five hundred tasks are written and read in well under a second each way."""
    state = building().state._replace(tasks=tuple(Task("build", f"task {n}") for n in range(500)))
    text = new_document(TEMPLATE, FEATURE, state)
    assert shown(text) == state
