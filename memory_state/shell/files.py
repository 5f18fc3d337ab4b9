"""Programs that make, change or remove files named among their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.shell.options import parse_options
from memory_state.shell.places import is_folder, make_folder, write
from memory_state.shell.scene import BELOW, SPLIT, doubt, is_known, may_be_option
from memory_state.shell.tables import RECURSIVE_LETTERS, SIMPLE_WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words


def simple_writer(name: str, words: Words, scene: Scene) -> None:
    """A program all of whose operands are paths, but for the first ones."""
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
        write(scene, each, follow=follow, whole=recursive and is_folder(scene, each))


def is_mode(word: str) -> bool:
    """Whether a word with a dash is a mode (`-x`) and no option."""
    return word.startswith("-") and len(word) > 1 and not word[1:].strip("rwxXstugoa+=,")


def mkdir(words: Words, scene: Scene) -> None:
    """`mkdir`, with the missing folders above where they are made too."""
    options = parse_options(words, "mZ", ("mode", "context"))
    for each in options.operands:
        make_folder(scene, each, parents=options.has("p", "parents"))


def dd(words: Words, scene: Scene) -> None:
    """`dd of=FILE`."""
    for each in words:
        if each.startswith("of="):
            write(scene, each[3:])
        elif may_be_option(each):
            doubt(scene, "nobody knows what dd writes")


SORT_NAMES = (
    "key", "output", "buffer-size", "field-separator", "temporary-directory", "compress-program",
    "batch-size", "files0-from", "parallel", "random-source", "sort",
)  # fmt: skip


def sort(words: Words, scene: Scene) -> None:
    """`sort -o FILE`; a program to compress with is run."""
    options = parse_options(words, "koStT", SORT_NAMES)
    for each in options.values("o", "output"):
        write(scene, each)
    before = words[: words.index("--")] if "--" in words else words
    if options.has("compress-program") or any(may_be_option(each) for each in before):
        doubt(scene, "nobody knows the options of sort")


def second_operand(letters: str) -> Callable[[Words, Scene], None]:
    """A program that writes its second operand; `letters` are its options that take a value."""

    def run(words: Words, scene: Scene) -> None:
        options = parse_options(words, letters, ("skip-fields", "skip-chars", "check-chars", "cols"))
        if not all(map(is_known, words)):
            doubt(scene, "nobody knows what is written")
        for each in options.operands[1:2]:
            write(scene, each)

    return run


def output_option(letters: str, names: tuple[str, ...]) -> Callable[[Words, Scene], None]:
    """A program that writes the file of its `-o` or `--output` alone."""

    def run(words: Words, scene: Scene) -> None:
        options = parse_options(words, letters, names)
        if any(may_be_option(each) for each in words):
            doubt(scene, "nobody knows the options of a program")
        for each in options.values("o", "output"):
            write(scene, each)

    return run


def split(words: Words, scene: Scene) -> None:
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
    write_beside(scene, prefix)


def csplit(words: Words, scene: Scene) -> None:
    """`csplit`: files whose names begin with `-f`."""
    options = parse_options(words, "fbn", ("prefix", "suffix-format", "digits"))
    write_beside(scene, options.value("f", "prefix") or "xx")


def write_beside(scene: Scene, prefix: str) -> None:
    """Files whose names begin with a prefix: their folder."""
    write(scene, f"{prefix}{BELOW}" if "/" in prefix else f"./{prefix}{BELOW}")


def mktemp(words: Words, scene: Scene) -> None:
    """`mktemp`: a new name in the template's folder."""
    options = parse_options(words, "pt", ("tmpdir", "suffix"))
    if options.has("u", "dry-run"):
        return
    folder = options.value("p", "tmpdir") or scene.effects.environment.get("TMPDIR") or "/tmp"  # noqa: S108  # its default
    template = options.operands[0] if options.operands else ""
    inside = template and not options.has("t", "p", "tmpdir")
    write_beside(scene, template if inside else f"{folder}/x")


def patch(words: Words, scene: Scene) -> None:
    """`patch`: the named file, or any below the folder."""
    options = parse_options(
        words,
        "ioBYzdDFgprV",
        ("input", "output", "directory", "strip", "fuzz", "reject-file", "prefix", "suffix"),
    )
    if options.has("dry-run"):
        return
    base = options.value("d", "directory") or "."
    for each in options.values("o", "output", "r", "reject-file"):
        write(scene, each)
    if options.operands:
        write(scene, options.operands[0])
    elif not options.has("o", "output"):
        write(scene, base, whole=True)


def hostname(words: Words, scene: Scene) -> None:
    """`hostname` with options alone."""
    if not all(each in ("-s", "-f", "-i", "-I", "-d") for each in words):
        doubt(scene, "hostname may set the name")


def pager(words: Words, scene: Scene) -> None:
    """`less`, `more`, `bat`: readers, but for a log and for commands at start."""
    if any(
        each.startswith(("-o", "-O", "--log", "+", "-k", "--lesskey", "--pager", "--config")) or SPLIT in each
        for each in words
    ):
        doubt(scene, "a pager that writes or runs something")


def fd(words: Words, scene: Scene) -> None:
    """`fd` without a command."""
    for each in words:
        if (
            each.startswith(("-x", "-X", "--exec"))
            or may_be_option(each)
            or (each[:1] == "-" and each[:2] != "--" and set("xX") & set(each))
        ):
            doubt(scene, "fd runs a command")


ICONV_NAMES = ("from-code", "to-code", "output")

PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "base64": output_option("woibD", ("wrap", "output", "input", "break")),
    "bat": pager,
    "batcat": pager,
    "csplit": csplit,
    "dd": dd,
    "fd": fd,
    "fdfind": fd,
    "hostname": hostname,
    "iconv": output_option("fto", ICONV_NAMES),
    "less": pager,
    "mkdir": mkdir,
    "mktemp": mktemp,
    "more": pager,
    "patch": patch,
    "sdiff": output_option("oWw", ("output", "width")),
    "sort": sort,
    "split": split,
    "uniq": second_operand("fsw"),
    "xxd": second_operand("cglosnR"),
}
