"""Programs that make, change or remove files named among their words (GNU coreutils 9)."""

from __future__ import annotations

from memory_state.shell.folders import change_folder
from memory_state.shell.options import parse_options
from memory_state.shell.places import names_folder, note_folder, write
from memory_state.shell.scene import BELOW, doubt, inner, is_known, may_be_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

# Simple writers: letters that take a value, long options that do, operands before the paths, whether
# links are followed.
SIMPLE_WRITERS: dict[str, tuple[str, tuple[str, ...], int, bool]] = {
    "chattr": ("pv", (), 1, True),
    "chgrp": ("", ("reference", "from"), 1, True),
    "chmod": ("", ("reference",), 1, True),
    "chown": ("", ("reference", "from"), 1, True),
    "fallocate": ("lo", ("length", "offset"), 0, True),
    "mkfifo": ("mZ", ("mode", "context"), 0, False),
    "rm": ("", ("interactive",), 0, False),
    "rmdir": ("", (), 0, False),
    "setfacl": ("mxMX", ("modify", "remove", "set"), 0, True),
    "shred": ("nsx", ("iterations", "size", "random-source"), 0, True),
    "sponge": ("", (), 0, True),
    "tee": ("", ("output-error",), 0, True),
    "touch": ("drtA", ("date", "reference", "time"), 0, True),
    "truncate": ("sr", ("size", "reference"), 0, True),
    "unlink": ("", (), 0, False),
    "vipe": ("", (), 0, True),
}
RECURSIVE_LETTERS = {"rm": "rRd", "chmod": "R", "chown": "R", "chgrp": "R", "setfacl": "R", "chattr": "R"}


def simple_writer(name: str) -> Callable[[Words, Scene], None]:
    """A program all of whose operands are paths, but for the first ones."""

    def run(words: Words, scene: Scene) -> None:
        note_operands(name, words, scene)

    return run


def note_operands(name: str, words: Words, scene: Scene) -> None:
    """A call of such a program."""
    letters, names, skipped, follow = SIMPLE_WRITERS[name]
    if name in ("chmod", "chattr"):
        words = tuple("mode" if is_mode(each) else each for each in words)
    options = parse_options(words, letters, names)
    if options.has("reference"):
        skipped = 0
    if options.has("help", "version"):
        return
    recursive = options.has(*RECURSIVE_LETTERS.get(name, ""), "recursive")
    for each in options.operands[skipped:]:
        write(scene, each, follow=follow, whole=recursive and names_folder(scene, each))


def is_mode(word: str) -> bool:
    """Whether a word with a dash is a mode (`-x`) and no option."""
    return word.startswith("-") and len(word) > 1 and not word[1:].strip("rwxXstugoa+=,")


def note_mkdir(words: Words, scene: Scene) -> None:
    """`mkdir`, with the missing folders above where they are made too."""
    options = parse_options(words, "mZ", ("mode", "context"))
    for each in options.operands:
        note_folder(scene, each, parents=options.has("p", "parents"))


def note_dd(words: Words, scene: Scene) -> None:
    """`dd of=FILE`."""
    for each in words:
        if each.startswith("of="):
            write(scene, each[3:])
        elif may_be_option(each) or not is_known(each.partition("=")[0]):
            doubt(scene, "nobody knows what dd writes")


def note_split(words: Words, scene: Scene) -> None:
    """`split`: files whose names begin with its second operand."""
    options = parse_options(
        words,
        "abClntd",
        (
            "suffix-length",
            "bytes",
            "line-bytes",
            "lines",
            "number",
            "filter",
            "separator",
            "additional-suffix",
        ),
    )
    if options.has("filter"):
        doubt(scene, "split runs a program")
    prefix = options.operands[1] if len(options.operands) > 1 else "x"
    write_prefixed(scene, prefix)


def note_csplit(words: Words, scene: Scene) -> None:
    """`csplit`: files whose names begin with `-f`."""
    options = parse_options(words, "fbn", ("prefix", "suffix-format", "digits"))
    write_prefixed(scene, options.value("f", "prefix") or "xx")


def write_prefixed(scene: Scene, prefix: str) -> None:
    """Files whose names begin with a prefix: their folder."""
    write(scene, f"{prefix}{BELOW}" if "/" in prefix else f"./{prefix}{BELOW}")


def note_mktemp(words: Words, scene: Scene) -> None:
    """`mktemp`: a new name in the template's folder."""
    options = parse_options(words, "pt", ("tmpdir", "suffix"))
    if options.has("u", "dry-run"):
        return
    folder = options.value("p", "tmpdir") or scene.effects.environment.get("TMPDIR") or "/tmp"  # noqa: S108  # its default
    template = options.operands[0] if options.operands else ""
    inside = template and not options.has("t", "p", "tmpdir")
    write_prefixed(scene, template if inside else f"{folder}/x")


def note_patch(words: Words, scene: Scene) -> None:
    """`patch`: the named file, or any below the folder."""
    options = parse_options(
        words,
        "ioBYzdDFgprV",
        ("input", "output", "directory", "strip", "fuzz", "reject-file", "prefix", "suffix"),
    )
    if options.has("dry-run"):
        return
    if options.has("B", "Y", "z", "V", "prefix", "suffix", "basename-prefix", "version-control"):
        doubt(scene, "nobody knows under which name patch keeps a file")
    own = inner(scene)
    folder = options.value("d", "directory")
    if folder is not None:
        change_folder(own, folder)
    outputs = options.values("o", "output")
    for each in (*outputs, *options.values("r", "reject-file")):
        write(own, each)
    for each in outputs or options.operands[:1]:
        for ending in ("", ".orig", ".rej"):
            write(own, each + ending)
    if not outputs and not options.operands:
        write(own, ".", whole=True)


FILE_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "csplit": note_csplit,
    "dd": note_dd,
    "mkdir": note_mkdir,
    "mktemp": note_mktemp,
    "patch": note_patch,
    "split": note_split,
    **{name: simple_writer(name) for name in SIMPLE_WRITERS},
}
