"""A run's definition kept as JSON beside the copy of its document, as YAML takes its time to read.

It counts for the very text that it was made from, by this version of the package; else YAML is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory_state import __version__
from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.jsontext import decode_json
from memory_state.workflow.model import Condition, Definition, Phase

if TYPE_CHECKING:
    from pathlib import Path

LISTS = ("allow", "deny", "advance_on", "tasks")


def kept_path(definition: Path) -> str:
    """Where what is kept of `…/workflow-history/ID/definition.md` is."""
    return str(definition.parents[2] / ".cache" / f"{definition.parent.name}.definition.json")


def keep_definition(path: Path, text: str, definition: Definition) -> None:
    """Keep the definition that a snapshot's text holds, unless it is kept already."""
    if kept_definition(path, text) == definition:
        return
    import json

    place = kept_path(path)
    values = {"version": __version__, "text": text, "definition": definition_values(definition)}
    make_folder(place.rpartition("/")[0])
    replace_file(place, json.dumps(values).encode(), durable=False)


def kept_definition(path: Path, text: str) -> Definition | None:
    """The definition kept of this text; None where none is, or it can not be read."""
    content = read_if_there(kept_path(path))
    try:
        values: Any = decode_json(content.decode()) if content else {}
        known = (values.get("version"), values.get("text")) == (__version__, text)
        return definition_of(values["definition"]) if known else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def definition_values(definition: Definition) -> dict[str, object]:
    """A definition as JSON has it."""
    phases = [{**each._asdict(), "exit": condition_values(each.exit)} for each in definition.phases]
    return {**definition._asdict(), "phases": phases, "criteria": condition_values(definition.criteria)}


def condition_values(conditions: tuple[Condition, ...]) -> list[dict[str, object]]:
    """Conditions as JSON has them."""
    return [each._asdict() for each in conditions]


def definition_of(values: dict[str, Any]) -> Definition:
    """The definition that JSON values are; TypeError, KeyError or AttributeError when they are none."""
    phases = tuple(map(phase_of_values, values["phases"]))
    return Definition(**{**values, "phases": phases, "criteria": conditions_of(values["criteria"])})


def phase_of_values(values: dict[str, Any]) -> Phase:
    """One phase of it."""
    lists = {key: tuple(values[key]) for key in LISTS if values[key] is not None}
    return Phase(**{**values, **lists, "exit": conditions_of(values["exit"])})


def conditions_of(values: list[dict[str, Any]]) -> tuple[Condition, ...]:
    """Its conditions."""
    return tuple(Condition(**{**each, "headings": tuple(each["headings"])}) for each in values)
