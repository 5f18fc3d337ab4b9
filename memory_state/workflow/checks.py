"""Checks of single values in a person's file: each gives its complaints, with the way to the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from memory_state.workflow.nearest import nearest
from memory_state.workflow.tuples import NamedTuple

ID_FORM = r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?"
# learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any extension.
DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
KINDS = {bool: "true or false", int: "a whole number", str: "a text", list: "a list", dict: "a mapping"}

Step = str | int


class Complaint(NamedTuple):
    """What is wrong with the value that `steps` (keys and list positions) lead to."""

    steps: tuple[Step, ...]
    message: str


Check = Callable[[object], Iterable[Complaint]]


def inside(step: Step, complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    """The complaints of a value as those of the mapping or list that holds it."""
    for each in complaints:
        yield Complaint((step, *each.steps), each.message)


def shown(value: object) -> str:
    """A value as a message names it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"the number {value}" if isinstance(value, int) else KINDS.get(type(value), "this")


def of_type(kind: type, value: object) -> Iterator[Complaint]:
    """Complain unless the value is of exactly this type: true is no whole number."""
    if type(value) is not kind:
        yield Complaint((), f"must be {KINDS[kind]}, not {shown(value)}")


def text_up_to(limit: int, *, lines: bool = False) -> Check:
    """A text of at most `limit` characters, on one line unless `lines`."""

    def check(value: object) -> Iterator[Complaint]:
        yield from of_type(str, value)
        if not isinstance(value, str):
            return
        if len(value) > limit:
            yield Complaint((), f"has {len(value)} characters; at most {limit} are allowed")
        if not lines and not value.isprintable():
            yield Complaint((), "must be one line without invisible characters")

    return check


def whole_number(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: object) -> Iterator[Complaint]:
        yield from of_type(int, value)
        if type(value) is int and not low <= value <= high:
            yield Complaint((), f"must be from {low} to {high}, not {value}")

    return check


def flag(value: object) -> Iterator[Complaint]:
    """True or false."""
    return of_type(bool, value)


def any_list(value: object) -> Iterator[Complaint]:
    """A list of anything."""
    return of_type(list, value)


def list_of(check: Check) -> Check:
    """A list whose items all pass `check`."""

    def check_list(value: object) -> Iterator[Complaint]:
        yield from of_type(list, value)
        for at, item in enumerate(value if isinstance(value, list) else ()):
            yield from inside(at, check(item))

    return check_list


def one_of(*words: str) -> Check:
    """One of these words."""

    def check(value: object) -> Iterator[Complaint]:
        if value not in words:
            hint = nearest(str(value), words)
            yield Complaint((), f"must be {' or '.join(words)}, not {shown(value)}{hint}")

    return check


def identifier(value: object) -> Iterator[Complaint]:
    """A name that may become part of a path on any system."""
    complaints = tuple(of_type(str, value))
    yield from complaints
    if complaints:
        return
    name = str(value)
    if not re.fullmatch(ID_FORM, name) or ".." in name:
        yield Complaint((), f"{name[:80]!r} is no id: up to 64 of a-z, 0-9, . _ -, no dots in a row, "
                            "a letter or digit first and last")  # fmt: skip
    elif name.partition(".")[0] in DEVICES:
        yield Complaint((), f"{name!r} is the name of a device on Windows")


def rule(value: object) -> Iterator[Complaint]:
    """A rule of a tool policy."""
    from memory_state.core.policy import parse_rule

    complaints = tuple(of_type(str, value))
    yield from complaints
    if not complaints and parse_rule(str(value)) is None:
        yield Complaint((), f"{str(value)[:80]!r} is no rule: write a tool's word such as read, edit or "
                            "shell, with an optional pattern: edit(docs/**)")  # fmt: skip


def relative_path(value: object) -> Iterator[Complaint]:
    """The path of a file inside the project."""
    complaints = tuple(text_up_to(500)(value))
    yield from complaints
    if not complaints:
        why = path_refusal(str(value))
        if why:
            yield Complaint((), f"{str(value)[:80]!r} {why}")


def path_refusal(path: str) -> str:
    """Why a path is not one of a file inside the project; empty when it is."""
    if not path:
        return "is no path of a file"
    if path.startswith(("/", "~")) or "\\" in path or re.match("[A-Za-z]:", path):
        return "must be relative to the project root, with / between folders"
    parts = path.split("/")
    if ".." in parts:
        return "must not leave the project with .."
    return "names a folder; a file is needed" if parts[-1] in ("", ".") else ""


def known_keys(values: dict[str, object], known: Iterable[str], owner: str) -> Iterator[Complaint]:
    """Complain about each key that `owner` does not have."""
    words = tuple(known)
    for key in values:
        if key not in words:
            yield Complaint((key,), f"{owner} has no key {key[:80]!r}{nearest(key, words)}")


def named(key: str, complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    """The complaints of a key's value, which they name."""
    for each in complaints:
        yield Complaint((key, *each.steps), f"{key}: {each.message}")


def check_mapping(
    values: dict[str, object], checks: Mapping[str, Check], owner: str, required: tuple[str, ...]
) -> Iterator[Complaint]:
    """Complain about missing keys, unknown keys and wrong values."""
    for key in required:
        if key not in values:
            yield Complaint((), f"the key {key} is missing")
    yield from known_keys(values, checks, owner)
    for key, check in checks.items():
        if key in values:
            yield from named(key, check(values[key]))
