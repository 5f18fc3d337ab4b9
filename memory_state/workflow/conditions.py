"""Exit conditions as a definition writes them: `tasks`, `approval`, `file: PATH`, `command: LINE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from memory_state.workflow.checks import (
    Check,
    Complaint,
    known_keys,
    list_of,
    named,
    relative_path,
    shown,
    text_up_to,
    whole_number,
)
from memory_state.workflow.model import Condition
from memory_state.workflow.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND_LIMIT = 2000
LONGEST_TIMEOUT = 3600  # seconds


def nothing(value: object) -> Iterator[Complaint]:
    """No value: the word alone is the condition."""
    if value not in ("", None):
        yield Complaint((), "takes nothing after it")


def command_line(value: object) -> Iterator[Complaint]:
    """A command on one line: it is shown whole to the person who is asked to trust it."""
    yield from text_up_to(COMMAND_LIMIT)(value)
    if isinstance(value, str) and not value.strip():
        yield Complaint((), "needs a command")


def heading(value: object) -> Iterator[Complaint]:
    """The text of a heading."""
    yield from text_up_to(200)(value)
    if isinstance(value, str) and not value.strip():
        yield Complaint((), "is empty")


TARGETS: dict[str, Check] = {
    "tasks": nothing,
    "approval": nothing,
    "file": relative_path,
    "command": command_line,
}
FURTHER: dict[str, dict[str, Check]] = {
    "tasks": {},
    "approval": {},
    "file": {"headings": list_of(heading)},
    "command": {"timeout": whole_number(1, LONGEST_TIMEOUT)},
}
FORMS = "write tasks, approval, file: PATH or command: LINE"


def parts(value: object) -> dict[str, object] | None:
    """A condition in its mapping form, whichever way it is written."""
    if isinstance(value, str):
        kind, _, target = value.partition(":")
        return {kind.strip(): target.strip()}
    return value if isinstance(value, dict) else None


def kind_of(values: dict[str, object]) -> str | None:
    """The kind of a condition; None when it has none or several."""
    kinds = [kind for kind in TARGETS if kind in values]
    return kinds[0] if len(kinds) == 1 else None


def check_condition(value: object) -> Iterator[Complaint]:
    """What is wrong with one exit condition."""
    values = parts(value)
    kind = kind_of(values) if values else None
    if not values or kind is None:
        yield Complaint((), unknown_condition(value, values))
        return
    keys = {kind: TARGETS[kind], **FURTHER[kind]}
    yield from known_keys(values, keys, f"the condition {kind}")
    for key, check in keys.items():
        if key in values:
            yield from named(key, check(values[key]))


def unknown_condition(value: object, values: dict[str, object] | None) -> str:
    """What to write in place of something that is no condition."""
    near = nearest(next(iter(values)), TARGETS) if values and len(values) == 1 else ""
    return f"{shown(value)} is no exit condition{near or '; ' + FORMS}"


def condition(value: object) -> Condition:
    """The condition that a checked value stands for."""
    values = parts(value) or {}
    kind = str(kind_of(values))
    return Condition(
        kind,
        str(values[kind] or ""),
        tuple(cast("list[str]", values.get("headings", []))),
        cast("int", values.get("timeout", Condition(kind).timeout)),
    )
