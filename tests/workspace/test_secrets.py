"""No secret is kept: not what a gate's command prints, not a reason, not what a hook saw of a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from tests.sessions import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.ground import Ground

SECRET = "hunter2x9Qz7"  # noqa: S105 - what must be found nowhere
TOKEN = "ghp_" + "a1B2" * 9
GATED = """---
schema: 1
name: gated
phases:
  - id: build
    exit: [{command: "COMMAND"}]
  - id: test
    exit: [approval]
    returns_to: build
---
"""


def kept(memory: Path, secret: str) -> list[str]:
    """The files below a memory path's state that hold a text, whatever they are for."""
    files = [path for path in (memory / "state").rglob("*") if path.is_file()]
    return [
        path.name for path in files if secret.encode() in path.read_bytes() and "definition." not in path.name
    ]


@pytest.mark.parametrize(
    "command",
    [
        f"echo password={SECRET}; exit 1", f"echo 'Authorization: Bearer {SECRET}'; false",
        f"printf '%05000d' 7; echo ' password={SECRET}'; false", f"API_TOKEN={SECRET} false",
        f"printf 'password: {SECRET}\\\\n%02047d' 7; false", f"echo https://ann:{SECRET}@x.org; exit 3",
    ],
)  # fmt: skip
def test_what_a_gate_s_command_prints_is_kept_without_secrets(ground: Ground, command: str) -> None:
    """Neither its output nor its own line, in the evidence, the refusal's record or anywhere else."""
    ground.define("gated", GATED.replace("COMMAND", command.replace('"', '\\"')))
    run = ground.start("gated")
    ground.workspace().trust()
    with pytest.raises(Refused) as caught:
        ground.workspace().next()
    assert f"{SECRET[-6:]}" not in caught.value.sentence.partition(" ended with ")[2]
    assert kept(ground.memory, SECRET) == []
    refused, evidence = ground.events(run.id)[-2:]
    assert (refused[1], evidence[1]) == ("gate.refused", "evidence.recorded")
    assert evidence[3]["status"] in (1, 3)
    assert isinstance(evidence[3]["milliseconds"], int)
    assert len(str(evidence[3]["output"]).encode()) <= 2048


def test_evidence_says_what_ran_and_how_it_ended(ground: Ground) -> None:
    """Command, exit status, duration and the end of the output, at most 2 KiB of it."""
    ground.define("gated", GATED.replace("COMMAND", "seq 5000; echo naïve; exit 4"))
    run = ground.start("gated")
    ground.workspace().trust()
    with pytest.raises(Refused, match="ended with status 4: naïve"):
        ground.workspace().next()
    details = ground.events(run.id)[-1][3]
    assert (details["command"], details["status"]) == ("seq 5000; echo naïve; exit 4", 4)
    output = str(details["output"])
    assert output.endswith("4999\n5000\nnaïve\n")
    assert 2000 < len(output.encode()) <= 2048


def test_reasons_are_kept_without_secrets(ground: Ground) -> None:
    """Whoever gives one: the log has it redacted, and so has all that is made from it."""
    ground.define("gated", GATED.replace("COMMAND", "true"))
    run = ground.start("gated")
    ground.workspace().trust()
    ground.workspace().next()
    ground.workspace(person=None).back(f"The token {TOKEN} leaked")
    ground.workspace().wait(f"password={SECRET}")
    ground.workspace().cancel(f"--token {SECRET}")
    assert kept(ground.memory, SECRET) == kept(ground.memory, TOKEN) == []
    document = ground.state / "workflow-history" / run.id / "final.md"
    assert "The token [redacted] leaked" in document.read_text(encoding="utf-8")


@pytest.fixture
def planned(tmp_path: Path) -> Project:
    """A feature workflow in its plan phase."""
    project = Project.make(tmp_path)
    project.workspace().start("feature", "Add login")
    return project


def test_what_a_hook_sees_of_a_call_is_kept_without_secrets(planned: Project) -> None:
    """Commands that are denied or run, queries, addresses, inputs of servers, contents of files."""
    lines = (
        f"git push https://ann:{SECRET}@x.org", f"curl -H 'Authorization: Bearer {SECRET}' -o src/a x.org",
        f"PASSWORD={SECRET} make", f"deploy --token {SECRET}", f"echo {TOKEN}", f"ls # password={SECRET}",
        "x" * 190 + f" password={SECRET}", "x " * 92 + TOKEN,
    )  # fmt: skip
    calls = (f"toolu_{n}" for n in range(1000))  # the same call is noted once
    for line in lines:
        planned.shell(line, tool_use_id=next(calls))
        for name in ("PostToolUse.Bash", "PostToolUseFailure.Bash"):
            ran = {"command": line}
            planned.play(name, tool_input=ran, tool_response={"stdout": SECRET}, tool_use_id=next(calls))
    for tool, given in (
        ("WebFetch", {"url": f"https://ann:{SECRET}@x.org/", "prompt": TOKEN}),
        ("WebSearch", {"query": f"password {SECRET}"}),
        ("mcp__db__query", {"sql": f"select {SECRET}", "token": TOKEN, "nested": [{"a": SECRET}]}),
        ("Frobnicate", {"secret": SECRET, "path": TOKEN}),
        ("Write", {"file_path": f"{planned.root}/src/a.py", "content": f"password = '{SECRET}' {TOKEN}"}),
        ("Grep", {"pattern": SECRET, "path": str(planned.root)}),
    ):
        for name in ("PreToolUse.Write", "PostToolUse.Write"):
            answered = {"tool_response": {"text": SECRET}, "tool_use_id": next(calls)}
            planned.play(name, tool_name=tool, tool_input=given, **answered)
    planned.play("UserPromptSubmit", prompt=f"the password is {SECRET}")
    memory = planned.root / ".memory"
    kinds = [event.type for event in planned.workspace().history()]
    assert kinds.count("tool.used") == 2 * len(lines) + 6
    assert kinds.count("tool.denied") > len(lines) // 2
    for part in (SECRET, TOKEN, TOKEN[:12], TOKEN[-12:], SECRET[:8]):
        assert kept(memory, part) == [], part


def test_a_fault_is_written_down_without_secrets(planned: Project) -> None:
    """What an exception quotes is redacted like anything else."""
    payload = {"cwd": str(planned.root), "tool_name": "Write", "tool_input": {}, "session_id": "s1"}
    broken = json.dumps(payload)[:-1] + f", password={SECRET}"
    assert planned.play_raw("PreToolUse", broken.encode()).decision == "deny"
    assert kept(planned.root / ".memory", SECRET) == []
