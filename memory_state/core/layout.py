"""Where each file of a memory path stands, and which names from outside may become part of one."""

from __future__ import annotations

from memory_state.core.errors import Misused

ACTIVE = "active-workflow"
CONFIG = ("XDG_CONFIG_HOME", ".config")
SHARE = ("XDG_DATA_HOME", ".local/share")
STATE = ("XDG_STATE_HOME", ".local/state")
USER_FOLDERS = (CONFIG, SHARE, STATE)


def workflow_id(text: str) -> str:
    """`text` when it is a workflow's id, 8 characters of `[0-9a-z]`; else Misused."""
    if len(text) == 8 and text.isascii() and text.isalnum() and text == text.lower():
        return text
    raise Misused(f"{text!r} is no workflow id: ids are 8 characters of 0-9 and a-z", ("list",))


def session_name(text: str) -> str:
    """`text` when it may name a session's file; else Misused."""
    if (
        0 < len(text) <= 128
        and text.isascii()
        and text[0].isalnum()
        and text.replace("-", "").replace("_", "").isalnum()
    ):
        return text
    raise Misused(f"{text[:80]!r} is no session id")


def active_document(memory: str) -> str:
    """The document of the current workflow."""
    return f"{memory}/state/{ACTIVE}.md"


def further_document(memory: str, workflow: str) -> str:
    """The document of a live workflow that is not the current one."""
    return f"{memory}/state/{ACTIVE}.{workflow}.md"


def history_folder(memory: str, workflow: str) -> str:
    """What is kept of one workflow for ever."""
    return f"{memory}/state/workflow-history/{workflow}"


def event_log(memory: str, workflow: str) -> str:
    """The event log of one workflow."""
    return f"{memory}/state/workflow-history/{workflow}/events.md"


def recovery_file(memory: str, workflow: str) -> str:
    """The recovery file of one workflow."""
    return f"{memory}/state/interruption-recovery/{workflow}.md"


def accepted_copy(memory: str, workflow: str) -> str:
    """A document exactly as it was last accepted."""
    return f"{memory}/state/.cache/{workflow}.md"


def standing_file(memory: str, workflow: str) -> str:
    """What a hook asks of an accepted document, as plain front matter with a check behind it."""
    return f"{memory}/state/.cache/{workflow}.standing.md"


def grant_file(memory: str, session: str) -> str:
    """The one-time grant of a session."""
    return f"{memory}/state/.cache/grant-{session}"


def retell_file(memory: str, session: str) -> str:
    """The mark of a session that is to be told again where its workflow stands."""
    return f"{memory}/state/.cache/retell-{session}"


def fault_log(memory: str) -> str:
    """Where a fault of ours is written down."""
    return f"{memory}/state/.cache/faults.log"


def state_lock(memory: str) -> str:
    """The lock of everything below a memory path."""
    return f"{memory}/state/.lock"


def user_folder(environment: dict[str, str], variable: str, default: str) -> str:
    """Our folder below one of the XDG base directories (XDG Base Directory Specification 0.8).

    A relative value counts as unset, as the specification demands.
    """
    base = environment.get(variable, "")
    if not base.startswith("/"):
        base = f"{environment.get('HOME', '')}/{default}"
    return f"{base}/memory-state"


def config_folder(environment: dict[str, str]) -> str:
    """The user's configuration."""
    return user_folder(environment, *CONFIG)


def share_folder(environment: dict[str, str]) -> str:
    """What is installed for the user: the hook, the runtime record, trusted digests."""
    return user_folder(environment, *SHARE)


def session_folder(environment: dict[str, str]) -> str:
    """The sessions' bindings."""
    return user_folder(environment, *STATE) + "/sessions"


def watch_file(environment: dict[str, str], session: str, workflow: str) -> str:
    """The files of a project as they were before a session's shell call; `.open` behind it marks the call.

    A call without a usable session counts as one of the workflow's.
    """
    try:
        name = session_name(session)
    except Misused:
        name = workflow
    return user_folder(environment, *STATE) + f"/watches/{name}"


def watch_folder(environment: dict[str, str]) -> str:
    """The files of projects as they were before the sessions' shell calls."""
    return user_folder(environment, *STATE) + "/watches"


def guarded_folder(environment: dict[str, str]) -> str:
    """What is noted of the files that no call may change."""
    return user_folder(environment, *STATE) + "/guarded"


def own_folders(environment: dict[str, str]) -> tuple[str, ...]:
    """The user's folders that hold what we keep: configuration, installation, sessions and watches."""
    return tuple([user_folder(environment, *each) for each in USER_FOLDERS])
