"""Whether a phase lets a shell call run whose words alone do not decide it."""

from __future__ import annotations

from memory_state.core.files import is_folder, read_if_there
from memory_state.core.gate import policy_rules
from memory_state.shell.policy import decide_writes
from memory_state.shell.verdict import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def judge_shell_call(
    payload: dict[str, object],
    header: dict[str, object],
    root: str,
    memory: str,
    own: tuple[str, ...],
    environment: Mapping[str, str],
) -> tuple[str, str, str]:
    """Decision (`allow` or `deny`), its reason, and the verdict's kind: `read`, `write` or `unknown`."""
    given = payload.get("tool_input")
    line = str((given if isinstance(given, dict) else {}).get("command") or "")
    verdict = judge(line, str(payload.get("cwd") or root), root, environment)
    allow, deny = policy_rules(header, "allow"), policy_rules(header, "deny") or []
    reason = decide_writes(allow, deny, verdict, root, line, memory, own, tracked=is_tracked(memory))
    return ("allow", "", verdict.kind) if reason is None else ("deny", reason, verdict.kind)


def is_tracked(memory: str) -> bool:
    """Whether git may keep live state of a memory path: nothing there says that it leaves all alone.

    A list that a person wrote counts as far as it ignores everything and takes nothing out again.
    """
    if not is_folder(f"{memory}/state"):
        return False
    lines = (read_if_there(f"{memory}/state/.gitignore") or b"").split(b"\n")
    rules = [line.strip() for line in lines if line.strip() and not line.startswith(b"#")]
    return b"*" not in rules or any(rule.startswith(b"!") for rule in rules)
