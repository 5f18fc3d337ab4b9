"""An edit by hand: what is adopted, from whom, and what is refused with its legal way."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.workflow.document import read_document
from memory_state.workflow.machine import Draft, Verdict
from memory_state.workflow.model import State
from memory_state.workflow.reconcile import Adoption, Refusal, reconcile
from tests.workflow.examples import FEATURE, MET, History, at, begun

UNMET = (Verdict("tasks", met=False, reason="1 of 2 open"),)
RUN = (
    at("build")
    .then(Draft("document.edited", "-", {"fields": {"context": {"n": 1}, "issue_number": 42}}))
    .then(*(Draft("task.added", "build", {"text": text}) for text in ("one", "two", "same", "same", "same")))
    .then(Draft("task.completed", "build", {"text": "two"}))
)
TEXT = RUN.document
CONTENTS = Draft("document.edited", "-", {"text": True})


def edited(*changes: tuple[str, str], text: str = TEXT) -> State:
    """The state of the document after some replacements, each of which must hit something."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    document = read_document(text, FEATURE, "doc.md")
    assert document.state is not None, document.problems
    return document.state


def by_person(*changes: tuple[str, str], body: bool = False, verdicts: tuple[Verdict, ...] = ()) -> Adoption:
    """What becomes of a person's edit."""
    return reconcile(FEATURE, RUN.state, edited(*changes), agent=False, body_changed=body, verdicts=verdicts)


def by_agent(*changes: tuple[str, str], body: bool = False) -> Adoption:
    """What becomes of an agent's edit."""
    return reconcile(FEATURE, RUN.state, edited(*changes), agent=True, body_changed=body, verdicts=MET)


ONE: dict[str, object] = {"text": "one"}
BOTH: list[tuple[tuple[str, str], tuple[Draft, ...]]] = [
    (("- [ ] one", "- [x] one"), (Draft("task.completed", "build", ONE),)),
    (("- [ ] one", "- [X] one"), (Draft("task.completed", "build", ONE),)),
    (("- [ ] one", "* [/]  one"), (Draft("task.started", "build", ONE),)),
    (("- [x] two", "- [ ] two"), (Draft("task.reopened", "build", {"text": "two"}),)),
    (("- [ ] one", "- [ ] one\n- [ ] three"), (Draft("task.added", "build", {"text": "three"}),)),
    (
        ("- [ ] one", "- [ ] one\n- [x] three"),
        (Draft("task.added", "build", {"text": "three", "status": "completed"}),),
    ),
    (
        ("## Notes", "### test\n- [ ] try\n\n## Notes"),
        (Draft("task.added", "test", {"text": "try"}),),
    ),
    (("- [ ] same\n- [ ] same", "- [ ] same\n- [x] same"),
     (Draft("task.completed", "build", {"text": "same", "nth": 2}),)),
    (("- [x] two\n", ""), (Draft("task.dropped", "build", {"text": "two", "removed": True}),)),
    (("- [ ] one\n- [x] two", "- [x] two\n- [ ] one"), ()),
    (("event: ", "event:   "), ()),
    (("### build", "### build ###"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("change", "drafts"), BOTH)
def test_what_anybody_may_do_to_tasks(change: tuple[str, str], drafts: tuple[Draft, ...]) -> None:
    """Ticks, unticks, starts, additions, done tasks removed: adopted from a person and from an agent."""
    assert by_person(change) == Adoption(drafts, ())
    assert by_agent(change) == Adoption(drafts, ())


@pytest.mark.parametrize(
    ("change", "drafts"),
    [
        (("- [ ] one\n", ""), (Draft("task.dropped", "build", ONE | {"removed": True}),)),
        (("- [ ] one", "- [-] one"), (Draft("task.dropped", "build", ONE),)),
        (
            ("- [ ] one", "- [ ] One, better"),
            (
                Draft("task.dropped", "build", ONE | {"removed": True}),
                Draft("task.added", "build", {"text": "One, better"}),
            ),
        ),
    ],
)
def test_only_a_person_drops_or_rewords_an_open_task(
    change: tuple[str, str], drafts: tuple[Draft, ...]
) -> None:
    """A person's removal is adopted; an agent's is refused, naming `task drop`."""
    assert by_person(change) == Adoption(drafts, ())
    refused = by_agent(change)
    assert [(each.rule, each.way) for each in refused.refusals] == [("task", "task drop")]
    assert "'one'" in refused.refusals[0].what
    assert not any(each.type == "task.dropped" for each in refused.drafts)


def test_equal_tasks_are_removed_from_the_last_on() -> None:
    """Each removal names a number that still counts when its turn comes."""
    change = ("- [ ] same\n- [ ] same\n- [ ] same", "- [x] same")
    adoption = by_person(change)
    assert adoption.drafts == (
        Draft("task.dropped", "build", {"text": "same", "nth": 3, "removed": True}),
        Draft("task.dropped", "build", {"text": "same", "nth": 2, "removed": True}),
        Draft("task.completed", "build", {"text": "same"}),
    )
    assert RUN.then(*adoption.drafts).state.tasks == edited(change).tasks


def test_a_task_that_is_too_long_is_refused() -> None:
    """A task of more than 500 characters is not adopted, whoever wrote it."""
    change = ("- [ ] one", "- [ ] one\n- [ ] " + "x" * 501)
    for adoption in (by_person(change), by_agent(change)):
        assert adoption.drafts == ()
        assert [each.rule for each in adoption.refusals] == ["task"]
    assert by_person(("- [ ] one", "- [ ] one\n- [ ] " + "x" * 500)).refusals == ()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ([('title: "Add login"', "title: Add logout")], {"title": "Add logout"}),
        ([("issue_number: 42", "issue_number: null")], {"issue_number": None}),
        ([("issue_number: 42", "issue_number: 43"), ("branch_name: null", "branch_name: x")],
         {"issue_number": 43, "branch_name": "x"}),
        ([('context: {"n": 1}', 'context: {"n": true}')], {"context": {"n": True}}),
        ([('context: {"n": 1}', "context: {}")], {"context": {}}),
        ([("plan_file: null", "plan_file: plan.md")], {"plan_file": "plan.md"}),
        ([('"edit", "shell"]', '"edit"]')], {"allow": ["read", "edit"]}),
        ([('"edit", "shell"]', '"edit(src/**)", "shell"]')], {"allow": ["read", "edit(src/**)", "shell"]}),
        ([('allow: ["read", "edit", "shell"]', "allow: []")], {"allow": []}),
        ([('deny: ["shell(git push *)"]', 'deny: ["web", "shell(git push *)"]')],
         {"deny": ["web", "shell(git push *)"]}),
    ],
)  # fmt: skip
def test_free_fields_and_a_narrower_policy_are_a_persons(
    changes: list[tuple[str, str]], fields: dict[str, object]
) -> None:
    """A person sets what describes the run and may narrow its policy; an agent may not."""
    assert by_person(*changes) == Adoption((Draft("document.edited", "-", {"fields": fields}),), ())
    refused = by_agent(*changes)
    assert refused.drafts == ()
    assert [each.rule for each in refused.refusals] == list(fields)


def test_a_policy_that_allows_everything_can_be_narrowed() -> None:
    """Any list of rules is narrower than `*`."""
    run = at("test")
    state = edited(('allow: ["*"]', 'allow: ["read", "shell(git *)"]'), text=run.document)
    adoption = reconcile(FEATURE, run.state, state, agent=False, body_changed=False)
    assert adoption == Adoption(
        (Draft("document.edited", "-", {"fields": {"allow": ["read", "shell(git *)"]}}),), ()
    )


@pytest.mark.parametrize(
    ("change", "rule", "way"),
    [
        (('"edit", "shell"]', '"edit", "shell", "web"]'), "allow", "check"),
        (('["read", "edit", "shell"]', '["*"]'), "allow", "check"),
        (('"edit", "shell"]', '"edit", "shell(sed *)"]'), "allow", "check"),
        (('allow: ["read", "edit", "shell"]\n', ""), "allow", "check"),
        (('deny: ["shell(git push *)"]', "deny: []"), "deny", "check"),
        (('deny: ["shell(git push *)"]\n', ""), "deny", "check"),
        (('deny: ["shell(git push *)"]', 'deny: ["shell(git push)"]'), "deny", "check"),
        (('status: "in_progress"', 'status: "completed"'), "status", "next"),
        (('status: "in_progress"', 'status: "review"'), "status", "next"),
        (('workflow_id: "7f3a9c21"', 'workflow_id: "00000000"'), "workflow_id", "status"),
        (('definition: "feature"', 'definition: "free"'), "definition", "status"),
        (('level: "outer"', 'level: "inner"'), "level", "status"),
        (("parent: null", 'parent: "aaaaaaaa"'), "parent", "status"),
        (('role: "developer"', 'role: "king"'), "role", "status"),
        (('created_at: "2026', 'created_at: "2025'), "created_at", "status"),
        (("event: ", "retries: 9\nevent: "), "retries", "status"),
        (("event: ", 'advance_on: ["*"]\nevent: '), "advance_on", "status"),
        (("event: ", 'origin: {"chat": "x"}\nevent: '), "origin", "status"),
        (("- [ ] test\n", "- [-] test: skipped, boring\n"), "phases", "next"),
        (("- [ ] test\n", "- [x] test: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z\n"), "phases", "next"),
        (("- [ ] **build**", "- [x] **build**"), "phases", "next"),
        (("Z\n- [ ] test\n", "Z, approved by Ann at 2026-11-20T10:12:00Z\n- [ ] test\n"), "approval",
         "approve"),
        (("- [ ] test\n", "- [ ] test, returned 3 of 3\n"), "phases", "next"),
        (("- [x] plan: ", "- [x] plan was fine: "), "phases", "next"),
        (('phase: "build"', 'phase: "review"'), "phase", "next"),
        (('phase: "build"', 'phase: "plan"'), "phase", "next"),
    ],
)  # fmt: skip
def test_what_nobody_may_do_by_editing(change: tuple[str, str], rule: str, way: str) -> None:
    """Whoever writes it: nothing of it is adopted, and the refusal names the legal command."""
    for adoption in (by_person(change, verdicts=MET), by_agent(change)):
        assert adoption.drafts == ()
        assert [(each.rule, each.way) for each in adoption.refusals] == [(rule, way)]


def test_the_event_number_is_nobodys() -> None:
    """Number and time of the last change are neither adopted nor refused here; they are written anew."""
    assert by_person(("event: ", "event: 1")) == Adoption((), ())
    assert by_person(('updated_at: "2026', 'updated_at: "2027')) == Adoption((), ())


FORWARD = (
    Draft("phase.completed", "build", {"to": "test"}),
    Draft("phase.entered", "test", {"role": "tester"}),
)


def test_a_phase_moved_by_hand() -> None:
    """A person's move to the next phase is adopted if the gate is met; an agent's never."""
    change = ('phase: "build"', 'phase: "test"')
    assert by_person(change, verdicts=MET) == Adoption(FORWARD, ())
    assert by_agent(change) == Adoption((), (Refusal("phase", "phase build to test", "next"),))
    closed = by_person(change, verdicts=UNMET)
    assert closed.drafts == ()
    assert closed.refusals[0].what == ("next: phase build can not be left yet. tasks: 1 of 2 open")
    asked = by_person(change, verdicts=(Verdict("command: make", met=None, reason="not run"),))
    assert [each.rule for each in asked.refusals] == ["phase"]


@pytest.mark.parametrize("status", ["waiting", "blocked", "paused", "failed", "pending"])
def test_a_run_at_rest_is_not_moved_by_hand(status: str) -> None:
    """Only a run that works goes forward; the edit is refused and not half adopted."""
    base = RUN.state._replace(status=status)
    state = edited(('phase: "build"', 'phase: "test"'))._replace(status=status)
    adoption = reconcile(FEATURE, base, state, agent=False, body_changed=False, verdicts=MET)
    assert adoption == Adoption((), (Refusal("phase", "phase build to test", "next"),))


def test_notes_and_other_text_are_anybodys() -> None:
    """Text outside our parts is adopted as such, together with the rest of the edit."""
    change = ("- [ ] one", "- [x] one")
    both = (CONTENTS, Draft("task.completed", "build", ONE))
    assert by_person(change, body=True) == Adoption(both, ())
    assert by_agent(change, body=True) == Adoption(both, ())


def test_the_legal_part_of_an_edit_is_adopted() -> None:
    """What is refused does not take the rest with it; every refusal is reported."""
    adoption = by_person(
        ("- [ ] one", "- [x] one"),
        ('title: "Add login"', 'title: "T"'),
        ('status: "in_progress"', 'status: "failed"'),
        ("- [ ] test\n", "- [-] test: skipped, no\n"),
        ('"shell"]', '"shell", "mcp"]'),
    )
    assert adoption.drafts == (
        Draft("document.edited", "-", {"fields": {"title": "T"}}),
        Draft("task.completed", "build", ONE),
    )
    assert [each.rule for each in adoption.refusals] == ["status", "phases", "allow"]


def test_no_edit_has_no_events() -> None:
    """The document as it was accepted changes nothing."""
    assert by_person() == Adoption((), ())
    assert by_agent() == Adoption((), ())


LINES = TEXT.split("\n")
TASK_PLACES = [n for n, line in enumerate(LINES) if line.startswith("- [") and n > LINES.index("## Tasks")]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(TASK_PLACES),
        st.sampled_from(["tick", "untick", "begin", "drop", "delete", "double", "reword", "title", "narrow",
                         "note", "forge", "wide", "approve"]),
    ),
    max_size=6,
)  # fmt: skip
HEADER_EDITS = {
    "title": ('title: "Add login"', 'title: "Other"'),
    "narrow": ('"edit", "shell"]', '"edit"]'),
    "note": ("## Notes", "## Notes\n\nA note."),
    "forge": ("- [ ] review\n", "- [-] review: skipped, no\n"),
    "wide": ("deny: [", "x-deny: ["),
    "approve": ('status: "in_progress"', 'status: "completed"'),
}


def changed(edits: list[tuple[int, str]]) -> str:
    """The document after these edits."""
    lines = list(LINES)
    for place, kind in edits:
        line = lines[place]
        marks = {"tick": "x", "untick": " ", "begin": "/", "drop": "-"}
        if kind in marks and line:
            lines[place] = "\n".join(each[:3] + marks[kind] + each[4:] for each in line.split("\n"))
        elif kind == "delete":
            lines[place] = ""
        elif kind == "double" and line:
            lines[place] = f"{line}\n{line}"
        elif kind == "reword" and line:
            lines[place] = line + " again"
    text = "\n".join(lines)
    for _, kind in edits:
        if kind in HEADER_EDITS:
            text = text.replace(*HEADER_EDITS[kind])
    return text


def after(adoption: Adoption) -> History:
    """The run after what was adopted became events."""
    return RUN.then(*adoption.drafts)


@settings(max_examples=80, deadline=None)
@given(EDITS, st.booleans())
def test_adopted_edits_are_what_the_document_shows(edits: list[tuple[int, str]], agent: bool) -> None:  # noqa: FBT001 - drawn
    """Where nothing is refused the edited document shows the new state; refused things do not happen."""
    text = changed(edits)
    document = read_document(text, FEATURE, "")
    assert document.state is not None
    adoption = reconcile(FEATURE, RUN.state, document.state, agent=agent, body_changed=False, verdicts=MET)
    run = after(adoption)
    assert (run.state.status, run.state.phase, run.state.phases) == (
        "in_progress", "build", RUN.state.phases,
    )  # fmt: skip
    assert set(run.state.deny) >= {"shell(git push *)"}
    if agent:
        still = Counter(task.text for task in run.state.tasks if task.status != "dropped")
        assert Counter(task.text for task in RUN.state.tasks if task.status != "completed") <= still
    if not adoption.refusals:
        found = read_document(run.on(text), FEATURE, "").state
        assert found is not None
        assert found._replace(tasks=()) == run.state._replace(tasks=())
        assert Counter(found.tasks) == Counter(run.state.tasks)
        again = reconcile(FEATURE, run.state, found, agent=agent, body_changed=False)
        assert again.refusals == ()
        assert run.then(*again.drafts).state.tasks == run.state.tasks or again.drafts == ()


def test_an_edit_before_the_start_is_judged_too() -> None:
    """A run that is still pending takes fields, not phases."""
    run = begun(FEATURE)
    state = edited(("issue_number: null", "issue_number: 7"), text=run.document)
    assert reconcile(FEATURE, run.state, state, agent=False, body_changed=False) == Adoption(
        (Draft("document.edited", "-", {"fields": {"issue_number": 7}}),), ()
    )
