"""Which commit a project stands at, read from git's own files: no program is started for it."""

from __future__ import annotations

from pathlib import Path


def git_folder(root: str) -> Path | None:
    """The `.git` folder of the work tree a folder is in, also of a linked one, whose `.git` is a file."""
    folders = (Path(root), *Path(root).parents)
    place = next((each / ".git" for each in folders if (each / ".git").exists()), None)
    if place is None or place.is_dir():
        return place
    try:
        named = place.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return place.parent / named


def branch_and_commit(root: str) -> tuple[str | None, str | None]:
    """Branch name and commit hash; None for what is not there (detached, no commit yet, no git)."""
    folder = git_folder(root)
    if folder is None:
        return None, None
    head = first_line(folder / "HEAD")
    if head is None or not head.startswith("ref: "):
        return None, head
    reference = head.removeprefix("ref: ")
    common = folder / (first_line(folder / "commondir") or ".")
    commit = first_line(common / reference) or packed_commit(common / "packed-refs", reference)
    return reference.removeprefix("refs/heads/"), commit


def first_line(path: Path) -> str | None:
    """The first line of a small file; None when it can not be read."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def packed_commit(path: Path, reference: str) -> str | None:
    """The commit of a reference in git's `packed-refs`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((line.partition(" ")[0] for line in lines if line.endswith(f" {reference}")), None)
