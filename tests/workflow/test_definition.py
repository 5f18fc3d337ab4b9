"""Workflow definitions, good and bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.policy import decide_tool
from memory_state.workflow.definition import parse_definition
from memory_state.workflow.model import Condition, Definition, Phase

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT / "tests" / "documents"
TEMPLATES = ROOT / "templates" / "workflows"

GOOD = """---
schema: 1
name: release-2.0
description: |
  First line
  second line
level: inner
phases:
  - id: plan
    role: architect
    allow: [read, "edit(docs/**)"]
    exit: [tasks, "file: plan.md", file: docs/risks.md]
    boundary: true
  - id: ship
    allow: []
    deny: ["shell(git push *)"]
    exit:
      - approval
      - {command: $test, timeout: 30}
      - "command: make check"
      - file: notes.md
        headings: [Changes, Known problems]
    returns_to: plan
    max_returns: 0
    skippable: true
    hold: true
    advance_on: ["shell(git tag *)"]
    steps: [{any: thing}]
  - id: after
---
# Release

What stands here is for people.

## ship

Ship it.

- [ ] Tag it
  - [ ] Sign the tag

### How

```
- [ ] an example
```
* [ ] Push it

## plan
"""


def problems(text: str) -> list[str]:
    """Every problem of a definition as people see it."""
    found, listed = parse_definition(text, "x.md")
    assert found is None
    return [str(each) for each in listed]


def minimal(**keys: str) -> str:
    """A definition of one phase, with further lines in the front matter or the phase."""
    lines = [f"{key}: {value}" for key, value in {"schema": "1", "name": "x", **keys}.items()]
    phase = "" if "phases" in keys else "phases: [{id: a}]\n"
    return "---\n" + "\n".join(lines) + f"\n{phase}---\n"


def test_a_definition_is_read_whole() -> None:
    """Every key, both forms of conditions, guidance and tasks arrive."""
    assert parse_definition(GOOD, "x.md") == (
        Definition(
            "release-2.0",
            "First line\nsecond line\n",
            "inner",
            (
                Phase(
                    "plan",
                    role="architect",
                    allow=("read", "edit(docs/**)"),
                    exit=(
                        Condition("tasks"),
                        Condition("file", "plan.md"),
                        Condition("file", "docs/risks.md"),
                    ),
                    boundary=True,
                ),
                Phase(
                    "ship",
                    allow=(),
                    deny=("shell(git push *)",),
                    exit=(
                        Condition("approval"),
                        Condition("command", "$test", timeout=30),
                        Condition("command", "make check", timeout=600),
                        Condition("file", "notes.md", ("Changes", "Known problems")),
                    ),
                    returns_to="plan",
                    max_returns=0,
                    skippable=True,
                    hold=True,
                    advance_on=("shell(git tag *)",),
                    tasks=("Tag it", "Sign the tag", "Push it"),
                    guidance="Ship it.\n\n\n### How\n\n```\n- [ ] an example\n```",
                ),
                Phase("after"),
            ),
        ),
        (),
    )


def test_line_ends_and_byte_order_mark_make_no_difference() -> None:
    """A file saved with CRLF and a byte order mark says the same."""
    assert parse_definition("\ufeff" + GOOD.replace("\n", "\r\n"), "x.md") == parse_definition(GOOD, "x.md")


def test_keys_that_may_be_left_out() -> None:
    """A definition needs no more than schema, name and one phase; no allow key allows everything."""
    assert parse_definition(minimal(), "x.md") == (Definition("x", "", "outer", (Phase("a"),)), ())
    assert Phase("a").allow is None


@pytest.mark.parametrize("name", ["keys", "conditions", "body", "newer"])
def test_a_bad_definition_lists_every_problem(name: str) -> None:
    """All problems of a file come at once, in the order of its lines."""
    text = (DOCUMENTS / f"definition-{name}.md").read_text(encoding="utf-8")
    expected = (DOCUMENTS / f"definition-{name}.problems").read_text(encoding="utf-8").splitlines()
    found, listed = parse_definition(text, f"definition-{name}.md")
    assert found is None
    assert [str(each) for each in listed] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["x.md:1:1: the text does not begin with a line of exactly ---"]),
        ("# Feature\n", ["x.md:1:1: the text does not begin with a line of exactly ---"]),
        (
            "---\n---\n",
            [
                "x.md:1:1: the key schema is missing",
                "x.md:1:1: the key name is missing",
                "x.md:1:1: the key phases is missing",
            ],
        ),
        (minimal(schema="true"), ["x.md:2:1: schema: must be 1, not true"]),
        (minimal(schema="0"), ["x.md:2:1: schema: must be 1, not the number 0"]),
        (minimal(schema='"1"'), ["x.md:2:1: schema: must be 1, not the text '1'"]),
        (minimal(phases="[]"), ["x.md:4:1: phases: a definition has 1 to 50 of them, not 0"]),
        (minimal(phases="plan"), ["x.md:4:1: phases: must be a list, not the text 'plan'"]),
        (minimal(phases="{id: a}"), ["x.md:4:1: phases: must be a list, not a mapping"]),
        (minimal(description="[a]"), ["x.md:4:1: description: must be a text, not a list"]),
        (
            minimal(description="a" * 2001),
            ["x.md:4:1: description: has 2001 characters; at most 2000 are allowed"],
        ),
    ],
)
def test_problems_of_the_whole(text: str, expected: list[str]) -> None:
    """What is wrong with the file as a whole is told in the line that says it."""
    assert problems(text) == expected


def test_limits() -> None:
    """64 characters of role, 50 phases, 500 characters of a task and 64 KiB of file are the most."""
    fifty = ", ".join(f"{{id: p{n}}}" for n in range(50))
    assert parse_definition(minimal(phases=f"[{fifty}]"), "x.md")[1] == ()
    assert problems(minimal(phases=f"[{fifty}, {{id: last}}]")) == [
        "x.md:4:1: phases: a definition has 1 to 50 of them, not 51"
    ]
    assert parse_definition(minimal(phases=f"[{{id: a, role: {'r' * 64}}}]"), "x.md")[1] == ()
    assert problems(minimal(phases=f"[{{id: a, role: {'r' * 65}}}]")) == [
        "x.md:4:18: role: has 65 characters; at most 64 are allowed"
    ]
    assert parse_definition(minimal() + f"## a\n- [ ] {'t' * 500}", "x.md")[1] == ()
    assert problems(minimal() + f"## a\n- [ ] {'t' * 501}") == [
        "x.md:7:1: this task has 501 characters; at most 500 fit"
    ]
    assert parse_definition(minimal() + "é" * ((65536 - len(minimal())) // 2), "x.md")[1] == ()
    assert problems(minimal() + "é" * 32768) == [
        f"x.md: {65536 + len(minimal())} bytes; at most 65536 are read"
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (["read"] * 100, []),
        (["read"] * 101, ["allow: has 101 rules; at most 100 are allowed"]),
        ([f"edit({'d' * 3062})"], []),
        ([f"edit({'d' * 3063})"], ["allow: the rules have 3073 bytes; at most 3072 fit"]),
        (["read"] * 100 + ["nope"], ["allow: 'nope' is no rule"]),
    ],
)
def test_rules_fit_into_a_document(rules: list[str], expected: list[str]) -> None:
    """Of allow and of deny there are at most 100 rules in 3,072 bytes, as the document repeats them."""
    found = parse_definition(minimal(phases=f"[{{id: a, allow: {json.dumps(rules)}}}]"), "x.md")[1]
    assert [each.message.partition(": write")[0] for each in found] == expected


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("a", True),
        ("a.b_c-9", True),
        ("9", False),
        ('"9"', True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("-a", False),
        ("a-", False),
        (".a", False),
        ("a..b", False),
        ("A", False),
        ("é", False),
        ("a/b", False),
        ('"a\\n"', False),
        ('""', False),
        ("con", False),
        ("com1.tar.gz", False),
        ("com10", True),
        ("console", True),
    ],
)
def test_names(name: str, is_fine: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """A name can be part of a path on any system, and nothing else is a name."""
    assert (parse_definition(minimal(name=name), "x.md")[1] == ()) is is_fine


def test_unreadable_yaml_is_told_with_its_line() -> None:
    """Where the YAML ends no phase is known, so only its own problem is told."""
    text = "---\nschema: 1\nname: x\nphases:\n  - id: plan\n    allow: [read, edit\n---\n## plan\n"
    assert problems(text) == [
        "x.md:7:1: not YAML: while parsing a flow sequence: expected ',' or ']', but got '<stream end>'"
    ]


def test_merge_conflict_markers_are_told() -> None:
    """A file left in conflict is no definition."""
    text = minimal().replace("name: x", "<<<<<<< ours\nname: x\n=======\nname: y\n>>>>>>> theirs")
    assert problems(text)[0] == "x.md:3: a merge-conflict marker: keep one of the two versions"


@given(st.text(st.sampled_from("---\n id:phases[]{}\"'a1#-[ ]x,&*!|>\t\r\ufeff"), max_size=150))
@settings(deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in a file, there is a definition or at least one problem, never both."""
    head = "---\nschema: 1\nname: x\nphases:\n  - id: plan\n"
    for each in (text, head + text, head + "---\n" + text):
        found, listed = parse_definition(each, "x.md")
        assert (found is None) is bool(listed)
        assert {problem.path for problem in listed} <= {"x.md"}


@pytest.mark.parametrize(
    ("name", "level", "ids"),
    [
        ("feature", "outer", ["plan", "build", "test", "review", "document"]),
        ("bugfix", "outer", ["reproduce", "fix", "test", "review"]),
        ("tdd", "outer", ["red", "green", "refactor"]),
        (
            "outer",
            "outer",
            [
                "pm-planning", "architect-triage", "task-creation", "branch-setup", "task-execution",
                "merge-decision", "retrospective",
            ],
        ),
        (
            "inner",
            "inner",
            [
                "memory-search", "generate-steps", "execute", "sme-review", "version-bump",
                "git-operations", "completion", "learning",
            ],
        ),
    ],
)  # fmt: skip
def test_built_in_definitions(name: str, level: str, ids: list[str]) -> None:
    """The definitions that come with the package are sound, and every phase tells the agent something."""
    text = (TEMPLATES / f"{name}.md").read_text(encoding="utf-8")
    definition, listed = parse_definition(text, f"{name}.md")
    assert listed == ()
    assert definition is not None
    assert (definition.name, definition.level) == (name, level)
    assert [phase.id for phase in definition.phases] == ids
    assert [phase.id for phase in definition.phases if len(phase.guidance) < 100 or not phase.exit] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.md")), ids=lambda path: path.stem)
def test_a_built_in_phase_that_asks_for_tasks_brings_one(path: Path) -> None:
    """No gate of a built-in definition begins without anything to do."""
    definition, _ = parse_definition(path.read_text(encoding="utf-8"), path.name)
    assert definition is not None
    asking = [phase for phase in definition.phases if Condition("tasks") in phase.exit]
    assert [phase.id for phase in asking if not phase.tasks] == []


def test_the_feature_plan_phase_keeps_source_files_as_they_are() -> None:
    """Planning may write the plan and documentation only, and ends with a plan."""
    definition, _ = parse_definition((TEMPLATES / "feature.md").read_text(encoding="utf-8"), "feature.md")
    assert definition is not None
    plan = definition.phases[0]
    assert plan.allow == (
        "read", "search", "web", "agent", "edit(docs/**)", "edit(plan.md)", "shell(git *)",
    )  # fmt: skip
    assert plan.exit == (Condition("tasks"), Condition("file", "plan.md"))
    allowed = [
        path
        for path in ("src/app.py", "lib/app.js", "tests/test_app.py", "docs/design.md", "plan.md")
        if decide_tool(list(plan.allow), list(plan.deny), "edit", "Edit", (path,)) is None
    ]
    assert allowed == ["docs/design.md", "plan.md"]
