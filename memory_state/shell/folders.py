"""Builtins that change the folder a shell stands in."""

from __future__ import annotations

from memory_state.core.files import is_folder
from memory_state.shell.places import quiet_path
from memory_state.shell.scene import HIDDEN, SPLIT, is_known
from memory_state.shell.words import home_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words


def note_cd(words: Words, scene: Scene) -> None:
    """`cd` and `pushd`."""
    operands = tuple(each for each in words if each not in ("-L", "-P", "-e", "-@", "--", "-q"))
    if len(operands) > 1 or any(SPLIT in each for each in operands):
        change_folder(scene, HIDDEN)
    elif not operands:
        change_folder(scene, home_folder(scene))
    elif operands[0] == "-":
        change_folder(scene, scene.previous or HIDDEN)
    elif not operands[0]:
        return
    else:
        change_folder(scene, HIDDEN if operands[0][0] in "+-" else operands[0])


def note_popd(words: Words, scene: Scene) -> None:
    """`popd`: nobody keeps the stack here."""
    change_folder(scene, HIDDEN)


def change_folder(scene: Scene, word: str) -> None:
    """Stand in another folder; where it may be missing, in the old one too."""
    before = scene.folders
    scene.effects.moves += 1
    scene.previous = before[0] if len(before) == 1 else None
    scene.variables.pop("PWD", None)
    if not is_known(word) or (not word.startswith("/") and not before):
        scene.folders = ()
        return
    bases = ("/",) if word.startswith("/") else before
    targets = tuple(filter(None, (quiet_path(word, base) for base in bases)))
    if "/../" in word or word.endswith("/..") or any(link_on_way(target, word) for target in targets):
        scene.previous = None
    sure = all(is_folder(each) or is_made(scene, each) for each in targets)
    scene.folders = tuple(dict.fromkeys(targets if sure else (*targets, *before))) if targets else ()


def link_on_way(target: str, word: str) -> bool:
    """Whether links change where a shell thinks it stands: then `..` means two things."""
    names = [each for each in word.split("/") if each not in ("", ".")]
    return word.startswith("/") and "/" + "/".join(names) != target


def is_made(scene: Scene, path: str) -> bool:
    """Whether the line itself makes a folder, or fills one above it."""
    return path in scene.effects.folders or any(
        each.endswith("/") and f"{path}/".startswith(each) for each in scene.effects.writes
    )


FOLDER_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "cd": note_cd,
    "chdir": note_cd,
    "popd": note_popd,
    "pushd": note_cd,
}
