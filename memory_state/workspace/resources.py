"""The files that come with the package but stand outside it: templates and hooks."""

from __future__ import annotations

from pathlib import Path

from memory_state.core.errors import Broken

PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str) -> Path:
    """The folder `templates` or `hooks`: inside an installed package, beside it in a checkout."""
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise Broken(
        f"the folder {name} is missing from the installation at {PACKAGE}; install memory-state again"
    )


def template(name: str) -> str:
    """The text of a template, `document.md`."""
    return (resource_folder("templates") / name).read_text(encoding="utf-8")
