"""Which project, which settings, which memory path, which workflow: the order of what is asked.

Settings, the memory path among them: environment, project file, user file, default. Workflow:
environment, the session's binding, the current document.
"""

from __future__ import annotations

from memory_state.core.clients import PROJECT_VARIABLE
from memory_state.core.errors import Misused
from memory_state.core.files import is_folder, path_exists, posix, read_if_there
from memory_state.core.layout import config_folder, session_folder, session_name, workflow_id
from memory_state.core.paths import resolve_path
from memory_state.core.plainheader import read_plain_header
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Located(TypedDict):
        """Where a call belongs: project root, memory path, and the workflow it is bound to, if any."""

        root: str
        memory: str
        workflow: str | None
        bound: bool
else:
    Located = dict  # a class takes longer to make than all that is asked of it


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


def save_interval(environment: dict[str, str], root: str) -> int:
    """After how many seconds a recovery file is old."""
    value = known_choices(environment, root).get("save_interval")
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
    return None if content is None else read_plain_header(content.decode())


def locate(environment: dict[str, str], folder: str, session: str) -> Located:
    """Find project, memory path and workflow of a session's call.

    A binding decides both, unless the environment names another memory path; ValueError when a file
    must be read by the slow path. Where no settings file decides, one that needs TOML counts as empty.
    Where the client names no project it is that of the binding: a call may be made in any folder.
    """
    bound = read_binding(environment, session) if session else None
    known = bound and not environment.get(PROJECT_VARIABLE) and bound.get("root")
    root = str(known) if known else find_root(environment, folder)
    if not bound or bound.get("root") not in (None, root):
        return locate_unbound(environment, root)
    memory, workflow = bound.get("memory_path"), bound.get("workflow_id")
    if not isinstance(memory, str) or not isinstance(workflow, str):
        raise ValueError(f"the binding of session {session} is damaged")  # noqa: TRY004 - a damaged file
    if environment.get("MEMORY_STATE_PATH") and find_memory(known_choices(environment, root), root) != memory:
        return locate_unbound(environment, root)
    named = environment.get("MEMORY_STATE_WORKFLOW") or workflow
    return Located(root=root, memory=memory, workflow=workflow_id(named), bound=True)


def locate_unbound(environment: dict[str, str], root: str) -> Located:
    """The memory path and the workflow that the environment and the settings name."""
    asked, named = environment.get("MEMORY_STATE_PATH"), environment.get("MEMORY_STATE_WORKFLOW")
    memory = find_memory((known_choices if asked else read_choices)(environment, root), root)
    return Located(root=root, memory=memory, workflow=workflow_id(named) if named else None, bound=False)


def call_folder(payload: dict[str, object]) -> str:
    """The folder of a call; ours, which is the session's, where the payload names none."""
    return str(payload.get("cwd") or posix.getcwd())


def has_state(memory: str) -> bool:
    """Whether a memory path holds any state of ours."""
    return is_folder(f"{memory}/state")
