"""Comparing the project before and after a shell call of which nobody knows what it writes.

Before the call every file that the phase does not let be edited is noted. What differs afterwards is
out of phase: it is told and recorded, never taken back, as a person may have done it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import make_folder, path_exists, read_if_there, remove_file, replace_file
from memory_state.core.layout import watch_file, watch_folder
from memory_state.core.policy import restricts_edits
from memory_state.core.rules import parse_rule, rule_allows, rule_denies
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run
    from memory_state.workspace.tree import Entry

MARK = ".open"
SWEEP_AGE = 86400
SIZE_LIMIT = 1 << 28


class Level(NamedTuple):
    """The policy of one workflow: that of the session, or one that it is within."""

    workflow: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]


class Watch(NamedTuple):
    """The watched files of a project as they were last seen, and whose policies they are watched for.

    `spared` are globs of what is not compared.
    """

    path: str
    root: str
    memory: str
    levels: tuple[Level, ...]
    spared: tuple[str, ...]
    files: dict[str, Entry]


def begin(project: Project, session: str, runs: Sequence[Run]) -> None:
    """Note the files that the policies of these runs do not let be edited; nothing where all may be.

    Raises TooLarge where the project has more files than are looked at.
    """
    from memory_state.workspace.tree import read_tree

    path = path_of(project, session, runs[0].id)
    levels = tuple(Level(run.id, run.state.allow, run.state.deny) for run in runs)
    if not any(restricts_edits(list(level.allow), list(level.deny)) for level in levels):
        forget(path)
        return
    before = read(path)
    root, memory = project.settings.root, project.memory
    known = before.files if before is not None and before.root == root else {}
    spared = project.settings.build_output
    files = read_tree(root, memory, forbidden_by(levels, spared), known)
    write(Watch(path, root, memory, levels, spared, files))
    replace_file(path + MARK, b"", durable=False)


def look(watch: Watch) -> dict[str, dict[str, str | None]]:
    """What changed since the last look, by workflow, each path with the digest it had before.

    The next look starts from here. Raises TooLarge.
    """
    from memory_state.workspace.tree import changed, read_tree

    files = read_tree(watch.root, watch.memory, forbidden_by(watch.levels, watch.spared), watch.files)
    differing = changed(watch.files, files)
    if differing:
        write(watch._replace(files=files))
    found = {}
    for level in watch.levels:
        forbids = forbidden_by((level,))
        paths = {path: digest for path, digest in differing.items() if forbids(path)}
        if paths:
            found[level.workflow] = paths
    return found


def path_of(project: Project, session: str, workflow: str) -> str:
    """Where a session's watch is kept."""
    return watch_file(dict(project.environment), session, workflow)


def find(project: Project, session: str, workflow: str) -> Watch | None:
    """What is watched for a session; None when nothing is."""
    return read(path_of(project, session, workflow))


def watches_of(project: Project, workflow: str) -> list[Watch]:
    """Everything that is watched for a workflow, by whatever session."""
    folder = Path(watch_folder(dict(project.environment)))
    found = [read(str(path)) for path in folder.iterdir() if path.suffix != MARK] if folder.is_dir() else []
    return [
        each
        for each in found
        if each is not None
        and each.memory == project.memory
        and any(level.workflow == workflow for level in each.levels)
    ]


def is_open(path: str) -> bool:
    """Whether a watched call is still to be looked at."""
    return path_exists(path + MARK)


def close(path: str) -> None:
    """The call was looked at; what it left running in the background is, once more, at the end."""
    remove_file(path + MARK)


def forget(path: str) -> None:
    """Watch no longer."""
    remove_file(path + MARK)
    remove_file(path)


def sweep(project: Project) -> None:
    """Forget what was last watched a day ago: the session ended without saying so."""
    folder = Path(watch_folder(dict(project.environment)))
    limit = project.clock() - SWEEP_AGE
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < limit:
            remove_file(str(path))


def forbidden_by(levels: Iterable[Level], spared: Iterable[str] = ()) -> Callable[[str], bool]:
    """A test whether any of these policies does not let a path be edited; never so for one that is spared."""
    output = [("edit", glob) for glob in spared]
    rules = [(edit_rules(level.allow), edit_rules(level.deny)) for level in levels]

    def forbidden(path: str) -> bool:
        return not any(rule_allows(rule, "edit", path) for rule in output) and any(
            any(rule_denies(rule, "edit", "", path) for rule in deny)
            or not any(rule_allows(rule, "edit", path) for rule in allow)
            for allow, deny in rules
        )

    return forbidden


def edit_rules(rules: Iterable[str]) -> list[tuple[str, str | None]]:
    """The rules that say something of edits."""
    return [parsed for rule in rules if (parsed := parse_rule(rule)) and parsed[0] in ("edit", "*")]


def write(watch: Watch) -> None:
    """Store a watch."""
    import json

    make_folder(watch.path.rpartition("/")[0])
    values = {
        "root": watch.root,
        "memory": watch.memory,
        "levels": watch.levels,
        "spared": watch.spared,
        "files": {path: [*each.stamp, each.digest] for path, each in watch.files.items()},
    }
    replace_file(watch.path, json.dumps(values).encode(), durable=False)


def read(path: str) -> Watch | None:
    """A stored watch; None where there is none that can be read."""
    content = read_if_there(path, SIZE_LIMIT)
    if content is None:
        return None
    import json

    try:
        values: Mapping[str, object] = json.loads(content)
        return from_values(path, values)
    except (ValueError, KeyError, TypeError):
        return None


def from_values(path: str, values: Mapping[str, object]) -> Watch:
    """A watch from what was stored; KeyError, TypeError or ValueError where that is something else."""
    from memory_state.workspace.tree import Entry

    levels, spared, files = values["levels"], values["spared"], values["files"]
    if not isinstance(levels, list) or not isinstance(spared, list) or not isinstance(files, dict):
        raise TypeError("no watch")
    return Watch(
        path,
        str(values["root"]),
        str(values["memory"]),
        tuple(Level(str(name), tuple(allow), tuple(deny)) for name, allow, deny in levels),
        tuple(map(str, spared)),
        {str(name): Entry(tuple(stamp), str(digest)) for name, (*stamp, digest) in files.items()},
    )
