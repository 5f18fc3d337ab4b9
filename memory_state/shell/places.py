"""The files and folders that words name, on the tree as it is now."""

from __future__ import annotations

from memory_state.core.files import is_folder, posix
from memory_state.core.paths import link_target, resolve_path
from memory_state.shell.scene import BELOW, PIPE, doubt, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.shell.scene import Scene

HARMLESS_FILES = ("/dev/null", "/dev/tty", "/dev/zero", "/dev/full", PIPE)
OUTPUT_FILES = ("/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2")
OWN_FOLDER_FILES = ("/proc/self/cwd", "/proc/thread-self/cwd")


def write(scene: Scene, word: str, *, follow: bool = True, whole: bool = False) -> None:
    """Note that a path is written: through links if `follow`, with everything below it if `whole`."""
    if word in HARMLESS_FILES:
        return
    if word in OUTPUT_FILES:
        scene.effects.names_output = True
        return
    for place in places(scene, word, follow=follow):
        if follow and any(f"{place}/".startswith(each + "/") for each in scene.effects.links):
            doubt(scene, "a path goes through a link that the line itself makes")
        scene.effects.writes[place.rstrip("/") + "/" if whole else place] = None


def note_link(scene: Scene, word: str) -> None:
    """Note that a name becomes a link, which later parts of the line may go through."""
    scene.effects.links.update(each.rstrip("/") for each in places(scene, word, follow=False))


def places(scene: Scene, word: str, *, follow: bool = True) -> tuple[str, ...]:
    """The absolute paths that a word may mean; none, with a doubt, when that is not known."""
    head, below, _ = word.partition(BELOW)
    if below:
        word = head.rpartition("/")[0] or ("/" if head.startswith("/") else ".")
    if not word:
        return ()
    if not is_known(word):
        doubt(scene, "a path that is written depends on values nobody knows")
        return ()
    if not word.startswith("/") and not scene.folders:
        doubt(scene, f"nobody knows the folder in which {word} is written")
        return ()
    bases = ("/",) if word.startswith("/") else scene.folders
    found = [place for base in bases for place in place_in(scene, word, base, follow=follow)]
    return tuple(place.rstrip("/") + "/" if below else place for place in found)


def place_in(scene: Scene, word: str, base: str, *, follow: bool) -> tuple[str, ...]:
    """One word from one folder."""
    for own in OWN_FOLDER_FILES:
        if word == own or word.startswith(own + "/"):
            return places(scene, "." + word[len(own) :], follow=follow)
    if word.startswith(("/proc/", "/dev/fd/", "/dev/stdin", "/dev/tcp/", "/dev/udp/")):
        doubt(scene, f"{word} stands for something else")
        return ()
    try:
        found = resolve_path(word, base) if follow else entry_path(word, base)
    except ValueError as error:
        doubt(scene, f"{word} can not be followed: {error}")
        return ()
    if found.startswith("/proc/"):
        doubt(scene, f"{word} stands for something else")
        return ()
    return (found,)


def entry_path(word: str, base: str) -> str:
    """The path of a name itself, which may be a link: only the folders above it are followed."""
    folder, _, name = word.rstrip("/").rpartition("/")
    if name in ("", ".", "..") or word.endswith("/"):
        return resolve_path(word, base)
    parent = resolve_path(folder or ("/" if word.startswith("/") else "."), base)
    return f"{parent.rstrip('/')}/{name}"


def names_folder(scene: Scene, word: str) -> bool:
    """Whether a word means a folder: on the tree, by a trailing slash, or as this line makes one."""
    if word in (".", "..") or word.endswith(("/", "/.", "/..")):
        return True
    if not is_known(word):
        return BELOW in word
    bases = ("/",) if word.startswith("/") else scene.folders
    return any(
        is_folder(join_path(base, word)) or quiet_path(word, base) in scene.effects.folders for base in bases
    )


def quiet_path(word: str, base: str) -> str:
    """A resolved path, empty when it can not be followed."""
    try:
        return resolve_path(word, base)
    except ValueError:
        return ""


def exists(scene: Scene, word: str) -> bool:
    """Whether a word names something on the tree."""
    bases = ("/",) if word.startswith("/") else scene.folders
    return any(stands_there(join_path(base, word)) for base in bases)


def join_path(base: str, word: str) -> str:
    """A word as a path from a folder."""
    return word if word.startswith("/") else f"{base}/{word}"


def stands_there(path: str) -> bool:
    """Whether anything is at a path, be it a link to nowhere."""
    try:
        posix.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def is_link(scene: Scene, word: str) -> bool:
    """Whether a word names a link, on the tree or as this line makes one."""
    bases = ("/",) if word.startswith("/") else scene.folders
    return any(
        link_target(join_path(base, word)) is not None or entry_path(word, base) in scene.effects.links
        for base in bases
    )


def base_name(word: str) -> str:
    """The last name of a path as a copy keeps it; all below the folder when it is not known."""
    name = word.rstrip("/").rpartition("/")[2]
    return name if name and is_known(name) and name not in (".", "..") else BELOW


def note_folder(scene: Scene, word: str, *, parents: bool) -> None:
    """Note that a folder is made, and the missing ones above it if `parents`."""
    for place in places(scene, word):
        path = place.rstrip("/")
        while True:
            scene.effects.writes[path] = None
            scene.effects.folders.add(path)
            path = path.rpartition("/")[0]
            if not parents or not path or is_folder(path):
                break
