"""A workflow's files, damaged in every place, and what opening them then gives.

The workflow was made by our own commands and has been further than it is now: it was sent back, and
rolled back. So a damage that hides one of these would move it forward.
"""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import MemoryStateError
from memory_state.core.locate import Located
from memory_state.core.standing import read_standing
from memory_state.workspace.actor import Actor
from memory_state.workspace.recovering import recover
from memory_state.workspace.rollback import roll_back
from memory_state.workspace.verification import verify
from memory_state.workspace.workspace import Workspace
from tests.workspace.ground import NOON, Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

PHASES = ("plan", "build", "review", "close")
THREADS = 24
SIZE = 4096


class Subject(NamedTuple):
    """An undamaged workflow: its files by their paths below the project, and where it stands."""

    files: Mapping[str, bytes]
    workflow: str
    phase: str

    @property
    def document(self) -> str:
        """The path of its document."""
        return ".memory/state/active-workflow.md"

    @property
    def log(self) -> str:
        """The path of its log."""
        return f".memory/state/workflow-history/{self.workflow}/events.md"

    @property
    def accepted(self) -> str:
        """The path of its document as last accepted."""
        return f".memory/state/.cache/{self.workflow}.md"

    @property
    def recovery(self) -> str:
        """The path of its recovery file."""
        return f".memory/state/interruption-recovery/{self.workflow}.md"


class Damage(NamedTuple):
    """Files as a damage left them, None for one that is gone; what it is called."""

    name: str
    files: Mapping[str, bytes | None]


class Found(NamedTuple):
    """How many damages were opened, in how many the phase was the same, earlier, refused; what is wrong."""

    opened: int
    same: int
    earlier: int
    refused: int
    wrong: tuple[str, ...]


def sent_back(folder: Path) -> Subject:
    """A workflow that was in review and sent back, as its last move."""
    ground = Ground(folder)
    run = ground.start()
    ground.to_phase("review")
    ground.workspace().back("The second case is missing")
    ground.workspace().task("done", "The second case is missing")
    filled(ground)
    return subject(ground, run.id)


def rolled_back(folder: Path) -> Subject:
    """A workflow that was in its last phase and rolled back, as its last move."""
    ground = Ground(folder)
    run = ground.start()
    ground.to_phase("close")
    filled(ground)
    roll_back(ground.workspace(), to="9", reason="Not yet")
    return subject(ground, run.id)


def filled(ground: Ground) -> None:
    """Let notes and calls bring document and log to some 4 KiB."""
    workspace = ground.workspace()
    run = workspace.status()
    while len(ground.document.read_bytes()) < SIZE - 500:
        workspace.note(f"Seen from {len(ground.document.read_bytes())}: " + "what was found there. " * 12)
    while len(ground.log(run.id).read_bytes()) < SIZE:
        workspace.check()
        workspace.task("add", "One more thing")
        workspace.task("drop", "One more thing", reason="not needed")


def subject(ground: Ground, workflow: str) -> Subject:
    """What there is now."""
    return Subject(ground.files(), workflow, ground.workspace().status().state.phase)


def open_all(whole: Subject, damages: Iterable[Damage], folder: Path) -> Found:
    """Open every damaged state, many at a time as opening waits for editors; counts what came of it."""
    places = threading.local()
    serial = iter(range(10**9))
    taken = threading.Lock()

    def opened(damage: Damage) -> tuple[str, str]:
        if not hasattr(places, "root"):
            with taken:
                places.root = folder / str(next(serial))
        return open_one(whole, damage, places.root)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(opened, damages))
    same, earlier, refused = (
        sum(kind == each for kind, _ in results) for each in ("same", "earlier", "refused")
    )
    return Found(len(results), same, earlier, refused, tuple(why for _, why in results if why))


def open_one(whole: Subject, damage: Damage, root: Path) -> tuple[str, str]:
    """What opening a damaged state gives (same, earlier, refused), and what is wrong with that, or empty."""
    lay_out(root, {**whole.files, **damage.files})
    try:
        return opened(whole, damage, root), ""
    except AssertionError as wrong:
        return "", f"{damage.name}: {wrong}"
    except Exception as fault:  # noqa: BLE001  # whatever is raised is a finding
        return "", f"{damage.name}: {type(fault).__name__}: {fault}"


def opened(whole: Subject, damage: Damage, root: Path) -> str:
    """Look, recover, look again: what the first look gives; AssertionError for a broken promise."""
    require_no_later(whole, quick_phase(root), "the hook")
    phase = phase_by(lambda: workspace_at(root, whole.workflow).status().state.phase)
    require_no_later(whole, phase, "status")
    require_kept(whole, damage, root)
    recovered = phase_by(lambda: recover(workspace_at(root, whole.workflow)).run.state.phase)
    require_no_later(whole, recovered, "recover")
    phase_by(lambda: str(verify(f"{root}/.memory", whole.workflow)))
    again = phase_by(lambda: workspace_at(root, whole.workflow).status().state.phase)
    if recovered is not None and again != recovered:
        raise AssertionError(f"recovered in {recovered}, then in {again}")
    if phase is None:
        return "refused"
    return "same" if phase == whole.phase else "earlier"


def lay_out(root: Path, files: Mapping[str, bytes | None]) -> None:
    """Make a folder hold exactly these files."""
    shutil.rmtree(root, ignore_errors=True)
    (root / ".git").mkdir(parents=True)
    for name, content in files.items():
        if content is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def workspace_at(root: Path, workflow: str) -> Workspace:
    """A person's workspace of that workflow."""
    return Workspace.find(
        root, environment={"HOME": str(root / "home"), "PATH": ""}, actor=Actor("person", "Ann"),
        workflow=workflow, clock=lambda: NOON + 60.0,
    )  # fmt: skip


def phase_by(look: Callable[[], str]) -> str | None:
    """What a look gives; None where it is refused with one of our errors."""
    try:
        return look()
    except MemoryStateError:
        return None


def quick_phase(root: Path) -> str | None:
    """The phase the hook would judge by at once; None when it hands the call on, or shuts the gate."""
    try:
        header = read_standing(Located(root=str(root), memory=f"{root}/.memory", workflow=None, bound=False))
    except (ValueError, OSError, MemoryStateError):
        return None
    return None if header is None else str(header["phase"])


def require_no_later(whole: Subject, phase: str | None, who: str) -> None:
    """Raise unless a phase is one that the whole log proves, or an earlier one."""
    if phase is not None and PHASES.index(phase) > PHASES.index(whole.phase):
        raise AssertionError(f"{who} gives {phase}, later than {whole.phase}")


def require_kept(whole: Subject, damage: Damage, root: Path) -> None:
    """Raise unless a damaged document is in the archive, or is there as what a person wrote."""
    content = damage.files.get(whole.document)
    if not content:
        return
    archive = root / ".memory/state/archive"
    if content in [each.read_bytes() for each in archive.glob("*.md")]:
        return
    now = (root / whole.document).read_bytes()
    lost = [each for each in lines_of(content) if each not in lines_of(now)]
    if lost:
        raise AssertionError(f"neither in the document nor in the archive: {lost[:3]}")


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a document but those of values that we rewrite, in lower case: `[X]` becomes `[x]`."""
    found: list[bytes] = []
    ours = False
    for line in content.lower().split(b"\n"):
        ours = line.startswith((b"event:", b"updated_at:")) or (ours and b": " not in line and line != b"---")
        if not ours:
            found.append(line)
    return found


def truncations(path: str, content: bytes, stride: int) -> Iterator[Damage]:
    """The file cut off after every so many bytes."""
    for at in range(0, len(content), stride):
        yield Damage(f"cut at {at}", {path: content[:at]})


FLIPS: dict[str, Callable[[int], int]] = {
    "lowest bit": lambda byte: byte ^ 0x01,
    "case": lambda byte: byte ^ 0x20,
    "highest bit": lambda byte: byte ^ 0x80,
    "a digit's": lambda byte: byte ^ 0x08,
    "a space's or box's": lambda byte: byte ^ 0x58,
    "NUL": lambda byte: byte & 0,
    "line feed": lambda byte: byte & 0 | 10,
}


def flips(path: str, content: bytes, stride: int) -> Iterator[Damage]:
    """One byte changed: each of the ways at every so many places, together at all with a stride of 7."""
    for number, (name, flip) in enumerate(FLIPS.items()):
        for at in range(number % stride, len(content), stride):
            byte = flip(content[at])
            if byte == content[at]:
                byte ^= 0x02
            changed = content[:at] + bytes([byte]) + content[at + 1 :]
            yield Damage(f"{name} at {at}", {path: changed})


def zeroed(path: str, content: bytes, stride: int) -> Iterator[Damage]:
    """A block of NUL bytes in the place of what was written."""
    for size in (16, 512):
        for at in range(0, len(content), max(stride, 8)):
            changed = content[:at] + bytes(min(size, len(content) - at)) + content[at + size :]
            yield Damage(f"{size} zeros at {at}", {path: changed})


def lines_lost(path: str, content: bytes) -> Iterator[Damage]:
    """A line deleted, doubled, or in the place of the one after it; NUL bytes before it."""
    lines = content.splitlines(keepends=True)
    for at, line in enumerate(lines):
        before, after = lines[:at], lines[at + 1 :]
        shapes = {
            "deleted": [*before, *after],
            "doubled": [*before, line, line, *after],
            "swapped": [*before, *after[:1], line, *after[1:]],
            "behind NUL bytes": [*before, bytes(4096), line, *after],
            "joined with the next": [*before, line.rstrip(b"\n"), *after],
            "two deleted": [*before, *after[1:]],
            "three deleted": [*before, *after[2:]],
        }
        for name, found in shapes.items():
            yield Damage(f"line {at + 1} {name}", {path: b"".join(found)})


def torn_tails(path: str, content: bytes) -> Iterator[Damage]:
    """A last line of which a crash left a part, zeros, or garbage."""
    line = content.splitlines(keepends=True)[-1]
    for at in range(1, len(line)):
        yield Damage(f"torn after {at}", {path: content + line[:at]})
    for tail in (bytes(100), bytes(40_000), b"\xff" * 100, b"\n" * 100, b"garbage\n" * 3000):
        yield Damage(f"{tail[:8]!r} behind it", {path: content + tail})


def whole_files(path: str, content: bytes) -> Iterator[Damage]:
    """The file gone, empty, all NUL, in another encoding, or as git leaves it after a conflict."""
    text = content.decode()
    middle = content.splitlines(keepends=True)
    conflict = [b"<<<<<<< HEAD\n", *middle[7:9], b"=======\n", *middle[7:9], b">>>>>>> other\n"]
    shapes: dict[str, bytes | None] = {
        "gone": None,
        "empty": b"",
        "NUL": bytes(len(content)),
        "UTF-16": text.encode("utf-16"),
        "not UTF-8": content.replace(b"e", b"\xe9"),
        "twice": content + content,
        "backwards": content[::-1],
        "in conflict": b"".join([*middle[:7], *conflict, *middle[9:]]),
        "one marker": content.replace(b"\n\n", b"\n<<<<<<< HEAD\n", 1),
        "another file": b"# Notes\n\nNothing of ours.\n",
    }
    for name, found in shapes.items():
        yield Damage(name, {path: found})


def with_loss(damages: Iterable[Damage], *paths: str) -> Iterator[Damage]:
    """The same damages, and other files gone besides."""
    for each in damages:
        yield Damage(f"{each.name}, without {len(paths)} more", {**each.files, **dict.fromkeys(paths)})
