"""Reading files of the project that a definition or a document names."""

from __future__ import annotations

from pathlib import Path

FILE_LIMIT = 1 << 20


def read_source(root: str, name: str) -> bytes | None:
    """The first MiB of a file of the project; None when it is none, unreadable, or not inside the root."""
    path = Path(root, name)
    try:
        if "\0" in name or not path.resolve().is_relative_to(Path(root).resolve()):
            return None
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(FILE_LIMIT)
    except (OSError, RuntimeError):  # unreadable, a name that is too long, a loop of links
        return None
