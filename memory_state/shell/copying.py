"""Programs that copy, move and link: their last operand, or files in it (GNU coreutils 9)."""

from __future__ import annotations

from memory_state.shell.options import Options, parse_options
from memory_state.shell.places import base_name, exists, is_link, names_folder, note_folder, note_link, write
from memory_state.shell.scene import HIDDEN, SPLIT, doubt, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

COPY_LETTERS = "tSZ"
COPY_NAMES = (
    "target-directory",
    "suffix",
    "context",
    "no-preserve",
    "sparse",
    "backup",
    "reflink",
    "preserve",
)
INSTALL_LETTERS = "tSgmoZ"
INSTALL_NAMES = (*COPY_NAMES, "group", "mode", "owner", "strip-program")


RSYNC_LETTERS = "efBTM@"
RSYNC_VALUED = (
    "rsh", "rsync-path", "exclude", "include", "exclude-from", "include-from", "files-from", "filter",
    "block-size", "max-size", "min-size", "backup-dir", "suffix", "partial-dir", "temp-dir", "compare-dest",
    "copy-dest", "link-dest", "log-file", "log-file-format", "out-format", "bwlimit", "timeout", "chmod",
    "write-batch", "only-write-batch", "read-batch", "port", "password-file", "info", "debug",
)  # fmt: skip


def note_copy(words: Words, scene: Scene) -> None:
    """`cp`: what stands at the destination is written through links."""
    options = parse_options(words, COPY_LETTERS, ("target-directory", "suffix"))
    recursive = options.has("r", "R", "a", "recursive", "archive")
    into(scene, options, follow=not options.has("remove-destination"), recursive=recursive)
    if options.has("l", "link"):
        note_shared(scene, destination(options)[0])
    keeps = options.has("l", "s", "link", "symbolic-link")
    if keeps or (
        options.has("d", "P", "a", "R", "r", "archive", "recursive")
        and any(is_link(scene, each) for each in options.operands)
    ):
        note_copied_links(scene, options)


def note_move(words: Words, scene: Scene) -> None:
    """`mv`: the sources go, the destination is replaced."""
    options = parse_options(words, COPY_LETTERS, ("target-directory", "suffix"))
    sources = destination(options)[0]
    for each in sources:
        write(scene, each, follow=False, whole=names_folder(scene, each))
    into(scene, options, follow=False, recursive=True)
    if any(is_link(scene, each) for each in sources):
        note_copied_links(scene, options)


def note_ln(words: Words, scene: Scene) -> None:
    """`ln`: a link in the destination, or beside with one operand."""
    options = parse_options(words, COPY_LETTERS, ("target-directory", "suffix"))
    if len(options.operands) == 1 and not options.has("t", "target-directory"):
        name = f"./{base_name(options.operands[0])}"
        write(scene, name, follow=False)
        note_link(scene, name)
        if not options.has("s", "symbolic"):
            note_shared(scene, options.operands)
        return
    into(scene, options, follow=False, recursive=False)
    note_copied_links(scene, options)
    if not options.has("s", "symbolic"):
        note_shared(scene, destination(options)[0])


def note_shared(scene: Scene, sources: Words) -> None:
    """A file that gets one name more is written by who writes that: it counts as written."""
    for each in sources:
        write(scene, each, follow=False)


def note_copied_links(scene: Scene, options: Options) -> None:
    """The names that a command links at its destination."""
    sources, target = destination(options)
    note_link(scene, target)
    for each in sources:
        note_link(scene, f"{target.rstrip('/')}/{base_name(each)}")


def note_install(words: Words, scene: Scene) -> None:
    """`install`: copies, or folders with `-d`."""
    options = parse_options(
        words, INSTALL_LETTERS, ("target-directory", "suffix", "group", "mode", "owner", "strip-program")
    )
    if options.has("strip-program"):
        doubt(scene, "install runs a program")
    if options.has("d", "directory"):
        for each in options.operands:
            note_folder(scene, each, parents=True)
        return
    target = destination(options)[1].rstrip("/")
    if options.has("D") and options.has("t", "target-directory"):
        make_missing(scene, target)
    elif options.has("D") and "/" in target:
        make_missing(scene, target.rpartition("/")[0])
    into(scene, options, follow=False, recursive=False)


def make_missing(scene: Scene, folder: str) -> None:
    """The missing folders of a path."""
    if not names_folder(scene, folder):
        note_folder(scene, folder, parents=True)


def destination(options: Options) -> tuple[Words, str]:
    """Sources and destination."""
    folder = options.value("t", "target-directory")
    if folder is not None:
        return options.operands, folder
    return options.operands[:-1], (options.operands or ("",))[-1]


def into(scene: Scene, options: Options, *, follow: bool, recursive: bool) -> None:
    """Note what is written at the destination of a copy."""
    sources, target = destination(options)
    if not sources or any(SPLIT in each for each in (*sources, target)):
        doubt(scene, "nobody knows what is copied where")
        return
    if any(each.startswith(HIDDEN) for each in sources) and not is_known(target):
        doubt(scene, "nobody knows what is copied where")
    named = options.has("t", "target-directory") or len(sources) > 1
    alone = options.has("T", "no-target-directory") or (
        options.has("n", "h", "no-dereference") and not follow
    )
    inside = named or (not alone and names_folder(scene, target))
    for source in sources:
        whole = recursive and names_folder(scene, source)
        if options.has("parents"):
            write(scene, target, whole=True)
        elif inside:
            name = base_name(source)
            write(scene, f"{target.rstrip('/') or '/'}/{name}", follow=follow, whole=whole)
        else:
            write(scene, target, follow=follow, whole=whole)
        keep_backup(scene, options, source, target, inside=inside)


def keep_backup(scene: Scene, options: Options, source: str, target: str, *, inside: bool) -> None:
    """The copy that `--backup` keeps of what stood at the destination."""
    if not options.has("b", "backup", "S", "suffix"):
        return
    name = f"{target.rstrip('/')}/{base_name(source)}" if inside else target
    kind = options.value("backup") or ""
    if kind in ("t", "numbered", "nil", "existing"):
        write(scene, f"{name.rpartition('/')[0] or '.'}", whole=True)
    elif exists(scene, name):
        write(scene, name + (options.value("S", "suffix") or "~"), follow=False)


def note_rsync(words: Words, scene: Scene) -> None:
    """`rsync` to a folder of this machine."""
    options = parse_options(words, RSYNC_LETTERS, RSYNC_VALUED)
    if options.has("e", "rsh", "rsync-path", "M", "daemon", "server"):
        doubt(scene, "rsync runs a program")
    for each in options.values("log-file", "write-batch", "only-write-batch"):
        write(scene, each)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in words):
        doubt(scene, "nobody knows the options of rsync")
    if options.has("n", "dry-run", "list-only") or len(options.operands) < 2:
        return
    *sources, target = options.operands
    if ":" in target.partition("/")[0]:
        doubt(scene, "rsync writes on another machine")
        return
    folder = (
        len(sources) > 1
        or names_folder(scene, target)
        or any(names_folder(scene, each) or ":" in each for each in sources)
    )
    write(scene, target, whole=folder)
    for each in options.values("backup-dir", "partial-dir", "temp-dir"):
        write(scene, each, whole=True)
    if options.has("remove-source-files"):
        for each in sources:
            write(scene, each, whole=names_folder(scene, each))


COPYING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "cp": note_copy,
    "gcp": note_copy,
    "install": note_install,
    "ln": note_ln,
    "mv": note_move,
    "rsync": note_rsync,
}
