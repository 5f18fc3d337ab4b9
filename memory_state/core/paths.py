"""Paths as the disk sees them, and names as a case-insensitive disk compares them."""

from __future__ import annotations

from memory_state.core.files import posix, real_path

LINK_LIMIT = 40
PATH_LIMIT = 4096


def resolve_path(path: str, base: str) -> str:
    """The absolute path of a file after links, `.` and `..`; `~` is a name like any other.

    `base` is the absolute folder that a relative path starts from. What does not exist is taken as
    written, below the deepest parent that does. ValueError for a NUL character, a text that no file
    name can hold, a relative base, and more than 40 links, which is the kernel's limit too.
    """
    if "\0" in path or "\0" in base:
        raise ValueError("a path cannot hold a NUL character")
    start = path if path.startswith("/") else f"{base}/{path}"
    if not start.startswith("/"):
        raise ValueError("a relative path needs an absolute folder to start from")
    return real_path(start) or follow_links(start)


def follow_links(path: str) -> str:
    """Walk an absolute path name by name and replace each link by its target.

    What the kernel would make of it, `real_path` tells, but not everywhere.
    """
    pending = path.split("/")[::-1]
    names: list[str] = []
    length = links = 0
    while pending:
        name = pending.pop()
        if name == "..":
            length -= len(names.pop()) + 1 if names else 0
        elif name not in ("", "."):
            names.append(name)
            length += len(name) + 1
            # The kernel finds nothing by a longer name (limits.h, PATH_MAX).
            target = link_target("/" + "/".join(names)) if length < PATH_LIMIT else None
            if target is None:
                continue
            links += 1
            if links > LINK_LIMIT:
                raise ValueError("too many links in a path")
            if target.startswith("/"):
                names, length = [], 0
            else:
                length -= len(names.pop()) + 1
            pending.extend(target.split("/")[::-1])
    return "/" + "/".join(names)


def link_target(path: str) -> str | None:
    """Where a link points, None for everything that is no link or not there."""
    try:
        return posix.readlink(path)
    except OSError:
        return None


def relative_path(path: str, root: str) -> str | None:
    """A resolved path relative to a resolved root: `.` for the root itself, None outside it."""
    root = root.rstrip("/")
    if path in (root, root + "/"):
        return "."
    return path[len(root) + 1 :] if path.startswith(root + "/") else None


def fold_path(path: str) -> str:
    """A path in the form in which two names of one file are equal on any disk.

    Unicode canonical caseless form: decomposed, case-folded, composed (Unicode Standard 3.13, D145).
    """
    if path.isascii():
        return path.lower()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def compose_path(path: str) -> str:
    """A path in Unicode form NFC, in which a name typed on one system equals that of another."""
    if path.isascii():
        return path
    import unicodedata

    return unicodedata.normalize("NFC", path)


def same_name(first: str, second: str) -> bool:
    """Whether two names may be one file on a disk that ignores case and Unicode form."""
    return fold_path(first) == fold_path(second)
