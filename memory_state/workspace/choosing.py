"""Writing one setting into the project's or the user's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Misused
from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.workspace.configuration import project_file, setting_named, typed, user_file, value_problem
from memory_state.workspace.tomlsplice import set_key

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_setting(environment: Mapping[str, str], root: str, name: str, text: str, where: str | None) -> str:
    """Set `name` to the value that `text` gives, in the file `where`, project or user; gives the path.

    Without `where` it is the project's file, for a setting that names a program the user's. Misused for
    an unknown setting, a value of another kind, a file that is not the setting's or can not be read.
    """
    setting = setting_named(name)
    place = where or ("user" if setting.user_only else "project")
    if place == "project" and setting.user_only:
        raise Misused(
            f"{name} names a program to run, so only the user's file may set it",
            (f"config set {name} VALUE --user",),
        )
    value = typed(setting, text)
    problem = value_problem(setting, value)
    if problem:
        raise Misused(problem, ("config list",))
    # A person's own file may be a link into a folder of theirs; one in a cloned repository is not followed.
    path = str(user_file(environment).resolve() if place == "user" else project_file(root))
    content = read_if_there(path)
    try:
        changed = set_key("" if content is None else content.decode(), name, value)
    except ValueError as error:
        raise Misused(f"{path} can not be changed: {error}") from error
    make_folder(path.rpartition("/")[0])
    replace_file(path, changed.encode(), durable=True, expected=content)
    return path
