"""Where git keeps what decides which programs it runs, and the part of its settings that does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import is_folder, path_exists, read_if_there
from memory_state.core.paths import resolve_path

if TYPE_CHECKING:
    from collections.abc import Iterator

# What ordinary work with branches and remotes writes.
WORKING_SECTION = "branch"
WORKING_KEYS = ("url", "fetch", "pushurl")
LINK_LIMIT = 1 << 12


def git_folders(root: str) -> list[str]:
    """The folders that git keeps of the repository a project is in: the work tree's own, and the shared one.

    None where no repository is found, except for the place where one would begin (gitrepository-layout(5)).
    """
    place = root
    while place and not path_exists(f"{place}/.git"):
        place = place.rpartition("/")[0]
    if not place:
        return [f"{root}/.git"]
    if is_folder(f"{place}/.git"):
        return [f"{place}/.git"]
    link = first_line(f"{place}/.git")
    if not link.startswith("gitdir: "):
        return [f"{place}/.git"]
    own = resolve_path(link[8:], place)
    common = first_line(f"{own}/commondir")
    return [own, resolve_path(common, own)] if common else [own]


def first_line(path: str) -> str:
    """The first line of a small file; empty where there is none."""
    content = read_if_there(path, LINK_LIMIT) if Path(path).is_file() else None
    return (content or b"").decode("utf-8", "surrogateescape").partition("\n")[0]


def steering_lines(text: str) -> Iterator[str]:
    """The logical lines of a configuration of git, each behind its section, but what ordinary work changes.

    That is the sections of branches, and of a remote where it is and what is fetched.
    """
    section = ""
    for line in logical_lines(text):
        rest = line
        if line.startswith("["):
            section, rest = split_section(line)
        if rest and not is_working(section, rest):
            yield f"{section}\t{rest}"


def logical_lines(text: str) -> Iterator[str]:
    """Lines without outer blanks and comment lines; one that ends in a backslash goes on in the next."""
    pending = ""
    for line in text.splitlines():
        pending += line
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        kept, pending = pending.strip(), ""
        if kept and kept[0] not in "#;":
            yield kept
    if pending.strip():
        yield pending.strip()


def split_section(line: str) -> tuple[str, str]:
    """A section's head, and what stands behind it on the same line."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"' and line[at - 1] != "\\":
            quoted = not quoted
        if character == "]" and not quoted:
            return line[1:at].strip(), line[at + 1 :].strip()
    return line, ""


def is_working(section: str, line: str) -> bool:
    """Whether a line is one that ordinary work with branches and remotes writes."""
    kind = section.replace(".", " ", 1).split(" ", 1)[0].lower()
    key = line.partition("=")[0].strip().lower()
    return kind == WORKING_SECTION or (kind == "remote" and key in WORKING_KEYS)
