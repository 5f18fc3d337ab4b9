"""The front matter of a document in the form that a hook can read, where a person's own is looser YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.files import read_if_there, remove_file, replace_file
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.jsontext import encode_json
from memory_state.core.layout import plain_header
from memory_state.workflow.projection import owned_values

if TYPE_CHECKING:
    from memory_state.workflow.model import State


def keep_plain_header(memory: str, state: State, text: str) -> None:
    """Keep the front matter of an accepted document beside its copy, or nothing where a hook reads it itself.

    It is of no use beside a log that has gone on: the event in it is not the last one then.
    """
    path = plain_header(memory, state.workflow_id)
    try:
        read_header(text)
    except HeaderRefused:
        lines = [f"{name}: {encode_json(value)}\n" for name, value in owned_values(state).items()]
        content = f"---\n{''.join(lines)}---\n".encode()
        if read_if_there(path) != content:
            replace_file(path, content, durable=False)
    else:
        remove_file(path)
