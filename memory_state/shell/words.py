"""What a shell makes of a word: the texts it may expand to, as far as the line itself says."""

from __future__ import annotations

from memory_state.shell.parameters import expand_parameter
from memory_state.shell.quoting import protect, quote, split_blanks, unescape_quoted, unquote
from memory_state.shell.scene import HIDDEN, PIPE, PLAIN, SPLIT, doubt, inner, is_known, is_name, step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.parse import Node
    from memory_state.shell.scene import Scene

WILD = "{*?["


def expand_words(scene: Scene, nodes: list[Node]) -> tuple[str, ...]:
    """The words of a simple command."""
    return tuple([each for node in nodes for each in expand_word(scene, node)])


def expand_word(scene: Scene, node: Node) -> list[str]:
    """The words that one word becomes: braces first, then blanks, then globs."""
    raw = expand_tilde(scene, raw_word(scene, node))
    if SPLIT in raw:
        return [unquote(raw)]
    for mark in WILD:
        if mark in raw:
            from memory_state.shell.globbing import expand_raw

            return expand_raw(scene, raw)
    return [unquote(each) for each in split_blanks(raw)]


def expand_text(scene: Scene, node: Node | None) -> str:
    """The text of a word where a shell does not split: an assignment, a here-string."""
    if not node:
        return ""
    raw = expand_tilde(scene, raw_word(scene, node))
    return unquote(raw).replace(SPLIT, HIDDEN)


def raw_word(scene: Scene, node: Node) -> str:
    """A word as raw text, its substitutions walked."""
    step(scene)
    return "".join([raw_part(scene, part) for part in node.get("Parts", [])])


def raw_part(scene: Scene, part: Node) -> str:
    """One part of a word outside of double quotes."""
    kind = part.get("Type")
    if kind == "Lit":
        return str(part.get("Value", "")).replace("\\\n", "")
    if kind == "SglQuoted":
        return quote(single_quoted(part))
    if kind == "DblQuoted":
        return "".join([quoted_part(scene, each) for each in part.get("Parts", [])]) or quote("")
    if kind == "ExtGlob":
        doubt(scene, "an extended glob may mean something else in another shell")
        return SPLIT
    value = expand_part(scene, part, quoted=False)
    if HIDDEN in value or ("IFS" in scene.variables and value != PLAIN):
        return SPLIT
    return protect(value)


def single_quoted(part: Node) -> str:
    """The text between single quotes."""
    text = str(part.get("Value", ""))
    if not part.get("Dollar"):
        return text
    from memory_state.shell.ansi import decode_ansi

    return decode_ansi(text)


def quoted_part(scene: Scene, part: Node) -> str:
    """One part of a word inside double quotes."""
    if part.get("Type") == "Lit":
        return quote(unescape_quoted(str(part.get("Value", ""))))
    return quote(expand_part(scene, part, quoted=True))


def expand_part(scene: Scene, part: Node, *, quoted: bool) -> str:
    """The value of a parameter, a substitution or an arithmetic expression; markers where unknown."""
    kind = part.get("Type")
    if kind == "ParamExp":
        return expand_parameter(scene, part, quoted=quoted, text=expand_text)
    if kind == "CmdSubst":
        return command_output(scene, part)
    if kind == "ArithmExp":
        from memory_state.shell.arithmetic import check_arithmetic

        check_arithmetic(scene, part.get("X"), expand_text)
        return PLAIN
    if kind == "ProcSubst":
        walk_inside(scene, part)
        return PIPE
    doubt(scene, f"nobody knows what {kind} is")
    return HIDDEN


def command_output(scene: Scene, part: Node) -> str:
    """What a command substitution may print."""
    from memory_state.shell.outputs import prints_plain

    walk_inside(scene, part)
    statements = part.get("Stmts", [])
    return PLAIN if len(statements) == 1 and prints_plain(statements[0]) else HIDDEN


def walk_inside(scene: Scene, part: Node) -> None:
    """Walk the statements of a substitution, which runs in a shell of its own."""
    scene.effects.run_statements(part.get("Stmts", []), inner(scene))


def expand_tilde(scene: Scene, raw: str) -> str:
    """A raw word with a leading `~` replaced (POSIX.1-2017, 2.6.1)."""
    if "~" not in raw:
        return raw
    if has_inner_tilde(raw):
        return SPLIT
    if not raw.startswith("~"):
        return raw
    user, slash, rest = raw[1:].partition("/")
    if user:
        return SPLIT + slash + rest
    home = home_folder(scene)
    return (quote(home) if is_known(home) else SPLIT) + slash + rest


def has_inner_tilde(raw: str) -> bool:
    """Whether a word is like `name=~/x` or `a:~/x`, which only some shells expand."""
    head = raw.partition("\\")[0]
    name, sign, value = head.partition("=")
    return ":~" in head or (sign != "" and is_name(name) and value.startswith("~"))


def home_folder(scene: Scene) -> str:
    """The value of HOME."""
    return scene.variables.get("HOME", scene.effects.environment.get("HOME") or HIDDEN)
