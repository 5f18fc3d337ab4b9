"""`git`: which of its subcommands write, and what."""

from __future__ import annotations

from memory_state.core.files import is_folder, path_exists, read_file
from memory_state.core.paths import resolve_path
from memory_state.core.reads import GIT_HISTORY, git_reads
from memory_state.shell.folders import change_folder
from memory_state.shell.gittables import (
    GIT_OPTIONS,
    GIT_RECORDS,
    GIT_TREES,
    HARMLESS_SETTINGS,
    HARMLESS_SWITCHES,
    RUNNING_OPTIONS,
    STASH_RECORDS,
)
from memory_state.shell.options import Options, parse_options
from memory_state.shell.places import exists, names_folder, note_folder, places, stands_there, write
from memory_state.shell.scene import HIDDEN, doubt, inner, is_known, may_be_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words


def note_git(words: Words, scene: Scene) -> None:
    """Note what a call of git writes."""
    if words in (("--version",), ("--help",)) or words[:1] == ("help",):
        return
    own = inner(scene)
    rest = strip_git_globals(words, own)
    if not rest:
        doubt(scene, "a call of git that nobody knows")
        return
    if may_be_planted(own):
        doubt(scene, "nobody knows what the repository makes git run")
    judged = git_words(rest)
    if git_reads(judged):
        return
    if any(may_be_option(each) for each in rest[: rest.index("--") if "--" in rest else None]):
        doubt(scene, "nobody knows the options of git")
    name = rest[0]
    options = parse_options(rest[1:], *GIT_OPTIONS.get(name, ("", ())))
    if options.has(*RUNNING_OPTIONS.get(name, ())) or (name == "bisect" and "run" in rest):
        doubt(scene, f"git {name} may run another program")
    note_subcommand(name, options, rest, own)


def git_words(words: Words) -> Words:
    """Words for the tables of the plain test; what may turn out as an option is one that none lists."""
    cut = words.index("--") if "--" in words else len(words)
    return tuple(
        "-\x7f" if at < cut and may_be_option(word) else "operand" if not is_known(word) else word
        for at, word in enumerate(words)
    )


def strip_git_globals(words: Words, scene: Scene) -> Words:
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


def note_subcommand(name: str, options: Options, words: Words, scene: Scene) -> None:
    """What one subcommand writes."""
    if name in SUBCOMMANDS:
        SUBCOMMANDS[name](options, words, scene)
    elif name in GIT_RECORDS:
        write_records(scene)
    elif name in GIT_TREES:
        write_tree(scene)
    elif name in GIT_HISTORY.split():
        git_history(options, words, scene)
    else:
        doubt(scene, f"nobody knows what git {name} does")


def git_repository(scene: Scene) -> tuple[str, tuple[str, ...]]:
    """The work tree around the folder and the places of its records; the folder where there is none."""
    if len(scene.folders) != 1:
        doubt(scene, "nobody knows which repository git stands in")
        return "", ()
    folder = scene.folders[0]
    above = folder
    while True:
        place = f"{above.rstrip('/')}/.git"
        if is_folder(place):
            return above, (place,)
        if path_exists(place):
            return above, linked_records(place)
        if above in ("/", ""):
            return folder, (f"{folder.rstrip('/')}/.git",)
        above = above.rpartition("/")[0] or "/"


def may_be_planted(scene: Scene) -> bool:
    """Whether git may find a repository with settings of anybody's: one without a work tree of its own.

    Git takes every folder with a file `HEAD` and the like for one; below `.git` nobody else writes.
    """
    root = resolve_path(scene.effects.root, "/")
    filled = [path for path in scene.effects.writes if path.endswith("/") and path.rstrip("/") != root]
    return (
        not scene.folders
        or any(path.lower().endswith("/head") for path in scene.effects.writes)
        or any(f"{folder}/".startswith(path) for folder in scene.folders for path in filled)
        or any(is_below_bare(folder) for folder in scene.folders)
    )


def is_below_bare(folder: str) -> bool:
    """Whether a repository without a work tree is nearer than one with a `.git`."""
    while folder and not stands_there(f"{folder}/.git") and "/.git/" not in f"{folder}/":
        if stands_there(f"{folder}/HEAD"):
            return True
        folder = folder.rpartition("/")[0]
    return False


def linked_records(place: str) -> tuple[str, ...]:
    """The records of a worktree or a submodule: its own, and those it shares."""
    text = read_file(place, 4096).decode("utf-8", "surrogateescape")
    own = resolve_path(text.partition("gitdir:")[2].strip(), place.rpartition("/")[0])
    shared = own.rpartition("/worktrees/")[0] or own
    return tuple(dict.fromkeys((own, shared)))


def write_records(scene: Scene) -> None:
    """The repository's own records are written."""
    keep_records(scene, git_repository(scene)[1])


def keep_records(scene: Scene, words: Words) -> None:
    """Git writes what it keeps in these folders."""
    for word in words:
        scene.effects.records |= {place.rstrip("/") + "/": None for place in places(scene, word)}


def write_tree(scene: Scene) -> None:
    """Any file of the work tree may be written, and the records."""
    top, kept = git_repository(scene)
    if top:
        write(scene, top, whole=True)
    keep_records(scene, kept)


def write_paths(scene: Scene, words: Words) -> None:
    """These paths of the work tree, and the records; a pathspec that is no plain path means the tree."""
    if not words or any(each.startswith(":") or set(each) & set("*?[") for each in words):
        write_tree(scene)
        return
    write_records(scene)
    for each in words:
        write(scene, each, follow=False, whole=names_folder(scene, each))


def git_history(options: Options, words: Words, scene: Scene) -> None:
    """`diff`, `log` and their kin with `--output`."""
    given = parse_options(words[1:], "GSUnCMOX", ("output",))
    for each in given.values("output"):
        write(scene, each)
    rest = tuple(
        each for at, each in enumerate(words) if not each.startswith("--o") and words[at - 1] != "--output"
    )
    if not git_reads(git_words(rest)):
        doubt(scene, "nobody knows the options of git")


def git_checkout(options: Options, words: Words, scene: Scene) -> None:
    """`checkout`: paths behind `--`, a new branch here, or another tree."""
    if "--" in words:
        write_paths(scene, words[words.index("--") + 1 :])
    elif options.has("b", "B", "orphan") and not options.operands and not options.has("f", "force"):
        write_records(scene)
    elif len(options.operands) > 1 and not options.has("b", "B"):
        write_paths(scene, options.operands if exists(scene, options.operands[0]) else options.operands[1:])
    else:
        write_tree(scene)


def git_switch(options: Options, words: Words, scene: Scene) -> None:
    """`switch`: a new branch here, or another tree."""
    here = options.has("c", "C", "create", "force-create") and not options.operands
    (write_records if here and not options.has("f", "discard-changes") else write_tree)(scene)


def git_restore(options: Options, words: Words, scene: Scene) -> None:
    """`restore`: the paths, or with `--staged` alone the index."""
    if options.has("S", "staged") and not options.has("W", "worktree"):
        write_records(scene)
    else:
        write_paths(scene, options.operands)


def git_reset(options: Options, words: Words, scene: Scene) -> None:
    """`reset`: the tree with `--hard`, `--merge` and `--keep`."""
    soft = all(name in ("soft", "mixed", "q", "quiet", "N", "p", "no-refresh") for name, _ in options.given)
    (write_records if soft else write_tree)(scene)


def git_clean(options: Options, words: Words, scene: Scene) -> None:
    """`clean`: below the paths, or below the folder."""
    if options.has("n", "dry-run"):
        return
    for each in options.operands or (".",):
        write(scene, each, whole=True, follow=False)


def git_stash(options: Options, words: Words, scene: Scene) -> None:
    """`stash`: most of it changes the tree."""
    (write_records if words[1:2] and words[1] in STASH_RECORDS else write_tree)(scene)


def git_rm(options: Options, words: Words, scene: Scene) -> None:
    """`rm`: the paths, or with `--cached` the index."""
    if options.has("n", "dry-run"):
        return
    if options.has("cached"):
        write_records(scene)
    else:
        write_paths(scene, options.operands)


def git_mv(options: Options, words: Words, scene: Scene) -> None:
    """`mv`: sources, and the destination or files in it."""
    if options.has("n", "dry-run"):
        return
    *sources, target = options.operands or ("",)
    inside = len(sources) > 1 or names_folder(scene, target)
    named = [
        f"{target.rstrip('/')}/{each.rstrip('/').rpartition('/')[2]}" if inside else target
        for each in sources
    ]
    write_records(scene)
    for each, new in zip(sources, named, strict=True):
        whole = names_folder(scene, each)
        write(scene, each, follow=False, whole=whole)
        write(scene, new, follow=False, whole=whole)


def git_apply(options: Options, words: Words, scene: Scene) -> None:
    """`apply`: any file of the tree; the index alone with `--cached`."""
    if options.has("cached"):
        write_records(scene)
        return
    if options.has("stat", "numstat", "summary", "check") and not options.has("apply"):
        return
    if options.has("unsafe-paths"):
        doubt(scene, "the patch decides where its files go")
    write_tree(scene)


def git_config(options: Options, words: Words, scene: Scene) -> None:
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
        write_records(scene)
        for place in git_repository(scene)[1]:
            write(scene, f"{place}/config")


def git_remote(options: Options, words: Words, scene: Scene) -> None:
    """`remote` that changes: the repository's configuration and references."""
    if words[1:2] in (("show",), ("update",), ("prune",)):
        write_records(scene)
    else:
        git_config(Options((), ()), words[:1], scene)


def git_worktree(options: Options, words: Words, scene: Scene) -> None:
    """`worktree`: the folder that is made, moved or removed, and the records."""
    write_records(scene)
    operands = options.operands[1:]
    if words[1:2] == ("add",):
        operands = operands[:1]
    if words[1:2] in (("add",), ("move",), ("remove",)):
        for each in operands:
            write(scene, each, whole=True, follow=False)


def git_clone(options: Options, words: Words, scene: Scene) -> None:
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


def git_init(options: Options, words: Words, scene: Scene) -> None:
    """`init`: the records of a folder."""
    folder = options.operands[0] if options.operands else "."
    if options.operands:
        note_folder(scene, folder, parents=True)
    if options.has("bare"):
        write(scene, folder, whole=True)
    else:
        keep_records(scene, (f"{folder.rstrip('/')}/.git",))
    for each in options.values("separate-git-dir"):
        write(scene, each, whole=True)


def git_format_patch(options: Options, words: Words, scene: Scene) -> None:
    """`format-patch`: files in a folder, or one."""
    if options.has("stdout"):
        return
    for each in options.values("output"):
        write(scene, each)
    if not options.has("output"):
        write(scene, options.value("o", "output-directory") or ".", whole=True)


def git_archive(options: Options, words: Words, scene: Scene) -> None:
    """`archive`: the file of `-o`."""
    for each in options.values("o", "output"):
        write(scene, each)


def git_bundle(options: Options, words: Words, scene: Scene) -> None:
    """`bundle create FILE`."""
    if words[1:2] == ("create",):
        for each in options.operands[1:2]:
            write(scene, each)
    elif words[1:2] == ("unbundle",):
        write_records(scene)


def git_hash_object(options: Options, words: Words, scene: Scene) -> None:
    """`hash-object`, which stores only with `-w`."""
    if options.has("w"):
        write_records(scene)


def git_commit(options: Options, words: Words, scene: Scene) -> None:
    """`commit`: the records."""
    if options.has("dry-run"):
        return
    write_records(scene)


def git_asking(options: Options, words: Words, scene: Scene) -> None:
    """`ls-remote`, `fsck`: they ask."""
    if any(each.startswith(("--upload-pack", "--exec", "--lost-found")) or "ext::" in each for each in words):
        doubt(scene, "git runs a program")


def git_read_tree(options: Options, words: Words, scene: Scene) -> None:
    """`read-tree`: the index, with `-u` the tree."""
    (write_tree if options.has("u") else write_records)(scene)


def git_submodule(options: Options, words: Words, scene: Scene) -> None:
    """`submodule`, which only tells with `status`."""
    if words[1:2] not in (("status",), ("summary",)) or len(words) > 2:
        doubt(scene, f"nobody knows what git {words[0]} does")


SUBCOMMANDS: dict[str, Callable[[Options, Words, Scene], None]] = {
    "apply": git_apply,
    "archive": git_archive,
    "bundle": git_bundle,
    "checkout": git_checkout,
    "clean": git_clean,
    "clone": git_clone,
    "commit": git_commit,
    "config": git_config,
    "format-patch": git_format_patch,
    "fsck": git_asking,
    "hash-object": git_hash_object,
    "init": git_init,
    "ls-remote": git_asking,
    "mv": git_mv,
    "read-tree": git_read_tree,
    "remote": git_remote,
    "reset": git_reset,
    "restore": git_restore,
    "rm": git_rm,
    "stash": git_stash,
    "submodule": git_submodule,
    "switch": git_switch,
    "worktree": git_worktree,
}
GIT_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {"git": note_git}
