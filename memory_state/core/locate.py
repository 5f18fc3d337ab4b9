"""Which project, which settings, which memory path, which workflow: the order of what is asked.

Settings, the memory path among them: environment, project file, user file, default. Workflow:
environment, the session's binding, the current document.
"""

from __future__ import annotations

from memory_state.core.clients import PROJECT_VARIABLE
from memory_state.core.errors import Misused
from memory_state.core.files import is_folder, path_exists, read_if_there
from memory_state.core.header import read_header
from memory_state.core.layout import config_folder, session_folder, session_name, workflow_id
from memory_state.core.paths import resolve_path
from memory_state.core.settings import read_settings

PROJECT_FILE = ".memory-state.toml"
USER_FILE = "config.toml"
DEFAULT_MEMORY = ".memory"
SAVE_INTERVAL = 300
CHOICE_VARIABLES = {
    "memory_path": "MEMORY_STATE_PATH",
    "scope": "MEMORY_STATE_SCOPE",
    "save_interval": "MEMORY_STATE_SAVE_INTERVAL",
    "on_fault": "MEMORY_STATE_ON_FAULT",
}
ROOT_MARKS = (PROJECT_FILE, DEFAULT_MEMORY, ".git")


def environment_texts(raw: dict[bytes, bytes]) -> dict[str, str]:
    """The environment as texts; `posix.environ` has bytes, where a text look-up finds nothing."""
    return {
        k.decode("utf-8", "surrogateescape"): v.decode("utf-8", "surrogateescape") for k, v in raw.items()
    }


def find_root(environment: dict[str, str], folder: str) -> str:
    """The project's root: what the client says, else the nearest parent with a mark of ours or git's."""
    named = environment.get(PROJECT_VARIABLE, "")
    if named.startswith("/"):
        return named.rstrip("/") or "/"
    place = folder
    while place:
        if any(path_exists(f"{place}/{mark}") for mark in ROOT_MARKS):
            return place
        place = place.rpartition("/")[0]
    return folder


def settings_file(path: str) -> dict[str, object]:
    """The settings of a file, none when it is not there; ValueError when only TOML can read it."""
    content = read_if_there(path, 1 << 16)
    return {} if content is None else read_settings(content.decode())


def read_choices(environment: dict[str, str], root: str) -> dict[str, object]:
    """The settings in force that a hook asks for; ValueError when a file needs TOML.

    An empty text, as an empty variable, chooses nothing. Wrong values are the asker's to notice.
    """
    chosen: dict[str, object] = {}
    for path in (f"{config_folder(environment)}/{USER_FILE}", f"{root}/{PROJECT_FILE}"):
        found = settings_file(path)
        chosen.update({name: found[name] for name in found if found[name] != ""})
    chosen.update(environment_choices(environment))
    return chosen


def environment_choices(environment: dict[str, str]) -> dict[str, object]:
    """The settings that the environment names."""
    chosen: dict[str, object] = {}
    for name, variable in CHOICE_VARIABLES.items():
        text = environment.get(variable)
        if text:
            chosen[name] = int(text) if text.isascii() and text.isdigit() else text
    return chosen


def known_choices(environment: dict[str, str], root: str) -> dict[str, object]:
    """Like `read_choices`, those of the environment alone when a file can not be read."""
    try:
        return read_choices(environment, root)
    except (ValueError, OSError):
        return environment_choices(environment)


def chosen_interval(choices: dict[str, object]) -> int:
    """After how many seconds a recovery file is old."""
    value = choices.get("save_interval")
    return value if isinstance(value, int) and not isinstance(value, bool) else SAVE_INTERVAL


def find_memory(choices: dict[str, object], root: str) -> str:
    """The absolute memory path of a project with these settings; ValueError when it is no text."""
    named = choices.get("memory_path", DEFAULT_MEMORY)
    if not isinstance(named, str):
        raise ValueError("memory_path is no text")  # noqa: TRY004 - a malformed file
    return absolute_memory(named, memory_base(choices, root))


def memory_base(choices: dict[str, object], root: str) -> str:
    """The folder that a relative memory path starts from: the project's root.

    With the scope `repository` it is that folder of the repository's main work tree.
    """
    if choices.get("scope") != "repository":
        return root
    place = root
    while place and not path_exists(f"{place}/.git"):
        place = place.rpartition("/")[0]
    return main_worktree(place) + root[len(place) :] if place else root


def main_worktree(place: str) -> str:
    """The work tree that a linked one belongs to (gitrepository-layout(5): `.git` file, `commondir`).

    A main work tree and a submodule belong to themselves, a work tree of a bare repository to that.
    """
    if is_folder(f"{place}/.git"):
        return place
    link = (read_if_there(f"{place}/.git", 1 << 12) or b"").decode("utf-8", "surrogateescape")
    if not link.startswith("gitdir: "):
        return place
    folder = resolve_path(link[8:].rstrip("\n"), place)
    common = read_if_there(f"{folder}/commondir", 1 << 12)
    if common is None:
        return place
    path = common.decode("utf-8", "surrogateescape").rstrip("\n")
    return resolve_path(path, folder).removesuffix("/.git")


def absolute_memory(path: str, base: str) -> str:
    """A memory path relative to a folder, made absolute; Misused when it holds NUL."""
    if "\0" in path:
        raise Misused("the memory path holds a NUL character")
    path = path.rstrip("/") or "/"
    return path if path.startswith("/") else f"{base}/{path}"


def read_binding(environment: dict[str, str], session: str) -> dict[str, object] | None:
    """What a session is bound to: `memory_path`, `workflow_id` and more; None when it is not bound."""
    try:
        content = read_if_there(f"{session_folder(environment)}/{session_name(session)}", 1 << 14)
    except Misused:
        return None
    return None if content is None else read_header(content.decode())


class Located:
    """Where a call belongs: project root, memory path, and the workflow it is bound to, if any.

    `save_interval` is in seconds.
    """

    __slots__ = ("bound", "memory", "root", "save_interval", "workflow")

    def __init__(
        self, root: str, memory: str, workflow: str | None, *, bound: bool, save_interval: int = SAVE_INTERVAL
    ) -> None:
        self.root = root
        self.memory = memory
        self.workflow = workflow
        self.bound = bound
        self.save_interval = save_interval


def locate(environment: dict[str, str], folder: str, session: str) -> Located:
    """Find project, memory path and workflow of a session's call.

    A binding decides both, unless the environment names another memory path; ValueError when a file
    must be read by the slow path. Where no settings file decides, one that needs TOML counts as empty.
    Where the client names no project it is that of the binding: a call may be made in any folder.
    """
    asked = environment.get("MEMORY_STATE_PATH")
    named = environment.get("MEMORY_STATE_WORKFLOW")
    bound = read_binding(environment, session) if session else None
    known = bound and not environment.get(PROJECT_VARIABLE) and bound.get("root")
    root = str(known) if known else find_root(environment, folder)
    if bound and bound.get("root") not in (None, root):
        bound = None
    choices = (known_choices if bound or asked else read_choices)(environment, root)
    interval = chosen_interval(choices)
    if bound:
        memory, workflow = bound.get("memory_path"), bound.get("workflow_id")
        if not isinstance(memory, str) or not isinstance(workflow, str):
            raise ValueError(f"the binding of session {session} is damaged")
        if not asked or find_memory(choices, root) == memory:
            return Located(root, memory, workflow_id(named or workflow), bound=True, save_interval=interval)
    workflow = workflow_id(named) if named else None
    return Located(root, find_memory(choices, root), workflow, bound=False, save_interval=interval)


def has_state(memory: str) -> bool:
    """Whether a memory path holds any state of ours."""
    return is_folder(f"{memory}/state")
