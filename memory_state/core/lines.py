"""Shell lines without a parser: what a plain line says, and None for every line that is not plain.

Plain means what bash, zsh and POSIX sh all read alike (POSIX.1-2017, Shell Command Language 2.2 and
2.3): words, quotes without expansions, `&&`, `||`, `;`, `|` and redirections that write no file.
"""

from __future__ import annotations

PLAIN_LIMIT = 1 << 14
# Characters that every shell leaves alone wherever they stand in a word, `=` at its beginning apart.
BARE_CHARACTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:@%+= "
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


def bare_words(line: str) -> tuple[str, ...] | None:
    """The words of a line that is one simple command without anything to quote or to expand, else None.

    Most lines are; `split_commands` says the same of them, a character at a time.
    """
    words = tuple(line.split())
    plain = line.isascii() and not line.encode().translate(None, BARE_CHARACTERS) and len(line) <= PLAIN_LIMIT
    return words if plain and words and " =" not in line and is_command_word(words[0]) else None


def split_commands(line: str, refused: str) -> tuple[tuple[str, ...], ...] | None:
    """The simple commands of a line in which no unquoted character is one of `refused`.

    A line of more than 16 Ki characters is never plain: the time it takes is bounded.
    """
    if len(line) > PLAIN_LIMIT:
        return None
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
    if line[at] not in "012<>&" or (at and line[at - 1] not in SHELL_BREAKS):
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
