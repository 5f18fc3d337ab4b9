"""What setup noted of each project it wired: where, how to take it back, which files it made.

A record is a JSON object, `{"settings": PATH, "undo": {…}, "made": […]}`, in a file of the user's data
folder that is named after PATH: one that says something else than its name is damaged.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.agents.clients import CLIENTS
from memory_state.core.files import make_folder, read_if_there, remove_file, replace_file
from memory_state.core.layout import share_folder
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.agents.jsonfile import Undo


class Record(NamedTuple):
    """A client's settings as they were wired: where, what `unwire` needs, names of files setup made."""

    settings: str
    undo: Undo
    made: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The project's root."""
        return project_of(self.settings)


class Found(NamedTuple):
    """A record as it is on disk: none, one, or what is wrong with it."""

    path: str
    record: Record | None = None
    problem: str = ""


def settings_path(root: str, agent: str = "claude") -> Path:
    """The settings file of a client in a project."""
    return Path(root, CLIENTS[agent].settings)


def project_of(settings: str) -> str:
    """The root of the project that a client's settings file belongs to; empty when it is none's."""
    found = [settings.removesuffix(f"/{each.settings}") for each in CLIENTS.values()]
    return next((root for root in found if root != settings), "")


def record_folder(environment: Mapping[str, str]) -> str:
    """Where the records are."""
    return f"{share_folder(dict(environment))}/setup"


def record_path(environment: Mapping[str, str], root: str, agent: str = "claude") -> str:
    """The file of the record about a client's settings in a project."""
    return f"{record_folder(environment)}/{record_name(str(settings_path(root, agent)))}"


def record_name(settings: str) -> str:
    """The name of the record about a settings file."""
    return hashlib.sha256(settings.encode("utf-8", "surrogateescape")).hexdigest()[:16] + ".json"


def find_record(environment: Mapping[str, str], root: str, agent: str = "claude") -> Found:
    """What is known of a client's settings in a project."""
    return read_record(record_path(environment, root, agent))


def project_records(environment: Mapping[str, str], root: str) -> list[Record]:
    """What is known of a project, for each client that was wired there."""
    found = [find_record(environment, root, agent).record for agent in CLIENTS]
    return [each for each in found if each is not None]


def all_records(environment: Mapping[str, str]) -> list[Found]:
    """What is known of every project, sorted by the record's name."""
    folder = Path(record_folder(environment))
    return [read_record(str(path)) for path in sorted(folder.glob("*.json"))]


def read_record(path: str) -> Found:
    """Read a record; a damaged one is a problem, never an error."""
    content = read_if_there(path)
    if content is None:
        return Found(path)
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        values = None
    record = record_from(values)
    if record is None or record_name(record.settings) != path.rpartition("/")[2]:
        return Found(path, problem=f"the record {path} is damaged")
    return Found(path, record)


def record_from(values: object) -> Record | None:
    """The record that a JSON value is; None when it is none."""
    if not isinstance(values, dict):
        return None
    settings, undo, made = values.get("settings"), values.get("undo"), values.get("made", [])
    if not isinstance(settings, str) or not project_of(settings):
        return None
    if not isinstance(undo, dict) or not isinstance(made, list):
        return None
    if not all(isinstance(each, str) for each in (*undo.values(), *made)):
        return None
    return Record(settings, undo, tuple(made))


def write_record(environment: Mapping[str, str], record: Record) -> None:
    """Keep a record, in place of what was known of the project."""
    path = f"{record_folder(environment)}/{record_name(record.settings)}"
    values = {"settings": record.settings, "undo": record.undo, "made": list(record.made)}
    content = json.dumps(values).encode()
    if read_if_there(path) != content:
        make_folder(path.rpartition("/")[0])
        replace_file(path, content, durable=False)


def forget(environment: Mapping[str, str], root: str, agent: str = "claude") -> None:
    """Remove the record about a client's settings in a project."""
    remove_file(record_path(environment, root, agent))
