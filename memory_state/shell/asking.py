"""Programs that no table of writers lists: whether they are only asked for something."""

from __future__ import annotations

from memory_state.core.reads import VERSION_PROGRAMS, reads_words
from memory_state.shell.scene import HIDDEN, PIPE, PLAIN, is_known, may_be_option
from memory_state.shell.tables import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.scene import Words

UNLISTED_OPTION = "-\x7f"

# Programs that print and quit when asked for their version or help alone, besides those of core.reads.
MORE_ASKED = (
    " awk cargo curl gh go gofmt grep java javac jq kubectl mvn nvm perl pnpm pytest python2 rg rustc rustup"
    " sed tar terraform tsc wget yarn bun deno black mypy eslint prettier poetry tox g++ c++ cc ld make ls"
    " cat find sort "
)
VERSION_CALLS = (
    "go version", "java -version", "node -v", "npm -v", "php -v", "pnpm -v", "python -V", "python3 -V",
    "ruby -v", "tsc -v", "yarn -v", "bash --help",
)  # fmt: skip

# Subcommands that only tell, and the options with which they do nothing else.
TELLING = {
    "npm": " ls list view outdated root prefix whoami ",
    "pip": " list show freeze check ",
    "pip3": " list show freeze check ",
    "go": " version env list ",
    "docker": " ps images inspect logs version info ",
    "systemctl": " status list-units is-active show ",
}
TELLING_OPTIONS = (
    " -a --all -f -g --global -json --json -m -n -q --quiet -s -v --verbose --depth --format --long"
    " --no-pager --outdated --parseable --tail "
)


def only_asks(name: str, words: Words) -> bool:
    """Whether a program only tells something: its version, a list, or what its options make it print.

    Unknown words are among the words as they stand in the line.
    """
    if asks_version(name, words) or (only_tells(name, words) and all(is_known(word) for word in words)):
        return True
    return reads_words((name, *judged_words(words)))


def judged_words(words: Words) -> Words:
    """Words for the tables: one that may turn out as an option is one that no table lists."""
    found = []
    for at, word in enumerate(words):
        if "--" in words[:at]:
            found.append("operand")
        elif may_be_option(word):
            found.append(UNLISTED_OPTION)
        else:
            found.append(word.replace(HIDDEN, "x").replace(PLAIN, "1").replace(PIPE, "/dev/fd/63"))
    return tuple(found)


def asks_version(name: str, words: tuple[str, ...]) -> bool:
    """Whether a program is only asked for its version."""
    if len(words) != 1:
        return False
    if words[0] == "--version" and (listed(name, VERSION_PROGRAMS) or listed(name, MORE_ASKED)):
        return True
    return f"{name} {words[0]}" in VERSION_CALLS


def only_tells(name: str, words: tuple[str, ...]) -> bool:
    """Whether a program is only asked for a list."""
    if not words or not listed(words[0], TELLING.get(name, "")):
        return False
    options = [each for each in words[1:] if each.startswith("-")]
    return all(listed(each.partition("=")[0], TELLING_OPTIONS) for each in options)
