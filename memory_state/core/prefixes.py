"""Programs that run other programs: the command behind them, and words hidden in a line."""

from __future__ import annotations

from memory_state.core.patterns import match_stars

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

WORD_SEPARATORS = "'\";|&()$`{}<>,\n\t\r"


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


def line_words(text: str) -> list[str]:
    """The words of a text that need not parse: quotes, operators and blanks separate them."""
    return text.translate(dict.fromkeys(map(ord, WORD_SEPARATORS), " ")).split()


def words_in_order(wanted: list[str], text: str) -> bool:
    """Whether each wanted word stands in a text behind the one before; a program may have its folder."""
    at = 0
    for word in line_words(text):
        program = word.rpartition("/")[2] if at == 0 else word
        if at < len(wanted) and (match_stars(wanted[at], word) or match_stars(wanted[at], program)):
            at += 1
    return at == len(wanted)
