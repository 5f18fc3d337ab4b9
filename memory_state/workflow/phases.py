"""The phases of a definition's front matter: what each key takes, and what a phase may return to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from memory_state.core.jsontext import encode_json
from memory_state.workflow.checks import (
    Check,
    Complaint,
    any_list,
    check_mapping,
    flag,
    identifier,
    inside,
    list_of,
    of_type,
    rule,
    shown,
    text_up_to,
    whole_number,
)
from memory_state.workflow.conditions import check_condition, condition
from memory_state.workflow.guidance import Guidance
from memory_state.workflow.model import Phase
from memory_state.workflow.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

PHASE_LIMIT = 50
RULES_LIMIT = 100
RULES_BYTES = 3072  # of allow and of deny: with all else they stand in the document's front matter


def rules(value: object) -> Iterator[Complaint]:
    """A list of rules that fits into a document's front matter."""
    found = tuple(list_of(rule)(value))
    yield from found
    if not found and isinstance(value, list):
        size = len(encode_json(value).encode())
        if len(value) > RULES_LIMIT:
            yield Complaint((), f"has {len(value)} rules; at most {RULES_LIMIT} are allowed")
        elif size > RULES_BYTES:
            yield Complaint((), f"the rules have {size} bytes; at most {RULES_BYTES} fit")


PHASE_CHECKS: dict[str, Check] = {
    "id": identifier,
    "role": text_up_to(64),
    "allow": rules,
    "deny": rules,
    "exit": list_of(check_condition),
    "returns_to": text_up_to(64),
    "max_returns": whole_number(0, 100),
    "skippable": flag,
    "hold": flag,
    "boundary": flag,
    "advance_on": list_of(rule),
    "steps": any_list,
}
PLAIN_KEYS = ("id", "role", "returns_to", "max_returns", "skippable", "hold", "boundary")
RULE_KEYS = ("allow", "deny", "advance_on")


def phase_count(value: object) -> Iterator[Complaint]:
    """A list of 1 to 50."""
    yield from of_type(list, value)
    if isinstance(value, list) and not 1 <= len(value) <= PHASE_LIMIT:
        yield Complaint((), f"a definition has 1 to {PHASE_LIMIT} of them, not {len(value)}")


def check_phases(value: object) -> Iterator[Complaint]:
    """What is wrong with the phases of a list, each by itself and after those before it."""
    phases = value[:PHASE_LIMIT] if isinstance(value, list) else []
    ids = ids_of(value)
    for at, each in enumerate(phases):
        yield from inside(at, check_phase(each, ids_of(phases[:at]), ids))


def check_phase(value: object, earlier: tuple[str, ...], ids: tuple[str, ...]) -> Iterator[Complaint]:
    """What is wrong with one phase, which stands after the `earlier` ones."""
    if not isinstance(value, dict):
        yield Complaint((), f"a phase must be a mapping, not {shown(value)}")
        return
    yield from check_mapping(value, PHASE_CHECKS, "a phase", ("id",))
    if value.get("id") in earlier:
        yield Complaint(("id",), f"id: there is an earlier phase {value['id']!r}")
    if "max_returns" in value and "returns_to" not in value:
        yield Complaint(("max_returns",), "max_returns: means nothing without returns_to")
    why = return_refusal(value, earlier, ids)
    if why:
        yield Complaint(("returns_to",), f"returns_to: {why}")


def return_refusal(phase: dict[str, object], earlier: tuple[str, ...], ids: tuple[str, ...]) -> str:
    """Why a phase can not return where it says; empty when it can, or names nothing readable."""
    target = phase.get("returns_to")
    if not isinstance(target, str) or target in earlier:
        return ""
    if target == phase.get("id"):
        return "a phase can not return to itself"
    if target in ids:
        return f"{target!r} comes later; only an earlier phase can be returned to"
    return f"there is no phase {target[:80]!r}{nearest(target, ids)}"


def ids_of(phases: object) -> tuple[str, ...]:
    """The ids of phases in order, as far as they can be read."""
    found = (each.get("id") for each in phases if isinstance(each, dict)) if isinstance(phases, list) else ()
    return tuple(each for each in found if isinstance(each, str))


def phase(values: dict[str, object], guidance: Guidance) -> Phase:
    """The phase that checked values say."""
    fields: dict[str, Any] = {key: values[key] for key in PLAIN_KEYS if key in values}
    for key in RULE_KEYS:
        if key in values:
            fields[key] = tuple(cast("list[str]", values[key]))
    conditions = tuple(condition(each) for each in cast("list[object]", values.get("exit", [])))
    return Phase(exit=conditions, tasks=guidance.tasks, guidance=guidance.text, **fields)
