"""The public API: what can be asked of a project's workflows, in one class."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Conflict, MemoryStateError, Missing, Refused
from memory_state.core.layout import event_log, history_folder, recovery_file, workflow_id
from memory_state.workflow import machine
from memory_state.workflow.document import header_values
from memory_state.workflow.machine import Draft, Verdict, gate_of
from memory_state.workflow.model import ENDED, LIVE, Event, Problem, State
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace import nesting, sessions
from memory_state.workspace.actor import Actor, in_agent_session, require_person, session_of
from memory_state.workspace.configuration import read_layers
from memory_state.workspace.definitions import load_definition
from memory_state.workspace.history import read_events
from memory_state.workspace.naming import meant_id, no_workflow
from memory_state.workspace.project import Project
from memory_state.workspace.run import Run, current_id, load
from memory_state.workspace.saves import save_after, save_recovery
from memory_state.workspace.sources import read_source
from memory_state.workspace.transaction import locked, require_free, settled, transact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory_state.workflow.gates import CommandResult


class Check(NamedTuple):
    """What the exit gate of the current phase says."""

    run: Run
    verdicts: tuple[Verdict, ...]

    @property
    def met(self) -> bool:
        """Whether every condition is met."""
        return all(each.met for each in self.verdicts)


class Workspace:
    """The workflows of one project, as one asker sees them.

    Methods that change something give the run as it stands afterwards and raise a MemoryStateError
    when they can not.
    """

    def __init__(self, project: Project, actor: Actor, workflow: str | None = None) -> None:
        self.project = project
        self.actor = actor
        self.wanted = None if workflow is None else meant_id(project.memory, workflow)

    @classmethod
    def find(
        cls,
        folder: str | Path = ".",
        *,
        environment: Mapping[str, str],
        memory_path: str | None = None,
        workflow: str | None = None,
        actor: Actor | None = None,
        clock: Callable[[], float] = time.time,
        program: str = "memory-state",
    ) -> Workspace:
        """The workspace that a folder belongs to; nothing is written."""
        settings = read_layers(environment, str(Path(folder).resolve()), memory_path)
        session = session_of(environment)
        return cls(
            Project(settings, environment, clock, program), actor or Actor("cli", session=session), workflow
        )

    # which workflow

    def workflow(self) -> str:
        """The id of the workflow that is meant: asked for, named by the environment, bound, current.

        Missing when there is none, or none of that id.
        """
        memory = self.project.memory
        named = self.wanted or self.project.environment.get("MEMORY_STATE_WORKFLOW")
        found = workflow_id(named) if named else self.bound() or current_id(memory)
        if found is None:
            aside = any(Path(memory, "state").glob("active-workflow.*.md"))
            ways = ("start DEFINITION TITLE", "list")
            from memory_state.workspace.legacy import legacy_hint

            legacy = legacy_hint(self.project.settings.root, memory)
            sentence = f"there is no workflow at work below {memory}" + (f"; {legacy}" if legacy else "")
            raise Missing(sentence, ("resume", *ways) if aside else ways)
        if not Path(history_folder(memory, found)).is_dir():
            raise no_workflow(memory, found)
        return found

    def bound(self) -> str | None:
        """The workflow that the session is bound to, or the one above that counts; None if not here."""
        session = self.actor.session
        binding = sessions.binding_of(self.project.environment, session) if session else None
        if binding is None or binding.memory != self.project.memory:
            return None
        if not Path(event_log(binding.memory, binding.workflow)).is_file():
            return None
        return nesting.at_work(binding.memory, binding.workflow)

    def receive(self, values: Mapping[str, object]) -> Run | None:
        """Mean the workflow that the `workflow` part of a status document is about.

        One that is not here arrives: it is made with the same id, and its run is given. The session
        is not bound to it. None for one that is here, which stands as it does here.
        """
        from memory_state.workspace import arriving

        self.wanted = workflow_id(str(values.get("workflow_id")))
        if arriving.is_here(self.project.memory, self.wanted):
            return None
        return arriving.arrive(self.project, self.actor, values)

    # looking

    def status(self) -> Run:
        """Where the workflow stands; an edit found on the way is adopted, a stale document evolved.

        An approval of the current phase is void once the files are no longer those that were approved.
        """
        from memory_state.workspace import approvals

        workflow = self.workflow()
        with locked(self.project.memory):
            run = settled(self.project, workflow)
            save_after(self.project, run, (), self.actor.session)
        run = nesting.relieved(self.project, self.actor, run)
        return approvals.checked(self.project, self.actor, run)

    def check(self, *, run_commands: bool = False) -> Check:
        """What the exit gate of the current phase says; with `run_commands` its commands are run."""
        from memory_state.workflow.gates import ask
        from memory_state.workspace.evidence import gather

        run = self.status()
        facts = gather(run, self.project.settings, self.project.environment, commands=run_commands)
        return Check(run, ask(gate_of(run.definition, run.state), run.state, facts))

    def workflows(self) -> list[Run]:
        """Every workflow of the memory path that can be read, newest first."""
        return self.survey()[0]

    def survey(self) -> tuple[list[Run], list[Problem]]:
        """Every workflow that can be read, newest first, and what is wrong with the others."""
        folder = Path(self.project.memory, "state", "workflow-history")
        ids = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        runs: list[Run] = []
        problems: list[Problem] = []
        for each in ids:
            try:
                runs.append(load(self.project.memory, each))
            except MemoryStateError as error:
                problems.append(Problem(str(folder / each), 0, error.sentence))
        return sorted(runs, key=lambda run: run.state.updated_at, reverse=True), problems

    def show(self, workflow: str) -> Run:
        """One workflow, ended ones too."""
        return load(self.project.memory, meant_id(self.project.memory, workflow))

    def history(self) -> list[Event]:
        """The events of the workflow, oldest first."""
        workflow = self.workflow()
        if not Path(event_log(self.project.memory, workflow)).is_file():
            raise no_workflow(self.project.memory, workflow)
        return list(read_events(self.project.memory, workflow))

    def values(self, run: Run) -> dict[str, object]:
        """A run as `status --json` shows it, without `schemaVersion` and `kind`."""
        from memory_state.workflow.standing import workflow_values

        return {
            "workflow": workflow_values(run.definition, run.state, self.plan_values(run.state)),
            "problems": [problem_values(each, self.project.memory) for each in run.problems],
            "paths": {
                "document": run.path,
                "history": event_log(run.memory, run.id),
                "recovery": recovery_file(run.memory, run.id),
            },
        }

    def plan_values(self, state: State) -> dict[str, object]:
        """The front matter of the plan file; empty where there is none."""
        if state.plan_file is None:
            return {}
        content = read_source(self.project.settings.root, state.plan_file)
        return {} if content is None else header_values(content.decode("utf-8", "replace"))[0]

    # moving

    def start(self, definition: str, title: str, **options: object) -> Run:
        """Start a workflow and enter its first phase; the session is bound to it.

        Options: `issue_number`, `branch_name`, `plan_file`, `context`, `origin`, `test` (the test
        command, for a person to give), `inner` (within the workflow that is meant, which waits for it),
        `beside` (a second one, for a person to ask for). Refused beside a live workflow otherwise.
        """
        from memory_state.workspace import beginning

        nesting.require_own_place(self.project, self.actor, "start")
        found, text = load_definition(self.project.memory, definition)
        for name in ("test", "beside"):
            if options.get(name):
                require_person(self.actor, f"start --{name}")
        if options.pop("inner", False):
            options["parent"] = self.workflow()
        run = beginning.begin(self.project, self.actor, found, text, title, options)
        self.bind(run.id)
        return run

    def next(self) -> Run:
        """Leave the current phase through its gate for the next one."""
        return self.through_gate(machine.next_phase)

    def finish(self) -> Run:
        """End the workflow from its last phase."""
        return self.through_gate(machine.finish)

    def through_gate(self, move: Callable[..., tuple[Draft, ...]]) -> Run:
        """Make a move that asks the gate; what its commands gave is logged as evidence, met or not."""
        from memory_state.workflow.gates import ask
        from memory_state.workspace.evidence import evidence_draft, gather
        from memory_state.workspace.violations import record_watched

        record_watched(self.project, self.workflow(), self.actor)
        run = self.status()
        require_free(run)
        if run.state.status == "waiting":
            nesting.refuse_above_inner(run, "next")
        evidence: list[Draft] = []

        def decide(standing: Run) -> Sequence[Draft]:
            if standing.state.phase != run.state.phase:
                raise Conflict(
                    f"workflow {run.id} was in phase {run.state.phase} when this was asked and is in "
                    f"{standing.state.phase} now: somebody else moved it; nothing was done",
                    ("status", "next"),
                )
            facts = gather(standing, self.project.settings, self.project.environment, commands=False)
            facts = facts._replace(results=results)
            verdicts = ask(gate_of(standing.definition, standing.state), standing.state, facts)
            moved = move(standing.definition, standing.state, verdicts)
            return (*evidence, *moved) if moved else ()

        results = self.command_results(run)
        evidence += [evidence_draft(run.state.phase, each) for each in results.values()]
        try:
            return self.change(decide)
        except Refused:
            if evidence:
                self.change(lambda _: evidence)
            raise

    def command_results(self, run: Run) -> dict[str, CommandResult]:
        """Run the gate's commands, outside the lock, where a gate is asked at all."""
        from memory_state.workspace.evidence import gather

        if run.state.status not in ("in_progress", "review"):
            return {}
        return gather(run, self.project.settings, self.project.environment, commands=True).results

    def back(self, reason: str) -> Run:
        """Send the work back to the phase that `returns_to` names."""
        return self.change(lambda run: machine.back(run.definition, run.state, reason))

    def skip(self, reason: str, phase: str | None = None) -> Run:
        """Pass over a skippable phase."""
        return self.change_by_person(
            "skip", lambda run, _: machine.skip(run.definition, run.state, reason, phase)
        )

    def approve(self, reason: str | None = None) -> Run:
        """Approve the work of the current phase: the project's files as they are now."""
        from memory_state.workspace import approvals

        self.status()
        tree = approvals.digest_now(self.project) if self.actor.by == "person" else None
        return self.change_by_person(
            "approve", lambda run, name: machine.approve(run.definition, run.state, name, reason, tree)
        )

    def override(self, reason: str, *, changes: bool = False) -> Run:
        """Leave the phase although its gate is shut; with `changes` only accept what changed out of phase."""
        from memory_state.workspace.overriding import accept_changes, leave_anyway

        decide = accept_changes if changes else leave_anyway
        return self.change(lambda run: decide(self.project, self.actor, run, reason))

    def wait(self, reason: str | None = None) -> Run:
        """Mark the workflow as waiting; `next` takes it up again."""
        return self.change(lambda run: machine.park(run.state, "wait", "waiting", reason))

    def park(self, reason: str | None = None) -> Run:
        """Pause the workflow and free its place."""
        return self.change_by_person("park", lambda run, _: machine.park(run.state, "park", "paused", reason))

    def fail(self, reason: str) -> Run:
        """End the workflow as failed; it can be resumed three times."""
        return self.change_by_person("fail", lambda run, _: machine.end(run.state, "fail", "failed", reason))

    def cancel(self, reason: str | None = None) -> Run:
        """End the workflow for good."""
        return self.change_by_person(
            "cancel", lambda run, _: machine.end(run.state, "cancel", "cancelled", reason)
        )

    def resume(self, workflow: str | None = None) -> Run:
        """Go on with a workflow and bind the session to it."""
        nesting.require_own_place(self.project, self.actor, "resume")
        self.wanted = self.resumed(workflow)
        before = self.show(self.wanted)
        if before.state.status not in LIVE:
            nesting.require_place(self.project, self.actor, before)
        run = self.change(self.resumption)
        self.bind(run.id)
        return run

    def resumed(self, workflow: str | None) -> str:
        """The id of the workflow that `resume` is about."""
        return workflow_id(workflow) if workflow is not None else self.wanted or self.latest()

    def resume_needs_person(self, workflow: str | None = None) -> bool:
        """Whether only a person may resume, as things stand."""
        return machine.person_only("resume", self.show(self.resumed(workflow)).state.status)

    def resumption(self, run: Run) -> tuple[Draft, ...]:
        """The events of a resume; a block or a failure needs a person."""
        if machine.person_only("resume", run.state.status):
            require_person(self.actor, "resume")
        return machine.resume(run.state)

    def latest(self) -> str:
        """The workflow to resume when none is named: the meant one, else the newest that can go on."""
        try:
            return self.workflow()
        except Missing:
            for run in self.workflows():
                if run.state.status not in ENDED:
                    return run.id
            raise

    # tasks and notes

    def task(self, verb: str, reference: str, phase: str | None = None, *, reason: str | None = None) -> Run:
        """`add`, `start`, `done`, `undo` or `drop` a task, addressed as `build.2`, `2` or by its text."""
        from memory_state.workflow import tasks

        return self.change(
            lambda run: tasks.task_move(run.definition, run.state, verb, reference, phase, reason)
        )

    def note(self, text: str) -> Run:
        """Add a note to the document."""
        text = machine.checked_text("the note", text, machine.NOTE_LIMIT)
        return self.change(lambda run: (Draft("note.added", run.state.phase, {"text": text}),))

    def edit(self, fields: Mapping[str, object]) -> Run:
        """Set free fields: `title`, `issue_number`, `branch_name`, `plan_file`, `context`.

        A context is merged into the one there is, a key with None goes. As in the document itself, an
        agent may not: Refused in its session. Misused for an unknown field or a wrong value.
        """
        from memory_state.workflow.fields import checked_fields, edited

        checked = checked_fields(fields)
        if in_agent_session(self.project.environment):
            require_person(self.actor, f"setting {' and '.join(checked)}")
        return self.change(lambda run: edited(run.state, checked))

    # recovery

    def save(self, name: str | None = None) -> tuple[Run, str | None]:
        """Write the recovery file now; gives its path. With a name, `rollback` can go back to this point."""
        subject = "-" if name is None else machine.checkpoint_name(name)
        run = self.change(lambda _: (Draft("checkpoint.saved", subject, {}),))
        return run, save_recovery(self.project, run, "manual", self.actor.session)

    def trust(self, definition: str | None = None) -> tuple[str, tuple[str, ...]]:
        """Trust a definition, or that of the workflow, to run its commands; gives name and commands."""
        from memory_state.workspace.guarded import own_change
        from memory_state.workspace.trust import commands_of, give_trust, test_command, trust_digest

        name = require_person(self.actor, "trust")
        if definition is None:
            run = self.status()
            found, text, test = (
                run.definition,
                run.definition_text,
                test_command(run.state, self.project.settings),
            )
        else:
            found, text = load_definition(self.project.memory, definition)
            test = self.project.settings.test_command
        digest = trust_digest(text, found, test)
        with own_change(self.project.environment, self.project.settings.root):
            give_trust(self.project.environment, digest, name, self.project.clock())
        return found.name, commands_of(found, test)

    # within

    def change(self, decide: Callable[[Run], Sequence[Draft]]) -> Run:
        """Change the workflow that is meant; when an inner one ends, its parent goes on."""
        run = transact(self.project, self.workflow(), self.actor, decide)
        nesting.give_back(self.project, self.actor, run)
        return run

    def change_by_person(self, verb: str, decide: Callable[[Run, str], Sequence[Draft]]) -> Run:
        """Change it as a person; `decide` gets their name. The attempt of anybody else is recorded."""
        return self.change(lambda run: decide(run, require_person(self.actor, verb)))

    def bind(self, workflow: str) -> None:
        """Bind the session, when there is one, to a workflow."""
        if self.actor.session:
            settings = self.project.settings
            sessions.bind(
                self.project.environment, self.actor.session, settings.root, settings.memory, workflow
            )

    def init(self) -> str:
        """Make the memory path; gives it. Done twice, nothing happens."""
        from memory_state.workspace import beginning

        beginning.prepare(self.project.memory)
        return self.project.memory


def problem_values(problem: Problem, memory: str) -> dict[str, object]:
    """A problem as JSON shows it, its path relative to the memory path."""
    return {
        "path": problem.path.removeprefix(memory + "/"),
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
    }


def generate_workflow_id() -> str:
    """A new workflow id: 8 random characters of `[0-9a-z]`."""
    from memory_state.workspace import beginning

    return beginning.random_id()
