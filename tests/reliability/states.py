"""Every state in which a crash could leave a disk, under three models of what a crash may undo.

kill: the process ends, the system stays: each prefix, the last write also in part.
ordered: power fails on a journalling file system. Names and lengths last in the order of the
    program, bytes may be missing or torn; any sync makes all earlier names last.
weak: power fails with no more than POSIX promises. Whatever was not synced may be lost, each for
    itself; a file's sync keeps its bytes, its name needs the folder's; a rename into another folder
    may last in one of the two. Two names that are exchanged at once stay one change.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.disk import Image
from tests.reliability.operations import NAMING, WRITING, Operation, moved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MODELS = ("kill", "ordered", "weak")
EFFECTS = NAMING | WRITING
SECTOR = 4096


class State(NamedTuple):
    """A disk after a crash: how many commands had answered, how it came to be, what it holds."""

    said: int
    how: str
    image: Image


def states(image: Image, operations: Sequence[Operation], model: str, bound: int) -> Iterator[State]:
    """Every distinct state; with more than `bound` changes in the balance, a part of their subsets."""
    steps = split_renames(operations) if model == "weak" else list(operations)
    seen: set[int] = set()
    for said, how, kept in histories(steps, model, bound):
        found = State(said, how, after(image, kept))
        mark = hash((said, frozenset(found.image.files.items()), found.image.folders))
        if mark not in seen:
            seen.add(mark)
            yield found


def is_sampled(operations: Sequence[Operation], model: str, bound: int) -> bool:
    """Whether some point has more changes in the balance than every subset is tried of."""
    if model == "kill":
        return False
    steps = split_renames(operations) if model == "weak" else list(operations)
    kinds = WRITING if model == "ordered" else EFFECTS
    return any(
        len([each for each in pending(steps, at, model) if steps[each].kind in kinds]) > bound
        for at in set(range(len(steps) + 1)) - unseen(steps)
    )


def split_renames(operations: Sequence[Operation]) -> list[Operation]:
    """The operations with each rename into another folder as the two changes that it is."""
    found: list[Operation] = []
    for each in operations:
        if each.kind == "rename" and folder_of(each.path) != folder_of(each.target):
            found += [Operation("name", each.target, each.inode), Operation("unlink", each.path)]
        else:
            found.append(each)
    return found


def histories(
    steps: Sequence[Operation], model: str, bound: int
) -> Iterator[tuple[int, str, list[Operation]]]:
    """What may have happened: commands that answered, how, and the operations that lasted."""
    for at in sorted(set(range(len(steps) + 1)) - unseen(steps)):
        said = sum(each.kind == "said" for each in steps[:at])
        yield said, f"stopped after {at} operations", list(steps[:at])
        if at < len(steps) and steps[at].kind == "write":
            for part in parts(steps[at]):
                yield said, f"stopped within operation {at}", [*steps[:at], part]
        if model != "kill":
            for how, kept in survivors(steps, at, model, bound):
                yield said, f"power lost after {at} operations; {how}", kept


def unseen(steps: Sequence[Operation]) -> set[int]:
    """The points at which a folder is being prepared that nobody looks into before it gets its name.

    Stopped there, a program leaves a part of it under a name that means nothing. The first and the last
    of these points are seen; what was not synced by then is in the balance at all later ones.
    """
    found: set[int] = set()
    for last, each in enumerate(steps):
        if each.kind == "rename_folder":
            made = [
                at for at, step in enumerate(steps[:last]) if (step.kind, step.path) == ("mkdir", each.path)
            ]
            found |= set(range(made[-1] + 2, last)) if made else set()
    return found


def survivors(
    steps: Sequence[Operation], at: int, model: str, bound: int
) -> Iterator[tuple[str, list[Operation]]]:
    """What may last of the first `at` operations when power fails."""
    open_ones = pending(steps, at, model)
    safe = set(range(at)) - set(open_ones)
    for chosen in choices(steps, open_ones, model, bound):
        indices = sorted(safe | chosen)
        lost = [f"{steps[each].kind} {each}" for each in open_ones if each not in chosen]
        told = f"lost {', '.join(lost) or 'nothing'}"
        kept = [steps[each] for each in indices]
        yield told, kept
        for place, index in enumerate(indices):
            if index in chosen and steps[index].kind == "write":
                for part in parts(steps[index]):
                    yield f"{told}; torn {index}", [*kept[:place], part, *kept[place + 1 :]]


def choices(
    steps: Sequence[Operation], open_ones: Sequence[int], model: str, bound: int
) -> Iterator[set[int]]:
    """The sets of changes in the balance that may last together."""
    if model == "weak":
        yield from subsets(open_ones, bound)
        return
    written = [each for each in open_ones if steps[each].kind == "write"]
    others = [each for each in open_ones if steps[each].kind != "write"]
    for count in range(len(others) + 1):
        for chosen in subsets(written, bound):
            yield chosen | set(others[:count])


def subsets(items: Sequence[int], bound: int) -> Iterator[set[int]]:
    """Every subset; of more than `bound` items those that lose or keep two at most, and the prefixes."""
    every = set(items)
    if len(items) <= bound:
        for count in range(len(items) + 1):
            yield from map(set, combinations(items, count))
        return
    for count in (0, 1, 2):
        for few in combinations(items, count):
            yield every - set(few)
            yield set(few)
    for count in range(len(items)):
        yield set(items[:count])


def pending(steps: Sequence[Operation], at: int, model: str) -> list[int]:
    """The changes among the first `at` operations that power may still take back."""
    safe: set[int] = set()
    for index, each in enumerate(steps[:at]):
        if each.kind in ("sync", "sync_folder"):
            safe |= {earlier for earlier in range(index) if keeps(each, steps[earlier], model)}
    return [index for index in range(at) if index not in safe and steps[index].kind in EFFECTS]


def keeps(sync: Operation, change: Operation, model: str) -> bool:
    """Whether a sync makes an earlier change last."""
    if model == "ordered" and change.kind in NAMING | {"truncate"}:
        return True
    if sync.kind == "sync":
        return change.kind in WRITING and change.inode == sync.inode
    return change.kind in NAMING and folder_of(change.path) == sync.path


def folder_of(path: str) -> str:
    """The folder that a name stands in."""
    return path.rpartition("/")[0]


def parts(write: Operation) -> list[Operation]:
    """What may arrive of a write: a first part of it, or its length with none of its bytes."""
    size = len(write.content)
    sectors = range(SECTOR - write.at % SECTOR, size, SECTOR)
    ends = sorted({each for each in (1, size // 2, size - 1, *sectors[:2]) if 0 < each < size})
    return [
        *(write._replace(content=write.content[:end]) for end in ends),
        write._replace(content=bytes(size)),
    ]


def after(image: Image, operations: Sequence[Operation]) -> Image:
    """What a disk that held `image` holds after these operations."""
    numbers = {path: number for number, path in enumerate(image.files, 1)}
    contents = {numbers[path]: content for path, content in image.files.items()}
    folders = set(image.folders)
    for each in operations:
        if each.kind in WRITING:
            contents[each.inode] = changed(contents.get(each.inode, b""), each)
        elif each.kind in ("create", "name"):
            numbers[each.path] = each.inode
        elif each.kind == "rename":
            numbers.pop(each.path, None)
            numbers[each.target] = each.inode
        elif each.kind == "rename_folder":
            numbers = {moved(path, each.path, each.target): number for path, number in numbers.items()}
            folders = {moved(path, each.path, each.target) for path in folders}
        elif each.kind == "exchange":
            numbers[each.path], numbers[each.target] = each.inode, numbers[each.path]
        elif each.kind == "unlink":
            numbers.pop(each.path, None)
        elif each.kind == "mkdir":
            folders.add(each.path)
        elif each.kind == "rmdir":
            folders.discard(each.path)
    reached = reachable(folders, image.folders)
    files = {path: contents.get(at, b"") for path, at in numbers.items() if folder_of(path) in reached}
    return Image(files, frozenset(reached))


def changed(content: bytes, change: Operation) -> bytes:
    """A file's bytes after a write or a new length; a gap reads as zeros."""
    if change.kind == "truncate":
        return content[: change.at].ljust(change.at, b"\0")
    start = content[: change.at].ljust(change.at, b"\0")
    return start + change.content + content[change.at + len(change.content) :]


def reachable(folders: set[str], known: frozenset[str]) -> set[str]:
    """The folders whose folders are there, too."""
    found = set(known & folders)
    for each in sorted(folders - found):
        if folder_of(each) in found:
            found.add(each)
    return found
