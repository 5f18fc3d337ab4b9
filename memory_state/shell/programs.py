"""Simple commands: each by its program, unknown where no table lists it."""

from __future__ import annotations

from memory_state.core.prefixes import system_program
from memory_state.shell.folders import FOLDER_PROGRAMS
from memory_state.shell.scene import doubt, is_known, step
from memory_state.shell.tables import listed, only_reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory_state.shell.scene import Scene, Words

    Programs = Mapping[str, Callable[[Words, Scene], None]]

PROGRAM_FOLDERS = ("/usr/local/bin/", "/usr/sbin/", "/sbin/", "/opt/homebrew/bin/")


def run_words(words: Words, scene: Scene) -> None:
    """Note the effect of one simple command."""
    step(scene)
    if not words or not is_known(words[0]):
        doubt(scene, "nobody knows which program runs")
        return
    name = program_name(words[0])
    if name in scene.functions:
        call_function(name, words, scene)
        return
    if only_reads(name) and name != "cd":
        return
    programs = family_of(name)
    if programs is not None:
        programs[name](words[1:], scene)
        return
    from memory_state.shell.asking import only_asks

    if not only_asks(name, words[1:]):
        doubt(scene, f"nobody knows what {words[0]!r} writes")


def program_name(word: str) -> str:
    """A program's name when it is called by name or from a folder of the system."""
    name = system_program(word)
    for folder in PROGRAM_FOLDERS:
        name = name.removeprefix(folder)
    return name


def call_function(name: str, words: Words, scene: Scene) -> None:
    """Walk the body of a function with its arguments."""
    outer, depth = scene.arguments, scene.depth
    scene.arguments, scene.depth = (name, *words[1:]), depth + 1
    scene.effects.run_statements([scene.functions[name]], scene)
    scene.arguments, scene.depth = outer, depth


def family_of(name: str) -> Programs | None:
    """The programs among which a name is known; they are loaded when one of them is called."""
    for names, load in FAMILIES:
        if listed(name, names):
            return load()
    return None


def load_folders() -> Programs:
    """Builtins that change the folder."""
    return FOLDER_PROGRAMS


def load_archives() -> Programs:
    """Archives and compressed files."""
    from memory_state.shell.archives import ARCHIVE_PROGRAMS

    return ARCHIVE_PROGRAMS


def load_builtins() -> Programs:
    """Builtins that change the shell."""
    from memory_state.shell.builtins import BUILTINS

    return BUILTINS


def load_copying() -> Programs:
    """Programs that copy, move and link."""
    from memory_state.shell.copying import COPYING_PROGRAMS

    return COPYING_PROGRAMS


def load_editors() -> Programs:
    """Stream editors."""
    from memory_state.shell.editors import EDITING_PROGRAMS

    return EDITING_PROGRAMS


def load_fetching() -> Programs:
    """Programs that fetch."""
    from memory_state.shell.fetching import FETCHING_PROGRAMS

    return FETCHING_PROGRAMS


def load_files() -> Programs:
    """Programs whose operands are files."""
    from memory_state.shell.files import FILE_PROGRAMS

    return FILE_PROGRAMS


def load_readers() -> Programs:
    """Readers that an option makes write."""
    from memory_state.shell.readers import READING_PROGRAMS

    return READING_PROGRAMS


def load_finding() -> Programs:
    """Searches."""
    from memory_state.shell.finding import FINDING_PROGRAMS

    return FINDING_PROGRAMS


def load_git() -> Programs:
    """Git."""
    from memory_state.shell.git import GIT_PROGRAMS

    return GIT_PROGRAMS


def load_runners() -> Programs:
    """Programs that run another one."""
    from memory_state.shell.runners import RUNNING_PROGRAMS

    return RUNNING_PROGRAMS


FILE_NAMES = (
    " chattr chgrp chmod chown csplit dd fallocate mkdir mkfifo mktemp patch rm rmdir setfacl shred split"
    " sponge tee touch truncate unlink vipe "
)
BUILTIN_NAMES = (
    " [ alias declare eval export history jobs let local mapfile printf read readarray readonly set shift"
    " shopt test trap typeset unset wait "
)
RUNNER_NAMES = (
    " ash bash builtin busybox chrt command dash doas env exec flock gtimeout ionice ksh nice nohup setsid"
    " sh stdbuf sudo taskset time timeout xargs zsh "
)
ARCHIVE_NAMES = " bsdtar bunzip2 bzip2 gtar gunzip gzip lz4 tar unlz4 unxz unzip unzstd xz zip zstd "
# Names of programs, and what loads the table that they stand in.
FAMILIES: tuple[tuple[str, Callable[[], Programs]], ...] = (
    (" cd chdir popd pushd ", load_folders),
    (" git ", load_git),
    (FILE_NAMES, load_files),
    (" cp gcp install ln mv rsync ", load_copying),
    (" awk gawk gsed mawk nawk perl sed ", load_editors),
    (" fd fdfind find gfind ", load_finding),
    (BUILTIN_NAMES, load_builtins),
    (RUNNER_NAMES, load_runners),
    (" base64 bat batcat hostname iconv less more sdiff sort uniq xxd ", load_readers),
    (" curl wget ", load_fetching),
    (ARCHIVE_NAMES, load_archives),
)
