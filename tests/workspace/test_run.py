"""A run's document and its log, brought to agree whatever became of either."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Missing, Refused
from memory_state.workflow.document import read_document
from memory_state.workflow.fold import fold
from memory_state.workspace.history import read_events
from memory_state.workspace.run import load
from tests.workspace.ground import Ground, edit, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workspace.run import Run

BUILD_TASKS = [("plan", "Write the plan", "completed"), ("build", "First", "pending")]

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b"\n\n",
    "zeros": lambda content: bytes(len(content)),
    "garbage": lambda _: b"\x00\xff\xfe garbage" * 40,
    "not UTF-8": lambda content: content.replace(b"Add login", b"Add \xff\xfe"),
    "no header": lambda content: content.partition(b"\n# ")[2],
    "cut header": lambda content: content[:200],
    "unclosed": lambda content: content.replace(b"\n---\n", b"\n--\n", 1),
    "key twice": lambda content: content.replace(b"\nschema: 1\n", b"\nschema: 1\nschema: 1\n"),
    "bad YAML": lambda content: content.replace(b"\nschema: 1\n", b"\nschema: [1\n"),
    "other id": lambda content: content.replace(b"\nworkflow_id: ", b'\nworkflow_id: "00000000" #'),
}


def in_build(ground: Ground) -> Run:
    """A workflow in its second phase, with a task there and a note."""
    ground.start()
    ground.to_phase("build")
    ground.workspace().task("add", "First")
    return ground.workspace().note("Remember the index")


def tell(run: Run) -> str:
    """The messages of a run's problems."""
    return "; ".join(problem.message for problem in run.problems)


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_document_is_archived_and_built_anew(ground: Ground, name: str) -> None:
    """Whatever is wrong with it: the damaged file is kept, the new one is what the log says, it is told."""
    before = in_build(ground)
    whole = ground.document.read_bytes()
    damaged = DAMAGES[name](whole)
    assert damaged != whole
    ground.document.write_bytes(damaged)
    run = ground.workspace().status()
    assert (run.state.phase, run.state.status) == ("build", "in_progress")
    assert tasks_of(run) == BUILD_TASKS
    assert "Remember the index" in ground.document.read_text()
    assert "rebuilt from the history" in tell(run)
    archived = [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    assert archived == [damaged]
    assert ground.types(run.id)[-1] == "state.recovered"
    assert run.state == before.state._replace(event=run.state.event, updated_at=run.state.updated_at)
    assert ground.workspace().status().problems == ()


def test_missing_document_is_built_anew(ground: Ground) -> None:
    """A deleted document comes back at the log's phase, and the event says that it was gone."""
    run = in_build(ground)
    ground.document.unlink()
    again = ground.workspace().status()
    assert (again.id, again.state.phase, tasks_of(again)) == (run.id, "build", BUILD_TASKS)
    assert "the document is missing" in tell(again)
    assert ground.events(run.id)[-1][3]["why"] == "the document is missing"
    assert "Remember the index" in ground.document.read_text()


def test_cut_document_loses_no_task_and_no_phase(ground: Ground) -> None:
    """A document cut at any byte never raises, never changes the phase, and never drops a task."""
    run = in_build(ground)
    whole = ground.document.read_bytes()
    kept = {path: path.read_bytes() for path in ground.root.rglob("*") if path.is_file()}
    for cut in range(0, len(whole) - 30, 89):
        for path, content in kept.items():
            path.write_bytes(content)
        ground.document.write_bytes(whole[:cut])
        again = ground.workspace().status()
        assert (again.state.phase, tasks_of(again)) == ("build", BUILD_TASKS), whole[:cut]
        assert again.problems != (), whole[:cut]
        assert whole[:cut] in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    assert ground.types(run.id)[-1] == "state.recovered"


def test_document_ahead_of_its_log_is_not_believed(ground: Ground) -> None:
    """A document at an event that the log does not have is archived; the phase is the log's."""
    run = in_build(ground)
    log = ground.log(run.id)
    kept = log.read_bytes()
    (ground.root / "out.md").write_text("x")
    ground.workspace().task("done", "First")
    ground.workspace().next()
    ahead = ground.document.read_bytes()
    assert b'phase: "review"' in ahead
    log.write_bytes(kept)
    again = ground.workspace().status()
    assert (again.state.phase, tasks_of(again)) == ("build", BUILD_TASKS)
    assert "the history at" in tell(again)
    assert ahead in [path.read_bytes() for path in (ground.state / "archive").iterdir()]


@pytest.mark.parametrize("with_cache", [True, False])
@pytest.mark.parametrize("move", ["status", "next", "task", "note", "check"])
def test_document_behind_its_log_is_evolved(ground: Ground, move: str, *, with_cache: bool) -> None:
    """After a crash between log and document, the next command, whichever, goes on from the log."""
    run = ground.start()
    ground.workspace().task("add", "Second")
    old, old_cache = ground.document.read_bytes(), ground.accepted(run.id).read_bytes()
    ground.workspace().task("done", "Write the plan")
    ground.workspace().task("done", "Second")
    ground.workspace().note("Half way")
    ground.workspace().next()
    newest = ground.workspace().task("add", "First")
    ground.document.write_bytes(old)
    if with_cache:
        ground.accepted(run.id).write_bytes(old_cache)
    else:
        ground.accepted(run.id).unlink()
    (ground.root / "out.md").write_text("x")
    workspace = ground.workspace()
    if move == "next":
        with pytest.raises(Refused, match="1 of 1 open"):
            workspace.next()
    else:
        actions: dict[str, Callable[[], object]] = {
            "status": workspace.status,
            "task": lambda: workspace.task("start", "First"),
            "note": lambda: workspace.note("More"),
            "check": workspace.check,
        }
        actions[move]()
    again = ground.workspace().status()
    started = "in_progress" if move == "task" else "pending"
    assert again.state.phase == "build"
    assert tasks_of(again) == [
        ("plan", "Write the plan", "completed"),
        ("plan", "Second", "completed"),
        ("build", "First", started),
    ]
    assert ground.document.read_text().count("- Half way") == 1
    assert "violation.recorded" not in ground.types(run.id)
    assert "task.dropped" not in ground.types(run.id)
    assert ground.types(run.id).count("state.recovered") == 0
    assert again.state.event >= newest.state.event


def test_stale_editor_buffer_undoes_nothing(ground: Ground) -> None:
    """An old text saved over a newer document is merged from where it came: only its own changes count."""
    run = ground.start()
    stale = ground.document.read_bytes()
    ground.workspace().task("add", "Second")
    ground.workspace().task("done", "Write the plan")
    ground.workspace().note("From the agent")
    ground.document.write_bytes(stale.replace(b"## Notes\n", b"## Notes\n\nFrom the person\n"))
    again = ground.workspace().status()
    assert tasks_of(again) == [("plan", "Write the plan", "completed"), ("plan", "Second", "pending")]
    text = ground.document.read_text()
    assert "From the person" in text
    assert "From the agent" in text
    assert "task.dropped" not in ground.types(run.id)
    assert "violation.recorded" not in ground.types(run.id)


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"\xff\xfe", bytes(500)])
def test_damaged_cache_costs_nothing(ground: Ground, content: bytes | None) -> None:
    """The accepted copy can be built anew: without it, nothing is lost and nothing is told."""
    run = in_build(ground)
    whole = ground.document.read_bytes()
    for path in (ground.state / ".cache").iterdir():
        path.unlink() if content is None else path.write_bytes(content)
    again = ground.workspace().status()
    assert (again.id, again.state, again.problems) == (run.id, run.state, ())
    assert ground.document.read_bytes() == whole
    assert ground.accepted(run.id).read_bytes() == whole


def test_bad_byte_in_the_cache_costs_nothing(ground: Ground) -> None:
    """An accepted copy that is readable but for one byte of its notes is not used."""
    run = in_build(ground)
    copy = ground.accepted(run.id)
    copy.write_bytes(copy.read_bytes().replace(b"Remember", b"Rem\xffmber"))
    edit(ground.document, "Remember", "Always remember")
    again = ground.workspace().status()
    assert "Always remember" in ground.document.read_text()
    assert tasks_of(again) == BUILD_TASKS


def test_edit_is_seen_without_the_cache(ground: Ground) -> None:
    """Without the accepted copy the log is what an edit is compared with."""
    run = in_build(ground)
    shutil.rmtree(ground.state / ".cache")
    edit(ground.document, "- [ ] First", "- [x] First")
    edit(ground.document, "Remember the index", "Remember the index.\n\nAnd the view")
    again = ground.workspace().status()
    assert tasks_of(again)[-1] == ("build", "First", "completed")
    assert "And the view" in ground.document.read_text()
    assert ground.types(run.id)[-1] == "task.completed"
    assert again.problems == ()


def test_edit_after_a_return_is_seen_without_the_cache(ground: Ground) -> None:
    """Also where phases are to be done again, the log says exactly what the document shows."""
    run = ground.start()
    ground.to_phase("review")
    ground.workspace().back("The index is missing")
    shutil.rmtree(ground.state / ".cache")
    edit(ground.document, "- [ ] The index is missing", "- [x] The index is missing")
    again = ground.workspace().status()
    assert ("build", "The index is missing", "completed") in tasks_of(again)
    assert "violation.recorded" not in ground.types(run.id)
    assert again.problems == ()


def test_log_folds_to_what_the_document_shows_after_every_move(ground: Ground) -> None:
    """The record and the interface never differ: each move of a long way is checked."""
    run = ground.start(context={"autonomy": "L3"}, issue_number=42, branch_name="feat/login")
    workspace = ground.workspace()
    (ground.root / "out.md").write_text("x")
    moves: tuple[Callable[[], object], ...] = (
        lambda: workspace.task("add", 'Second `x` \\ "y" é 😀'),
        lambda: workspace.task("start", "2"),
        lambda: workspace.task("drop", "2"),
        lambda: workspace.task("undo", "2"),
        lambda: workspace.task("drop", "2"),
        lambda: workspace.task("add", "Later", "close"),
        lambda: workspace.task("add", "Same"),
        lambda: workspace.task("add", "Same"),
        lambda: workspace.task("done", "plan.4"),
        lambda: workspace.task("done", "plan.3"),
        lambda: workspace.task("done", "1"),
        lambda: workspace.wait("for an answer"),
        workspace.next,
        workspace.next,
        lambda: workspace.task("add", "Build it"),
        lambda: workspace.task("done", "1"),
        workspace.next,
        lambda: workspace.approve("looks good"),
        lambda: workspace.back("No index"),
        lambda: workspace.task("done", "No index"),
        lambda: ground.clock.__setattr__("now", ground.clock.now + 61.5),
        workspace.next,
        lambda: workspace.back("No view"),
        lambda: workspace.task("done", "No view"),
        workspace.next,
        lambda: workspace.back("Third time"),
        workspace.resume,
        lambda: workspace.note("A note"),
        lambda: workspace.park("lunch"),
        lambda: workspace.resume(run.id),
        lambda: workspace.fail("no power"),
        lambda: workspace.resume(run.id),
        workspace.approve,
        workspace.next,
        lambda: workspace.task("done", "Later"),
        lambda: workspace.task("done", "Say what was done"),
        workspace.finish,
    )  # fmt: skip
    for number, move in enumerate(moves):
        move()
        now = load(str(ground.memory), run.id)
        folded = fold(now.definition, read_events(str(ground.memory), run.id))
        shown = read_document((now.stored or b"").decode(), now.definition, now.path)
        assert folded is not None
        assert shown.state is not None
        assert shown.problems == ()
        assert shown.state._replace(tasks=()) == folded._replace(tasks=()), number
        assert sorted(shown.state.tasks) == sorted(folded.tasks), number
    assert ground.workspace().show(run.id).state.status == "completed"


def test_skipped_phase_folds_to_what_the_document_shows(ground: Ground) -> None:
    """A phase passed over shows its reason, in the log as in the document."""
    run = ground.start()
    ground.to_phase("build")
    ground.workspace().skip("Nothing to build")
    lines = ("- [-] build: skipped, Nothing to build", "- [ ] **build**: since 2026-11-20T10:00:00Z")
    for line, move in zip(lines, (ground.workspace().back, ground.workspace().note), strict=True):
        now = load(str(ground.memory), run.id)
        shown = read_document((now.stored or b"").decode(), now.definition, now.path).state
        assert shown == fold(now.definition, read_events(str(ground.memory), run.id))
        assert line in ground.document.read_text()
        move("Build it after all")


# what a rebuilt document keeps


def test_notes_come_back_from_the_recovery_file(ground: Ground) -> None:
    """A person's notes survive their document, verbatim."""
    ground.start()
    edit(ground.document, "## Notes\n", "## Notes\n\nTwo *lines*\n\n- and `a` list\n")
    ground.workspace().status()
    ground.document.unlink()
    ground.workspace().status()
    assert ground.document.read_text().endswith("## Notes\n\nTwo *lines*\n\n- and `a` list\n")


def test_notes_come_back_from_the_log(ground: Ground) -> None:
    """Notes that were given as a command are in the log, and survive the recovery file too."""
    run = ground.start()
    ground.workspace().note("First note")
    ground.workspace().note("Second note")
    ground.document.unlink()
    ground.accepted(run.id).unlink()
    ground.recovery(run.id).unlink()
    ground.workspace().status()
    assert "## Notes\n\n- First note\n- Second note\n" in ground.document.read_text()


def test_notes_since_the_recovery_file_come_back_once(ground: Ground) -> None:
    """The recovery file's notes and those that the log has beyond it make one list."""
    run = ground.start()
    ground.workspace().note("First note")
    saved = ground.recovery(run.id).read_bytes()
    ground.workspace().note("Second note")
    ground.recovery(run.id).write_bytes(saved)
    ground.document.unlink()
    ground.workspace().status()
    assert "## Notes\n\n- First note\n- Second note\n" in ground.document.read_text()


# the log itself


def test_torn_last_line_is_no_damage(ground: Ground) -> None:
    """What was not wholly written was never said to be done: it is ignored, and its number given again."""
    run = ground.start()
    before = len(ground.events(run.id))
    with ground.log(run.id).open("ab") as log:
        log.write(b'3. 2026-11-20T10:00:00.123Z **task.added** plan `{"text":"Lo')
    again = ground.workspace().task("add", "Second")
    assert [each[0] for each in ground.events(run.id)] == list(range(1, before + 2))
    assert tasks_of(again)[-1] == ("plan", "Second", "pending")


def test_damaged_middle_line_hides_no_later_one(ground: Ground) -> None:
    """Events after a damaged line still count, and the line stays where it is."""
    run = ground.start()
    ground.workspace().task("add", "Second")
    ground.workspace().task("add", "Third")
    log = ground.log(run.id)
    damaged = log.read_bytes().replace(b"Second", b"Sec0nd")
    log.write_bytes(damaged)
    shutil.rmtree(ground.state / ".cache")
    ground.document.unlink()
    again = ground.workspace(workflow=run.id).status()
    assert tasks_of(again) == [("plan", "Write the plan", "pending"), ("plan", "Third", "pending")]
    assert log.read_bytes().startswith(damaged)


def test_workflow_that_is_not_there_is_missing(ground: Ground, started: Run) -> None:
    """An id that was never given is exit code 3, and nothing is made for it."""
    before = ground.files()
    with pytest.raises(Missing, match="no workflow 00000000"):
        ground.workspace(workflow="00000000").status()
    assert ground.files() == before
    assert started.id != "00000000"


def test_lost_definition_is_told(ground: Ground, started: Run) -> None:
    """Without the definition that governs it a run can not go on; the message names the file."""
    (ground.state / "workflow-history" / started.id / "definition.md").unlink()
    with pytest.raises(Broken, match=r"definition\.md is gone"):
        ground.workspace().status()


def test_document_of_a_newer_version_is_left_alone(ground: Ground, started: Run) -> None:
    """A schema that a later version wrote is read-only here: told plainly, not a byte changed."""
    edit(ground.document, "schema: 1", "schema: 2")
    before = ground.files()
    for act in (ground.workspace().status, lambda: ground.workspace().task("add", "x")):
        with pytest.raises(Refused, match=r"has schema 2, .*nothing was changed"):
            act()
    assert ground.files() == before
    assert started.state.event == 2


def test_link_in_the_place_of_a_document_is_told(ground: Ground, started: Run) -> None:
    """It is not followed to be written, and nothing is recorded that could not be shown."""
    target = ground.root / "real.md"
    ground.document.rename(target)
    ground.document.symlink_to(target)
    before = ground.files()
    for _ in range(2):
        with pytest.raises(Broken, match="is a symbolic link"):
            ground.workspace().task("add", "Another")
    assert ground.files() == before
    assert started.id in target.read_text()


def test_document_that_is_too_large_is_told(ground: Ground, started: Run) -> None:
    """More than a mebibyte is neither read in part nor overwritten: the message says what to do."""
    notes = ("y" * 79 + "\n") * 12_000
    edit(ground.document, "## Notes\n", f"## Notes\n\n{notes}")
    ground.workspace().status()
    edit(ground.document, "## Notes\n", f"## Notes\n\n{notes}")
    before = ground.files()
    with pytest.raises(Refused, match="larger than 1048575 bytes"):
        ground.workspace().task("add", "Another")
    assert ground.files() == before
    assert started.id in before[".memory/state/active-workflow.md"].decode()


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 100, b"---\nschema: 1\n---\n# History\n\n"])
def test_lost_log_is_told_with_the_way_out(ground: Ground, started: Run, content: bytes | None) -> None:
    """A document alone proves nothing: exit code 5, `recover` is named, and nothing is touched."""
    log = ground.log(started.id)
    log.unlink() if content is None else log.write_bytes(content)
    before = ground.files()
    for act in (ground.workspace().status, ground.workspace().next, ground.start):
        with pytest.raises(Broken) as caught:
            act()
        assert caught.value.exit_code == 5
        assert caught.value.next_commands[0] == "recover"
    assert ground.files() == before


# where documents stand


def test_parked_workflow_frees_the_place(ground: Ground) -> None:
    """A paused document moves aside under its id, and comes back when it is resumed."""
    first = ground.start()
    ground.workspace().park("lunch")
    assert not ground.document.exists()
    assert ground.further(first.id).is_file()
    second = ground.start(title="Another")
    assert second.id != first.id
    ground.workspace().cancel("enough")
    assert ground.workspace().resume(first.id).state.status == "in_progress"
    assert ground.document.is_file()
    assert not ground.further(first.id).exists()


def test_ended_workflow_keeps_its_document(ground: Ground, started: Run) -> None:
    """The last document goes into the history, and recovery file and cache go."""
    ground.workspace().cancel("enough")
    folder = ground.state / "workflow-history" / started.id
    assert 'status: "cancelled"' in (folder / "final.md").read_text()
    assert not ground.document.exists()
    assert not ground.recovery(started.id).exists()
    assert not ground.accepted(started.id).exists()
    with pytest.raises(Missing, match="no workflow"):
        ground.workspace().status()
    assert ground.workspace(workflow=started.id).status().state.status == "cancelled"


def test_interrupted_move_of_the_document_is_finished(ground: Ground, started: Run) -> None:
    """A crash after the last event and before its document: the next look puts both in place."""
    open_text, cached = ground.document.read_bytes(), ground.accepted(started.id).read_bytes()
    ground.workspace().cancel("enough")
    final = ground.state / "workflow-history" / started.id / "final.md"
    final.unlink()
    ground.document.write_bytes(open_text)
    ground.accepted(started.id).write_bytes(cached)
    assert ground.workspace().status().state.status == "cancelled"
    assert 'status: "cancelled"' in final.read_text()
    assert not ground.document.exists()


@pytest.mark.parametrize(
    "named", ["../../etc", "/etc/passwd", "a/b/c/d1", "..", "7F3A9C21", "-rf-rf-r", "x\\0y"]
)
def test_id_in_a_document_names_no_path_unchecked(ground: Ground, started: Run, named: str) -> None:
    """A document whose id is none is damaged like any other, and no path is made of it."""
    ground.document.write_bytes(
        ground.document.read_bytes().replace(
            f'workflow_id: "{started.id}"'.encode(), f'workflow_id: "{named}"'.encode()
        )
    )
    again = ground.workspace().status()
    assert (again.id, again.state.phase) == (started.id, "plan")


def test_torn_accepted_copy_is_no_base_for_an_edit(ground: Ground, started: Run) -> None:
    """A copy of which power left the front matter only is set aside: the document is as the log says."""
    ground.workspace().task("done", "1")
    ground.workspace().next()
    copy = ground.accepted(started.id)
    whole = ground.document.read_bytes()
    copy.write_bytes(whole[: whole.index(b"## Tasks")])
    before = ground.types(started.id)
    run = ground.workspace().status()
    assert (run.problems, ground.types(started.id)) == ((), before)
    assert copy.read_bytes() == whole == ground.document.read_bytes()
