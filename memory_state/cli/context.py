"""One call of the program: its options, who makes it, and the workspace it is about."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

import click

from memory_state.core.clients import PROJECT_VARIABLE
from memory_state.core.text import visible_text
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from memory_state.workspace.actor import Actor
    from memory_state.workspace.workspace import Workspace

PROGRAM = "memory-state"

# Commands that name their workflow, or need none.
FREE = ("-w ", "list", "start", "setup", "config", "doctor", "--help")


class Options(NamedTuple):
    """The options that every command takes."""

    directory: str | None = None
    memory_path: str | None = None
    workflow: str | None = None
    by: str | None = None
    quiet: bool = False
    plain: bool = False
    json: bool = False
    color: str = "auto"


class Call:
    """One call of the program; `options` and `command` fill up while its arguments are parsed.

    `piped` is the workflow from standard input until it has been received.
    """

    def __init__(
        self,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        clock: Callable[[], float],
        program: str | None = None,
    ) -> None:
        self.arguments = arguments
        self.environment = environment
        self.clock = clock
        self.known = program
        self.command = ""
        self.piped: dict[str, object] | None = None
        self.options = Options(json=asks_json(arguments))

    @cached_property
    def program(self) -> str:
        """Our command as it can be run here: as it was given, else found out."""
        return self.known or known_program(self.environment, sys.argv[0])


def asks_json(arguments: tuple[str, ...]) -> bool:
    """Whether `--json` is among the arguments: an error in them must be told as JSON too."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def known_program(environment: Mapping[str, str], started: str) -> str:
    """Our command as it can be run here; `started` is the program that runs now."""
    if is_on_path(PROGRAM, environment.get("PATH", os.defpath)):
        return PROGRAM
    from pathlib import Path
    from shlex import quote

    path = Path(started).absolute()
    if path.name == PROGRAM and os.access(path, os.X_OK):
        return quote(str(path))
    return f"{quote(sys.executable)} -m memory_state"


def is_on_path(name: str, path: str) -> bool:
    """Whether a shell with this PATH finds a program; an empty entry is the current folder.

    `shutil.which` says the same, but its module brings every archive format along.
    """
    from pathlib import Path

    places = [f"{folder or '.'}/{name}" for folder in path.split(os.pathsep)] if path else []
    return any(os.access(place, os.X_OK) and Path(place).is_file() for place in places)


def command_line(call: Call, command: str) -> str:
    """A command for a hint, with the options that make it mean the same place again."""
    from shlex import quote

    options = call.options
    workflow = None if command.startswith(FREE) else options.workflow
    carried = (("-C", options.directory), ("--memory-path", options.memory_path), ("-w", workflow))
    words = [f"{name} {quote(value)}" for name, value in carried if value]
    return " ".join((call.program, *words, command))


def folder_of(call: Call) -> Path:
    """The folder that the call is made in."""
    from pathlib import Path

    return Path(call.options.directory or ".").absolute()


def environment_of(call: Call) -> Mapping[str, str]:
    """The environment; a folder named by `-C` is stronger than a client's word for the project."""
    if call.options.directory is None:
        return call.environment
    return {name: value for name, value in call.environment.items() if name != PROJECT_VARIABLE}


def workspace_of(call: Call, *, person: bool = False) -> Workspace:
    """The workspace that the call is about; `person` says that only a person may do what follows."""
    from memory_state.workspace.workspace import Workspace

    options = call.options
    found = Workspace.find(
        folder_of(call),
        environment=environment_of(call),
        memory_path=options.memory_path,
        workflow=options.workflow,
        clock=call.clock,
        program=call.program,
    )
    found.actor = actor_of(call, found.project.memory, person=person)
    if call.piped is not None:
        receive(call, found)
    return found


def receive(call: Call, workspace: Workspace) -> None:
    """Have the workflow from standard input arrive if it is not here; then tell so on stderr."""
    values, call.piped = call.piped or {}, None
    run = workspace.receive(values)
    call.options = call.options._replace(workflow=workspace.wanted)
    if run is not None and not call.options.quiet:
        for line in (f"workflow {run.id} arrived from standard input", *(p.message for p in run.problems)):
            click.echo(visible_text(f"note: {line}"), err=True)


def actor_of(call: Call, memory: str, *, person: bool) -> Actor:
    """Who makes the call.

    In an agent's session it is a person only by a grant, which is used up when it is looked for;
    elsewhere by name, or at a terminal.
    """
    from memory_state.workspace.actor import Actor, in_agent_session, session_of

    session = session_of(call.environment)
    if in_agent_session(call.environment):
        granted = person and is_granted(call, memory, session)
        return Actor("person", user_name(), session) if granted else Actor("cli", session=session)
    if call.options.by is not None:
        return Actor("person", person_name(call.options.by), session)
    if is_terminal(sys.stdin) and is_terminal(sys.stderr):
        return Actor("person", user_name(), session)
    return Actor("cli", session=session)


def is_granted(call: Call, memory: str, session: str | None) -> bool:
    """Whether the person before the client has just allowed this very command; the grant is used up."""
    from memory_state.workspace.grants import use_grant

    return use_grant(call.environment, memory, session, call.arguments)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that was closed before we started is None."""
    return stream is not None and stream.isatty()


def person_name(name: str) -> str:
    """The name that `--by` gives; Misused when it is none."""
    from memory_state.workflow.machine import checked_text

    return checked_text("the name after --by", name, 64)


def user_name() -> str:
    """The name of the user who runs this process, its number where it has no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
