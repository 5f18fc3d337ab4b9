"""What a disk holds below a folder, as a value: files with their bytes, and folders."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Image(NamedTuple):
    """Absolute paths: files with their bytes, and the folders."""

    files: Mapping[str, bytes]
    folders: frozenset[str]


def read_image(root: Path) -> Image:
    """What is below a folder now, the folder itself included."""
    files, folders = {}, {str(root)}
    for folder, below, names in os.walk(root):
        folders.update(f"{folder}/{each}" for each in below)
        for name in names:
            with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123  # thousands of these
                files[f"{folder}/{name}"] = file.read()
    return Image(files, frozenset(folders))


def put_image(root: Path, image: Image) -> None:
    """Make a folder hold exactly this."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in sorted(image.folders):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # the same
    for path, content in image.files.items():
        with open(path, "wb") as file:  # noqa: PTH123  # the same
            file.write(content)
