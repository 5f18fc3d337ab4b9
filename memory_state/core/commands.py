"""Shell lines without a parser: what a plain line says, and None for every line that is not plain.

Plain means what bash, zsh and POSIX sh all read alike (POSIX.1-2017, Shell Command Language 2.2 and
2.3): words, quotes without expansions, `&&`, `||`, `;`, `|` and redirections that write no file.
"""

from __future__ import annotations

from memory_state.core.patterns import match_stars
from memory_state.core.reads import reads_words

# Unquoted characters that expand, group, redirect or escape in one of the shells.
EXPANDING = "$`\\(){}<>*?"
EXPANDING_LOOSE = "$`\\(){}<>"
SHELL_OPERATORS = ("&&", "||", ";", "|")
SHELL_BREAKS = " \t;|&"
HARMLESS_REDIRECTIONS = (
    "2>&1",
    "1>&2",
    ">&2",
    "2>/dev/null",
    "2> /dev/null",
    "2>>/dev/null",
    "1>/dev/null",
    "1> /dev/null",
    ">/dev/null",
    "> /dev/null",
    ">>/dev/null",
    "&>/dev/null",
    "&> /dev/null",
    "</dev/null",
    "< /dev/null",
)
# First words that are grammar, not commands (bash and zsh), `time` apart: it only measures.
RESERVED_WORDS = (
    "! - [[ { } case coproc do done elif else end esac fi for foreach function if in nocorrect noglob"
    " repeat select then until while"
)

# Programs that run the rest of their words, with their options that take the next word.
PREFIX_OPTIONS = {
    "env": ("-u", "--unset", "-C", "--chdir"),
    "sudo": ("-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group"),
    "command": (),
    "nohup": (),
    "time": ("-f", "--format"),
    "nice": ("-n", "--adjustment"),
}
# Options after which the rest is no plain command: a query, a text to split once more, a file to write.
PREFIX_STOPS = ("-v", "-V", "-S", "-l", "-e", "-s", "-o", "--s", "--l", "--e", "--h", "--v", "--o")
GIT_VALUED = (
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--super-prefix",
    "--config-env",
    "--attr-source",
)
SYSTEM_FOLDERS = ("/usr/bin/", "/bin/")

# Programs that may run a command given among their words.
COMMAND_RUNNERS = (
    "ash bash builtin busybox chroot chrt command coproc dash doas entr env eval exec find fish flock ionice"
    " ksh nice nohup nsenter parallel script setarch setsid sh ssh stdbuf strace su sudo systemd-run taskset"
    " time timeout unbuffer unshare watch xargs zsh"
)

OWN_PROGRAM = "memory-state"
OWN_MODULE = "memory_state"
OWN_VALUED = ("--memory-path", "--color")

WORD_SEPARATORS = "'\";|&()$`{}<>,\n\t\r"


def split_line(line: str) -> tuple[tuple[str, ...], ...] | None:
    """The simple commands of a plain line, each as its words; None when the line is not plain."""
    return split_commands(line, EXPANDING)


def split_loosely(line: str) -> tuple[tuple[str, ...], ...] | None:
    """Like `split_line`, but words may hold `*`, `?`, `[` and `~`, which stand as they are written."""
    return split_commands(line, EXPANDING_LOOSE)


def split_commands(line: str, refused: str) -> tuple[tuple[str, ...], ...] | None:
    """The simple commands of a line in which no unquoted character is one of `refused`."""
    line = line.strip(" \t\n")
    commands: list[tuple[str, ...]] = []
    words: list[str] = []
    at = 0
    while at < len(line):
        step = redirection_end(line, at) or blank_end(line, at)
        if step:
            at = step
            continue
        operator = operator_at(line, at)
        if operator:
            commands.append(tuple(words))
            words = []
            at += len(operator)
            continue
        lexed = lex_word(line, at, refused)
        if lexed is None or (not words and not is_command_word(lexed[0])):
            return None
        words.append(lexed[0])
        at = lexed[1]
    if words or not line.endswith(";"):
        commands.append(tuple(words))
    return tuple(commands) if all(commands) else None


def blank_end(line: str, at: int) -> int:
    """Where the blank at `at` ends, 0 when there is none."""
    return at + 1 if line[at] in " \t" else 0


def redirection_end(line: str, at: int) -> int:
    """Where a redirection that writes no file ends, 0 when there is none at the start of this word."""
    if at and line[at - 1] not in SHELL_BREAKS:
        return 0
    for text in HARMLESS_REDIRECTIONS:
        end = at + len(text)
        if line.startswith(text, at) and line[end : end + 1] in SHELL_BREAKS:
            return end
    return 0


def operator_at(line: str, at: int) -> str:
    """The operator that stands here, empty when there is none that a plain line may hold."""
    for operator in SHELL_OPERATORS:
        if line.startswith(operator, at):
            end = at + len(operator)
            return "" if line[end : end + 1] in (";", "|", "&") else operator
    return ""


def is_command_word(word: str) -> bool:
    """Whether a first word can only be the name of a command: no assignment, grammar or job."""
    if "=" in word or word.startswith("%") or any(mark in word for mark in "*?~"):
        return False
    return bool(word) and word not in RESERVED_WORDS.split(" ")


def lex_word(line: str, at: int, refused: str) -> tuple[str, int] | None:
    """One word with its quotes removed and where it ends; None when a shell would make more of it."""
    parts: list[str] = []
    start = at
    while at < len(line) and line[at] not in SHELL_BREAKS:
        character = line[at]
        if character in "'\"":
            end = line.find(character, at + 1)
            if end < 0 or (character == '"' and expands_quoted(line[at + 1 : end])):
                return None
            parts.append(line[at + 1 : end])
            at = end + 1
        elif stands_for_itself(line, start, at, refused):
            parts.append(character)
            at += 1
        else:
            return None
    return ("".join(parts), at) if at > start else None


def expands_quoted(text: str) -> bool:
    """Whether a shell changes what stands between double quotes (POSIX.1-2017, 2.2.3)."""
    if "$" in text or "`" in text or text.endswith("\\"):
        return True
    return "\\\\" in text or "\\\n" in text


def stands_for_itself(line: str, start: int, at: int, refused: str) -> bool:
    """Whether an unquoted character of the word that begins at `start` is only itself."""
    character = line[at]
    loose = "*" not in refused
    if character in refused or not character.isprintable():
        return False
    if character == "[":
        return loose or (at == start and line[at + 1 : at + 2] in ("", " "))
    if character == "~":
        return loose or (at > start and line[at - 1] not in "=:")
    if character == "=" and at == start:
        return line[at : at + 3].partition(" ")[0] in ("=", "==")
    return character != "#" or at > start


def has_operators(line: str) -> bool:
    """Whether a line is more than one simple command, or holds expansions that run or hide one.

    An unclosed quote counts: nobody knows where it would end.
    """
    quote = ""
    at = 0
    while at < len(line):
        character = line[at]
        if character == "\\" and quote != "'":
            at += 1
        elif quote:
            if character == quote:
                quote = ""
            elif quote == '"' and character in "$`":
                return True
        elif character in "'\"":
            quote = character
        elif character in ";|&<>$`\n(){}":
            return True
        at += 1
    return bool(quote)


def reads_only(line: str) -> bool:
    """Whether every simple command of a plain line is known to change nothing."""
    commands = split_line(line)
    return commands is not None and all(map(reads_words, commands))


def strip_prefixes(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command behind `env`, `sudo`, `command`, `nohup`, `time`, `nice` and git's global options.

    Unchanged from where an option makes the rest something else than a command.
    """
    while words and system_program(words[0]) in PREFIX_OPTIONS:
        rest = after_prefix(words)
        if not rest:
            return words
        words = rest
    if words and system_program(words[0]) == "git":
        return strip_git_options(words)
    return words


def system_program(word: str) -> str:
    """The name of a program called by name or from a system folder, else the word."""
    for folder in SYSTEM_FOLDERS:
        if word.startswith(folder):
            return word[len(folder) :]
    return word


def after_prefix(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind one prefix program, its options and assignments; empty when there are none."""
    valued = PREFIX_OPTIONS[system_program(words[0])]
    at = 1
    while at < len(words):
        word = words[at]
        if word == "--":
            return words[at + 1 :]
        if word.startswith(PREFIX_STOPS):
            return ()
        if word.startswith("-"):
            at += 2 if word in valued else 1
        elif "=" in word and not word.startswith("="):
            at += 1
        else:
            return words[at:]
    return ()


def strip_git_options(words: tuple[str, ...]) -> tuple[str, ...]:
    """`git SUBCOMMAND ...` without git's global options; unchanged when there is no subcommand."""
    at = 1
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in GIT_VALUED else 1
    return (words[0], *words[at:]) if at < len(words) else words


def runs_others(words: tuple[str, ...]) -> bool:
    """Whether a simple command may run another one that stands among its words."""
    return words[0].rpartition("/")[2] in COMMAND_RUNNERS.split(" ")


def deny_words_anywhere(pattern: str, line: str) -> bool:
    """Whether the words of a shell pattern stand in a line in their order, however it is built.

    Quotes and operators separate words; once more without quotes and backslashes, which may stand
    inside a word. A pattern of stars alone stands in every line.
    """
    wanted = [part for part in pattern.split() if part.strip("*")]
    bare = line.replace("'", "").replace('"', "").replace("\\", "")
    return any(words_in_order(wanted, text) for text in (line, bare))


def words_in_order(wanted: list[str], text: str) -> bool:
    """Whether each wanted word stands in a text behind the one before; a program may have its folder."""
    at = 0
    for word in text.translate(dict.fromkeys(map(ord, WORD_SEPARATORS), " ")).split():
        program = word.rpartition("/")[2] if at == 0 else word
        if at < len(wanted) and (match_stars(wanted[at], word) or match_stars(wanted[at], program)):
            at += 1
    return at == len(wanted)


def own_command(words: tuple[str, ...], programs: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments of a call of memory-state without its leading global options, else None.

    Known by the program's name in any folder, by an absolute path in `programs`, or as
    `python -m memory_state`. Prefixes (`env`, `sudo`) are the caller's to remove, or to refuse.
    """
    if not words:
        return None
    name = words[0].rpartition("/")[2]
    if name == OWN_PROGRAM or words[0] in programs:
        return strip_own_options(words[1:])
    if name.startswith("python"):
        return own_module_arguments(words)
    return None


def own_module_arguments(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments of `python [options] -m memory_state ...`, else None."""
    at = 1
    while at < len(words) and words[at].startswith("-"):
        letter, attached = valued_letter(words[at], "mcXW")
        at += 1
        if letter and not attached:
            attached = words[at] if at < len(words) else ""
            at += 1
        if letter in ("m", "c"):
            own = letter == "m" and attached.partition(".")[0] == OWN_MODULE
            return strip_own_options(words[at:]) if own else None
    return None


def strip_own_options(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words from the first one that is neither an option nor an option's value."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return words[at + 1 :]
        letter, attached = valued_letter(words[at], "Cw")
        at += 2 if words[at] in OWN_VALUED or (letter and not attached) else 1
    return words[at:]


def valued_letter(option: str, letters: str) -> tuple[str, str]:
    """The first letter of a cluster of short options that takes a value, and what is attached to it."""
    if not option.startswith("--"):
        for at, letter in enumerate(option):
            if letter in letters:
                return letter, option[at + 1 :]
    return "", ""
