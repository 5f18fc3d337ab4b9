"""What is wrong in a settings file, with line and column."""

from __future__ import annotations

import re
import tomllib

from memory_state.workflow.model import Problem
from memory_state.workflow.nearest import nearest
from memory_state.workspace.configuration import BY_NAME, value_problem

PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")


def settings_problems(path: str, text: str, *, user: bool) -> list[Problem]:
    """Every problem of a settings file; `user` says that it is the user's own."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [syntax_problem(path, text, str(error))]
    found = ((name, setting_problem(name, value, user=user)) for name, value in values.items())
    return [problem_of_key(path, text, name, why) for name, why in found if why]


def syntax_problem(path: str, text: str, said: str) -> Problem:
    """What the parser complains about; at the end of the text where it names no place."""
    found = PLACE.search(said)
    message = f"no TOML: {PLACE.sub('', said)}"
    return (
        Problem(path, int(found[1]), message, int(found[2]))
        if found
        else Problem(path, text.count("\n") + 1, message)
    )


def setting_problem(name: str, value: object, *, user: bool) -> str:
    """What is wrong with a setting; empty when nothing is."""
    if name not in BY_NAME:
        return f"there is no setting {name!r}{nearest(name, BY_NAME)}"
    if BY_NAME[name].user_only and not user:
        return f"{name} has an effect in the user's file only: `config set {name} VALUE --user`"
    return "" if value == "" else value_problem(BY_NAME[name], value)


def problem_of_key(path: str, text: str, name: str, why: str) -> Problem:
    """A problem at the line of a key; of the whole file where the key is written in another form."""
    form = re.compile(rf"[ \t]*(?:\[[ \t]*)?[\"']?{re.escape(name)}[\"']?[ \t]*[=.\]]")
    for number, line in enumerate(text.split("\n"), 1):
        if form.match(line):
            return Problem(path, number, why, line.index(name) + 1)
    return Problem(path, 0, why)
