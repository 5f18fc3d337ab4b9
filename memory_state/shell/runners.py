"""Programs that run a command given among their words."""

from __future__ import annotations

from memory_state.shell.assignments import set_variable
from memory_state.shell.folders import change_folder
from memory_state.shell.options import parse_options
from memory_state.shell.places import write
from memory_state.shell.scene import HIDDEN, SPLIT, child_shell, doubt, inner, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.scene import Scene, Words

# Programs that run the rest of their words: letters and long names of their options that take a value,
# operands before the command.
RUNNERS: dict[str, tuple[str, tuple[str, ...], int]] = {
    "builtin": ("", (), 0),
    "busybox": ("", (), 0),
    "chrt": ("TPD", (), 1),
    "doas": ("uC", (), 0),
    "ionice": ("cnpPu", ("class", "classdata"), 0),
    "nice": ("n", ("adjustment",), 0),
    "nohup": ("", (), 0),
    "setsid": ("", (), 0),
    "stdbuf": ("ioe", ("input", "output", "error"), 0),
    "taskset": ("", (), 1),
    "timeout": ("ks", ("kill-after", "signal"), 1),
}
SUDO_VALUED = (
    "ugpCrtTUDRh",
    ("user", "group", "prompt", "close-from", "role", "type", "chdir", "chroot", "host"),
)
XARGS_LETTERS = "aEILnPsd"
XARGS_NAMES = ("arg-file", "max-args", "max-procs", "max-chars", "delimiter", "process-slot-var")


def runner(name: str) -> Callable[[Words, Scene], None]:
    """A prefix: the command behind its options and operands runs."""

    def run(words: Words, scene: Scene) -> None:
        letters, names, skipped = RUNNERS[name]
        options = parse_options(words, letters, names, mixed=False)
        run_program(options.operands[skipped:], scene)

    return run


def run_program(words: Words, scene: Scene, *, keep: bool = False) -> None:
    """Run words as a program: outside of the shell's functions unless `keep`, its changes lost."""
    if not words:
        return
    own = inner(scene)
    if not keep:
        own.functions = {}
    scene.effects.run_words(words, own)


def note_env(words: Words, scene: Scene) -> None:
    """`env`: assignments, then a command."""
    options = parse_options(words, "uCS", ("unset", "chdir", "split-string"), mixed=False)
    own = inner(scene)
    if options.has("S", "s", "split-string"):
        doubt(scene, "a text that is split once more")
    folder = options.value("C", "chdir")
    if folder is not None:
        change_folder(own, folder)
    rest = options.operands
    while rest and "=" in rest[0] and not rest[0].startswith("="):
        name, _, value = rest[0].partition("=")
        set_variable(own, name, value)
        rest = rest[1:]
    run_program(rest, own)


def note_sudo(words: Words, scene: Scene) -> None:
    """`sudo`: a command, unless it starts a shell or edits."""
    options = parse_options(words, *SUDO_VALUED, mixed=False)
    if options.has("s", "i", "e", "shell", "login", "edit", "R", "chroot"):
        doubt(scene, "sudo starts a shell or an editor")
    own = inner(scene)
    folder = options.value("D", "chdir")
    if folder is not None:
        change_folder(own, folder)
    rest = options.operands
    while rest and "=" in rest[0]:
        name, _, value = rest[0].partition("=")
        set_variable(own, name, value)
        rest = rest[1:]
    run_program(rest, own)


def note_command(words: Words, scene: Scene) -> None:
    """`command`: a question, or a command that is no function."""
    if words[:1] in (("-v",), ("-V",)):
        return
    rest = words[1:] if words[:1] in (("-p",), ("--",)) else words
    if not rest:
        return
    functions, scene.functions = scene.functions, {}
    scene.effects.run_words(rest, scene)
    scene.functions = functions


def note_exec(words: Words, scene: Scene) -> None:
    """`exec`: its redirections are walked already; a command takes the shell's place."""
    options = parse_options(words, "a", mixed=False)
    run_program(options.operands, scene)


def note_time(words: Words, scene: Scene) -> None:
    """`time` as a program, whose `-o` writes."""
    options = parse_options(words, "fo", ("format", "output"), mixed=False)
    for each in options.values("o", "output"):
        write(scene, each)
    run_program(options.operands, scene, keep=True)


def note_flock(words: Words, scene: Scene) -> None:
    """`flock FILE COMMAND`, `flock FILE -c LINE`: the lock file is made."""
    options = parse_options(words, "wEc", ("timeout", "conflict-exit-code", "command"), mixed=False)
    if not options.operands or options.operands[0].isdecimal():
        return
    write(scene, options.operands[0])
    rest = options.operands[1:]
    line = options.value("c", "command") or (rest[1] if rest[:1] == ("-c",) and len(rest) > 1 else None)
    if line is not None:
        run_constant(line, (), scene)
    else:
        run_program(rest, scene)


def note_bash(words: Words, scene: Scene) -> None:
    """A shell that reads its line as bash does."""
    note_shell(words, scene, plain=False)


def note_shell(words: Words, scene: Scene, *, plain: bool = True) -> None:
    """`sh -c LINE NAME ARGUMENTS`; a script or what stands in a pipe is not known."""
    if words == ("--version",):
        return
    options = parse_options(words, "oO", ("rcfile", "init-file"), mixed=False)
    known = {"c", "e", "u", "x", "o", "norc", "noprofile", "f", "v"}
    if {name for name, _ in options.given} - known:
        doubt(scene, "a shell that reads more than its line")
    if any(not is_known(each) for each in words[: len(words) - len(options.operands)]):
        doubt(scene, "a shell whose options nobody knows")
    if not options.has("c") or not options.operands:
        doubt(scene, "a shell runs a text that is not in the line")
        return
    run_constant(options.operands[0], options.operands[1:] or ("sh",), scene, plain=plain)


def run_constant(line: str, arguments: Words, scene: Scene, *, plain: bool = True) -> None:
    """Walk a text in a shell of its own."""
    if not is_known(line):
        doubt(scene, "a shell runs a text that nobody knows")
        return
    child = child_shell(scene, arguments)
    child.plain = plain
    scene.effects.run_line(line, child)


def note_xargs(words: Words, scene: Scene) -> None:
    """`xargs`: a command with words that nobody knows."""
    options = parse_options(words, XARGS_LETTERS, (*XARGS_NAMES, "max-lines"), mixed=False)
    if not all(is_known(name + value) for name, value in options.given):
        doubt(scene, "nobody knows the options of xargs")
    rest = options.operands or ("echo",)
    mark = options.value("I") or ("{}" if options.has("i", "replace") else None)
    if mark:
        rest = (rest[0], *(each.replace(mark, HIDDEN) for each in rest[1:]))
        if mark in options.operands[0]:
            doubt(scene, "nobody knows which program runs")
    elif options.value("a") != "/dev/null":
        rest = (*rest, SPLIT)
    run_program(rest, scene)


RUNNING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {
    "bash": note_bash,
    "command": note_command,
    "env": note_env,
    "exec": note_exec,
    "flock": note_flock,
    "gtimeout": runner("timeout"),
    "sudo": note_sudo,
    "time": note_time,
    "xargs": note_xargs,
    **{name: runner(name) for name in RUNNERS},
    **dict.fromkeys(("ash", "dash", "ksh", "sh", "zsh"), note_shell),
}
