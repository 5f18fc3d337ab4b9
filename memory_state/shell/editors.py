"""Stream editors: what their options and their scripts write."""

from __future__ import annotations

from memory_state.shell.awk import awk_reads
from memory_state.shell.options import parse_options
from memory_state.shell.places import write
from memory_state.shell.scene import PLAIN, SPLIT, doubt, is_known, may_be_option
from memory_state.shell.sed import run_end, script_files, skip_delimited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

SED_NAMES = ("expression", "file", "line-length")
PERL_MARKS = "/|,#!"
PERL_FLAGS = "abcdfghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # all but `e`, which runs its text
PERL_RISKS = ("(?{", "(??", "@{", "${", "$(", "`", "@", "$^", "$_[")


def note_sed(words: Words, scene: Scene) -> None:
    """`sed`: in-place edits, and the files its script names."""
    words, suffix = in_place(words)
    options = parse_options(words, "efl", SED_NAMES)
    if options.has("f", "file") or any(may_be_option(each) for each in words):
        doubt(scene, "sed runs a script that is not in the line")
    scripts = options.values("e", "expression")
    operands = options.operands
    if not scripts and not options.has("f", "file"):
        scripts, operands = operands[:1], operands[1:]
    check_script("\n".join(scripts), scene)
    if suffix is None:
        return
    for each in operands:
        write(scene, each, follow=options.has("follow-symlinks"))
        if suffix:
            write(scene, backup_name(each, suffix), follow=False)


def check_script(script: str, scene: Scene) -> None:
    """The files that a script of sed writes."""
    script = script.replace(PLAIN, "1")
    found = script_files(script) if is_known(script) else None
    if found is None:
        doubt(scene, "nobody knows what sed's script does")
        return
    for each in found:
        write(scene, each)


def in_place(words: Words) -> tuple[Words, str | None]:
    """The words without the option for editing in place, and its suffix; None without the option."""
    found: str | None = None
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            return (*rest, *words[at - 1 :]), found
        name, _, value = word.partition("=")
        if len(name) > 2 and "--in-place".startswith(name):
            found = value
        elif word.startswith("-") and not word.startswith("--") and (mark := place_mark(word)):
            found = word[mark + 1 :]
            if not found and words[at : at + 1] == ("",):
                at += 1
            rest.append(word[:mark] if mark > 1 else "-s")
        else:
            rest.append(word)
            if word in ("-e", "-f", "-l"):
                rest.extend(words[at : at + 1])
                at += 1
    return tuple(rest), found


def place_mark(word: str) -> int:
    """Where the letter for editing in place stands in a cluster of options; 0 when it does not."""
    for at, letter in enumerate(word[1:], 1):
        if letter in "iI":
            return at
        if letter in "efl":
            return 0
    return 0


def backup_name(path: str, suffix: str) -> str:
    """The name under which the file before the edit is kept."""
    folder, slash, name = path.rpartition("/")
    kept = suffix.replace("*", name) if "*" in suffix else name + suffix
    return kept if "/" in kept else f"{folder}{slash}{kept}"


def note_perl(words: Words, scene: Scene) -> None:
    """`perl -i -pe 's/a/b/' FILES`: only scripts of plain substitutions are known."""
    options = parse_options(perl_words(words), "eEjIFMmCxD")
    scripts = options.values("e", "E")
    if words == ("--version",) or words == ("-v",):
        return
    letters = {name for name, _ in options.given}
    fine = scripts and letters <= set("eEjpnlaw0123456789") and all(map(plain_perl, scripts))
    if not fine or any(SPLIT in each for each in words):
        doubt(scene, "nobody knows what a script of perl does")
    suffix = options.value("j")
    if suffix is None:
        return
    for each in options.operands:
        write(scene, each, follow=False)
        if suffix:
            write(scene, backup_name(each, suffix), follow=False)


def perl_words(words: Words) -> Words:
    """The words of perl with `-i` and its attached suffix as the words `-j`, suffix."""
    found: list[str] = []
    for at, word in enumerate(words):
        mark = word.find("i") if word.startswith("-") and not word.startswith("--") else -1
        if mark > 0 and not set(word[:mark]) & set("eEIMmF") and words[at - 1 : at] not in (("-e",), ("-E",)):
            found.extend([word[:mark]] if mark > 1 else [])
            found.extend(["-j", word[mark + 1 :]])
        else:
            found.append(word)
    return tuple(found)


def plain_perl(script: str) -> bool:
    """Whether a script is made of substitutions that run nothing."""
    script = script.strip()
    if not script or not is_known(script) or any(risk in script for risk in PERL_RISKS):
        return False
    at = 0
    while at < len(script):
        end = perl_step(script, at)
        if end is None:
            return False
        at = end
    return True


def perl_step(script: str, at: int) -> int | None:
    """Past one substitution or transliteration and its semicolon; None when it is anything else."""
    at += 2 if script.startswith("tr", at) else 1
    if script[at - 1] not in "sry" or (script[at - 1] == "r" and script[at - 2] != "t"):
        return None
    mark = script[at : at + 1]
    if not mark or mark not in PERL_MARKS:
        return None
    middle = skip_delimited(script, at + 1, mark, plain=True)
    end = None if middle is None else skip_delimited(script, middle, mark, plain=True)
    if end is None:
        return None
    end = run_end(script, run_end(script, end, PERL_FLAGS), " \t\n")
    if end < len(script) and script[end] != ";":
        return None
    return run_end(script, end + 1, " \t\n")


def note_awk(words: Words, scene: Scene) -> None:
    """`awk 'PROGRAM' FILES`: a program that prints to nothing but its output."""
    options = parse_options(words, "Fv", mixed=False)
    names = {name for name, _ in options.given}
    program = options.operands[0] if options.operands else ""
    if names - {"F", "v"} or not is_known(program) or not program or not awk_reads(program):
        doubt(scene, "nobody knows what awk's program does")
    if any(may_be_option(each) for each in words[: len(words) - len(options.operands)]):
        doubt(scene, "nobody knows the options of awk")


EDITING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "awk": note_awk,
    "gawk": note_awk,
    "gsed": note_sed,
    "mawk": note_awk,
    "nawk": note_awk,
    "perl": note_perl,
    "sed": note_sed,
}
