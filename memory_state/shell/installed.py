"""Where shfmt is installed: asked once, when the hook is installed, as looking takes its time."""

from __future__ import annotations

import os
import sys


def find_parser() -> str | None:
    """The absolute path of shfmt: beside the interpreter, among the package's files, or on PATH."""
    beside = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "shfmt")
    for find in (lambda: beside, packaged_parser, parser_on_path):
        place = find()
        if place and os.path.isabs(place) and os.access(place, os.X_OK):
            return place
    return None


def packaged_parser() -> str | None:
    """Where the package shfmt-py put its program; None when it is not installed."""
    from importlib import metadata

    try:
        files = metadata.files("shfmt-py") or []
    except metadata.PackageNotFoundError:
        return None
    found = [str(each.locate()) for each in files if each.name == "shfmt"]
    return os.path.abspath(found[0]) if found else None


def parser_on_path() -> str | None:
    """The program of that name that a shell would run."""
    import shutil

    return shutil.which("shfmt")
