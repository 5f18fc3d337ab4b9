"""Our entries in a client's settings: put in, taken out, compared; everybody else's bytes stay.

Settings are a JSON object whose `hooks` holds for each event a list of groups, each with its handlers.
"""

from __future__ import annotations

import json

from memory_state.agents.jsonfile import BLANK, Path, Undo, insert_item, items_at, remove_items
from memory_state.agents.jsontree import positions

LAUNCHERS = ("launch.pyc", "launch.py")
FOLDER = "memory-state"
RUNNER = '"${XDG_DATA_HOME:-$HOME/.local/share}/memory-state/hook/run"'
"""A hook is ours, of whatever version, when its program or one of its arguments is a path to a file
named as one of `LAUNCHERS` with a folder named `FOLDER` above it (`…/memory-state/hook/1/launch.py`), or
when its command line begins as `shared_line` does."""

Entries = dict[str, list[dict[str, object]]]
"""Groups by event, as they stand under the settings' `hooks`."""


def shared_line(client: str, event: str) -> str:
    """The command line of a hook in a file that people may share: the same for every user and version.

    Where memory-state is not installed it does nothing.
    """
    return f'h={RUNNER}; [ ! -x "$h" ] || exec "$h" {client} {event}'


def wire(text: str, entries: Entries, undo: Undo | None = None) -> tuple[str, Undo]:
    """The settings with `entries` in the place of all entries of ours, and what `unwire` needs.

    `undo` is that of the wiring before, if there was one. Settings that hold exactly `entries` stay
    as they are. ValueError, with a line number, when the settings cannot be read or are of another shape.
    """
    if not differences(text, entries):
        return text, undo or {}
    text, record = unwire(text, undo), Undo()
    for name, groups in entries.items():
        for entry in groups:
            text, one = insert_item(text, ("hooks", name), entry)
            record = one | record
    return text, record


def unwire(text: str, undo: Undo | None = None) -> str:
    """The settings without any entry of ours, other hooks untouched, those in a group with ours too.

    With the `undo` of the wiring the text is, byte for byte, what it was before, where nobody else
    changed it; without, `{}` or `[]` that stood there empty are gone. ValueError when it is no JSON.
    """
    for name in events_in(text):
        path: Path = ("hooks", name)
        text = remove_items(text, path, is_all_ours, undo)
        for index in range(len(items_at(text, path))):
            text = remove_items(text, (*path, index, "hooks"), is_ours, undo)
    return text


def differences(text: str, entries: Entries) -> list[str]:
    """How our entries in the settings differ from `entries`; ValueError when the text is no JSON."""
    found = {name: our_groups(text, name) for name in events_in(text)}
    problems = [event_problem(name, found.get(name, []), entries[name]) for name in entries]
    problems += [event_problem(name, found[name], []) for name in found if name not in entries]
    return [problem for problem in problems if problem]


def event_problem(name: str, found: list[dict[str, object]], meant: list[dict[str, object]]) -> str:
    """What is wrong with our groups of one event, of one handler each; empty for nothing."""
    if found == meant:
        return ""
    if not found:
        return f"{name} is not wired"
    if not meant:
        return f"{name} is wired and should not be"
    if len(found) != len(meant):
        return f"{name} is wired {len(found)} times"
    pairs = zip(found, meant, strict=True)
    return f"{name}: " + ", ".join(part for one, other in pairs for part in parts(one, other))


def parts(found: dict[str, object], meant: dict[str, object]) -> list[str]:
    """Each field in which a group of one handler differs from what it should be."""
    one, other = flat(found), flat(meant)
    return [
        f"{key} is {json.dumps(one.get(key))} and should be {json.dumps(other.get(key))}"
        for key in {**other, **one}
        if one.get(key) != other.get(key)
    ]


def flat(entry: dict[str, object]) -> dict[str, object]:
    """The fields of a group and of its one handler side by side."""
    return {**entry, **handlers(entry)[0], "hooks": None}


def our_groups(text: str, name: str) -> list[dict[str, object]]:
    """Our handlers of one event, each with its group around it and nobody else's beside it."""
    return [
        {**as_object(entry), "hooks": [handler]}
        for entry in items_at(text, ("hooks", name))
        for handler in handlers(entry)
        if is_ours(handler)
    ]


def is_all_ours(entry: object) -> bool:
    """Whether a matcher group has handlers, and none but ours."""
    found = as_object(entry).get("hooks")
    return isinstance(found, list) and bool(found) and all(is_ours(handler) for handler in found)


def is_ours(handler: object) -> bool:
    """Whether a handler starts our launcher, of whatever version (see `LAUNCHERS`)."""
    fields = as_object(handler)
    args = fields.get("args")
    words = [fields.get("command"), *(args if isinstance(args, list) else [])]
    lines = (fields.get("command"), fields.get("bash"))
    shared = any(isinstance(line, str) and line.startswith(f"h={RUNNER};") for line in lines)
    return shared or any(is_launcher(word) for word in words)


def is_launcher(word: object) -> bool:
    """Whether a word of a command is a path of our launcher."""
    *folders, name = word.split("/") if isinstance(word, str) else [""]
    return name in LAUNCHERS and FOLDER in folders


def handlers(entry: object) -> list[dict[str, object]]:
    """The handlers of a matcher group that are objects."""
    found = as_object(entry).get("hooks")
    return [as_object(one) for one in found] if isinstance(found, list) else []


def events_in(text: str) -> list[str]:
    """The events that the settings have hooks for; ValueError when the text is no JSON."""
    return list(as_object(settings_in(text).get("hooks")))


def settings_in(text: str) -> dict[str, object]:
    """The settings as a value, nothing for a blank text; ValueError when it is no JSON."""
    return as_object(positions(text).value) if text.strip(BLANK) else {}


def as_object(value: object) -> dict[str, object]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}
