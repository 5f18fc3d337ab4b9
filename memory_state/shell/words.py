"""What a shell makes of a word: the texts it may expand to, as far as the line itself says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.shell.arithmetic import check_arithmetic
from memory_state.shell.parameters import expand_parameter
from memory_state.shell.patterns import expand_raw, quote, tokens, unquote
from memory_state.shell.scene import HIDDEN, PIPE, PLAIN, SPLIT, doubt, inner, is_known, step
from memory_state.shell.tables import PLAIN_OUTPUTS

if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
ANSI = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c.|(.))", re.DOTALL
)
# `name=~/x` and `a:~/x`, which only some shells expand.
INNER_TILDE = re.compile(r"^\w+=(?:[^\\]*:)?~|^[^\\]*:~")
QUOTED_ESCAPES = re.compile(r'\\([$`"\\\n])')


def expand_words(scene: Scene, nodes: list[Node]) -> tuple[str, ...]:
    """The words of a simple command."""
    return tuple(each for node in nodes for each in expand_word(scene, node))


def expand_word(scene: Scene, node: Node) -> list[str]:
    """The words that one word becomes."""
    raw = tilde(scene, raw_word(scene, node))
    if SPLIT in raw:
        return [unquote(raw)]
    return expand_raw(scene, raw)


def expand_text(scene: Scene, node: Node | None) -> str:
    """The text of a word where a shell does not split: an assignment, a here-string."""
    if not node:
        return ""
    raw = tilde(scene, raw_word(scene, node))
    return unquote(raw).replace(SPLIT, HIDDEN)


def raw_word(scene: Scene, node: Node) -> str:
    """A word as raw text, its substitutions walked."""
    step(scene)
    return "".join(raw_part(scene, part) for part in node.get("Parts", []))


def raw_part(scene: Scene, part: Node) -> str:
    """One part of a word outside of double quotes."""
    kind = part.get("Type")
    if kind == "Lit":
        return str(part.get("Value", "")).replace("\\\n", "")
    if kind == "SglQuoted":
        text = str(part.get("Value", ""))
        return quote(decode_ansi(text) if part.get("Dollar") else text)
    if kind == "DblQuoted":
        return "".join(quoted_part(scene, each) for each in part.get("Parts", [])) or quote("")
    if kind == "ExtGlob":
        doubt(scene, "an extended glob may mean something else in another shell")
        return SPLIT
    value = expansion(scene, part, quoted=False)
    if HIDDEN in value or ("IFS" in scene.variables and value != PLAIN):
        return SPLIT
    return re.sub(r"([\\{},~'\"$`])", r"\\\1", value)


def quoted_part(scene: Scene, part: Node) -> str:
    """One part of a word inside double quotes."""
    if part.get("Type") == "Lit":
        text = QUOTED_ESCAPES.sub(
            lambda found: "" if found[1] == "\n" else found[1], str(part.get("Value", ""))
        )
        return quote(text)
    return quote(expansion(scene, part, quoted=True))


def expansion(scene: Scene, part: Node, *, quoted: bool) -> str:
    """The value of a parameter, a substitution or an arithmetic expression; markers where unknown."""
    kind = part.get("Type")
    if kind == "ParamExp":
        return expand_parameter(scene, part, quoted=quoted, text=expand_text)
    if kind == "CmdSubst":
        return command_output(scene, part)
    if kind == "ArithmExp":
        check_arithmetic(scene, part.get("X"), expand_text)
        return PLAIN
    if kind == "ProcSubst":
        walk_inside(scene, part)
        return PIPE
    doubt(scene, f"nobody knows what {kind} is")
    return HIDDEN


def command_output(scene: Scene, part: Node) -> str:
    """What a command substitution may print."""
    walk_inside(scene, part)
    names = [printing_program(each) for each in part.get("Stmts", [])]
    if len(names) == 1 and PLAIN_OUTPUTS.fullmatch(names[0]):
        return PLAIN
    return HIDDEN


def printing_program(statement: Node) -> str:
    """The words that decide what a statement prints: those of its last command, if they are plain."""
    command = statement.get("Cmd") or {}
    while command.get("Type") == "BinaryCmd" and command.get("Op") in ("|", "|&"):
        command = command["Y"].get("Cmd") or {}
    words = [each.get("Parts", []) for each in command.get("Args", [])]
    if any(len(each) != 1 or each[0].get("Type") != "Lit" for each in words):
        return ""
    return " ".join(str(each[0].get("Value")) for each in words)


def walk_inside(scene: Scene, part: Node) -> None:
    """Walk the statements of a substitution, which runs in a shell of its own."""
    from memory_state.shell.walk import walk_statements

    walk_statements(part.get("Stmts", []), inner(scene))


def tilde(scene: Scene, raw: str) -> str:
    """A raw word with a leading `~` replaced (POSIX.1-2017, 2.6.1)."""
    if INNER_TILDE.search(raw):
        return SPLIT
    if not raw.startswith("~"):
        return raw
    parts = tokens(raw)
    end = parts.index("/") if "/" in parts else len(parts)
    if end > 1:
        return SPLIT + "".join(parts[end:])
    home = home_folder(scene)
    return (quote(home) if is_known(home) else SPLIT) + "".join(parts[1:])


def home_folder(scene: Scene) -> str:
    """The value of HOME."""
    return scene.variables.get("HOME", scene.effects.environment.get("HOME") or HIDDEN)


def decode_ansi(text: str) -> str:
    """The text of `$'...'` (bash 5, ANSI-C Quoting); what is no character is not known."""

    def one(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        number = int(code, 16) if code else int(found[4], 8) if found[4] else -1
        if number < 0:
            return ESCAPES.get(found[5], found[0]) if found[5] else HIDDEN
        fine = 0x20 <= number < 0x7F or number in (9, 10) or (found[1] is None and number > 0xA0)
        return chr(number) if fine and number < 0xD800 else HIDDEN

    return ANSI.sub(one, text)
