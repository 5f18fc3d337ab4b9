"""Settings in their layers: flag, environment, project file, user file, default.

`SETTINGS` is the one table of them; help, `config` and the settings in force are made from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Misused
from memory_state.core.layout import config_folder
from memory_state.core.locate import (
    CHOICE_VARIABLES,
    DEFAULT_MEMORY,
    PROJECT_FILE,
    SAVE_INTERVAL,
    USER_FILE,
    find_memory,
    find_root,
)
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value = str | int | None


class Setting(NamedTuple):
    """A setting: a whole number where its default is one, one of `words` where there are some, else a text.

    One that is `user_only` names a program to run: neither a cloned repository nor what an agent puts
    into the environment of its commands may set it. One that is `files_only` has no variable either.
    """

    name: str
    default: Value
    help: str
    words: tuple[str, ...] = ()
    user_only: bool = False
    files_only: bool = False

    @property
    def variable(self) -> str | None:
        """The environment variable that sets it."""
        if self.user_only or self.files_only:
            return None
        return CHOICE_VARIABLES.get(self.name, f"MEMORY_STATE_{self.name.upper()}")


SETTINGS = (
    Setting("memory_path", DEFAULT_MEMORY, "Where workflows and state are; relative to the project."),
    Setting(
        "scope",
        "worktree",
        "Whether each git work tree has a memory path, or the repository one.",
        words=("worktree", "repository"),
    ),
    Setting("save_interval", SAVE_INTERVAL, "Seconds after which a recovery file is written anew."),
    Setting("test_command", None, "What `$test` in a gate stands for.", user_only=True),
    Setting(
        "durability",
        "power",
        "What a write must outlive: a power cut, or the end of the process.",
        words=("power", "process"),
    ),
    Setting(
        "on_fault",
        "deny",
        "What a hook says to a writing tool when the hook itself fails.",
        words=("deny", "allow"),
    ),
    Setting(
        "build_output",
        None,
        "What builds and tests leave behind, as globs with blanks between: it is not compared.",
        files_only=True,
    ),
)
BY_NAME = {each.name: each for each in SETTINGS}


class Chosen(NamedTuple):
    """A setting with its value in force: `origin` is flag, environment, project, user or default.

    `place` is the flag, the variable or the file; `problem` says what is wrong with the value, if anything.
    """

    setting: Setting
    value: Value
    origin: str
    place: str = ""
    problem: str = ""


class Settings(NamedTuple):
    """What a project and its user chose; `save_interval` is in seconds, `build_output` a list of globs."""

    root: str
    memory: str
    save_interval: int = SAVE_INTERVAL
    test_command: str | None = None
    durability: str = "power"
    build_output: tuple[str, ...] = ()


def setting_named(name: str) -> Setting:
    """The setting of a name; Misused, with the nearest one, when there is none."""
    if name in BY_NAME:
        return BY_NAME[name]
    import difflib

    near = difflib.get_close_matches(name, BY_NAME, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(BY_NAME)}"
    raise Misused(f"there is no setting {name!r}; {hint}", ("config list",))


def project_file(root: str) -> Path:
    """The project's settings."""
    return Path(root, PROJECT_FILE)


def user_file(environment: Mapping[str, str]) -> Path:
    """The user's settings."""
    return Path(config_folder(dict(environment)), USER_FILE)


def read_toml(path: Path) -> dict[str, object]:
    """A settings file, none when it is not there; Misused with the parser's line when it is broken."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise Misused(f"{path} can not be read: {error}", ("doctor",)) from error
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misused(f"{path} can not be read: {error}", ("doctor",)) from error


def survey(environment: Mapping[str, str], root: str, memory: str | None = None) -> tuple[Chosen, ...]:
    """Every setting as it is in force, wrong values too; `memory` is the flag. Misused for a broken file."""
    files = {"project": project_file(root), "user": user_file(environment)}
    layers = {origin: read_toml(path) for origin, path in files.items()}
    found = []
    for setting in SETTINGS:
        flag = memory if setting.name == "memory_path" else None
        offers: list[tuple[str, str, object]] = [("flag", "--memory-path", flag)]
        offers += environment_offer(environment, setting)
        offers += [
            (origin, str(files[origin]), layers[origin].get(setting.name))
            for origin in files
            if origin == "user" or not setting.user_only
        ]
        found.append(choose(setting, offers))
    return tuple(found)


def environment_offer(environment: Mapping[str, str], setting: Setting) -> Iterator[tuple[str, str, object]]:
    """What the environment says of a setting."""
    if setting.variable is not None:
        text = environment.get(setting.variable, "")
        yield "environment", setting.variable, typed(setting, text)


def choose(setting: Setting, offers: list[tuple[str, str, object]]) -> Chosen:
    """The first offer that says something; an empty text does not."""
    for origin, place, value in offers:
        if value is not None and value != "":
            problem = value_problem(setting, value)
            return Chosen(
                setting, value if isinstance(value, str | int) else str(value), origin, place, problem
            )
    return Chosen(setting, setting.default, "default")


def typed(setting: Setting, text: str) -> str | int:
    """A value given as text; a whole number where the setting is one and the text too."""
    return int(text) if isinstance(setting.default, int) and text.isascii() and text.isdigit() else text


def value_problem(setting: Setting, value: object) -> str:
    """What is wrong with a value; empty when nothing is."""
    if isinstance(setting.default, int):
        wrong = not isinstance(value, int) or isinstance(value, bool) or value < 0
        meant = "a whole number of at least 0"
    elif setting.words:
        wrong, meant = value not in setting.words, " or ".join(setting.words)
    else:
        wrong, meant = not isinstance(value, str), "a text"
    return f"the setting {setting.name} must be {meant}, not {value!r}" if wrong else ""


def strange_keys(environment: Mapping[str, str], root: str) -> list[str]:
    """What the files set without effect, one sentence each."""
    found = []
    for path, origin in ((project_file(root), "project"), (user_file(environment), "user")):
        for name in read_toml(path):
            if name not in BY_NAME:
                found.append(f"{path}: there is no setting {name!r}")
            elif origin == "project" and BY_NAME[name].user_only:
                found.append(f"{path}: {name} has an effect in the user's file only")
    return found


def read_layers(environment: Mapping[str, str], folder: str, memory: str | None) -> Settings:
    """The settings in force below `folder`; `memory` is the flag, which wins over every layer.

    Misused for a value that is none of its setting.
    """
    root = find_root(dict(environment), folder)
    chosen = survey(environment, root, memory)
    for each in chosen:
        if each.problem:
            raise Misused(each.problem, ("config list --show-origin",))
    values = {each.setting.name: each.value for each in chosen}
    return Settings(
        root=root,
        memory=find_memory(dict(values), root),
        save_interval=int(values["save_interval"] or 0),
        test_command=None if values["test_command"] is None else str(values["test_command"]),
        durability=str(values["durability"]),
        build_output=tuple(str(values["build_output"] or "").split()),
    )


def known_place(environment: Mapping[str, str], folder: str, memory: str | None) -> tuple[str, str]:
    """Root and memory path, the default one when the settings can not be read."""
    try:
        found = read_layers(environment, folder, memory)
    except Misused:
        root = find_root(dict(environment), folder)
        return root, f"{root}/{DEFAULT_MEMORY}"
    return found.root, found.memory
