"""Programs that fetch from the network (curl 8, wget 1.21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.shell.options import parse_options
from memory_state.shell.places import write
from memory_state.shell.scene import BELOW, HIDDEN, SPLIT, doubt, is_known
from memory_state.shell.tables import (
    CURL_FILES,
    CURL_LETTERS,
    CURL_NAMES,
    CURL_SWITCH_NAMES,
    CURL_SWITCHES,
    CURL_VALUED,
    WGET_LETTERS,
    WGET_VALUED,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.options import Options
    from memory_state.shell.scene import Scene, Words


def curl(words: Words, scene: Scene) -> None:
    """`curl`: what its output options name."""
    options = parse_options(words, CURL_LETTERS, CURL_VALUED)
    given = tuple((CURL_NAMES.get(name, name), value) for name, value in options.given)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in words if "://" not in each):
        doubt(scene, "nobody knows the options of curl")
    folder = dict(given).get("output-dir", "")
    for name, value in given:
        if name in CURL_FILES:
            inside = folder and name == "output" and not value.startswith("/")
            if value != "-":
                write(scene, f"{folder}/{value}" if inside else value, whole="#" in value)
        elif name in ("remote-name", "remote-name-all"):
            for each in options.operands:
                remote = name if dict(given).get("remote-header-name") is None else BELOW
                remote = BELOW if remote == BELOW else remote_name(each)
                write(scene, f"{folder or '.'}/{remote}")
        elif not known_switch(name, value):
            doubt(scene, f"nobody knows what curl's {name!r} does")


def known_switch(name: str, value: str) -> bool:
    """Whether an option of curl writes no file."""
    if name == "write-out":
        return "%output" not in value and is_known(value)
    if name == "config":
        return False
    return name in CURL_SWITCHES or name in CURL_SWITCH_NAMES or name in CURL_VALUED or name in CURL_LETTERS


def remote_name(address: str) -> str:
    """The file name that an address ends in."""
    name = address.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return name if name and is_known(name) and not set(name) & set("{[%") else BELOW


def wget(words: Words, scene: Scene) -> None:
    """`wget`: a document, a tree, or nothing."""
    options = parse_options(words, WGET_LETTERS, WGET_VALUED)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in words):
        doubt(scene, "nobody knows the options of wget")
    if options.has("e", "execute", "use-askpass", "config"):
        doubt(scene, "wget is given commands")
    for each in options.values(
        "o", "output-file", "a", "append-output", "save-cookies", "rejected-log", "hsts-file"
    ):
        write(scene, each)
    for each in options.values("warc-file"):
        write(scene, f"{each}{BELOW}" if "/" in each else f"./{BELOW}")
    document = options.value("O", "output-document")
    if document is not None:
        if document != "-":
            write(scene, document)
    elif not options.has("spider"):
        write_documents(scene, options)


WGET_TREES = (
    "r", "m", "p", "x", "i", "E", "recursive", "mirror", "page-requisites", "force-directories",
    "input-file", "content-disposition", "trust-server-names", "adjust-extension",
)  # fmt: skip


def write_documents(scene: Scene, options: Options) -> None:
    """Documents under their own names."""
    folder = options.value("P", "directory-prefix") or "."
    if options.has(*WGET_TREES):
        write(scene, folder, whole=True)
        return
    for each in options.operands:
        tail = each.partition("://")[2] or each
        name = (
            remote_name(each) if "?" not in each and "/" in tail else BELOW if "?" in each else "index.html"
        )
        write(scene, f"{folder}/{'index.html' if tail.endswith('/') else name}")


PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {"curl": curl, "wget": wget}
