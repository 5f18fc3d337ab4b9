"""Reading a workflow's document: the state it shows, and what is wrong in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.workflow.document import read_body, read_document
from memory_state.workflow.model import PhaseState, State, Task
from memory_state.workflow.progress import progress_percentage
from tests.workflow.examples import FEATURE, at, shown

EXAMPLE = """---
schema: 1
workflow_id: "7f3a9c21"
title: "Add login"
definition: "feature"
level: "outer"
parent: null
status: "in_progress"
phase: "build"
role: "developer"
allow: ["read", "search", "web", "agent", "edit", "shell"]
deny: ["shell(git push *)"]
issue_number: 42
branch_name: "feat/login"
plan_file: "plan.md"
context: {"autonomy": "L3"}
created_at: "2026-11-20T10:00:00Z"
updated_at: "2026-11-20T10:42:10Z"
event: 17
---

# Add login

## Phases

- [x] plan: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z
- [ ] **build**: since 2026-11-20T10:12:00Z
- [ ] test
- [ ] review
- [ ] document

## Tasks

### plan
- [x] Write the plan

### build
- [x] Add the user table
- [ ] Add the login endpoint

## Notes

Whatever stands here stays.
"""
STATE = State(
    workflow_id="7f3a9c21", title="Add login", definition="feature", level="outer", status="in_progress",
    phase="build", role="developer",
    phases=(
        PhaseState("plan", "completed", "2026-11-20T10:00:00Z", "2026-11-20T10:12:00Z"),
        PhaseState("build", "in_progress", "2026-11-20T10:12:00Z"),
        PhaseState("test"), PhaseState("review"), PhaseState("document"),
    ),
    created_at="2026-11-20T10:00:00Z", updated_at="2026-11-20T10:42:10Z", event=17,
    tasks=(
        Task("plan", "Write the plan", "completed"),
        Task("build", "Add the user table", "completed"),
        Task("build", "Add the login endpoint"),
    ),
    allow=("read", "search", "web", "agent", "edit", "shell"), deny=("shell(git push *)",),
    issue_number=42, branch_name="feat/login", plan_file="plan.md", context=(("autonomy", "L3"),),
)  # fmt: skip


def problems(text: str) -> list[tuple[int, str]]:
    """Line and message of what is wrong in a document."""
    found = read_document(text, FEATURE, "doc.md").problems
    assert all(each.path == "doc.md" for each in found)
    return [(each.line, each.message) for each in found]


def body(after: str) -> str:
    """A document's text whose body is this."""
    return EXAMPLE[: EXAMPLE.index("\n# Add login")] + after


def test_the_example_of_the_readme_stands_at_30_percent() -> None:
    """The example document shows exactly this state, which is 30 percent of the way."""
    assert shown(EXAMPLE) == STATE
    assert progress_percentage(shown(EXAMPLE)) == 30


def test_notes_are_what_stands_below_their_heading() -> None:
    """Notes come without outer blank lines and go on over deeper headings only."""
    assert read_document(EXAMPLE, FEATURE, "").notes == "Whatever stands here stays."
    more = EXAMPLE + "\n### Deeper\n\n  indented\n\n## Other\n\nnot a note\n"
    assert read_document(more, FEATURE, "").notes == (
        "Whatever stands here stays.\n\n### Deeper\n\n  indented"
    )
    assert read_document(EXAMPLE.replace("## Notes", "Notes"), FEATURE, "").notes == ""


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE.replace("\n", "\r\n"),
        "\ufeff" + EXAMPLE,
        EXAMPLE.rstrip("\n"),
        EXAMPLE.replace("- [x] Write", "* [X]  Write"),
        EXAMPLE.replace("- [ ] Add the login", "  1. [ ] Add the login"),
        EXAMPLE.replace("## Tasks", "## Tasks ##\n\nSome words.\n\n```\n### plan\n- [ ] no task\n```\n"),
        EXAMPLE.replace("## Phases", "<!--\n## Phases\n- [-] plan: skipped, no\n-->\n\n## Phases"),
        EXAMPLE.replace("## Tasks", "## More\n\n### build\n- [ ] not a task of ours\n\n## Tasks"),
        EXAMPLE.replace('title: "Add login"', "title: Add login  # as agreed\nmine: [1, 2]"),
        EXAMPLE.replace('allow: ["read", "search", "web", "agent", "edit", "shell"]',
                        "allow:\n- read\n- search\n- web\n- agent\n- edit\n- shell"),
        EXAMPLE.replace('created_at: "2026-11-20T10:00:00Z"', "created_at: 2026-11-20T10:00:00Z"),
        EXAMPLE.replace("- [ ] test\n", "- [ ] test\n- [ ] buy milk\n- [ ] Review the food\n"),
        EXAMPLE.replace("- [ ] test\n", ""),
        EXAMPLE.replace("parent: null\n", ""),
    ],
)  # fmt: skip
def test_looser_forms_show_the_same(text: str) -> None:
    """Line ends, bullets, comments, code, other sections, YAML's other forms: the state stays the same."""
    assert shown(text) == STATE


def test_absent_fields_have_their_meaning() -> None:
    """Without `allow` everything is allowed; without the others there is none."""
    lines = EXAMPLE.split("\n")
    gone = ("allow", "deny", "issue_number", "branch_name", "plan_file", "context")
    state = shown("\n".join(line for line in lines if line.partition(":")[0] not in gone))
    assert state == STATE._replace(
        allow=("*",), deny=(), issue_number=None, branch_name=None, plan_file=None, context=()
    )


def test_marks_of_tasks() -> None:
    """The four marks of a box are the four standings of a task."""
    text = body("\n## Tasks\n\n### build\n- [ ] a\n- [/] b\n- [x] c\n- [X] d\n- [-] e\n  - [ ] f\n")
    assert [(task.text, task.status) for task in shown(text).tasks] == [
        ("a", "pending"),
        ("b", "in_progress"),
        ("c", "completed"),
        ("d", "completed"),
        ("e", "dropped"),
        ("f", "pending"),
    ]


def test_tasks_stand_by_phase_whatever_the_order_of_headings() -> None:
    """Tasks are listed in the order of the phases, twice the same heading counts as one."""
    text = body(
        "\n## Tasks\n\n### build\n- [ ] a\n### plan\n- [ ] b\n#### deeper\n- [ ] c\n### build\n- [ ] d\n"
    )
    assert [(task.phase, task.text) for task in shown(text).tasks] == [
        ("plan", "b"), ("plan", "c"), ("build", "a"), ("build", "d"),
    ]  # fmt: skip


def test_the_first_line_of_a_phase_counts() -> None:
    """Of two lines for a phase the first one in our form is read, or else the first."""
    twice = EXAMPLE.replace("- [ ] test\n", "- [x] test: done\n- [ ] test, returned 1 of 3\n- [ ] test\n")
    assert shown(twice).phases[2] == PhaseState("test", returns=1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("issue_number: 42", 'issue_number: "abc"', [(13, "issue_number must be a whole number or null")]),
        ("issue_number: 42", "issue_number: true", [(13, "issue_number must be a whole number or null")]),
        ("event: 17", 'event: "17"', [(19, "event must be a whole number")]),
        ('title: "Add login"', "title: 7", [(4, "title must be a text")]),
        ('deny: ["shell(git push *)"]', "deny: [1]", [(12, "deny must be a list of texts")]),
        ('deny: ["shell(git push *)"]', "deny: null", [(12, "deny must be a list of texts")]),
        ('context: {"autonomy": "L3"}', "context: []", [(16, "context must be a mapping")]),
        ("parent: null", "parent: 7", [(7, "parent must be a text or null")]),
        ("schema: 1\n", "", [(1, "the key schema is missing")]),
        ('phase: "build"', 'phase: "foo"',
         [(9, "phase 'foo' is none of plan, build, test, review, document")]),
        ('status: "in_progress"', 'status: "working"',
         [(8, ("status 'working' is none of blocked, cancelled, completed, failed, in_progress, paused, "
               "pending, review, waiting"))]),
        ("schema: 1", "schema: 2",
         [(2, "schema 2 was written by a newer memory-state; this one reads up to 1")]),
    ],
)  # fmt: skip
def test_wrong_values_name_their_field(old: str, new: str, expected: list[tuple[int, str]]) -> None:
    """A value of the wrong type or vocabulary gives no state and a problem that names the field."""
    text = EXAMPLE.replace(old, new, 1)
    assert problems(text) == expected
    assert read_document(text, FEATURE, "").state is None


def test_an_accepted_value_stands_in_for_a_wrong_one() -> None:
    """With the values it was accepted with, a document costs its wrong values only."""
    accepted = read_document(EXAMPLE, FEATURE, "").values
    text = (
        EXAMPLE.replace("issue_number: 42", 'issue_number: "abc"')
        .replace('phase: "build"', 'phase: "foo"')
        .replace('title: "Add login"\n', "")
        .replace('role: "developer"', 'role: "tester"')
    )
    document = read_document(text, FEATURE, "doc.md", accepted)
    assert document.state == STATE._replace(role="tester")
    assert [str(each) for each in document.wrong] == [
        "doc.md:1:1: the key title is missing",
        "doc.md:12:1: issue_number must be a whole number or null",
    ]
    newer = EXAMPLE.replace("schema: 1", "schema: 2")
    assert read_document(newer, FEATURE, "doc.md", accepted).state is None


def test_in_loose_yaml_a_problem_has_its_line() -> None:
    """Where YAML was read, the line of the value is known."""
    text = EXAMPLE.replace("issue_number: 42", "issue_number: 'abc'")
    assert problems(text) == [(13, "issue_number must be a whole number or null")]


def test_tasks_in_the_wrong_place_are_told() -> None:
    """A task below no phase heading or below an unknown phase is a problem, not a task."""
    text = body("\n## Tasks\n- [ ] early\n### deploy\n- [ ] ship\n### build\n- [ ] a\n")
    assert problems(text) == [
        (23, "this task is below no phase heading"),
        (25, "'deploy' is no phase of feature"),
    ]
    state = read_document(text, FEATURE, "").state
    assert state is not None
    assert state.tasks == (Task("build", "a"),)


@pytest.mark.parametrize("text", ["", "\n", "# Notes\n", "---\n", "---\nx: 1\n", "<<<<<<< HEAD\n" + EXAMPLE])
def test_what_is_no_document_has_a_problem(text: str) -> None:
    """Without readable front matter there is no state, but a problem."""
    document = read_document(text, FEATURE, "doc.md")
    assert document.state is None
    assert len(document.problems) == 1


def test_places_of_lines() -> None:
    """The indexes of our lines count from 0 within the body."""
    found = read_body("# T\n## Phases\n- [ ] plan\n\n## Tasks\n- [ ] early\n### plan\n- [x] a\n")
    assert [(line.at, line.id) for line in found.phases] == [(2, "plan")]
    assert [(placed.at, placed.task.text) for placed in found.tasks] == [(7, "a")]
    assert found.stray == (5,)


PIECES = st.sampled_from([
    *EXAMPLE.split("\n"), "", "```", "<!--", "-->", "## Tasks", "## Phases", "### build", "allow:", "- x",
    "event: -1", "event: 1e9", "event: 123456789012345678901", "phase: plan", "issue_number: 1.5",
    "context: {a: {b: 1}}", "title: *a", "title: &a x", "? x", "\t- [ ] t", "- [x] review, returned 9 of 3",
    "\ufeff", "\x00", "\u2028", "%YAML 1.1", "status: !!str pending", "context: {1: 2}", "deny: [[a]]",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3), PIECES), max_size=8))
def test_nothing_that_is_written_raises(edits: list[tuple[int, int, str]]) -> None:
    """However a person cuts and pastes, reading gives a state or a problem, never an exception."""
    lines = EXAMPLE.split("\n")
    for start, length, line in edits:
        lines[start : start + length] = [line]
    document = read_document("\n".join(lines), FEATURE, "doc.md")
    assert document.state is not None or document.problems
    assert all(each.message and each.path == "doc.md" for each in document.problems)


def test_a_run_shows_what_it_is() -> None:
    """A new document of any standing reads back as that standing."""
    for phase in ("plan", "build", "test", "review", "document"):
        run = at(phase)
        assert shown(run.document) == run.state
