"""The fields of a workflow that are free to set: what each takes, and the event of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from memory_state.core.errors import MemoryStateError, Misused, Refused
from memory_state.core.jsontext import decode_json, encode_json, encode_json_event
from memory_state.workflow.checks import Check, Complaint, of_type, relative_path, whole_number
from memory_state.workflow.frontmatter import is_same
from memory_state.workflow.machine import WAYS_OUT, Draft, checked_text
from memory_state.workflow.model import ENDED
from memory_state.workflow.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from memory_state.workflow.model import State

TITLE_LIMIT = 200
NAME_LIMIT = 200
CONTEXT_LIMIT = 4096
FIELDS_LIMIT = 7680
ISSUE_LIMIT = 10**12


def line_of(limit: int) -> Check:
    """One line of 1 to `limit` characters."""

    def check(value: object) -> Iterator[Complaint]:
        yield from of_type(str, value)
        if isinstance(value, str):
            yield from complaint_of(lambda: checked_text("the text", value, limit))

    return check


def complaint_of(act: Callable[[], object]) -> Iterator[Complaint]:
    """The sentence of an error that an act raises, as a complaint."""
    try:
        act()
    except MemoryStateError as error:
        yield Complaint((), error.sentence)


def optional(check: Check) -> Check:
    """What `check` takes, or nothing: null or an empty text."""

    def check_optional(value: object) -> Iterable[Complaint]:
        return () if value is None or value == "" else check(value)

    return check_optional


def context(value: object) -> Iterator[Complaint]:
    """A mapping that fits, without keys that begin with `_`."""
    yield from of_type(dict, value)
    if isinstance(value, dict):
        yield from complaint_of(lambda: checked_context(value))


def checked_context(values: Mapping[str, object]) -> dict[str, object]:
    """A workflow's context as a file gives it back.

    Misused when it is too large, can not be written or has an internal key.
    """
    try:
        text = encode_json(dict(values))
    except ValueError as error:
        raise Misused(f"the context can not be written: {error}") from error
    found = cast("dict[str, object]", decode_json(text))
    size = max(len(text.encode()), len(encode_json_event(found).encode()))
    if size > CONTEXT_LIMIT:
        raise Misused(f"the context has {size} bytes; at most {CONTEXT_LIMIT} fit")
    internal = next((key for key in found if key.startswith("_")), None)
    if internal is not None:
        raise Misused(f"the context has the key {internal[:80]!r}: keys that begin with _ are internal")
    return found


FIELDS: dict[str, Check] = {
    "title": line_of(TITLE_LIMIT),
    "issue_number": optional(whole_number(1, ISSUE_LIMIT)),
    "branch_name": optional(line_of(NAME_LIMIT)),
    "plan_file": optional(relative_path),
    "context": context,
}


def checked_fields(values: Mapping[str, object], more: tuple[str, ...] = ()) -> dict[str, object]:
    """Fields that are free to set, texts without outer blanks.

    Misused for a wrong value, naming its field, and for an unknown field, naming the nearest of these
    and `more`.
    """
    for name, value in values.items():
        if name not in FIELDS:
            hint = nearest(name, (*FIELDS, *more))
            raise Misused(f"a workflow has no field {name[:80]!r}{hint}; extra data belongs in context")
        for each in FIELDS[name](value):
            raise Misused(f"{name}: {each.message}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def edited(state: State, fields: Mapping[str, object]) -> tuple[Draft, ...]:
    """The event of setting checked fields; none when they stand so already.

    A context is merged into the one there is, a key with None goes. Refused once the run has ended.
    """
    if state.status in ENDED:
        raise Refused(f"edit: workflow {state.workflow_id} is {state.status}", WAYS_OUT[state.status])
    wanted = dict(fields)
    if "context" in wanted:
        wanted["context"] = merged(dict(state.context), cast("dict[str, object]", wanted["context"]))
    changed = {name: value for name, value in wanted.items() if not is_same(value, standing(state, name))}
    size = len(encode_json_event(changed).encode())
    if size > FIELDS_LIMIT:
        raise Misused(f"these fields have {size} bytes; at most {FIELDS_LIMIT} fit into one change")
    return (Draft("document.edited", "-", {"fields": changed}),) if changed else ()


def standing(state: State, name: str) -> object:
    """A field as it stands, the context as a mapping."""
    return dict(state.context) if name == "context" else getattr(state, name)


def merged(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """A context with new keys in it, those with None gone (RFC 7396, for the outermost keys)."""
    return checked_context({key: value for key, value in (old | new).items() if value is not None})
