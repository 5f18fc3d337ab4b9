"""Bringing files of an older schema to ours: named steps, each recorded, each original kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time
from memory_state.core.files import read_if_there, replace_file
from memory_state.workflow.document import SCHEMA, header_values
from memory_state.workflow.model import Problem
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.run import keep
from memory_state.workspace.transaction import locked
from memory_state.workspace.validation import project_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory_state.workspace.project import Project

HEADER_LIMIT = 1 << 16


class Migration(NamedTuple):
    """A step from one schema to the next: its name, the schema it begins at, the change of a file's text."""

    name: str
    source: int
    change: Callable[[str], str]


# Schema 1 is the first: there is nothing to come from yet.
MIGRATIONS: tuple[Migration, ...] = ()


class Migrated(NamedTuple):
    """What was, or would be, migrated: path and names of the steps; and the files that are newer."""

    files: tuple[tuple[str, tuple[str, ...]], ...]
    problems: tuple[Problem, ...]


def migrate(project: Project, *, dry_run: bool, migrations: Sequence[Migration] = MIGRATIONS) -> Migrated:
    """Bring every file of a memory path to our schema; one of a newer schema stays, as a problem."""
    if not Path(project.memory, "state").is_dir():
        return Migrated((), ())
    with locked(project.memory):
        schemas = list(schemas_of(project.memory))
        steps = [
            (path, tuple(each for each in migrations if each.source >= schema)) for path, schema in schemas
        ]
        wanted = [(path, found) for path, found in steps if found]
        for path, found in [] if dry_run else wanted:
            rewrite(project, path, found)
    newer = [
        Problem(
            path, 0,
            f"schema {schema} is newer than {SCHEMA}, which this memory-state knows: it stays as it is; "
            "install the version that wrote it",
        )
        for path, schema in schemas
        if schema > SCHEMA
    ]  # fmt: skip
    named = tuple((path, tuple(each.name for each in found)) for path, found in wanted)
    return Migrated(named, tuple(newer))


def schemas_of(memory: str) -> Iterator[tuple[str, int]]:
    """The files that say a schema, and which."""
    for path in project_files(memory):
        head = (read_if_there(path, HEADER_LIMIT) or b"").decode("utf-8", "replace")
        schema = header_values(head)[0].get("schema")
        if isinstance(schema, int) and not isinstance(schema, bool):
            yield path, schema


def rewrite(project: Project, path: str, steps: Sequence[Migration]) -> None:
    """Take a file through its steps, the original in the archive, and record them by name."""
    content = Path(path).read_bytes()
    keep(project.memory, f"{Path(path).stem}-schema", content)
    text = content.decode("utf-8")
    for each in steps:
        text = each.change(text)
    replace_file(path, text.encode(), durable=True, expected=content)
    record = f"{project.memory}/state/.migrations"
    names = " ".join(each.name for each in steps)
    line = f"{format_time(project.clock())} {names} {path.removeprefix(project.memory + '/')}\n"
    replace_file(record, (read_if_there(record) or b"") + line.encode(), durable=True)
