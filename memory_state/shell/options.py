"""Options and operands of a simple command as getopt reads them (POSIX.1-2017, 12.2; GNU long names)."""

from __future__ import annotations


class Options:
    """Options in their order as (name, value), short ones by their letter, and the operands."""

    __slots__ = ("given", "operands")

    def __init__(self, given: tuple[tuple[str, str], ...], operands: tuple[str, ...]) -> None:
        self.given = given
        self.operands = operands

    def has(self, *names: str) -> bool:
        """Whether any of these options is given."""
        return any(name in names for name, _ in self.given)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values of these options in their order."""
        return tuple(value for name, value in self.given if name in names)

    def value(self, *names: str) -> str | None:
        """The last value of these options."""
        found = self.values(*names)
        return found[-1] if found else None


def parse_options(
    words: tuple[str, ...],
    letters: str = "",
    names: tuple[str, ...] | frozenset[str] = (),
    *,
    mixed: bool = True,
) -> Options:
    """Split words by the letters and long names that take a value.

    A long name may be shortened as far as it is unique among `names`. If not `mixed`, the first operand
    ends the options.
    """
    given: list[tuple[str, str]] = []
    operands: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            operands.extend(words[at:])
            break
        if word == "-" or not word.startswith("-"):
            operands.append(word)
            if not mixed:
                operands.extend(words[at:])
                break
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            name = full_name(name, names)
            if not equals and name in names:
                value = words[at] if at < len(words) else ""
                at += 1
            given.append((name, value))
        else:
            at += short_options(word[1:], words[at : at + 1], letters, given)
    return Options(tuple(given), tuple(operands))


def short_options(cluster: str, after: tuple[str, ...], letters: str, given: list[tuple[str, str]]) -> int:
    """Add the options of one cluster; gives how many words behind it are used."""
    for at, letter in enumerate(cluster):
        if letter in letters:
            attached = cluster[at + 1 :]
            given.append((letter, attached or "".join(after)))
            return 0 if attached else 1
        given.append((letter, ""))
    return 0


def full_name(name: str, names: tuple[str, ...] | frozenset[str]) -> str:
    """A long name in full, where it is shortened."""
    if name in names or not name:
        return name
    found = [each for each in names if each.startswith(name)]
    return found[0] if len(found) == 1 else name
