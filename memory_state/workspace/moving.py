"""Moving a document between the places that its status gives it."""

from __future__ import annotations

from pathlib import Path

from memory_state.core.files import name_beside, sync_folder
from memory_state.workspace.swapping import put_where_none_is


def move_file(path: str, target: str) -> None:
    """Give a file another name, in the place of whatever had it, so that it lasts.

    Power that fails on the way leaves one name or both: a rename into another folder is two changes,
    of which the first one to last may be the old name's end.
    """
    source, wanted = Path(path), Path(target)
    if has_both_names(source, wanted):
        sync_folder(str(wanted.parent))
        leave_name(path, wanted)
    else:
        source.rename(wanted)
    sync_folder(str(wanted.parent))
    sync_folder(str(source.parent))


def has_both_names(path: Path, target: Path) -> bool:
    """Whether a file has a second name now; not where the name is another's, or links are unknown."""
    try:
        target.hardlink_to(path)
    except FileExistsError:
        return target.samefile(path)
    except OSError:  # the rename that follows says what is wrong, if anything is
        return False
    return True


def leave_name(path: str, target: Path) -> None:
    """Take a name away from a file that has another one; what somebody saved there meanwhile stays."""
    aside = name_beside(path)
    Path(path).rename(aside)
    if target.samefile(aside):
        Path(aside).unlink()
    else:
        put_where_none_is(aside, path)
