"""Which workflow a session works on: one small file a session in the user's state folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clients import PID_VARIABLE
from memory_state.core.errors import Misused
from memory_state.core.files import make_folder, remove_file, replace_file
from memory_state.core.header import HeaderRefused
from memory_state.core.jsontext import encode_json
from memory_state.core.layout import session_folder, session_name, workflow_id
from memory_state.core.locate import read_binding
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.ancestry import process_birth

if TYPE_CHECKING:
    from collections.abc import Mapping

SWEEP_AGE = 30 * 86400


class Binding(NamedTuple):
    """What a session is bound to; `pid` and `born` tell whether its client still lives."""

    session: str
    root: str
    memory: str
    workflow: str
    pid: int | None = None
    born: int | None = None


def bind(environment: Mapping[str, str], session: str, root: str, memory: str, workflow: str) -> None:
    """Bind a session of the client that runs us to a workflow, in place of an earlier binding."""
    pid = environment.get(PID_VARIABLE, "")
    known = int(pid) if pid.isdecimal() and len(pid) < 10 else None
    born = None if known is None else process_birth(known)
    write_binding(environment, Binding(session, root, memory, workflow, known, born))


def write_binding(environment: Mapping[str, str], binding: Binding) -> None:
    """Write a session's binding."""
    folder = session_folder(dict(environment))
    make_folder(folder)
    values: dict[str, object] = {
        "memory_path": binding.memory,
        "root": binding.root,
        "workflow_id": binding.workflow,
        "pid": binding.pid,
        "born": binding.born,
    }
    lines = "\n".join(f"{name}: {encode_json(value)}" for name, value in values.items() if value is not None)
    path = f"{folder}/{session_name(binding.session)}"
    replace_file(path, f"---\n{lines}\n---\n".encode(), durable=False)


def unbind(environment: Mapping[str, str], session: str) -> None:
    """Forget a session."""
    remove_file(f"{session_folder(dict(environment))}/{session_name(session)}")


def bindings(environment: Mapping[str, str], workflow: str) -> list[Binding]:
    """The sessions bound to a workflow, also those that never said goodbye."""
    return [each for each in all_bindings(environment) if each.workflow == workflow]


def all_bindings(environment: Mapping[str, str]) -> list[Binding]:
    """Every binding that can be read."""
    folder = Path(session_folder(dict(environment)))
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [each for name in names if (each := binding_of(environment, name)) is not None]


def binding_of(environment: Mapping[str, str], session: str) -> Binding | None:
    """A session's binding; None when there is none that can be read."""
    try:
        values = read_binding(dict(environment), session)
        workflow = workflow_id(str((values or {}).get("workflow_id")))
    except (HeaderRefused, UnicodeDecodeError, Misused):
        return None
    root, memory = (values or {}).get("root"), (values or {}).get("memory_path")
    if values is None or not isinstance(root, str) or not isinstance(memory, str):
        return None
    pid, born = values.get("pid"), values.get("born")
    return Binding(
        session,
        root,
        memory,
        workflow,
        pid if isinstance(pid, int) else None,
        born if isinstance(born, int) else None,
    )


def is_alive(binding: Binding) -> bool:
    """Whether the client that the session belongs to still runs; unknown counts as not."""
    if binding.pid is None or binding.born is None:
        return False
    return process_birth(binding.pid) == binding.born


def sweep(environment: Mapping[str, str], now: float) -> int:
    """Remove bindings that were last written 30 days before `now`; gives how many."""
    folder = Path(session_folder(dict(environment)))
    limit = now - SWEEP_AGE
    if not folder.is_dir():
        return 0
    old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
    return sum(remove_file(str(path)) for path in old)
