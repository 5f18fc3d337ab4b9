"""Which definitions may run the programs they name: a person trusts a digest, commands filled in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time
from memory_state.core.files import make_folder, replace_file
from memory_state.core.layout import share_folder
from memory_state.workspace.definitions import is_built_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workflow.model import Definition, State
    from memory_state.workspace.configuration import Settings
    from memory_state.workspace.run import Run

TEST_KEY = "test_command"


def test_command(state: State | None, settings: Settings) -> str | None:
    """The project's test command: that of the workflow's start, else the user's."""
    chosen = dict(state.context).get(TEST_KEY) if state else None
    return chosen if isinstance(chosen, str) and chosen else settings.test_command


def commands_of(definition: Definition, test: str | None) -> tuple[str, ...]:
    """The command lines a definition would run, `$test` filled in."""
    conditions = [each for phase in definition.phases for each in phase.exit] + list(definition.criteria)
    found = [each.target for each in conditions if each.kind == "command"]
    return tuple(dict.fromkeys(line.replace("$test", test or "$test") for line in found))


def runs_only_test(definition: Definition) -> bool:
    """Whether the test command is all that a definition would run."""
    return set(commands_of(definition, None)) <= {"$test"}


def trust_digest(text: str, definition: Definition, test: str | None) -> str:
    """SHA-256 over a definition's text and its commands as they would run."""
    filled = "\0".join((text, *commands_of(definition, test)))
    return hashlib.sha256(filled.encode()).hexdigest()


def trust_folder(environment: Mapping[str, str]) -> str:
    """Where the user's trusted digests are, one file each."""
    return share_folder(dict(environment)) + "/trusted"


def give_trust(environment: Mapping[str, str], digest: str, name: str, now: float) -> None:
    """Remember that a person trusts this digest."""
    folder = trust_folder(environment)
    make_folder(folder)
    replace_file(f"{folder}/{digest}", f"{name} {format_time(now)}\n".encode(), durable=True)


def is_trusted(run: Run, settings: Settings, environment: Mapping[str, str]) -> bool:
    """Whether a run's definition may run its commands.

    A built-in definition names no program itself; with a test command from the user's own
    configuration there is nothing left to trust.
    """
    test = test_command(run.state, settings)
    own = test == settings.test_command and is_built_in(run.definition_text)
    digest = trust_digest(run.definition_text, run.definition, test)
    return own or Path(trust_folder(environment), digest).is_file()
