"""A workflow under commands, edits by hand, kills and damage stands where a plain model says."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from memory_state.core.errors import MemoryStateError, Refused
from memory_state.core.files import remove_file
from memory_state.core.locate import Located
from memory_state.core.standing import read_standing
from memory_state.workspace.logscan import DAMAGED
from memory_state.workspace.run import document_path
from memory_state.workspace.transaction import locked, settled
from memory_state.workspace.verification import verify
from tests.reliability import model_edits
from tests.reliability.conftest import by_run
from tests.reliability.model import (
    DEFINITION,
    ENDED,
    LIVE,
    PHASES,
    RETURNS,
    SKIPPABLE,
    Expected,
    No,
    Standing,
    Task,
    expected,
    in_order,
    started,
)
from tests.reliability.model_edits import Edit, adopted, is_possible, written
from tests.reliability.model_kills import KILLED, Command, perform, striker, workspace_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workflow.model import State
    from memory_state.workspace.run import Run

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(3600)]
EXAMPLES = by_run(12, 30, 1000)
STEPS = by_run(20, 30, 50)
PHASES_TRIED = (Phase.reuse, Phase.generate, Phase.shrink)
NOON = 1795168800.0
BOX = re.compile(r"- \[(.)\] \**([a-z]+)\**(?:[:,] .*)?")
BOXES = {"completed": "x", "skipped": "-"}
POOL = ("one", "two", "three")
VERBS = ("next", "finish", "approve", "wait", "park", "resume", "fail", "cancel", "save", "status")
RARELY = ("fail", "cancel", "finish")


class Entry(NamedTuple):
    """A point that a rollback may go back to: where the workflow stood, after which event, in which bytes.

    `event` is 0 where it is not known, `counted` says that a rollback counts it as a change.
    """

    now: Expected
    counted: bool
    event: int
    size: int


def seen(state: State) -> Expected:
    """Where a workflow stands, as the model says it."""
    return Expected(
        state.status,
        state.phase,
        tuple(Standing(each.status, each.returns, each.approved_by is not None) for each in state.phases),
        tuple(Task(*each) for each in state.tasks),
        state.retries,
        state.title,
        state.allow,
        state.deny,
    )


def sorted_tasks(now: Expected) -> Expected:
    """The same with its tasks in an order of their own."""
    return now._replace(tasks=tuple(sorted(now.tasks)))


def whole_lines(content: bytes) -> list[bytes]:
    """The lines of a log whose checksum holds."""
    parts = (line.rpartition(b" ^") for line in content.split(b"\n"))
    return [body for body, _, crc in parts if body[:1].isdigit() and crc == b"%08x" % zlib.crc32(body)]


class Workflows(RuleBasedStateMachine):
    """One workflow after the other in one project."""

    def __init__(self, folder: Path, strike: Callable[[Command, int], int], counts: dict[str, int]) -> None:
        super().__init__()
        counts["examples"] = counts.get("examples", 0) + 1
        self.counts, self.strike = counts, strike
        self.root = folder / str(counts["examples"]) / "project"
        self.home = self.root.parent / "home"
        (self.root / ".memory/workflows").mkdir(parents=True)
        self.home.mkdir()
        (self.root / ".memory-state.toml").write_text('durability = "process"\n', encoding="utf-8")
        (self.root / ".memory/workflows/model.md").write_text(DEFINITION, encoding="utf-8")
        self.memory = str(self.root / ".memory")
        self.now = NOON
        self.mine: set[str] = set()
        self.number = 0
        self.pending = False
        self.torn = False

    # what the rules stand on

    def command(self, verb: str, *words: str, person: bool = True, workflow: str | None = None) -> Command:
        """A command on the workflow at this moment."""
        at = self.workflow if workflow is None else workflow
        return Command(str(self.root), str(self.home), at, self.now, person, verb, words)

    def count(self, what: str) -> None:
        """Count for the figures."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def fresh(self, word: str) -> str:
        """A text that stands nowhere yet."""
        self.number += 1
        return f"{word} {self.number}."

    @property
    def state(self) -> Expected:
        """Where the workflow is expected to stand, an edit that nobody looked at yet taken over."""
        return self.adoption.now if self.pending else self.entries[-1].now

    @property
    def document(self) -> Path:
        """The workflow's document."""
        return Path(document_path(self.memory, self.workflow))

    @property
    def log(self) -> Path:
        """The workflow's log."""
        return Path(self.memory, "state/workflow-history", self.workflow, "events.md")

    def look(self) -> Run:
        """The run as a command sees it."""
        return workspace_for(self.command("status", person=False)).status()

    def remember(self, now: Expected, *, counted: bool) -> None:
        """Take down where the workflow stands now, if an event says something of it."""
        run = self.look()
        assert sorted_tasks(seen(run.state)) == sorted_tasks(now)
        entry = Entry(now, counted, run.state.event, self.log.stat().st_size)
        if self.pending and self.is_by_edit(run):
            entry = entry._replace(counted=self.adoption.counted)
        elif self.pending and self.adoption.counted:
            self.enter(self.entries, Entry(*self.adoption, event=0, size=entry.size))
        if run.state.event != self.entries[-1].event:
            self.enter(self.entries, entry)
        self.pending = False

    def is_by_edit(self, run: Run) -> bool:
        """Whether the last event that changed the document was an edit's."""
        mark = b"%d. " % run.state.event
        line = next(each for each in whole_lines(self.log.read_bytes()) if each.startswith(mark))
        return b'"by":"edit"' in line

    def enter(self, before: list[Entry], entry: Entry) -> None:
        """Put an entry behind those before; all there was stays known, for a log that is torn."""
        self.entries = [*before, entry]
        self.past.append(self.entries)

    def settle(self) -> None:
        """See that an edit that nobody looked at yet is taken over as it must be."""
        if self.pending:
            self.remember(self.adoption.now, counted=self.adoption.counted)

    def begin(self) -> None:
        """A workflow has just been started; it is the one from here on."""
        document = Path(self.memory, "state/active-workflow.md").read_text(encoding="utf-8")
        self.workflow = yaml.safe_load(document.split("---\n")[1])["workflow_id"]
        run = self.look()
        assert sorted_tasks(seen(run.state)) == sorted_tasks(started(run.state.title))
        self.past: list[list[Entry]] = []
        self.whole = True
        size = self.log.stat().st_size
        self.enter([], Entry(seen(run.state), counted=False, event=run.state.event, size=size))
        self.torn = False
        self.mine.clear()

    @initialize()
    def first(self) -> None:
        """There is a workflow from the beginning."""
        perform(self.command("start", "model", "First", workflow=""))
        self.begin()

    # commands

    def foresee(self, command: Command) -> tuple[Expected, bool] | None:
        """Where a command leads and whether a rollback counts it; None where it is refused."""
        try:
            now = expected(self.state, command.verb, command.words, person=command.person)
        except No:
            return None
        return now, command.verb in ("next", "finish", "back", "skip", "approve", "task") and (
            (self.state.status, command.verb) != ("waiting", "next") and now.status != "blocked"
        )

    def run(self, command: Command) -> None:
        """Do a command and see that it ends as foreseen, and where."""
        self.count("commands")
        foreseen = self.foresee(command)
        if foreseen is None:
            self.count("refused")
            with pytest.raises(MemoryStateError) as caught:
                perform(command)
            assert caught.value.exit_code in (1, 2, 3)
            assert caught.value.next_commands or caught.value.exit_code == 2
        else:
            perform(command)
        now, counted = foreseen or (self.state, False)
        if command.verb == "note" and foreseen:
            self.mine.update(command.words)
        self.remember(now, counted=counted)

    def run_killed(self, command: Command, calls: int) -> None:
        """Kill a command on its way: all of it holds or nothing, and all that was acknowledged."""
        self.count("kills")
        foreseen = self.foresee(command)
        end = self.strike(command, calls)
        assert end in (0, 1, 2, 3, KILLED), end
        assert end == KILLED or (end == 0) == (foreseen is not None)
        now, counted = foreseen or (self.state, False)
        stayed = sorted_tasks(seen(self.look().state)) == sorted_tasks(self.state)
        if end == KILLED and stayed:
            self.count("killed before")
            now, counted = self.state, counted and sorted_tasks(now) == sorted_tasks(self.state)
        self.remember(now, counted=counted)

    def draw_command(self, data: st.DataObject) -> Command:
        """Any command with any words that make sense."""
        person = data.draw(st.sampled_from([True, True, True, False]), "person")
        texts = sorted({task.text for task in self.state.tasks} | {"nowhere"})
        kind = data.draw(
            st.sampled_from(["verb", "verb", "add", "box", "box", "box", "back", "skip", "note"])
        )
        if kind == "verb":
            return self.command(data.draw(st.sampled_from(VERBS)), person=person)
        if kind == "add":
            text = data.draw(st.one_of(st.sampled_from(POOL), st.builds(self.fresh, st.just("task"))))
            phase = data.draw(st.sampled_from([self.state.phase, *PHASES]))
            return self.command("task", "add", text, phase, person=person)
        if kind == "box":
            verb = data.draw(st.sampled_from(["done", "done", "done", "start", "undo", "drop"]))
            return self.command("task", verb, data.draw(st.sampled_from(texts)), person=person)
        words = {
            "back": (self.fresh("a case is missing"),),
            "skip": (data.draw(st.sampled_from([*SKIPPABLE, *PHASES])),),
            "note": (self.fresh("said"),),
        }
        return self.command(kind, *words[kind], person=person)

    @rule(data=st.data(), many=st.integers(1, 4))
    def any_commands(self, data: st.DataObject, many: int) -> None:
        """Some commands."""
        for _ in range(many):
            command = self.draw_command(data)
            if command.verb not in RARELY or data.draw(st.sampled_from([True, False, False, False])):
                self.run(command)

    @rule(many=st.integers(1, 4))
    def go_on(self, many: int) -> None:
        """What the current phase asks for is done, and it is left; so for some phases."""
        for _ in range(many):
            self.do_tasks()
            if self.state.phase == "review":
                self.run(self.command("approve"))
            self.run(self.command("next"))

    def do_tasks(self) -> None:
        """All tasks of the current phase are done, and where it must have one there is one."""
        if self.state.status not in ("in_progress", "review"):
            self.run(self.command("resume"))
        if self.state.phase == "build" and not any(task.phase == "build" for task in self.state.tasks):
            self.run(self.command("task", "add", self.fresh("task"), "build"))
        for task in self.state.tasks:
            if task.phase == self.state.phase and task.status in ("pending", "in_progress"):
                self.run(self.command("task", "done", task.text))

    @precondition(lambda self: self.entries[-1].now.phase in RETURNS)
    @rule(calls=st.one_of(st.none(), st.integers(0, 45)))
    def send_back(self, calls: int | None) -> None:
        """The work of a phase is done and sent back, or blocked."""
        self.do_tasks()
        command = self.command("back", self.fresh("a case is missing"))
        if calls is None:
            self.run(command)
        else:
            self.run_killed(command, calls)

    @rule(data=st.data(), calls=st.integers(0, 45))
    def any_killed_command(self, data: st.DataObject, calls: int) -> None:
        """A command that does not come to its end."""
        self.run_killed(self.draw_command(data), calls)

    @rule(steps=st.integers(1, 4), calls=st.one_of(st.none(), st.integers(0, 30)))
    def roll_back(self, steps: int, calls: int | None) -> None:
        """The last changes are undone, or there are too few."""
        self.settle()
        places = [at for at, each in enumerate(self.entries) if each.counted]
        if not self.whole and steps > len(places):
            return
        if self.state.status not in LIVE or steps > len(places):
            with pytest.raises(Refused):
                perform(self.command("rollback", "steps", str(steps)))
            return
        self.go_back(places[-steps], self.command("rollback", "steps", str(steps)), calls)

    @rule(data=st.data())
    def roll_back_to_an_event(self, data: st.DataObject) -> None:
        """All after an event is undone."""
        self.settle()
        if self.state.status in LIVE:
            known = [at for at, each in enumerate(self.entries) if each.event]
            at = data.draw(st.sampled_from(known))
            number = str(self.entries[at].event)
            self.go_back(at + 1, self.command("rollback", "to", number), None)

    def go_back(self, at: int, command: Command, calls: int | None) -> None:
        """Undo all from an entry on."""
        self.count("rollbacks")
        target = self.entries[at - 1].now
        if target.status not in LIVE:
            with pytest.raises(Refused, match="the workflow was"):
                perform(command)
            return
        before = self.entries
        if calls is None:
            perform(command)
        else:
            self.count("kills")
            assert self.strike(command, calls) in (0, KILLED)
        run = self.look()
        if run.state.event == before[-1].event:
            assert calls is not None or sorted_tasks(target) == sorted_tasks(self.state)
            self.remember(self.state, counted=False)
        else:
            size = self.log.stat().st_size
            self.enter(before[:at], Entry(target, counted=False, event=run.state.event, size=size))
            self.remember(target, counted=False)

    @precondition(lambda self: self.entries[-1].now.status in (*LIVE, *ENDED))
    @rule(calls=st.one_of(st.none(), st.integers(0, 60)))
    def start(self, calls: int | None) -> None:
        """A second workflow is refused beside a live one, and takes the place of an ended one."""
        self.settle()
        command = self.command("start", "model", self.fresh("Another"), workflow="")
        if self.state.status in LIVE:
            with pytest.raises(Refused, match="a second one needs its place"):
                perform(command)
        elif calls is None:
            perform(command)
            self.begin()
        else:
            self.count("kills")
            if self.strike(command, calls) == KILLED:
                self.look()
                workspace = workspace_for(command)
                assert all(each.state.status in (*ENDED, "in_progress") for each in workspace.survey()[0])
                if not self.is_begun():
                    perform(command)
            self.begin()

    def is_begun(self) -> bool:
        """Whether a start that was killed came so far that there is a workflow."""
        try:
            perform(self.command("status", workflow="", person=False))
        except MemoryStateError:
            return False
        return True

    # edits

    def draw_edits(self, data: st.DataObject) -> tuple[Edit, ...]:
        """One to three changes of different kinds."""
        texts = [task.text for task in self.state.tasks] or ["none"]
        task = st.sampled_from(texts)
        values: dict[str, st.SearchStrategy[str]] = {
            "tick": task, "untick": task, "remove": task, "add": st.builds(self.fresh, st.just("by hand")),
            "note": st.builds(self.fresh, st.just("Wrote")), "comment": st.builds(self.fresh, st.just("Ask")),
            "key": st.builds(self.fresh, st.just("Mine")), "title": st.builds(self.fresh, st.just("Title")),
            "phase": st.sampled_from(PHASES), "status": st.sampled_from(["completed", "review", "paused"]),
            "allow": st.sampled_from(["more", "less"]), "deny": st.sampled_from(["more", "less"]),
            "forge": st.sampled_from(sorted(model_edits.FORGED)),
            "form": st.sampled_from(["crlf", "lf", "bom", "bare"]),
        }  # fmt: skip
        kinds = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3, unique=True))
        edits = [Edit(kind, data.draw(values[kind], kind), data.draw(st.sampled_from(PHASES)))
                 for kind in kinds]  # fmt: skip
        marked = [each.value for each in edits if each.kind in ("tick", "untick", "remove")]
        return tuple(each for each in edits if is_possible(each, self.state) and marked.count(each.value) < 2)

    @precondition(lambda self: self.entries[-1].now.status not in ENDED)
    @rule(data=st.data(), by=st.sampled_from(["person", "person", "agent"]), looked=st.booleans())
    def edit(self, data: st.DataObject, by: str, looked: bool) -> None:  # noqa: FBT001  # drawn by name
        """Somebody saves the document; it is looked at then, or with the next command."""
        self.settle()
        edits = self.draw_edits(data)
        self.count("edits")
        text = self.document.read_bytes().decode()
        self.mine.update(each.value for each in edits if each.kind in model_edits.TEXTS)
        self.document.write_bytes(written(text, edits, self.state).encode())
        self.adoption = adopted(self.state, edits, by)
        self.pending = True
        if by == "agent":
            with locked(self.memory):
                settled(workspace_for(self.command("status")).project, self.workflow, agent=True)
        if looked or by == "agent":
            self.settle()

    # damage

    def damage(self, act: Callable[[], object]) -> None:
        """Damage something; what a person wrote and is nowhere any more need not come back."""
        self.count("damages")
        act()
        self.mine = {text for text in self.mine if self.is_kept(text, recovery=True)}

    @precondition(lambda self: not self.pending)
    @rule(names=st.lists(st.sampled_from(["document", "cache", "recovery"]), min_size=1, unique=True))
    def lose_files(self, names: list[str]) -> None:
        """What can be rebuilt is rebuilt."""
        state = Path(self.memory, "state")
        paths = {
            "document": self.document,
            "cache": state / ".cache" / f"{self.workflow}.md",
            "recovery": state / "interruption-recovery" / f"{self.workflow}.md",
        }
        self.damage(lambda: [remove_file(str(paths[each])) for each in names])
        self.remember(self.state, counted=False)

    @precondition(lambda self: not self.pending and self.entries[-1].now.status not in ENDED)
    @rule(share=st.floats(0, 1), junk=st.binary(max_size=12), cache=st.booleans(), cut=st.booleans())
    def garble_document(self, share: float, junk: bytes, cache: bool, cut: bool) -> None:  # noqa: FBT001  # drawn
        """A document that was cut or written over leads to no later phase and no wider policy."""
        content = self.document.read_bytes()
        at = int(len(content) * share)
        garbled = content[:at] + junk + (b"" if cut else content[at + len(junk) :])
        self.damage(lambda: self.document.write_bytes(garbled))
        if cache:
            Path(self.memory, "state/.cache", f"{self.workflow}.md").unlink()
        self.resync()
        if not self.is_archived(garbled):  # it can be read: what is no longer in it is gone
            self.mine = {text for text in self.mine if text.encode() in garbled}

    def is_archived(self, content: bytes) -> bool:
        """Whether the archive holds a file of exactly this content."""
        archive = Path(self.memory, "state/archive")
        return archive.is_dir() and any(each.read_bytes() == content for each in archive.iterdir())

    def resync(self) -> None:
        """Take over where the workflow stands, which is no further than it was and allows no more."""
        found = seen(self.look().state)
        assert found.at <= self.state.at
        known = self.state._replace(tasks=found.tasks, title=found.title, allow=found.allow, deny=found.deny)
        assert found == known
        assert set(found.allow) <= set(self.state.allow)
        assert set(found.deny) >= set(self.state.deny)
        changed = sorted_tasks(found) != sorted_tasks(self.state)
        self.remember(found._replace(tasks=in_order(found.tasks)), counted=changed)

    @precondition(lambda self: not self.pending and self.entries[-1].now.status not in ENDED)
    @rule(back=st.integers(1, 900), junk=st.sampled_from([b"", b"9", b"\n", b"\0" * 40, b"99. x\n"]))
    def tear_log(self, back: int, junk: bytes) -> None:
        """A log whose end is gone or garbled proves what is before it.

        Of a way back that is gone from it the document and its copy still tell: the earlier phase holds.
        """
        content = self.log.read_bytes()
        at = max(len(content) - back, self.entries[0].size)
        self.damage(lambda: self.log.write_bytes(content[:at] + junk))
        self.torn = True
        found = sorted_tasks(seen(self.look().state))
        sure = [each for each in self.past if each[-1].size <= at]
        maybe = self.past[len(sure) : len(sure) + 1]
        ends = [each[-1].now for each in (sure[-1], *maybe)]
        assert found.at <= max(each.at for each in ends)
        gone_back = any(each[-1].now.at < sure[-1][-1].now.at for each in self.past[len(sure) :])
        if not gone_back and whole_lines(content[:at]) == whole_lines(content[: sure[-1][-1].size]):
            self.count("torn between changes")
            assert found == sorted_tasks(sure[-1][-1].now)
        self.forget()

    def forget(self) -> None:
        """Go on from where the workflow stands, as if nothing were known of the changes before."""
        run = self.look()
        now = seen(run.state)
        self.past, self.whole = [], False
        self.enter([], Entry(now, counted=False, event=run.state.event, size=self.log.stat().st_size))

    @rule(seconds=st.sampled_from([-86400.0, -1.0, 0.5, 400.0, 7200.0]))
    def clock(self, seconds: float) -> None:
        """The clock goes on, or is set back."""
        self.now += seconds

    # what always holds

    def is_kept(self, text: str, *, recovery: bool = False) -> bool:
        """Whether a text is in the document, the archive or the log."""
        state = Path(self.memory, "state")
        places = [self.document, self.log, *(state / "archive").iterdir()]
        places += [*(state / "interruption-recovery").iterdir()] if recovery else []
        return any(text.encode() in path.read_bytes() for path in places if path.is_file())

    @invariant()
    def nothing_of_a_person_is_lost(self) -> None:
        """A person's texts are in the document, the archive or the log."""
        assert [text for text in self.mine if not self.is_kept(text)] == []

    @invariant()
    def log_and_document_agree(self) -> None:
        """Dense numbers, seals that hold, a document that says what the log does."""
        if self.pending or not hasattr(self, "workflow"):
            return
        numbers = [int(line.split(b". ")[0]) for line in whole_lines(self.log.read_bytes())]
        assert numbers == list(range(1, len(numbers) + 1))
        problems = verify(self.memory, self.workflow).problems
        assert [each for each in problems if not (self.torn and each.message == DAMAGED)] == []
        text = self.document.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        values = yaml.safe_load(text.split("---\n")[1])
        state = self.state
        assert (values["status"], values["phase"], values["title"]) == (
            state.status, state.phase, state.title)  # fmt: skip
        assert (tuple(values["allow"]), tuple(values["deny"])) == (state.allow, state.deny)
        section = text.partition("## Phases")[2].partition("\n## ")[0].split("\n")
        boxes = {found[2]: found[1] for line in section if (found := BOX.fullmatch(line))}
        wanted = {p: BOXES.get(s.status, " ") for p, s in zip(PHASES, state.phases, strict=True)}
        assert boxes == wanted

    @invariant()
    def hook_is_not_ahead(self) -> None:
        """The hook's quick answer goes by the expected phase, or there is none."""
        if not hasattr(self, "workflow") or self.pending or self.state.status not in LIVE:
            return
        try:
            header = read_standing(
                Located(root=str(self.root), memory=self.memory, workflow=self.workflow, bound=False)
            )
        except (ValueError, MemoryStateError):
            return
        assert header is None or header["phase"] == self.state.phase


def test_model(disk: Path, figure: Callable[..., None]) -> None:
    """Whatever is done, in whatever order: status, phases and tasks are those of the model."""
    counts: dict[str, int] = {}
    with striker() as strike:
        run_state_machine_as_test(
            lambda: Workflows(disk, strike, counts),  # type: ignore[arg-type]  # any factory will do
            settings=settings(
                max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
                suppress_health_check=list(HealthCheck), phases=PHASES_TRIED,
            ),
        )  # fmt: skip
    figure("model      ", ", ".join(f"{count} {what}" for what, count in counts.items()))
