"""The fast path of a hook: from what is written where a workflow stands to the answer.

It goes by the session's binding, what the accepted document says and the log's tail. None hands the
call to the slow path.
"""

from __future__ import annotations

import sys
import time

from memory_state.core.answers import SILENT, answer_deny, own_program
from memory_state.core.errors import MemoryStateError
from memory_state.core.files import path_exists, remove_file
from memory_state.core.filled import PROGRAMS, SITE
from memory_state.core.gate import judge_call, next_steps, policy_rules
from memory_state.core.layout import grant_file, own_folders, retell_file, session_name, watch_file
from memory_state.core.locate import Located, save_interval
from memory_state.core.policy import restricts_edits
from memory_state.core.record import append_note, note_call, refresh_recovery
from memory_state.core.refusal import rule_behind
from memory_state.core.standing import LIVE_STATUSES, read_standing
from memory_state.core.tools import tool_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.core.answers import Answer

LEVELS = 8
EXTERNAL = ("shell", "web", "agent", "mcp")


def quick_answer(
    event: str, payload: dict[str, object], located: Located, environment: dict[str, str]
) -> Answer | None:
    """The answer of the fast path; None hands the call to the slow one."""
    if event == "PreToolUse":
        return gate_answer(payload, located, environment)
    if event in ("PostToolUse", "PostToolUseFailure"):
        return record_answer(event, payload, located, environment)
    return prompt_answer(payload, located, environment) if event == "UserPromptSubmit" else None


def live_standing(
    payload: dict[str, object], located: Located, environment: dict[str, str]
) -> dict[str, object] | Answer | None:
    """What a call of a live workflow is judged by; else its answer: silence, or None for the slow path."""
    header = read_standing(located)
    if header is None:
        return None
    if header["status"] not in LIVE_STATUSES:
        return None if header["parent"] else SILENT  # the workflow above it counts then
    return None if is_watched(payload, header, environment) else header


def prompt_answer(payload: dict[str, object], located: Located, environment: dict[str, str]) -> Answer | None:
    """UserPromptSubmit has nothing to tell where document and log agree."""
    found = live_standing(payload, located, environment)
    return SILENT if isinstance(found, dict) else found


def gate_answer(payload: dict[str, object], located: Located, environment: dict[str, str]) -> Answer | None:
    """PreToolUse of a live workflow is judged."""
    found = live_standing(payload, located, environment)
    return before_call(payload, located, found, environment) if isinstance(found, dict) else found


def record_answer(
    event: str, payload: dict[str, object], located: Located, environment: dict[str, str]
) -> Answer | None:
    """PostToolUse and PostToolUseFailure in a live workflow go into its history."""
    found = live_standing(payload, located, environment)
    return after_call(event, payload, located, found, environment) if isinstance(found, dict) else found


def is_watched(payload: dict[str, object], header: dict[str, object], environment: dict[str, str]) -> bool:
    """Whether the project's files are to be compared with what they were before an earlier call."""
    session = str(payload.get("session_id") or "")
    return path_exists(watch_file(environment, session, str(header.get("workflow_id"))) + ".open")


def before_call(
    payload: dict[str, object], located: Located, header: dict[str, object], environment: dict[str, str]
) -> Answer | None:
    """PreToolUse: the phase's policy, and a fresh recovery file before anything external."""
    session = str(payload.get("session_id") or "")
    void_grant(located["memory"], session)
    judged = judge_levels(payload, header, located, environment)
    if judged is None:
        return None
    decision, reason = judged
    workflow = str(header["workflow_id"])
    if decision == "allow":
        if tool_word(str(payload.get("tool_name"))) in EXTERNAL:
            kept = refresh_recovery(located["memory"], workflow, header, session, "tool", time.time(), 0)
            return SILENT if kept else None
        return SILENT
    if decision == "ask":  # the grant that a yes makes good is signed, which takes more than there is here
        return None
    details: dict[str, object] = {"reason": reason, "rule": rule_behind(reason)}
    append_note(located["memory"], workflow, "tool.denied", payload, details, time.time())
    return answer_deny(f"{reason}. {next_steps(header, own_program(environment))}")


def judge_levels(
    payload: dict[str, object], header: dict[str, object], located: Located, environment: dict[str, str]
) -> tuple[str, str] | None:
    """The decision of a workflow and of those it is within; None when more must be looked at.

    That is an edit whose result counts, and a call of which nobody knows what it writes.
    """
    own, looked = own_folders(environment), False
    unknown = tool_word(str(payload.get("tool_name") or "")) in ("mcp", "unknown")
    for _ in range(LEVELS):
        decision, reason = judge_call(payload, header, located["root"], located["memory"], own, PROGRAMS)
        if decision == "parse":
            decision, reason, kind = judge_tree(payload, header, located, environment)
            unknown = kind == "unknown"
        if unknown and not looked:
            looked = restricts_edits(policy_rules(header, "allow"), policy_rules(header, "deny") or [])
        looked = looked or decision == "look"
        parent = header.get("parent")
        if decision in ("deny", "ask") or not parent:
            return None if looked and decision != "deny" else (decision, reason)
        above = read_standing({**located, "workflow": str(parent)})
        if above is None:
            return None
        header = above
    return "deny", f"workflows are more than {LEVELS} levels deep"


def judge_tree(
    payload: dict[str, object], header: dict[str, object], located: Located, environment: dict[str, str]
) -> tuple[str, str, str]:
    """What a shell line writes decides: decision, reason and the verdict's kind."""
    sys.path.extend([folder for folder in SITE if folder not in sys.path])
    from memory_state.shell.call import judge_shell_call

    own = own_folders(environment)
    return judge_shell_call(payload, header, located["root"], located["memory"], own, environment)


def void_grant(memory: str, session: str) -> None:
    """A grant is for the very next call; here is one."""
    try:
        path = grant_file(memory, session_name(session))
    except MemoryStateError:  # a session without a usable name has no grant
        return
    if path_exists(path):
        remove_file(path)


def after_call(
    event: str,
    payload: dict[str, object],
    located: Located,
    header: dict[str, object],
    environment: dict[str, str],
) -> Answer | None:
    """PostToolUse and PostToolUseFailure: the call goes into the history, once."""
    session = str(payload.get("session_id") or "")
    if header.get("advance_on") and event == "PostToolUse":  # this call may leave the phase
        return None
    if payload.get("late_context") and path_exists(retell_file(located["memory"], session_name(session))):
        return None
    now = time.time()
    workflow = str(header["workflow_id"])
    note_call(located["memory"], workflow, event, payload, located["root"], now)
    age = save_interval(environment, located["root"])
    kept = refresh_recovery(located["memory"], workflow, header, session, "interval", now, age)
    return SILENT if kept else None
