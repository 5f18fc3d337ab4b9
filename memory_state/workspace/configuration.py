"""Settings in their layers: environment, project file, user file, default."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import Misused
from memory_state.core.layout import config_folder
from memory_state.core.locate import DEFAULT_MEMORY, PROJECT_FILE, USER_FILE, absolute_memory, find_root

if TYPE_CHECKING:
    from collections.abc import Mapping

SAVE_INTERVAL = 300


class Settings(NamedTuple):
    """What a project and its user chose.

    `save_interval` is in seconds; `test_command` comes from the user alone, since a cloned
    repository must not name programs to run; `durability` is `power` or `process`.
    """

    root: str
    memory: str
    save_interval: int = SAVE_INTERVAL
    test_command: str | None = None
    durability: str = "power"


def read_toml(path: Path) -> dict[str, object]:
    """A settings file, none when it is not there; Misused with the parser's line when it is broken."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misused(f"{path} can not be read: {error}", ("doctor",)) from error


def read_layers(environment: Mapping[str, str], folder: str, memory: str | None) -> Settings:
    """The settings in force below `folder`; `memory` is the flag, which wins over every layer."""
    known = dict(environment)
    root = find_root(known, folder)
    project = read_toml(Path(root, PROJECT_FILE))
    user = read_toml(Path(config_folder(known), USER_FILE))
    layered = user | project
    chosen = memory or known.get("MEMORY_STATE_PATH") or text_or_none(project, "memory_path")
    return Settings(
        root=root,
        memory=absolute_memory(chosen or text_or_none(user, "memory_path") or DEFAULT_MEMORY, root),
        save_interval=whole_number(layered, "save_interval", SAVE_INTERVAL),
        test_command=text_or_none(user, "test_command"),
        durability=one_of(layered, "durability", ("power", "process")),
    )


def whole_number(values: dict[str, object], name: str, default: int) -> int:
    """A setting that is a number of at least 0."""
    value = values.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Misused(f"the setting {name} must be a whole number of at least 0, not {value!r}")
    return value


def text_or_none(values: dict[str, object], name: str) -> str | None:
    """A setting that is a text."""
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise Misused(f"the setting {name} must be a text, not {value!r}")
    return value


def one_of(values: dict[str, object], name: str, words: tuple[str, ...]) -> str:
    """A setting that is one of some words, the first by default."""
    value = values.get(name, words[0])
    if value not in words:
        raise Misused(f"the setting {name} must be {' or '.join(words)}, not {value!r}")
    return str(value)
