"""`git`: which of its subcommands write, and what."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from memory_state.core.reads import GIT_HISTORY, git_reads
from memory_state.shell.gittables import (
    HARMLESS_SETTINGS,
    HARMLESS_SWITCHES,
    RECORDS,
    RUNNING_OPTIONS,
    STASH_RECORDS,
    TREES,
    VALUED,
)
from memory_state.shell.options import Options, parse_options
from memory_state.shell.places import change_folder, exists, is_folder, make_folder, write
from memory_state.shell.scene import HIDDEN, doubt, inner, is_known, may_be_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words


def git(words: Words, scene: Scene) -> None:
    """Note what a call of git writes."""
    if words in (("--version",), ("--help",)) or words[:1] == ("help",):
        return
    own = inner(scene)
    rest = strip_globals(words, own)
    if not rest:
        doubt(scene, "a call of git that nobody knows")
        return
    judged = judged_words(rest)
    if git_reads(judged):
        return
    if any(may_be_option(each) for each in rest[: rest.index("--") if "--" in rest else None]):
        doubt(scene, "nobody knows the options of git")
    name = rest[0]
    options = parse_options(rest[1:], *VALUED.get(name, ("", ())))
    if options.has(*RUNNING_OPTIONS.get(name, ())) or (name == "bisect" and "run" in rest):
        doubt(scene, f"git {name} may run another program")
    subcommand(name, options, rest, own)


def judged_words(words: Words) -> Words:
    """Words for the tables of the plain test; what may turn out as an option is one that none lists."""
    cut = words.index("--") if "--" in words else len(words)
    return tuple(
        "-\x7f" if at < cut and may_be_option(word) else "operand" if not is_known(word) else word
        for at, word in enumerate(words)
    )


def strip_globals(words: Words, scene: Scene) -> Words:
    """The subcommand and its words; the folder of `-C` becomes that of the scene."""
    at = 0
    while at < len(words) and words[at].startswith(("-", HIDDEN)):
        word, value = words[at], "".join(words[at + 1 : at + 2])
        if word == "-C":
            change_folder(scene, value)
            at += 1
        elif word == "-c":
            if not value.lower().startswith(HARMLESS_SETTINGS) and value != "core.pager=cat":
                doubt(scene, "a setting that may make git run a program")
            at += 1
        elif word not in HARMLESS_SWITCHES:
            doubt(scene, f"nobody knows what git {word} changes")
            at += word in ("--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env")
        at += 1
    return words[at:]


def subcommand(name: str, options: Options, words: Words, scene: Scene) -> None:
    """What one subcommand writes."""
    if name in SUBCOMMANDS:
        SUBCOMMANDS[name](options, words, scene)
    elif name in RECORDS:
        records(scene)
    elif name in TREES:
        tree(scene)
    elif name in GIT_HISTORY.split():
        history(options, words, scene)
    else:
        doubt(scene, f"nobody knows what git {name} does")


def repository(scene: Scene) -> tuple[str, tuple[str, ...]]:
    """The work tree around the folder and the places of its records; the folder where there is none."""
    if len(scene.folders) != 1:
        doubt(scene, "nobody knows which repository git stands in")
        return "", ()
    folder = scene.folders[0]
    above = folder
    while True:
        place = f"{above.rstrip('/')}/.git"
        if os.path.isdir(place):
            return above, (place,)
        if os.path.isfile(place):
            return above, linked_records(place)
        if above in ("/", ""):
            return folder, (f"{folder.rstrip('/')}/.git",)
        above = above.rpartition("/")[0] or "/"


def linked_records(place: str) -> tuple[str, ...]:
    """The records of a worktree or a submodule: its own, and those it shares."""
    with open(place, encoding="utf-8", errors="replace") as file:
        target = file.read(4096).partition("gitdir:")[2].strip()
    own = os.path.realpath(os.path.join(os.path.dirname(place), target))
    shared = os.path.dirname(os.path.dirname(own)) if "/worktrees/" in own else own
    return tuple(dict.fromkeys((own, shared)))


def records(scene: Scene) -> None:
    """The repository's own records are written."""
    for place in repository(scene)[1]:
        write(scene, place, whole=True)


def tree(scene: Scene) -> None:
    """Any file of the work tree may be written, and the records."""
    top, places = repository(scene)
    if top:
        write(scene, top, whole=True)
    for place in places:
        write(scene, place, whole=True)


def paths(scene: Scene, words: Words) -> None:
    """These paths of the work tree, and the records; a pathspec that is no plain path means the tree."""
    if not words or any(each.startswith(":") or set(each) & set("*?[") for each in words):
        tree(scene)
        return
    records(scene)
    for each in words:
        write(scene, each, follow=False, whole=is_folder(scene, each))


def history(options: Options, words: Words, scene: Scene) -> None:
    """`diff`, `log` and their kin with `--output`."""
    given = parse_options(words[1:], "GSUnCMOX", ("output",))
    for each in given.values("output"):
        write(scene, each)
    rest = tuple(
        each for at, each in enumerate(words) if not each.startswith("--o") and words[at - 1] != "--output"
    )
    if not git_reads(judged_words(rest)):
        doubt(scene, "nobody knows the options of git")


def checkout(options: Options, words: Words, scene: Scene) -> None:
    """`checkout`: paths behind `--`, a new branch here, or another tree."""
    if "--" in words:
        paths(scene, words[words.index("--") + 1 :])
    elif options.has("b", "B", "orphan") and not options.operands and not options.has("f", "force"):
        records(scene)
    elif len(options.operands) > 1 and not options.has("b", "B"):
        paths(scene, options.operands if exists(scene, options.operands[0]) else options.operands[1:])
    else:
        tree(scene)


def switch(options: Options, words: Words, scene: Scene) -> None:
    """`switch`: a new branch here, or another tree."""
    here = options.has("c", "C", "create", "force-create") and not options.operands
    (records if here and not options.has("f", "discard-changes") else tree)(scene)


def restore(options: Options, words: Words, scene: Scene) -> None:
    """`restore`: the paths, or with `--staged` alone the index."""
    if options.has("S", "staged") and not options.has("W", "worktree"):
        records(scene)
    else:
        paths(scene, options.operands)


def reset(options: Options, words: Words, scene: Scene) -> None:
    """`reset`: the tree with `--hard`, `--merge` and `--keep`."""
    soft = all(name in ("soft", "mixed", "q", "quiet", "N", "p", "no-refresh") for name, _ in options.given)
    (records if soft else tree)(scene)


def clean(options: Options, words: Words, scene: Scene) -> None:
    """`clean`: below the paths, or below the folder."""
    if options.has("n", "dry-run"):
        return
    for each in options.operands or (".",):
        write(scene, each, whole=True, follow=False)


def stash(options: Options, words: Words, scene: Scene) -> None:
    """`stash`: most of it changes the tree."""
    (records if words[1:2] and words[1] in STASH_RECORDS else tree)(scene)


def remove(options: Options, words: Words, scene: Scene) -> None:
    """`rm`: the paths, or with `--cached` the index."""
    if options.has("n", "dry-run"):
        return
    if options.has("cached"):
        records(scene)
    else:
        paths(scene, options.operands)


def move(options: Options, words: Words, scene: Scene) -> None:
    """`mv`: sources, and the destination or files in it."""
    if options.has("n", "dry-run"):
        return
    *sources, target = options.operands or ("",)
    inside = len(sources) > 1 or is_folder(scene, target)
    named = [
        f"{target.rstrip('/')}/{each.rstrip('/').rpartition('/')[2]}" if inside else target
        for each in sources
    ]
    records(scene)
    for each, new in zip(sources, named, strict=True):
        whole = is_folder(scene, each)
        write(scene, each, follow=False, whole=whole)
        write(scene, new, follow=False, whole=whole)


def apply(options: Options, words: Words, scene: Scene) -> None:
    """`apply`: any file of the tree; the index alone with `--cached`."""
    if options.has("cached"):
        records(scene)
        return
    if options.has("stat", "numstat", "summary", "check") and not options.has("apply"):
        return
    if options.has("unsafe-paths"):
        doubt(scene, "the patch decides where its files go")
    tree(scene)


def config(options: Options, words: Words, scene: Scene) -> None:
    """`config`: the repository's own, the user's, the system's, or a named file."""
    if options.has("e", "edit") or words[1:2] == ("edit",):
        doubt(scene, "git opens an editor")
    named = options.value("f", "file")
    if named is not None:
        write(scene, named)
    elif options.has("global"):
        home = scene.effects.environment.get("HOME", HIDDEN)
        write(scene, f"{home}/.gitconfig")
        write(scene, f"{home}/.config/git/config")
    elif options.has("system"):
        write(scene, "/etc/gitconfig")
    else:
        records(scene)
        for place in repository(scene)[1]:
            write(scene, f"{place}/config")


def remote(options: Options, words: Words, scene: Scene) -> None:
    """`remote` that changes: the repository's configuration and references."""
    if words[1:2] in (("show",), ("update",), ("prune",)):
        records(scene)
    else:
        config(Options((), ()), words[:1], scene)


def worktree(options: Options, words: Words, scene: Scene) -> None:
    """`worktree`: the folder that is made, moved or removed, and the records."""
    records(scene)
    operands = options.operands[1:]
    if words[1:2] == ("add",):
        operands = operands[:1]
    if words[1:2] in (("add",), ("move",), ("remove",)):
        for each in operands:
            write(scene, each, whole=True, follow=False)


def clone(options: Options, words: Words, scene: Scene) -> None:
    """`clone`: a new folder."""
    if not options.operands or any(not is_known(each) for each in options.operands):
        doubt(scene, "nobody knows where git clones to")
        return
    source = options.operands[0].rstrip("/").removesuffix("/.git").rpartition("/")[2].rpartition(":")[2]
    target = options.operands[1] if len(options.operands) > 1 else source.removesuffix(".git")
    if options.has("bare", "mirror") and len(options.operands) == 1:
        target += ".git"
    write(scene, target, whole=True)
    for each in options.values("separate-git-dir"):
        write(scene, each, whole=True)


def initialize(options: Options, words: Words, scene: Scene) -> None:
    """`init`: the records of a folder."""
    folder = options.operands[0] if options.operands else "."
    if options.operands:
        make_folder(scene, folder, parents=True)
    write(scene, folder if options.has("bare") else f"{folder.rstrip('/')}/.git", whole=True)
    for each in options.values("separate-git-dir"):
        write(scene, each, whole=True)


def format_patch(options: Options, words: Words, scene: Scene) -> None:
    """`format-patch`: files in a folder, or one."""
    if options.has("stdout"):
        return
    for each in options.values("output"):
        write(scene, each)
    if not options.has("output"):
        write(scene, options.value("o", "output-directory") or ".", whole=True)


def archive(options: Options, words: Words, scene: Scene) -> None:
    """`archive`: the file of `-o`."""
    for each in options.values("o", "output"):
        write(scene, each)


def bundle(options: Options, words: Words, scene: Scene) -> None:
    """`bundle create FILE`."""
    if words[1:2] == ("create",):
        for each in options.operands[1:2]:
            write(scene, each)
    elif words[1:2] == ("unbundle",):
        records(scene)


def hash_object(options: Options, words: Words, scene: Scene) -> None:
    """`hash-object`, which stores only with `-w`."""
    if options.has("w"):
        records(scene)


def commit(options: Options, words: Words, scene: Scene) -> None:
    """`commit`: the records."""
    if options.has("dry-run"):
        return
    records(scene)


def asking(options: Options, words: Words, scene: Scene) -> None:
    """`ls-remote`, `fsck`: they ask."""
    if any(each.startswith(("--upload-pack", "--exec", "--lost-found")) or "ext::" in each for each in words):
        doubt(scene, "git runs a program")


def read_tree(options: Options, words: Words, scene: Scene) -> None:
    """`read-tree`: the index, with `-u` the tree."""
    (tree if options.has("u") else records)(scene)


def submodule(options: Options, words: Words, scene: Scene) -> None:
    """`submodule`, which only tells with `status`."""
    if words[1:2] not in (("status",), ("summary",)) or len(words) > 2:
        doubt(scene, f"nobody knows what git {words[0]} does")


SUBCOMMANDS: dict[str, Callable[[Options, Words, Scene], None]] = {
    "apply": apply,
    "archive": archive,
    "bundle": bundle,
    "checkout": checkout,
    "clean": clean,
    "clone": clone,
    "commit": commit,
    "config": config,
    "format-patch": format_patch,
    "fsck": asking,
    "hash-object": hash_object,
    "init": initialize,
    "ls-remote": asking,
    "mv": move,
    "read-tree": read_tree,
    "remote": remote,
    "reset": reset,
    "restore": restore,
    "rm": remove,
    "stash": stash,
    "submodule": submodule,
    "switch": switch,
    "worktree": worktree,
}
