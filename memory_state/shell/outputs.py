"""What a command substitution prints, where that can be no option and hold no slash."""

from __future__ import annotations

from memory_state.shell.scene import is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.parse import Node

    Words = list[str]

DATE_LETTERS = "aAbBdeFHjmMsSTuVwyYzZ"
PLAIN_CALLS = (
    "nproc", "id -u", "id -g", "tput cols", "tput lines",
    "wc -l", "wc -c", "wc -m", "wc -w", "git rev-parse HEAD", "git rev-parse --short HEAD",
    "git rev-parse --verify HEAD",
)  # fmt: skip


def prints_plain(statement: Node) -> bool:
    """Whether a statement prints a number, a date or a hash, by the words of its last command."""
    words = last_words(statement)
    if " ".join(words) in PLAIN_CALLS:
        return True
    check = PLAIN_CHECKS.get(words[0]) if words else None
    return check is not None and check(words[1:])


def last_words(statement: Node) -> Words:
    """The words of the last command of a pipe, if they are plain; else none."""
    command = statement.get("Cmd") or {}
    while command.get("Type") == "BinaryCmd" and command.get("Op") in ("|", "|&"):
        command = command["Y"].get("Cmd") or {}
    words = [each.get("Parts", []) for each in command.get("Args", [])]
    if any(len(each) != 1 or each[0].get("Type") != "Lit" for each in words):
        return []
    return [str(each[0].get("Value")) for each in words]


def plain_date(words: Words) -> bool:
    """`date +FORMAT` with a format whose first character is no dash."""
    return len(words) == 1 and words[0].startswith("+") and plain_format(words[0][1:])


def plain_format(text: str) -> bool:
    """Whether a format of `date` makes letters, digits, dots, colons and dashes, a dash not first."""
    at = 0
    while at < len(text):
        if text[at] == "%":
            at += 1
            if text[at : at + 1] not in tuple(DATE_LETTERS):
                return False
        elif not (is_name(text[at]) or (at and text[at] in ".:-")):
            return False
        at += 1
    return text != ""


def plain_numbers(words: Words) -> bool:
    """`seq NUMBER...`."""
    return words != [] and all(each.isascii() and each.isdigit() for each in words)


def plain_git(words: Words) -> bool:
    """`git rev-list --count REVISION`, `git merge-base REVISION REVISION`."""
    asked = words[:2] == ["rev-list", "--count"] or words[:1] == ["merge-base"]
    return asked and len(words) == 3 and all(made_of(each, "./~^-") for each in words[1:])


def plain_grep(words: Words) -> bool:
    """`grep -c TEXT FILE`."""
    named = len(words) == 2 or (len(words) == 3 and made_of(words[2], "./"))
    return named and words[0] == "-c" and made_of(words[1], ".-")


def made_of(text: str, others: str) -> bool:
    """Whether a text has only letters, digits, underscores and these other characters."""
    for each in others:
        text = text.replace(each, "a")
    return is_name(text)


PLAIN_CHECKS: dict[str, Callable[[Words], bool]] = {
    "date": plain_date,
    "git": plain_git,
    "grep": plain_grep,
    "seq": plain_numbers,
}
