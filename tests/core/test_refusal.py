"""Every refusal carries the rule behind it, into the history."""

from __future__ import annotations

import pytest

from memory_state.core.gate import judge_call
from memory_state.core.journal import last_event
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import event_log
from memory_state.core.refusal import refused_by, rule_behind
from memory_state.shell.call import judge_shell_call
from tests.sessions import Project

POLICY: dict[str, object] = {
    "workflow_id": "7f3a9c21", "status": "in_progress", "phase": "plan",
    "allow": ["read", "edit(docs/**)", "shell(make docs)"],
    "deny": ["shell(git push *)", "edit(docs/old/**)"],
}  # fmt: skip
PROGRAM = "/opt/bin/memory-state"
CASES = [
    ("Write", {"file_path": "/p/docs/old/a.md"}, "edit(docs/old/**)"),
    ("Write", {"file_path": "/p/src/a.py"}, "no allow rule"),
    ("Write", {"file_path": "/p/.git/config"}, "protected"),
    ("Write", {"file_path": "/p/a\0b"}, "unreadable path"),
    ("mcp__github__list", {}, "no allow rule"),
    ("Bash", {"command": "git push origin"}, "shell(git push *)"),
    ("Bash", {"command": "make test"}, "no allow rule"),
    ("Bash", {"command": "python3 x.py"}, "no allow rule"),
    ("Bash", {"command": "echo x > .git/config"}, "protected"),
    ("Bash", {"command": "echo x > .claude/settings.json"}, "protected"),
    ("Bash", {"command": "git clean -fdx"}, "work tree"),
    ("Bash", {"command": f"env A=1 {PROGRAM} approve"}, "hidden command"),
    ("Bash", {"command": f"{PROGRAM} -C /elsewhere start feature X"}, "person-only"),
    ("Bash", {"command": f"{PROGRAM} approve; ls"}, "person-only"),
]


def judged(name: str, given: dict[str, object], **more: object) -> tuple[str, str]:
    """Decision and reason for a call, its syntax tree asked where the words do not decide."""
    payload: dict[str, object] = {"tool_name": name, "tool_input": given, "cwd": "/p", **more}
    decision, reason = judge_call(payload, POLICY, "/p", "/p/.memory", (), (PROGRAM,))
    if decision == "parse":
        decision, reason, _ = judge_shell_call(
            payload, POLICY, "/p", "/p/.memory", (), {"PATH": "/usr/bin:/bin"}
        )
    return decision, reason


@pytest.mark.parametrize(("name", "given", "rule"), CASES)
def test_a_refusal_knows_its_rule(name: str, given: dict[str, object], rule: str) -> None:
    """The denying rule word for word, or what kind of refusal it is."""
    decision, reason = judged(name, given)
    assert (decision, rule_behind(reason)) == ("deny", rule)


def test_a_subagents_refusal_knows_its_rule() -> None:
    """It may not move the workflow."""
    decision, reason = judged("Bash", {"command": f"{PROGRAM} next"}, agent_id="a1")
    assert (decision, rule_behind(reason)) == ("deny", "subagent")


def test_the_sentence_stays_a_text() -> None:
    """Whoever joins it to another loses the rule and nothing else."""
    sentence = refused_by("protected", "it is protected")
    assert sentence == "it is protected"
    assert (rule_behind(sentence), rule_behind(f"{sentence}."), rule_behind("x")) == (
        "protected",
        "other",
        "other",
    )


def last_details(project: Project) -> dict[str, object]:
    """The details of the last event."""
    memory = str(project.root / ".memory")
    with open(event_log(memory, project.workspace().workflow()), "rb") as log:  # noqa: PTH123 - bytes
        found = last_event(log.read())
    assert found is not None
    details = decode_json(found[4].decode())
    assert isinstance(details, dict)
    return details


def test_the_history_names_the_rule(planned: Project) -> None:
    """On the fast path and on the slow one; a secret in a rule is not kept."""
    planned.write("src/app.py")
    assert last_details(planned)["rule"] == "no allow rule"
    planned.shell("echo x > .git/config")
    assert last_details(planned)["rule"] == "protected"
    document = planned.root / ".memory/state/active-workflow.md"
    given = {
        "file_path": str(document),
        "content": document.read_text("utf-8").replace("architect", "boss"),
    }
    planned.play("PreToolUse.Write", tool_input=given, tool_use_id="another")
    assert last_details(planned)["rule"] == "document"
