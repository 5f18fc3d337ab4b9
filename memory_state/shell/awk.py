"""Programs of awk: whether one prints to nothing but its output (POSIX.1-2017, awk)."""

from __future__ import annotations

# What writes, runs or reads more, and comments, in which a quote is no string.
AWK_RISKS = ("system", "getline", "close", "fflush", "eval", "|", ">", "@", "#", "`")
EXPRESSION_STARTS = "(,{}!~&|;\n"


def awk_reads(program: str) -> bool:
    """Whether a program neither writes a file nor runs a command, as far as that shows for sure."""
    bare = without_literals(program)
    if bare is None:
        return not is_risky(program)
    return not is_risky(bare.replace("||", " ").replace(">=", " "))


def is_risky(program: str) -> bool:
    """Whether a program has any text that may do more than print."""
    return any(risk in program for risk in AWK_RISKS)


def without_literals(program: str) -> str | None:
    """A program without its strings and expressions; None when a slash may be either thing."""
    found: list[str] = []
    at = 0
    while at < len(program):
        character = program[at]
        if character == '"':
            end = literal_end(program, at, '"')
        elif character == "/":
            before = "".join(found).rstrip(" \t")[-1:]
            if before and before not in EXPRESSION_STARTS:
                return None
            end = literal_end(program, at, "/")
        else:
            end = at + 1
            found.append(character)
            at = end
            continue
        if end is None:
            return None
        found.append("0")
        at = end
    return "".join(found)


def literal_end(program: str, at: int, mark: str) -> int | None:
    """Past a string or an expression; None when it does not end on its line."""
    at += 1
    while at < len(program) and program[at] != "\n":
        if program[at] == mark:
            return at + 1
        if mark == "/" and program[at] == "[":
            return None
        at += 2 if program[at] == "\\" else 1
    return None
