"""Finding workflow definitions: the project's own first, then those that come with the package."""

from __future__ import annotations

import re
from pathlib import Path

from memory_state.core.errors import Broken, Missing, Misused, Refused
from memory_state.workflow.model import Definition, Problem
from memory_state.workspace.keeping import kept_definition

DEFINITION_LIMIT = 65536
NAME = r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?"


def definition_folders(memory: str) -> tuple[Path, ...]:
    """Where definitions are looked for, in order."""
    from memory_state.workspace.resources import resource_folder

    return (Path(memory, "workflows"), resource_folder("templates") / "workflows")


def definition_names(memory: str) -> tuple[str, ...]:
    """The names there are, sorted."""
    found = {path.stem for folder in definition_folders(memory) for path in folder.glob("*.md")}
    return tuple(sorted(found))


def find_definition(memory: str, name: str) -> Path:
    """The file of a definition; Misused for a name that is no name, Missing when there is none."""
    if not re.fullmatch(NAME, name) or ".." in name:
        raise Misused(f"{name!r} is no name of a workflow definition; names are letters, digits and ._-")
    for folder in definition_folders(memory):
        if (folder / f"{name}.md").is_file():
            return folder / f"{name}.md"
    known = definition_names(memory)
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
    raise Missing(
        f"there is no workflow definition {name!r}{hint}", tuple(f"start {each} TITLE" for each in near)
    )


def check_definition(path: Path, shown: str) -> tuple[Definition | None, tuple[Problem, ...], str]:
    """Read a definition file: the definition, its problems and its text."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (Problem(shown, 0, f"not UTF-8 at byte {error.start}"),), ""
    if len(content) > DEFINITION_LIMIT:
        return None, (Problem(shown, 0, f"{len(content)} bytes; at most {DEFINITION_LIMIT} are read"),), ""
    from memory_state.workflow.definition import parse_definition

    definition, problems = parse_definition(text, shown)
    return definition, problems, text


def load_definition(memory: str, name: str) -> tuple[Definition, str]:
    """A definition and its text; Refused with every problem of its file."""
    path = find_definition(memory, name)
    definition, problems, text = check_definition(path, str(path))
    if definition is None:
        listing = "\n".join(map(str, problems))
        raise Refused(f"the definition {name} has problems:\n{listing}", (f"validate {path}",))
    return definition, text


def snapshot(path: Path) -> tuple[Definition, str]:
    """The definition that governs a run, as it was at its start; Broken when it is damaged."""
    try:
        kept = kept_snapshot(path)
        if kept is not None:
            return kept
        definition, problems, text = check_definition(path, str(path))
    except FileNotFoundError:
        raise Broken(
            f"{path} is gone: the definition that governs this workflow", ("recover", "list")
        ) from None
    if definition is None:
        raise Broken(
            f"the definition that governs this workflow is damaged: {problems[0]}", ("recover", "list")
        )
    return definition, text


def kept_snapshot(path: Path) -> tuple[Definition, str] | None:
    """The definition that is kept of a snapshot, and the snapshot's text; None where YAML must be read."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = kept_definition(path, text)
    return None if found is None else (found, text)


def is_built_in(text: str) -> bool:
    """Whether a definition's text is word for word one that comes with the package."""
    from memory_state.workspace.resources import resource_folder

    folder = resource_folder("templates") / "workflows"
    return any(path.read_text(encoding="utf-8") == text for path in folder.glob("*.md"))
