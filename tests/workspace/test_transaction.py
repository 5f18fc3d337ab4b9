"""One change of a run: what is written, what is refused, and what becomes of edits on the way."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict, Misused, Refused
from memory_state.core.files import release_lock, take_lock
from memory_state.core.layout import state_lock
from memory_state.core.record import note_call
from memory_state.workspace.transaction import locked
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace

ADD_TASKS = """
import time
for number in range(10):
    run = workspace.task("add", given["code"].split("#")[-1].strip() + f".{number}")
    print(run.state.event, flush=True)
#"""


def in_place(path: Path, content: bytes) -> None:
    """Save as an editor that writes into the file itself."""
    path.write_bytes(content)


def by_rename(path: Path, content: bytes) -> None:
    """Save as an editor that writes a new file and puts it in the old one's place."""
    beside = path.with_name("active-workflow.md~")
    beside.write_bytes(content)
    beside.rename(path)


def by_unlink(path: Path, content: bytes) -> None:
    """Save as git does: the old file is unlinked first."""
    path.unlink()
    path.write_bytes(content)


# writing


def test_event_before_document(ground: Ground, started: Run) -> None:
    """Every change is one line in the log, whose number the document then carries."""
    run = ground.workspace().task("add", "Second")
    number, kind, subject, details = ground.events(started.id)[-1]
    assert (number, kind, subject) == (3, "task.added", "plan")
    assert details == {"text": "Second", "by": "person", "name": "Ann", "doc": 3}
    assert run.state.event == 3
    assert "\nevent: 3\n" in ground.document.read_text()


def test_updated_at_grows_though_the_clock_stands(ground: Ground) -> None:
    """Each of twenty commits in one moment has a later time, and so has one after the clock went back."""
    ground.start()
    times = [ground.workspace().task("add", f"Task {number}").state.updated_at for number in range(20)]
    ground.clock.now -= 86400
    times.append(ground.workspace().task("add", "Yesterday").state.updated_at)
    assert times == sorted(set(times))
    assert len(times) == 21
    assert ground.workspace().status().state.created_at == "2026-11-20T10:00:00Z"


def test_times_of_the_log_never_fall(ground: Ground, started: Run) -> None:
    """With a clock that goes back and forth the log's times still only grow."""
    for step in (5.0, -3600.0, 0.0, 7200.0, -1.5):
        ground.clock.now += step
        ground.workspace().task("add", f"Step {step}")
    times = [line.split(b" ")[1] for line in ground.log(started.id).read_bytes().split(b"\n")[6:] if line]
    assert times == sorted(times)


def test_a_clock_that_was_set_back_is_noted(ground: Ground, started: Run) -> None:
    """Each event that a clock behind the last one's time gives says by how many seconds, from one on."""
    ground.clock.now -= 3600
    ground.workspace().task("add", "An hour ago")
    ground.clock.now += 3600.5
    ground.workspace().task("add", "Now")
    back = [each[3].get("clock_back") for each in ground.events(started.id)]
    assert back == [None, None, 3600, None]
    assert ground.workspace().status().state.created_at == "2026-11-20T10:00:00Z"


def test_a_call_by_a_clock_that_was_set_back_is_noted(ground: Ground, started: Run) -> None:
    """The hook's events say it too, and none is earlier than the last."""
    payload: dict[str, object] = {"tool_name": "Read", "tool_use_id": "t1"}
    note_call(str(ground.memory), started.id, "PostToolUse", payload, str(ground.root), ground.clock.now - 90)
    number, kind, _, details = ground.events(started.id)[-1]
    assert (number, kind, details["clock_back"]) == (3, "tool.used", 90)
    times = [line.split(b" ")[1] for line in ground.log(started.id).read_bytes().split(b"\n")[6:] if line]
    assert times[1] == times[2]


def test_a_document_that_is_being_saved_costs_no_event(ground: Ground, started: Run) -> None:
    """While an editor has it open for writing, a command is done, says so, and leaves the file alone."""
    before = ground.document.read_bytes()
    with ground.document.open("ab") as editor:
        run = ground.workspace().task("add", "Second")
        assert "the next command brings the document up to date" in run.problems[-1].message
        assert ground.document.read_bytes() == before
        editor.write(b"\nBy hand.\n")
    again = ground.workspace().status()
    assert [text for _, text, _ in tasks_of(again)] == ["Write the plan", "Second"]
    assert ground.document.read_bytes().endswith(b"By hand.\n")
    assert ground.types(started.id)[2:] == ["task.added", "document.edited"]


def test_a_second_document_is_told(ground: Ground, started: Run) -> None:
    """Of two documents of a workflow one goes on with what is in it, the other is kept, and told where."""
    content = ground.document.read_bytes().replace(b"in_progress", b"paused")
    ground.workspace().park()
    with ground.further(started.id).open("ab") as editor:
        editor.write(b"\nThe one.\n")
    ground.document.write_bytes(content + b"\nThe other.\n")
    again = ground.workspace(workflow=started.id).status()
    assert (again.path, ground.document.exists()) == (str(ground.further(started.id)), False)
    (kept,) = [each for each in (ground.state / "archive").iterdir() if b"The one." in each.read_bytes()]
    assert str(kept) in again.problems[-1].message
    assert b"The other." in ground.further(started.id).read_bytes()


def test_phase_change_is_sealed(ground: Ground, started: Run) -> None:
    """After a phase change the log holds the SHA-256 of all before it, torn lines included."""
    import hashlib

    with ground.log(started.id).open("ab") as log:
        log.write(b"3. torn")
    ground.workspace().task("done", "1")
    with ground.log(started.id).open("ab") as log:
        log.write(b"4. torn again")
    ground.workspace().next()
    content = ground.log(started.id).read_bytes()
    *_, last = content.rstrip(b"\n").split(b"\n")
    assert b"**log.sealed** - " in last
    before = content[: content.rindex(last)]
    assert hashlib.sha256(before).hexdigest().encode() in last
    assert ground.types(started.id)[-3:] == ["phase.completed", "phase.entered", "log.sealed"]


# refusing


def refusals(workspace: Workspace) -> dict[str, Callable[[], object]]:
    """Moves that a `steps` workflow in its first phase does not allow."""
    return {
        "next": workspace.next,
        "finish": workspace.finish,
        "back": lambda: workspace.back("why not"),
        "skip": lambda: workspace.skip("no time"),
        "approve": workspace.approve,
    }


@pytest.mark.parametrize("name", ["next", "finish", "back", "skip", "approve"])
def test_refused_move_leaves_one_line(ground: Ground, started: Run, name: str) -> None:
    """A refusal changes no byte of any file but for the one line that records it, and names a way on."""
    before = ground.files()
    with pytest.raises(Refused) as caught:
        refusals(ground.workspace())[name]()
    assert caught.value.next_commands != ()
    after = ground.files()
    log = str(ground.log(started.id).relative_to(ground.root))
    assert {path for path in after if before.get(path) != after[path]} == {log}
    assert after[log].startswith(before[log])
    added = after[log][len(before[log]) :]
    assert added.count(b"\n") == 1
    assert ground.types(started.id)[-1] in ("gate.refused", "violation.recorded")


@pytest.mark.parametrize(
    "act",
    [
        lambda workspace: workspace.task("add", ""),
        lambda workspace: workspace.task("add", "x" * 501),
        lambda workspace: workspace.task("add", "two\nlines"),
        lambda workspace: workspace.task("add", "NUL\0"),
        lambda workspace: workspace.task("add", "x", "ship"),
        lambda workspace: workspace.task("done", "9"),
        lambda workspace: workspace.task("done", "../1"),
        lambda workspace: workspace.note("x" * 2001),
        lambda workspace: workspace.note("`" * 2000),
        lambda workspace: workspace.note("\U0001f600" * 2000 + "\ud800"),
    ],
)  # fmt: skip
def test_malformed_request_leaves_nothing(
    ground: Ground, started: Run, act: Callable[[Workspace], object]
) -> None:
    """A request that makes no sense is a usage error, and not a byte is written."""
    before = ground.files()
    with pytest.raises(Misused):
        act(ground.workspace())
    assert ground.files() == before
    assert started.state.event == 2


@pytest.mark.parametrize(
    "text",
    ["x" * 2000, "é" * 2000, "\U0001f600" * 1900, "`code`", "# not a heading", "- [ ] not a task", "---"],
)
def test_note_of_any_text_is_kept(ground: Ground, started: Run, text: str) -> None:
    """A note up to its limit is recorded and shown, and is nothing but a note."""
    ground.workspace().note(text)
    again = ground.workspace().status()
    assert ground.events(started.id)[-1][3]["text"] == text
    assert f"- {text}" in ground.document.read_text()
    assert tasks_of(again) == [("plan", "Write the plan", "pending")]
    assert again.problems == ()


def test_long_reasons_do_not_hinder_a_refusal(ground: Ground) -> None:
    """A gate with more to say than an event holds is refused and recorded all the same."""
    headings = ", ".join(f'"{"h" * 90}{number:03}"' for number in range(100))
    ground.define(
        "long",
        f"""---
schema: 1
name: long
phases:
  - id: plan
    exit: [tasks, {{file: plan.md, headings: [{headings}]}}]
---
""",
    )
    run = ground.start("long")
    (ground.root / "plan.md").write_text("# Other\n")
    with pytest.raises(Refused, match="lacks the headings"):
        ground.workspace().finish()
    assert ground.types(run.id)[-1] == "gate.refused"


# persons


def test_attempt_of_an_agent_is_recorded(ground: Ground, started: Run) -> None:
    """What only a person may do is refused for anybody else, with an event that says what was tried."""
    agent = ground.workspace(person=None, session="s1")
    acts: tuple[Callable[[], object], ...] = (
        lambda: agent.skip("no time"), agent.approve, agent.park, lambda: agent.fail("x"), agent.cancel,
    )  # fmt: skip
    for act in acts:
        with pytest.raises(Refused, match="for a person"):
            act()
    records = [each for each in ground.events(started.id) if each[1] == "violation.recorded"]
    assert [each[3]["what"] for each in records] == ["skip", "approve", "park", "fail", "cancel"]
    assert records[0][3]["session"] == "s1"


# edits


@pytest.mark.parametrize("save", [in_place, by_rename, by_unlink])
def test_edit_of_any_editor_is_adopted(
    ground: Ground, started: Run, save: Callable[[Path, bytes], None]
) -> None:
    """However the file is saved: ticks, tasks, notes and fields are taken over, nothing is refused."""
    content = ground.document.read_bytes()
    for old, new in (
        (b"- [ ] Write the plan\n", b"- [x] Write the plan\n- [ ] A second one\n"),
        (b"## Notes\n", b"## Notes\n\nA note by hand\n"),
        (b'title: "Add login"', b'title: "Add a login"'),
        (b"issue_number: null", b"issue_number: 7 # the tracker's"),
    ):
        assert old in content
        content = content.replace(old, new)
    save(ground.document, content)
    again = ground.workspace().status()
    assert tasks_of(again) == [("plan", "Write the plan", "completed"), ("plan", "A second one", "pending")]
    assert (again.state.title, again.state.issue_number) == ("Add a login", 7)
    assert again.problems == ()
    assert ground.types(started.id)[2:] == ["document.edited", "task.completed", "task.added"]
    assert ground.events(started.id)[-1][3]["by"] == "edit"
    assert "issue_number: 7 # the tracker's" in ground.document.read_text()


def test_sed_in_place(ground: Ground, started: Run) -> None:
    """An edit by `sed -i` between two commands is adopted by the second."""
    subprocess.run(["sed", "-i", "s/- \\[ \\] Write/- [x] Write/", str(ground.document)], check=True)
    assert ground.workspace().next().state.phase == "build"
    assert "task.completed" in ground.types(started.id)


def test_adoption_changes_two_lines_only(ground: Ground, started: Run) -> None:
    """Of an adopted edit only `event` and `updated_at` are rewritten: every other byte is the person's."""
    content = ground.document.read_bytes()
    content = content.replace(b"schema: 1\n", b"# mine\nschema: 1\nown_key:  'kept'\n")
    content = content.replace(b"- [ ] Write the plan\n", b"* [X]  Write the plan\n\n\n")
    content = content.replace(b"\n", b"\r\n").rstrip(b"\r\n")
    content += b"\r\n\r\n  trailing   \r\nno end"
    ground.document.write_bytes(b"\xef\xbb\xbf" + content)
    again = ground.workspace().status()
    assert again.problems == ()
    stored = ground.document.read_bytes()
    before = (b"\xef\xbb\xbf" + content).split(b"\n")
    changed = [line for line, old in zip(stored.split(b"\n"), before, strict=True) if line != old]
    assert [line.partition(b":")[0] for line in changed] == [b"updated_at", b"event"]
    assert started.id == again.id


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('phase: "plan"', 'phase: "review"', "phase plan to review"),
        ('phase: "plan"', 'phase: "build"', "1 of 1 open"),
        ('status: "in_progress"', 'status: "completed"', "status"),
        ("- [ ] build", "- [-] build: skipped, no need", "phase build"),
        ("- [ ] build", "- [x] build: 2026-11-20T10:00:00Z to 2026-11-20T10:00:00Z", "phase build"),
        (
            "- [ ] review",
            (
                "- [x] review: 2026-11-20T10:00:00Z to 2026-11-20T10:00:00Z, "
                "approved by Ann at 2026-11-20T10:00:00Z"
            ),
            "phase review",
        ),
        ('allow: ["read", "edit(docs/**)"]', 'allow: ["*"]', "allow was widened"),
        ('allow: ["read", "edit(docs/**)"]', 'allow: ["read", "edit"]', "allow was widened"),
        ('role: "architect"', 'role: "boss"', "role"),
        ('definition: "steps"', 'definition: "feature"', "definition"),
        ('created_at: "2026-11-20T10:00:00Z"', 'created_at: "2020-01-01T00:00:00Z"', "created_at"),
        ('status: "in_progress"', 'status: "great"', "great"),
        ('phase: "plan"', 'phase: "ship"', "ship"),
        ('role: "architect"', "role: [architect]", "role"),
        ('title: "Add login"\n', "", "title"),
    ],
)
def test_edit_that_is_nobody_s_to_make_is_undone_and_told(
    ground: Ground, started: Run, old: str, new: str, told: str
) -> None:
    """A skip, an approval, a wider policy by hand: archived, restored, recorded, and told with its way."""
    before = ground.document.read_text()
    edit(ground.document, old, new)
    edited = ground.document.read_bytes()
    edit(ground.document, "## Notes\n", "## Notes\n\nBut this stays\n")
    edited = ground.document.read_bytes()
    again = ground.workspace().status()
    messages = " ".join(problem.message for problem in again.problems)
    assert told in messages
    assert "`memory-state " in messages
    assert edited in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    assert "violation.recorded" in ground.types(started.id)
    ours = ("phase", "status", "role", "allow", "deny", "definition", "created_at", "title", "phases")
    assert [getattr(again.state, name) for name in ours] == [getattr(started.state, name) for name in ours]
    text = ground.document.read_text()
    assert "But this stays" in text
    assert old.strip() in text
    assert len(text.splitlines()) == len(before.splitlines()) + 2
    assert ground.workspace().status().problems == ()


@pytest.mark.parametrize("with_cache", [True, False])
def test_tasks_are_numbered_as_the_document_lists_them(
    ground: Ground, started: Run, *, with_cache: bool
) -> None:
    """A task put before another by hand has the lower number, at once, later, and for the next command."""
    edit(ground.document, "- [ ] Write the plan\n", "- [ ] Ask first\n- [ ] Write the plan\n")
    wanted = [("plan", "Ask first", "pending"), ("plan", "Write the plan", "pending")]
    assert tasks_of(ground.workspace().status()) == wanted
    if not with_cache:
        ground.accepted(started.id).unlink()
    assert tasks_of(ground.workspace().status()) == wanted
    if not with_cache:
        ground.accepted(started.id).unlink()
    done = ground.workspace().task("done", "plan.1")
    assert tasks_of(done) == [("plan", "Ask first", "completed"), ("plan", "Write the plan", "pending")]


def test_narrower_policy_is_adopted(ground: Ground, started: Run) -> None:
    """A person may take away and forbid more, at once."""
    edit(ground.document, 'allow: ["read", "edit(docs/**)"]', 'allow: ["read"]')
    edit(ground.document, "deny: []", 'deny: ["web"]')
    again = ground.workspace().status()
    assert (again.state.allow, again.state.deny) == (("read",), ("web",))
    assert again.problems == ()
    assert started.state.allow == ("read", "edit(docs/**)")


def test_legal_move_by_hand_is_adopted(ground: Ground, started: Run) -> None:
    """A phase set by hand is entered when `next` would go there and its gate is met."""
    edit(ground.document, "- [ ] Write the plan", "- [x] Write the plan")
    ground.workspace().status()
    edit(ground.document, 'phase: "plan"', 'phase: "build"')
    again = ground.workspace().status()
    assert (again.state.phase, again.state.role, again.problems) == ("build", "developer", ())
    assert "log.sealed" in ground.types(started.id)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("context: {}", 'context: {"big": "' + "x" * 9000 + '"}'),
        ('title: "Add login"', 'title: "' + "x" * 9000 + '"'),
        ("- [ ] Write the plan\n", "- [ ] Write the plan\n- [ ] " + "x" * 501 + "\n"),
    ],
)
def test_edit_too_large_to_record_is_undone_and_told(
    ground: Ground, started: Run, old: str, new: str
) -> None:
    """What no event can hold is archived and told, and stops no command."""
    edit(ground.document, old, new)
    edited = ground.document.read_bytes()
    again = ground.workspace().status()
    assert again.problems != ()
    assert edited in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    assert (again.state.title, again.state.context) == (started.state.title, ())
    assert ground.workspace().task("add", "Go on").state.tasks[-1].text == "Go on"


def test_refused_task_goes_also_without_the_cache(ground: Ground, started: Run) -> None:
    """What can not be taken over leaves the document once, with nothing but the log to restore it from."""
    edit(ground.document, "- [ ] Write the plan\n", "- [ ] Write the plan\n- [ ] " + "x" * 501 + "\n")
    edit(ground.document, "## Notes\n", "## Notes\n\nBut this stays\n")
    ground.accepted(started.id).unlink()
    assert ground.workspace().status().problems != ()
    again = ground.workspace().status()
    assert (tasks_of(again), again.problems) == ([("plan", "Write the plan", "pending")], ())
    assert "But this stays" in ground.document.read_text()
    assert ground.types(started.id).count("violation.recorded") == 1


@pytest.mark.parametrize("end", ["cancel", "finish"])
def test_ended_workflow_is_final(ground: Ground, started: Run, end: str) -> None:
    """After the end a note by hand is kept, and nothing else that is written into the document counts."""
    if end == "finish":
        ground.to_phase("close")
        ground.workspace().task("done", "Say what was done")
        ground.workspace().finish()
    else:
        ground.workspace().cancel("enough")
    final = ground.state / "workflow-history" / started.id / "final.md"
    tasks = tasks_of(ground.workspace(workflow=started.id).status())
    edit(final, "### plan\n", "### plan\n- [ ] One more\n")
    edit(final, 'title: "Add login"', 'title: "Another"')
    edit(final, "## Notes\n", "## Notes\n\nA late note\n")
    again = ground.workspace(workflow=started.id).status()
    assert tasks_of(again) == tasks
    assert again.state.title == "Add login"
    assert again.problems != ()
    text = final.read_text()
    assert "A late note" in text
    assert "One more" not in text
    assert ground.workspace(workflow=started.id).status().problems == ()


def test_odd_values_by_hand_never_raise(ground: Ground, started: Run) -> None:
    """Floats, dates, lists and nested maps where YAML allows them are taken over or told, never an error."""
    for value in (
        "{a: 1.5}",
        "[1]",
        "2026-11-20",
        "{1: 2}",
        "{a: {b: [c, {d: e}]}}",
        "{a: .nan}",
        "5",
        "!!x y",
    ):
        text = ground.document.read_bytes()
        line = next(each for each in text.split(b"\n") if each.startswith(b"context:"))
        ground.document.write_bytes(text.replace(line, f"context: {value}".encode()))
        again = ground.workspace().status()
        assert again.state.phase == "plan", value
        assert ground.workspace().status().problems == (), value
    assert started.state.phase == "plan"


def test_agent_may_not_remove_what_is_open(ground: Ground, started: Run) -> None:
    """An edit that is an agent's is adopted as far as an agent may: ticks and additions."""
    from memory_state.workspace.transaction import settled

    edit(ground.document, "- [ ] Write the plan\n", "- [x] An easier one\n")
    edit(ground.document, 'title: "Add login"', 'title: "Done"')
    workspace = ground.workspace()
    with locked(str(ground.memory)):
        again = settled(workspace.project, started.id, agent=True)
    assert tasks_of(again) == [("plan", "An easier one", "completed"), ("plan", "Write the plan", "pending")]
    assert tasks_of(ground.workspace().status()) == tasks_of(again)
    assert again.state.title == "Add login"
    assert len(again.problems) == 2


def test_save_in_the_middle_of_a_command_is_merged(ground: Ground, started: Run) -> None:
    """A person who saves between our reading and our writing wins, and our change is made to their text."""
    from memory_state.workflow.machine import Draft
    from memory_state.workspace.transaction import transact

    def decide(run: Run) -> tuple[Draft, ...]:
        edit(ground.document, "## Notes\n", "## Notes\n\nSaved meanwhile\n")
        return (Draft("task.completed", "plan", {"text": "Write the plan"}),)

    workspace = ground.workspace()
    run = transact(workspace.project, started.id, workspace.actor, decide)
    assert tasks_of(run) == [("plan", "Write the plan", "completed")]
    text = ground.document.read_text()
    assert "Saved meanwhile" in text
    assert "- [x] Write the plan" in text


def test_document_that_appears_while_it_is_rebuilt_is_not_lost(ground: Ground, started: Run) -> None:
    """A rename-style save leaves the name absent for a moment: what then appears is taken, not replaced."""
    from memory_state.workspace.run import load, store

    content = ground.document.read_bytes()
    ground.document.unlink()
    run = load(str(ground.memory), started.id)
    ground.document.write_bytes(content.replace(b"## Notes\n", b"## Notes\n\nBy rename\n"))
    with pytest.raises(Conflict):
        store(run, run.text, power=False)
    ground.workspace().status()
    assert "By rename" in ground.document.read_text()


# many at once


def test_no_state_no_lock(ground: Ground) -> None:
    """Looking where nothing was started makes nothing."""
    shutil.rmtree(ground.memory)
    for act in (
        ground.workspace().status,
        ground.workspace(workflow="00000000").status,
        ground.workspace().next,
    ):
        with pytest.raises(Exception, match="no workflow"):
            act()
    assert not ground.memory.exists()


def test_lock_that_is_held_is_a_conflict(ground: Ground, started: Run) -> None:
    """Who does not get the lock in time is told so, with exit code 4."""
    held = take_lock(state_lock(str(ground.memory)))
    began = time.monotonic()
    with pytest.raises(Conflict) as caught, locked(str(ground.memory), 0.1):
        pass
    release_lock(held)
    assert time.monotonic() - began < 1
    assert caught.value.exit_code == 4
    assert started.id == ground.workspace().status().id


def test_many_writers_lose_nothing(ground: Ground, started: Run) -> None:
    """Eight processes add ten tasks each: all are there once, in the log and the document, numbers dense."""
    writers = [ground.program(ADD_TASKS + f" w{number}") for number in range(8)]
    printed = []
    for writer in writers:
        output, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, b"")
        printed += [int(line) for line in output.split()]
    wanted = sorted(f"w{writer}.{number}" for writer in range(8) for number in range(10))
    events = ground.events(started.id)
    assert [each[0] for each in events] == list(range(1, 83))
    assert sorted(str(each[3]["text"]) for each in events if each[1] == "task.added") == wanted
    assert sorted(printed) == list(range(3, 83))
    again = ground.workspace().status()
    assert sorted(task.text for task in again.state.tasks if task.text.startswith("w")) == wanted
    assert again.problems == ()
    assert all(f"- [ ] {text}\n" in ground.document.read_text() for text in wanted)


def test_killed_writers_lose_nothing_that_was_told(ground: Ground, started: Run) -> None:
    """Processes killed at any moment: what they told is there, what one was writing bears its number."""
    told: list[int] = []
    killed: set[str] = set()
    for pause in (0.5, 0.6, 0.7):
        writers = [ground.program(ADD_TASKS + f" k{pause}.{number}") for number in range(2)]
        time.sleep(pause)
        for writer in writers:
            writer.kill()
            killed.add(str(writer.pid))
            told += [int(line) for line in writer.communicate()[0].split(b"\n")[:-1]]
    again = ground.workspace().task("add", "Still here")
    numbers = [each[0] for each in ground.events(started.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(told) <= set(numbers)
    assert again.problems == ()
    left = {path.name.split(".")[-2].partition("-")[0] for path in ground.state.glob(".*.tmp")}
    assert left <= killed


def test_last_tick_and_the_next_phase_in_one_save(ground: Ground, started: Run) -> None:
    """Who ticks the last box and moves on in one save has done both; without the tick the gate is closed."""
    edit(ground.document, 'phase: "plan"', 'phase: "build"')
    run = ground.workspace().status()
    assert (run.state.phase, len(run.problems)) == ("plan", 1)
    edit(ground.document, 'phase: "plan"', 'phase: "build"')
    edit(ground.document, "- [ ] Write the plan", "- [x] Write the plan")
    run = ground.workspace().status()
    assert (run.state.phase, run.problems) == ("build", ())
    assert ground.types(started.id)[-4:] == [
        "task.completed",
        "phase.completed",
        "phase.entered",
        "log.sealed",
    ]


def test_carriage_return_within_a_task_is_refused(ground: Ground, started: Run) -> None:
    """A task is one line wherever it is read: the edit is kept in the archive, told, and taken back."""
    edit(ground.document, "Write the plan", "Write\rthe plan")
    run = ground.workspace().status()
    assert [task.text for task in run.state.tasks] == [task.text for task in started.state.tasks]
    assert "a task with a carriage return within its line" in str(run.problems[0])
    assert any(b"Write\rthe plan" in path.read_bytes() for path in (ground.state / "archive").iterdir())
    assert b"\r" not in ground.document.read_bytes()


def test_new_open_task_and_the_next_phase_in_one_save(ground: Ground, started: Run) -> None:
    """What an edit adds counts for the gate too: an open task keeps the phase."""
    ground.workspace().task("done", "1")
    edit(ground.document, 'phase: "plan"', 'phase: "build"')
    edit(ground.document, "- [x] Write the plan", "- [x] Write the plan\n- [ ] One more")
    run = ground.workspace().status()
    assert run.state.phase == "plan"
    assert tasks_of(run)[1] == ("plan", "One more", "pending")


def test_a_tick_alone_is_no_edit_of_the_text(ground: Ground, started: Run) -> None:
    """A box that a person ticks is the task's event and no other."""
    edit(ground.document, "- [ ] Write the plan", "- [x] Write the plan")
    ground.workspace().status()
    assert ground.types(started.id)[2:] == ["task.completed"]


@pytest.mark.parametrize(
    "line", ["- [x] close", "- [ ] close, once Bea is back", "- [ ] close: ask Bea", "- [-] close"]
)
def test_words_on_the_line_of_a_phase_to_come_are_kept(ground: Ground, started: Run, line: str) -> None:
    """The line is ours and is restored, but what a person made of it is told and goes to the archive."""
    edit(ground.document, "- [ ] close\n", f"{line}\n")
    (problem,) = ground.workspace().status().problems
    assert problem.message.startswith("the line of phase close: not as it is written was refused")
    assert "- [ ] close\n" in ground.document.read_text()
    (kept,) = (ground.memory / "state/archive").iterdir()
    assert f"{line}\n" in kept.read_text()
    assert ground.types(started.id)[-1] == "violation.recorded"
    assert ground.workspace().status().problems == ()


def test_the_line_of_a_phase_to_come_may_go(ground: Ground, started: Run) -> None:
    """A line that is gone holds nothing of a person's: it is there again, and no more is said."""
    edit(ground.document, "- [ ] close\n", "")
    assert ground.workspace().status().problems == ()
    assert "- [ ] close\n" in ground.document.read_text()
    assert ground.types(started.id)[2:] == []


def test_a_number_on_our_line_that_says_nothing_to_us_is_told_too(ground: Ground, started: Run) -> None:
    """How often one may return is the definition's to say: another number is restored, and archived."""
    ground.to_phase("review")
    ground.workspace().back("A case is missing")
    edit(ground.document, "1 of 2", "1 of 3")
    (problem,) = ground.workspace().status().problems
    assert problem.message.startswith("the line of phase review: not as it is written was refused")
    assert "1 of 2" in ground.document.read_text()
    assert ground.workspace().status().problems == ()
