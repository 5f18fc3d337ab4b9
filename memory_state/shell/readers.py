"""Readers that write a file, or run a program, by one of their options or operands."""

from __future__ import annotations

from memory_state.shell.options import parse_options
from memory_state.shell.places import write
from memory_state.shell.scene import SPLIT, doubt, is_known, may_be_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

SORT_NAMES = (
    "key", "output", "buffer-size", "field-separator", "temporary-directory", "compress-program",
    "batch-size", "files0-from", "parallel", "random-source", "sort",
)  # fmt: skip
ICONV_NAMES = ("from-code", "to-code", "output")


def note_sort(words: Words, scene: Scene) -> None:
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


def note_hostname(words: Words, scene: Scene) -> None:
    """`hostname` with options alone."""
    if not all(each in ("-s", "-f", "-i", "-I", "-d") for each in words):
        doubt(scene, "hostname may set the name")


def note_pager(words: Words, scene: Scene) -> None:
    """`less`, `more`, `bat`: readers, but for a log and for commands at start."""
    if any(
        each.startswith(("-o", "-O", "--log", "+", "-k", "--lesskey", "--pager", "--config")) or SPLIT in each
        for each in words
    ):
        doubt(scene, "a pager that writes or runs something")


READING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "base64": output_option("woibD", ("wrap", "output", "input", "break")),
    "bat": note_pager,
    "batcat": note_pager,
    "hostname": note_hostname,
    "iconv": output_option("fto", ICONV_NAMES),
    "less": note_pager,
    "more": note_pager,
    "sdiff": output_option("oWw", ("output", "width")),
    "sort": note_sort,
    "uniq": second_operand("fsw"),
    "xxd": second_operand("cglosnR"),
}
