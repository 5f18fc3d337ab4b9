"""Archives and compressed files (GNU tar 1.34, Info-ZIP, gzip, xz, zstd)."""

from __future__ import annotations

from memory_state.shell.options import parse_options
from memory_state.shell.places import names_folder, write
from memory_state.shell.scene import doubt, may_be_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.options import Options
    from memory_state.shell.scene import Scene, Words

TAR_LETTERS = "fCbTXgIKNFHLV"
TAR_VALUED = (
    "file", "directory", "blocking-factor", "files-from", "exclude-from", "exclude", "use-compress-program",
    "to-command", "checkpoint-action", "transform", "strip-components", "owner", "group", "mode", "mtime",
    "format", "one-top-level", "listed-incremental", "newer", "info-script", "rsh-command", "index-file",
    "warning", "label", "suffix", "sort", "level",
)  # fmt: skip
TAR_RUNNING = (
    "use-compress-program",
    "to-command",
    "checkpoint-action",
    "info-script",
    "new-volume-script",
    "rsh-command",
    "I",
    "F",
    "index-file",
    "rmt-command",
)
# Options of zip that write nothing besides the archive, and those with a word.
ZIP_LETTERS = "0123456789rRjqvdmuXyxintPD@o"
ZIP_NAMES = ("exclude", "include", "password")
TAR_MODES = {
    "extract": "x", "get": "x", "create": "c", "append": "r", "update": "u", "list": "t", "diff": "d",
    "compare": "d", "delete": "D", "catenate": "A", "concatenate": "A", "test-label": "t",
}  # fmt: skip
COMPRESSED = {
    "gzip": (".gz", ".tgz", ".Z"), "bzip2": (".bz2",), "xz": (".xz", ".lzma"),
    "zstd": (".zst",), "lz4": (".lz4",),
}  # fmt: skip
UNPACKERS = {"gunzip": "gzip", "bunzip2": "bzip2", "unxz": "xz", "unzstd": "zstd", "unlz4": "lz4"}


def note_tar(words: Words, scene: Scene) -> None:
    """`tar`, its first word with or without a dash."""
    options = parse_options(tar_words(words), TAR_LETTERS, TAR_VALUED)
    modes = {TAR_MODES.get(name, name) for name, _ in options.given} & set("xcrutdDA")
    if options.has(*TAR_RUNNING) or any(may_be_option(each) for each in words):
        doubt(scene, "tar runs a program, or has options nobody knows")
    if len(modes) != 1:
        doubt(scene, "nobody knows what tar does")
    archive = options.value("f", "file")
    if modes & set("cruDA"):
        if archive is None:
            doubt(scene, "nobody knows which archive tar writes")
        elif archive != "-":
            write(scene, archive)
    if modes & set("x"):
        unpack_archive(options, scene)
    if options.has("remove-files"):
        for each in options.operands:
            write(scene, each, whole=True)
    for each in options.values("g", "listed-incremental"):
        write(scene, each)


def unpack_archive(options: Options, scene: Scene) -> None:
    """Where an archive is unpacked to."""
    if options.has("O", "to-stdout"):
        return
    if options.has("P", "absolute-names"):
        doubt(scene, "the archive decides where its files go")
    for each in options.values("C", "directory") or (".",):
        write(scene, each, whole=True)
    for each in filter(None, options.values("one-top-level")):
        write(scene, each, whole=True)


def tar_words(words: Words) -> Words:
    """The words of tar with the old form of its options written as the new one."""
    if not words or words[0].startswith("-"):
        return words
    letters, rest, found = words[0], list(words[1:]), []
    for letter in letters:
        found.append("-" + letter)
        if letter in TAR_LETTERS and rest:
            found.append(rest.pop(0))
    return (*found, *rest)


def note_unzip(words: Words, scene: Scene) -> None:
    """`unzip`: into `-d`, or here."""
    options = parse_options(words, "dxP")
    if options.has(":") or any(may_be_option(each) for each in words):
        doubt(scene, "nobody knows where unzip puts its files")
    elif not options.has("l", "t", "p", "Z", "v", "z", "c"):
        write(scene, options.value("d") or ".", whole=True)


def note_zip(words: Words, scene: Scene) -> None:
    """`zip ARCHIVE FILES`."""
    options = parse_options(words, "xintP", ZIP_NAMES)
    known = all(len(name) == 1 and name in ZIP_LETTERS for name, _ in options.given if name not in ZIP_NAMES)
    if not known or any(may_be_option(each) for each in words):
        doubt(scene, "zip runs a program, or has options nobody knows")
    archive = options.operands[0] if options.operands else "-"
    lists = [at for at, word in enumerate(words) if word in ("-x", "-i", "--exclude", "--include")]
    if lists and archive in words[lists[0] :]:
        doubt(scene, "nobody knows which word is zip's archive")
    if archive != "-":
        write(scene, archive if "." in archive.rpartition("/")[2] else archive + ".zip")
    if options.has("m"):
        for each in options.operands[1:]:
            write(scene, each, whole=names_folder(scene, each))


def note_compressor(name: str, *, unpacking: bool = False) -> Callable[[Words, Scene], None]:
    """A program that replaces files by packed ones, or the other way."""

    def run(words: Words, scene: Scene) -> None:
        options = parse_options(
            words, "SDoTMb", ("suffix", "threads", "memlimit", "files", "format", "output")
        )
        asks = options.has("c", "t", "l", "stdout", "to-stdout", "test", "list", "V", "version", "help", "h")
        if any(may_be_option(each) for each in words) and not asks:
            doubt(scene, "nobody knows what is packed")
        if name in ("zstd", "lz4") and options.has("o"):
            write(scene, str(options.value("o")))
            return
        if asks or options.has("files", "files0"):
            if options.has("files", "files0") and not asks:
                doubt(scene, "nobody knows what is packed")
            return
        keeps = options.has("k", "keep") or (name in ("zstd", "lz4") and not options.has("rm"))
        for each in options.operands:
            if each != "-":
                pack_file(
                    scene,
                    name,
                    each,
                    options,
                    keeps=keeps,
                    unpacking=unpacking or options.has("d", "decompress", "uncompress"),
                )

    return run


def pack_file(scene: Scene, name: str, word: str, options: Options, *, keeps: bool, unpacking: bool) -> None:
    """One file packed or unpacked."""
    if options.has("r", "recursive") and names_folder(scene, word):
        write(scene, word, whole=True)
        return
    ending = options.value("S", "suffix") or COMPRESSED[name][0]
    if unpacking:
        bare = unpacked_name(word, (ending, *COMPRESSED[name]))
        write(scene, bare, follow=False)
        if bare == word:
            write(scene, word + ending, follow=False)
    else:
        write(scene, word + ending, follow=False)
    if not keeps:
        write(scene, word, follow=False)


def unpacked_name(word: str, endings: Words) -> str:
    """The name of a packed file without its ending."""
    for each in endings:
        if word.endswith(each):
            return word.removesuffix(each) + (".tar" if each == ".tgz" else "")
    return word


ARCHIVE_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "bsdtar": note_tar,
    "gtar": note_tar,
    "tar": note_tar,
    "unzip": note_unzip,
    "zip": note_zip,
    **{name: note_compressor(name) for name in COMPRESSED},
    **{name: note_compressor(kind, unpacking=True) for name, kind in UNPACKERS.items()},
}
