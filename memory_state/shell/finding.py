"""Searches: what their actions write, and the commands they run on what they find.

Sources: GNU findutils 4.9, POSIX.1-2017, fd 10.
"""

from __future__ import annotations

from memory_state.shell.places import names_folder, write
from memory_state.shell.scene import BELOW, HIDDEN, SPLIT, doubt, inner, is_known, may_be_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

VALUED_TESTS = frozenset(
    """
    name iname path ipath wholename iwholename regex iregex regextype type xtype maxdepth mindepth size
    mtime mmin atime amin ctime cmin newer anewer cnewer perm user group uid gid links inum samefile lname
    ilname fstype used context printf
    """.split()
)
BARE_TESTS = frozenset(
    """
    empty print print0 ls prune quit not o or a and follow depth d xdev mount true false readable writable
    executable daystart nouser nogroup E s X noleaf warn nowarn ignore_readdir_race H L P x
    """.split()
)
FIND_RUNNERS = ("exec", "execdir", "ok", "okdir")
FIND_WRITERS = {"fprint": 1, "fprint0": 1, "fls": 1, "fprintf": 2}


class Search:
    """The folders that a search starts from and whether it leaves them through links."""

    __slots__ = ("follows", "roots")

    def __init__(self, roots: Words, *, follows: bool) -> None:
        self.roots = roots
        self.follows = follows


def note_find(words: Words, scene: Scene) -> None:
    """Note what a search writes."""
    at = 0
    while at < len(words) and words[at] in ("-H", "-L", "-P"):
        at += 1
    begin = at
    while at < len(words) and not (words[at][:1] == "-" or words[at] in ("(", "!", ",", ")")):
        at += 1
    roots = words[begin:at] or (".",)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in roots):
        doubt(scene, "nobody knows where the search starts")
    search = Search(roots, follows="-L" in words or "-follow" in words)
    while at < len(words):
        at += note_expression(words, at, search, scene)


def note_expression(words: Words, at: int, search: Search, scene: Scene) -> int:
    """One test or action; gives how many words it takes."""
    word, name = words[at], words[at][1:]
    if word in ("(", ")", "!", ","):
        return 1
    if not word.startswith("-") or not is_known(word):
        doubt(scene, "a part of find's expression that nobody knows")
        return 1
    if name in FIND_RUNNERS:
        return note_action(words, at, search, scene)
    if name == "delete":
        note_delete(search, scene)
        return 1
    if name in FIND_WRITERS:
        write(scene, "".join(words[at + 1 : at + 2]))
        return 1 + FIND_WRITERS[name]
    return skip_test(words, at, scene)


def note_delete(search: Search, scene: Scene) -> None:
    """All below the roots may go."""
    for root in search.roots:
        write(scene, root, whole=names_folder(scene, root), follow=False)


def skip_test(words: Words, at: int, scene: Scene) -> int:
    """A test, or an action that only prints."""
    word, name = words[at], words[at][1:]
    if name in VALUED_TESTS or name.startswith("newer"):
        if any(SPLIT in each for each in words[at + 1 : at + 2]):
            doubt(scene, "a part of find's expression that nobody knows")
        return 2
    if name not in BARE_TESTS and not (name[:1] == "O" and name[1:].isdecimal()):
        doubt(scene, f"nobody knows what {word!r} of find does")
    return 1


def note_action(words: Words, at: int, search: Search, scene: Scene) -> int:
    """A command run on each file that is found."""
    end = at + 1
    while end < len(words) and words[end] != ";" and not (words[end] == "+" and words[end - 1] == "{}"):
        end += 1
    command = words[at + 1 : end]
    if search.follows:
        doubt(scene, "the search follows links")
    for root in search.roots:
        own = inner(scene)
        own.functions = {}
        if words[at] in ("-execdir", "-okdir"):
            own.folders = ()
        run_on(command, root, own)
    return end - at + 1


def run_on(command: Words, root: str, scene: Scene) -> None:
    """One command with any path below one root for `{}`."""
    found = f"{root.rstrip('/') or ''}/{BELOW}" if is_known(root) else HIDDEN
    if command and "{}" in command[0]:
        doubt(scene, "nobody knows which program runs")
        return
    if any("{}" in each and not each.startswith("{}") and "/" not in each for each in command):
        doubt(scene, "a path made of what is found")
    if any(
        each.startswith("{}") and each != "{}" and not is_known(each.replace("{}", "")) for each in command
    ):
        doubt(scene, "a path made of what is found")
    if command:
        scene.effects.run_words(tuple(place_found(each, found, root) for each in command), scene)


def place_found(word: str, found: str, root: str) -> str:
    """A word with what is found in it; a name made longer may stand beside the root."""
    if word == "{}" or "{}" not in word:
        return found if word == "{}" else word
    if word.startswith("{}"):
        above = root.rstrip("/").rpartition("/")[0]
        return (
            f"{above}/{BELOW}"
            if above or root.startswith("/")
            else f"./{BELOW}"
            if "/" not in word
            else HIDDEN
        )
    return word.replace("{}", found)


def note_fd(words: Words, scene: Scene) -> None:
    """`fd` without a command."""
    for each in words:
        if (
            each.startswith(("-x", "-X", "--exec"))
            or may_be_option(each)
            or (each[:1] == "-" and each[:2] != "--" and set("xX") & set(each))
        ):
            doubt(scene, "fd runs a command")


FINDING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "fd": note_fd,
    "fdfind": note_fd,
    "find": note_find,
    "gfind": note_find,
}
