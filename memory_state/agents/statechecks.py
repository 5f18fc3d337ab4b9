"""Checks of the state: whether it is whole, read fast, and written by the hooks of the sessions here."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.finding import Finding, Place, well
from memory_state.core.clock import parse_time
from memory_state.core.errors import MemoryStateError, Missing
from memory_state.core.files import read_if_there
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.journal import split_event
from memory_state.core.jsontext import encode_json_event
from memory_state.core.layout import accepted_copy, event_log, fault_log, standing_file
from memory_state.core.settings import read_settings
from memory_state.workspace.configuration import project_file, user_file
from memory_state.workspace.legacy import legacy_hint
from memory_state.workspace.phaselogs import rebuild_phase_logs, stale_logs
from memory_state.workspace.recovering import DAMAGED_TOLD
from memory_state.workspace.settingsproblems import settings_problems
from memory_state.workspace.transaction import locked
from memory_state.workspace.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory_state.workflow.model import Problem
    from memory_state.workspace.phaselogs import Stale
    from memory_state.workspace.verification import Verification
    from memory_state.workspace.workspace import Workspace

TOLD = 3
TAIL = 1 << 18
LATE = 600.0
FRESH = 60.0
BEHIND = 2.0
LINE = re.compile(r"line ([0-9]+) ")
ACKNOWLEDGED = b"**state.recovered**"
SLOW = "each call takes the slow path, which reads it by the whole package"

Parts = tuple[int, str, str, str, bytes]


def state_check(workspace: Workspace) -> Iterator[Finding]:
    """The current workflow can be read without problems."""
    try:
        run = workspace.status()
    except Missing:
        yield well("state", f"no workflow below {workspace.project.memory}")
        return
    except MemoryStateError as error:
        yield Finding("state", "error", error.sentence, "nothing moves until it is mended", "recover")
        return
    for each in run.problems:
        why = "the state was not as the history says it"
        yield Finding("state", "error", each.message, why, "validate", place_of(each))
    if not run.problems:
        yield well("state", f"workflow {run.id} in {run.path}")


def place_of(problem: Problem) -> Place:
    """Where a problem is."""
    return Place(problem.path, problem.line, problem.column)


def history_ids(workspace: Workspace) -> list[str]:
    """The ids of the workflows that have a history here."""
    folder = Path(workspace.project.memory, "state/workflow-history")
    return sorted(path.parent.name for path in folder.glob("*/events.md"))


def history_check(workspace: Workspace) -> Iterator[Finding]:
    """Every history is whole: checksums, numbers, seals, and the document says the same."""
    memory = workspace.project.memory
    ids = history_ids(workspace)
    found = [each for workflow in ids for each in history_findings(memory, verify(memory, workflow))]
    yield from found or [well("histories", f"{len(ids)} are whole")]


def history_findings(memory: str, found: Verification) -> Iterator[Finding]:
    """What is wrong with one history, the first few of many."""
    known = bool(found.scan.damaged) and is_told(memory, found)
    merged = found.scan.merged
    repair, fix = ("doctor --fix", "logs") if merged else (f"recover {found.workflow}", "")
    for each in found.problems[:TOLD]:
        severity = (
            "note"
            if known and each.line in found.scan.damaged and each.path.endswith("/events.md")
            else "error"
        )
        why = "what a damaged history proves is less than what happened"
        yield Finding("histories", severity, each.message, why, repair, place_of(each), fix)
    if len(found.problems) > TOLD:
        message = f"and {len(found.problems) - TOLD} more problems of workflow {found.workflow}"
        yield Finding("histories", "error", message, "", f"verify {found.workflow}")


def phase_log_check(workspace: Workspace) -> Iterator[Finding]:
    """The logs of phases say what the histories do."""
    memory = workspace.project.memory
    found = [each for workflow in history_ids(workspace) for each in stale_phase_logs(memory, workflow)]
    for each in found:
        message = "the phase's log is missing" if each.missing else "the phase's log differs from the history"
        why = "who reads it misses something; the history itself is whole"
        yield Finding("phase logs", "warning", message, why, "doctor --fix", Place(each.path), "phase logs")
    if not found:
        yield well("phase logs", "they say what the histories do")


def stale_phase_logs(memory: str, workflow: str) -> list[Stale]:
    """The logs of a workflow's phases that must be made anew; none where its definition is of no use."""
    try:
        return list(stale_logs(memory, workflow))
    except MemoryStateError:  # the check of histories tells it
        return []


def renew_phase_logs(workspace: Workspace) -> str:
    """Make the logs of phases anew that are missing or differ; says how many."""
    memory = workspace.project.memory
    with locked(memory):
        count = sum(len(rebuild_phase_logs(memory, each)) for each in history_ids(workspace))
    return f"{count} logs of phases were made anew from the histories" if count else ""


def is_told(memory: str, found: Verification) -> bool:
    """Whether the damaged lines of a log stand in its history already, so that nothing is left to do."""
    mark = f'"damaged":{encode_json_event(list(found.scan.damaged[:DAMAGED_TOLD]))}'.encode()
    with Path(event_log(memory, found.workflow)).open("rb") as log:
        return any(ACKNOWLEDGED in line and mark in line for line in log)


def form_check(workspace: Workspace) -> Iterator[Finding]:
    """Documents and settings are in the form that a hook reads itself."""
    memory = workspace.project.memory
    documents = sorted(Path(memory, "state").glob("active-workflow*.md"))
    found = [each for path in documents for each in loose_document(memory, path)]
    settings = (
        project_file(workspace.project.settings.root), user_file(workspace.project.environment),
    )  # fmt: skip
    found += [each for path in settings for each in loose_settings(path)]
    yield from found or [well("form", f"{len(documents)} documents and the settings are read fast")]


def loose_document(memory: str, path: Path) -> Iterator[Finding]:
    """A document whose front matter only YAML can read; a copy in the strict form makes it fast again."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        read_header(text)
    except HeaderRefused as refused:
        place = Place(str(path), refused.line)
        workflow = named_workflow(text)
        quick = bool(workflow) and Path(standing_file(memory, workflow)).is_file()
        quick = quick and read_if_there(accepted_copy(memory, workflow)) == path.read_bytes()
        if not quick:
            message = f"the front matter is looser than `key: JSON`: {refused.why}"
            yield Finding("form", "warning", message, SLOW, "status", place)


def named_workflow(text: str) -> str:
    """The workflow that a document in looser YAML is of; empty when that can not be told."""
    from memory_state.workflow.document import header_values

    found = header_values(text)[0].get("workflow_id")
    return found if isinstance(found, str) and found.isalnum() else ""


def loose_settings(path: Path) -> Iterator[Finding]:
    """A settings file that only a TOML parser can read."""
    content = read_if_there(str(path))
    if content is None:
        return
    try:
        read_settings(content.decode())
    except (ValueError, UnicodeDecodeError) as error:
        line = LINE.match(str(error))
        place = Place(str(path), int(line[1]) if line else 0)
        yield Finding("form", "warning", f"no plain `name = value` line: {error}", SLOW, "config list", place)


def keys_check(workspace: Workspace) -> Iterator[Finding]:
    """Every setting in the files has an effect."""
    found = list(settings_findings(workspace.project.environment, workspace.project.settings.root))
    yield from found or [well("settings keys", "every one has an effect")]


def settings_findings(environment: Mapping[str, str], root: str) -> Iterator[Finding]:
    """What is wrong in the settings files, one that can not be read among them."""
    for path, user in ((project_file(root), False), (user_file(environment), True)):
        content = read_if_there(str(path))
        text = (content or b"").decode("utf-8", "replace")
        for each in settings_problems(str(path), text, user=user):
            why = "what it is meant to change is not changed"
            repair = f"validate {shlex.quote(str(path))}"
            yield Finding("settings keys", "warning", each.message, why, repair, place_of(each))


def session_check(workspace: Workspace) -> Iterator[Finding]:
    """The hooks of the session that asks, or of the last one that ran a command of ours, write here."""
    try:
        workflow = workspace.workflow()
    except Missing:
        yield well("last hook", "no workflow is current here")
        return
    events = last_events(event_log(workspace.project.memory, workflow))
    yield hooks_seen(events, workflow, workspace.actor.session, workspace.project.clock())


def hooks_seen(events: list[Parts], workflow: str, asking: str | None, now: float) -> Finding:
    """Whether a session that is at work left traces of its hooks among the last events of a log."""
    hooks = [each for each in events if b'"by":"hook"' in each[4]]
    agents = [each for each in events if b'"by":"cli"' in each[4] and b'"session":"' in each[4]]
    session = asking or (session_in(agents[-1]) if agents else "")
    mark = f'"session":"{session}"'.encode()
    known = any(mark in each[4] for each in hooks)
    if session and not known and (not agents or age(agents[0], now) > FRESH):
        message = f"session {session[:36]} works on workflow {workflow}, and none of its hooks has written"
        why = "installed is not active: it began before setup, or its client does not trust the folder"
        return Finding("last hook", "error", message, why, "setup --check")
    if not hooks:
        return well("last hook", f"no hook has written to workflow {workflow} yet")
    last = hooks[-1]
    late = agents and age(last, now) - age(agents[-1], now)
    if late and late > LATE:
        message = f"{last[2]} at {last[1]}; an agent ran a command of ours {int(late // 60)} minutes later"
        return Finding("last hook", "warning", message, "the session's hooks may be off", "setup --check")
    return well("last hook", f"{last[2]} at {last[1]}")


def last_events(path: str) -> list[Parts]:
    """The undamaged events in the last 256 KiB of a log."""
    try:
        with Path(path).open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - TAIL))
            lines = log.read().split(b"\n")
    except FileNotFoundError:
        return []
    return [parts for line in lines if (parts := split_event(line)) is not None]


def session_in(event: Parts) -> str:
    """The session that an event names."""
    rest = event[4].partition(b'"session":"')[2]
    return rest.partition(b'"')[0].decode("utf-8", "replace")


def age(event: Parts, now: float) -> float:
    """How many seconds an event is old; none for a time that is none."""
    try:
        return now - parse_time(event[1])
    except ValueError:
        return 0.0


def clock_check(workspace: Workspace) -> Iterator[Finding]:
    """The clock is not behind the histories."""
    memory, now = workspace.project.memory, workspace.project.clock()
    last = [events[-1] for each in history_ids(workspace) if (events := last_events(event_log(memory, each)))]
    behind = max((-age(each, now) for each in last), default=0.0)
    if behind <= BEHIND:
        yield well("clock", "no history is ahead of it")
        return
    message = f"the clock is {int(behind)} s behind the last event of a history"
    why = "events keep their order, and their times stand still until the clock has caught up"
    yield Finding("clock", "warning", message, why, "history --limit 3")


def fault_check(workspace: Workspace) -> Iterator[Finding]:
    """No fault of ours was written down."""
    path = Path(fault_log(workspace.project.memory))
    if not path.is_file() or not path.stat().st_size:
        yield well("faults", "none was written down")
        return
    message = "faults of memory-state were written down: read it, report it, remove it"
    yield Finding("faults", "note", message, place=Place(str(path)))


def legacy_check(workspace: Workspace) -> Iterator[Finding]:
    """Whether an earlier layout is about."""
    hint = legacy_hint(workspace.project.settings.root, workspace.project.memory)
    yield Finding("legacy", "note", hint) if hint else well("legacy", "no earlier layout is about")
