"""Which project, which memory path, which workflow: the order of what is asked.

Memory path: environment, project file, user file, `.memory`. Workflow: environment, the session's
binding, the current document.
"""

from __future__ import annotations

from memory_state.core.errors import Misused
from memory_state.core.files import is_folder, path_exists, read_if_there
from memory_state.core.header import read_header
from memory_state.core.layout import config_folder, session_folder, session_name, workflow_id
from memory_state.core.settings import read_settings

PROJECT_FILE = ".memory-state.toml"
USER_FILE = "config.toml"
DEFAULT_MEMORY = ".memory"
ROOT_MARKS = (PROJECT_FILE, DEFAULT_MEMORY, ".git")


def environment_texts(raw: dict[bytes, bytes]) -> dict[str, str]:
    """The environment as texts; `posix.environ` has bytes, where a text look-up finds nothing."""
    return {
        k.decode("utf-8", "surrogateescape"): v.decode("utf-8", "surrogateescape") for k, v in raw.items()
    }


def find_root(environment: dict[str, str], folder: str) -> str:
    """The project's root: what the client says, else the nearest parent with a mark of ours or git's."""
    named = environment.get("CLAUDE_PROJECT_DIR", "")
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


def find_memory(environment: dict[str, str], root: str) -> str:
    """The absolute memory path of a project; ValueError when a settings file needs TOML."""
    named: object = environment.get("MEMORY_STATE_PATH")
    if not named:
        named = settings_file(f"{root}/{PROJECT_FILE}").get("memory_path")
    if not named:
        named = settings_file(f"{config_folder(environment)}/{USER_FILE}").get("memory_path")
    if not isinstance(named or "", str):
        raise ValueError("memory_path is no text")  # noqa: TRY004 - a malformed file
    return absolute_memory(str(named or DEFAULT_MEMORY), root)


def absolute_memory(path: str, root: str) -> str:
    """A memory path relative to the project's root, made absolute; Misused when it holds NUL."""
    if "\0" in path:
        raise Misused("the memory path holds a NUL character")
    path = path.rstrip("/") or "/"
    return path if path.startswith("/") else f"{root}/{path}"


def read_binding(environment: dict[str, str], session: str) -> dict[str, object] | None:
    """What a session is bound to: `memory_path`, `workflow_id` and more; None when it is not bound."""
    try:
        content = read_if_there(f"{session_folder(environment)}/{session_name(session)}", 1 << 14)
    except Misused:
        return None
    return None if content is None else read_header(content.decode())


class Located:
    """Where a call belongs: project root, memory path, and the workflow it is bound to, if any."""

    __slots__ = ("bound", "memory", "root", "workflow")

    def __init__(self, root: str, memory: str, workflow: str | None, *, bound: bool) -> None:
        self.root = root
        self.memory = memory
        self.workflow = workflow
        self.bound = bound


def locate(environment: dict[str, str], folder: str, session: str) -> Located:
    """Find project, memory path and workflow of a session's call.

    A binding decides both, unless the environment names another memory path; ValueError when a file
    must be read by the slow path.
    """
    root = find_root(environment, folder)
    named = environment.get("MEMORY_STATE_WORKFLOW")
    bound = read_binding(environment, session) if session else None
    if bound and bound.get("root") in (None, root):
        memory, workflow = bound.get("memory_path"), bound.get("workflow_id")
        if not isinstance(memory, str) or not isinstance(workflow, str):
            raise ValueError(f"the binding of session {session} is damaged")
        asked = environment.get("MEMORY_STATE_PATH")
        if not asked or absolute_memory(asked, root) == memory:
            return Located(root, memory, workflow_id(named or workflow), bound=True)
    memory = find_memory(environment, root)
    return Located(root, memory, workflow_id(named) if named else None, bound=False)


def has_state(memory: str) -> bool:
    """Whether a memory path holds any state of ours."""
    return is_folder(f"{memory}/state")
