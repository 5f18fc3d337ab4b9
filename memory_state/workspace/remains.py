"""What is left of a workflow whose state is damaged or gone, and which one is meant then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Missing, Misused
from memory_state.core.files import read_if_there
from memory_state.core.layout import active_document, further_document, recovery_file, workflow_id
from memory_state.workflow.document import header_values
from memory_state.workflow.rebuilding import Kept, read_recovery
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace import sessions
from memory_state.workspace.history import read_events
from memory_state.workspace.run import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workflow.model import Event
    from memory_state.workspace.workspace import Workspace


class Remains(NamedTuple):
    """The undamaged events of a log, the document's path and text, the recovery file."""

    events: tuple[Event, ...]
    path: str | None
    text: str | None
    kept: Kept | None

    @property
    def definition(self) -> str | None:
        """The name of the definition, as log, document or recovery file say it."""
        started = next((each.subject for each in self.events if each.type == "workflow.started"), None)
        named = header_values(self.text or "")[0].get("definition")
        kept = self.kept.definition if self.kept else ""
        return started or (named if isinstance(named, str) else None) or kept or None


def remains_of(memory: str, workflow: str) -> Remains:
    """What is left of a workflow."""
    try:
        events = tuple(read_events(memory, workflow))
    except FileNotFoundError:
        events = ()
    kept = read_recovery((read_if_there(recovery_file(memory, workflow)) or b"").decode("utf-8", "replace"))
    for path in (further_document(memory, workflow), active_document(memory)):
        text = (read_if_there(path) or b"").decode("utf-8", "replace")
        if header_values(text)[0].get("workflow_id") == workflow:
            return Remains(events, path, text, kept)
    return Remains(events, None, None, kept)


def lost_id(workspace: Workspace, wanted: str | None) -> str:
    """The id of the workflow to recover: named, bound, current, or the only one with a recovery file.

    Missing when there is none, or when there are several.
    """
    named = wanted or workspace.wanted or workspace.project.environment.get("MEMORY_STATE_WORKFLOW")
    if named:
        return workflow_id(named)
    found = next(traces(workspace), None)
    if found is not None:
        return found
    memory = workspace.project.memory
    saved = sorted(path.stem for path in Path(memory, "state", "interruption-recovery").glob("*.md"))
    if len(saved) == 1:
        return workflow_id(saved[0])
    raise Missing(
        f"there is no workflow to recover below {memory}"
        if not saved
        else "several can be recovered: name one",
        tuple(f"recover {each}" for each in saved[:8]) or ("list",),
    )


def traces(workspace: Workspace) -> Iterator[str]:
    """The ids that the session's binding, the current document and our memory of it name."""
    memory, session = workspace.project.memory, workspace.actor.session
    binding = sessions.binding_of(workspace.project.environment, session) if session else None
    if binding is not None and binding.memory == memory:
        yield binding.workflow
    document = (read_if_there(active_document(memory)) or b"").decode("utf-8", "replace")
    remembered = (read_if_there(pointer(memory)) or b"").decode("utf-8", "replace").strip()
    for each in (header_values(document)[0].get("workflow_id"), remembered):
        try:
            yield workflow_id(str(each))
        except Misused:
            continue
