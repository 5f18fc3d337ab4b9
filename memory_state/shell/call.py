"""Whether a phase lets a shell call run whose words alone do not decide it."""

from __future__ import annotations

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
    reason = decide_writes(allow, deny, verdict, root, line, memory, own)
    return ("allow", "", verdict.kind) if reason is None else ("deny", reason, verdict.kind)
