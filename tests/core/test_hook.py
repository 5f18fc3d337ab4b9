"""The hook as the client runs it: a process with a payload on its standard input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memory_state.core.header import read_header
from memory_state.core.locate import Located
from memory_state.core.quick import judge_levels
from memory_state.core.standing import read_standing
from tests.sessions import SESSION, Project

SILENT = (0, "", "")


def events(project: Project) -> list[tuple[str, str]]:
    """Type and subject of every event of the current workflow."""
    return [(event.type, event.subject) for event in project.workspace().history()]


def build_phase(project: Project) -> None:
    """Bring the feature workflow from plan to build."""
    (project.root / "plan.md").write_text("# Plan\n", encoding="utf-8")
    workspace = project.workspace()
    workspace.task("done", "1")
    workspace.next()


@pytest.mark.parametrize(
    "name", ["SessionStart.startup", "PreToolUse.Write", "PostToolUse.Bash", "Stop.first", "UserPromptSubmit"]
)
def test_no_state_no_word(project: Project, name: str) -> None:
    """Where nothing of ours is, the hook says nothing and makes nothing."""
    assert project.play(name) == SILENT
    assert list(project.root.iterdir()) == []


def test_forbidden_write_is_denied(planned: Project) -> None:
    """A write that the phase forbids is denied in both ways the client knows, naming the way on."""
    played = planned.write("src/app.py")
    assert played.status == 2
    assert played.decision == "deny"
    assert "no rule allows Write on src/app.py" in played.answer["permissionDecisionReason"]
    assert "next` leaves the phase through its gate" in played.message


def test_denial_is_one_json_document(planned: Project) -> None:
    """Standard output of a denial is one JSON document and nothing else."""
    played = planned.write("src/app.py")
    assert list(json.loads(played.output)) == ["hookSpecificOutput"]
    assert played.output.count("\n") == 1


def test_denial_is_recorded(planned: Project) -> None:
    """A denied call is in the history, with its tool and its session."""
    planned.write("src/app.py")
    last = planned.workspace().history()[-1]
    assert (last.type, last.subject) == ("tool.denied", "Write")
    assert last.details["session"] == SESSION


def test_allowed_write_is_silent(planned: Project) -> None:
    """A write that the phase allows gets no answer at all."""
    assert planned.write("plan.md") == SILENT


def test_next_phase_has_its_own_policy(planned: Project) -> None:
    """What plan forbids is allowed once build is entered."""
    build_phase(planned)
    assert planned.write("src/app.py") == SILENT


def test_deny_pattern_holds_behind_prefixes(planned: Project) -> None:
    """A denied command stays denied behind env, sudo and git's own options."""
    build_phase(planned)
    for command in ("git push origin", "sudo git push", "env A=1 git -C . push", "make && git push"):
        assert planned.shell(command).decision == "deny", command
    assert planned.shell("make all") == SILENT


def test_pattern_does_not_cover_operators(planned: Project) -> None:
    """A line with shell operators matches no allow pattern."""
    assert planned.shell("git status") == SILENT
    assert planned.shell("git log > src/app.py").decision == "deny"


def test_plain_reads_pass(planned: Project) -> None:
    """A command that only reads passes where reading is allowed."""
    assert planned.shell("ls -la src | head -3") == SILENT


def test_agent_commands_pass_in_every_phase(planned: Project) -> None:
    """Our own commands that an agent may use are never in the way of a phase's policy."""
    for command in ("memory-state next", "memory-state task done 1", "memory-state status && ls"):
        assert planned.shell(command) == SILENT, command


def test_person_only_command_asks(planned: Project) -> None:
    """A command that only a person may allow is asked, and leaves a grant for the very next call."""
    played = planned.shell("memory-state approve")
    assert (played.status, played.decision) == (0, "ask")
    grants = list((planned.root / ".memory/state/.cache").glob("grant-*"))
    assert [json.loads(grant.read_bytes().partition(b"\n")[2])["line"] for grant in grants] == [
        "memory-state approve"
    ]


def test_grant_is_void_at_the_next_call(planned: Project) -> None:
    """Whatever the session does next, an unused grant is gone."""
    planned.shell("memory-state approve")
    planned.shell("ls")
    assert list((planned.root / ".memory/state/.cache").glob("grant-*")) == []


def test_person_only_command_stands_alone(planned: Project) -> None:
    """A person-only command in a longer line is denied, not asked."""
    assert planned.shell("memory-state status; memory-state approve").decision == "deny"


@pytest.mark.parametrize(
    "path",
    [
        ".memory/state/workflow-history/x/events.md", ".memory/state/anything", ".memory-state.toml",
        ".git/config", ".git/hooks/pre-commit", ".codex/hooks.json", ".MEMORY/../.memory/state/.lock",
    ],
)  # fmt: skip
def test_protected_paths(planned: Project, path: str) -> None:
    """What enforces the gate can be written in no phase, there or not."""
    build_phase(planned)
    assert planned.write(path).decision == "deny"


def test_protected_path_through_a_link(planned: Project) -> None:
    """A link does not lead round the protection."""
    build_phase(planned)
    (planned.root / "innocent").symlink_to(planned.root / ".memory/state")
    assert planned.write("innocent/x").decision == "deny"


def document(project: Project) -> Path:
    """The current document."""
    return project.root / ".memory/state/active-workflow.md"


def edit(project: Project, old: str, new: str) -> str:
    """The decision on an edit of the document."""
    given = {"file_path": str(document(project)), "old_string": old, "new_string": new}
    return project.play("PreToolUse.Edit", tool_input=given).decision


def test_legal_edits_of_the_document_pass(planned: Project) -> None:
    """Ticking, adding a task and writing notes are allowed in every phase."""
    assert edit(planned, "- [ ] Write the plan", "- [x] Write the plan") == ""
    assert edit(planned, "- [ ] Write the plan", "- [ ] Write the plan\n- [ ] Ask Ben") == ""
    assert edit(planned, "## Notes\n", "## Notes\n\nThe salt matters.\n") == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('phase: "plan"', 'phase: "build"'),
        ('status: "in_progress"', 'status: "completed"'),
        ('"edit(plan.md)"', '"edit"'),
        ("- [ ] Write the plan\n", ""),
        ("- [ ] Write the plan", "- [ ] Write nothing"),
        ("- [ ] build", "- [x] build: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z"),
        ('title: "Add login"', 'title: "Something else"'),
        ("---\nschema: 1", "schema: 1"),
    ],
)
def test_other_edits_of_the_document_are_denied(planned: Project, old: str, new: str) -> None:
    """An agent's edit of the document may not move, widen, approve, drop or reword."""
    assert edit(planned, old, new) == "deny"


def test_too_long_an_edit_of_the_document_is_denied(planned: Project) -> None:
    """What is not kept of a very long call can not be looked at; an ordinary file takes any length."""
    given = {
        "file_path": str(document(planned)),
        "content": document(planned).read_text() + "x\n" * (1 << 17),
    }
    played = planned.play("PreToolUse.Write", tool_input=given)
    assert played.decision == "deny"
    assert "at most 256 KiB at once" in played.output
    given["file_path"] = str(planned.root / "plan.md")
    assert planned.play("PreToolUse.Write", tool_input=given) == SILENT


def test_long_edit_with_more_behind_is_not_judged_by_its_beginning(planned: Project) -> None:
    """What stands behind what is kept of an edit could change its result."""
    build_phase(planned)
    path = planned.root / ".claude/settings.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"hooks": {"a": "x", "b": "x"}}', encoding="utf-8")
    given = {
        "file_path": str(path),
        "old_string": '"b"',
        "new_string": '"b"',
        "junk": "x" * 300_000,
        "replace_all": True,
    }
    assert planned.play("PreToolUse.Edit", tool_input=given).decision == "deny"


@pytest.mark.parametrize("linked", ["state", "document"])
def test_document_behind_a_link_is_still_the_document(planned: Project, linked: str) -> None:
    """By either name an edit of it is looked at, also where the phase allows the folder that it is in."""
    build_phase(planned)
    here = planned.root / ".memory/state"
    if linked == "document":
        here /= "active-workflow.md"
    elsewhere = planned.root / "docs" / here.name
    elsewhere.parent.mkdir(exist_ok=True)
    here.rename(elsewhere)
    here.symlink_to(elsewhere)
    name = "active-workflow.md" if linked == "state" else ""
    for path in (here / name, elsewhere / name):
        given = {"file_path": str(path), "old_string": 'phase: "build"', "new_string": 'phase: "review"'}
        assert planned.play("PreToolUse.Edit", tool_input=given).decision == "deny", path


def test_settings_may_change_but_for_their_hooks(planned: Project) -> None:
    """Claude Code's settings are a file like others, except for the keys that hooks hang on."""
    build_phase(planned)
    path = str(planned.root / ".claude/settings.json")
    for content, decision in (('{"model": "x"}', ""), ('{"disableAllHooks": true}', "deny"), ("{", "deny")):
        given = {"file_path": path, "content": content}
        assert planned.play("PreToolUse.Write", tool_input=given).decision == decision, content


def test_meta_tools_are_never_in_the_way(planned: Project) -> None:
    """Task lists and skills touch nothing and pass; a tool that nothing knows does not."""
    assert planned.play("PreToolUse.TaskCreate") == SILENT
    assert planned.play("PreToolUse.Skill") == SILENT
    assert planned.play("PreToolUse.Write", tool_name="Frobnicate").decision == "deny"


def test_mcp_tool_needs_a_rule(planned: Project) -> None:
    """A server's tool passes where a rule names it."""
    assert planned.play("PreToolUse.mcp__lab__echo").decision == "deny"
    build_phase(planned)
    assert planned.play("PreToolUse.mcp__lab__echo").decision == "deny"


def test_subagent_has_the_same_policy_and_may_not_move(planned: Project) -> None:
    """A subagent's write is judged alike; of our commands it may look and keep tasks."""
    given = {"file_path": str(planned.root / "src/a.py"), "content": ""}
    assert planned.play("PreToolUse.subagent.Write", tool_input=given).decision == "deny"
    for command, decision in (("next", "deny"), ("status", ""), ("task done 1", "")):
        played = planned.play("PreToolUse.subagent.Bash", tool_input={"command": f"memory-state {command}"})
        assert played.decision == decision, command


def test_finished_call_is_recorded_once(planned: Project) -> None:
    """Two hooks for one call leave one event, with paths and duration and without content."""
    planned.play("PostToolUse.Write")
    planned.play("PostToolUse.Write")
    found = [event for event in planned.workspace().history() if event.type == "tool.used"]
    assert len(found) == 1
    assert found[0].details["paths"] == ["b.txt"]
    assert found[0].details["ms"] == 18
    assert "content" not in json.dumps(found[0].details)


def test_call_that_the_phase_waits_for_leaves_it(project: Project) -> None:
    """A finished call named by `advance_on` moves the workflow on, told to the hook as any other."""
    folder = project.root / ".memory/workflows"
    folder.mkdir(parents=True)
    (folder / "quick.md").write_text(
        "---\nschema: 1\nname: quick\nphases:\n  - id: a\n    advance_on: ['edit(b.txt)']\n"
        "  - id: b\n---\n# Quick\n",
        encoding="utf-8",
    )
    project.workspace().start("quick", "Go")
    project.play("SessionStart.startup")
    assert "completed phase a" in project.play("PostToolUse.Write").answer["additionalContext"]
    assert project.workspace().status().state.phase == "b"


def test_failed_call_is_recorded_as_failed(planned: Project) -> None:
    """A failing command is in the history with its failure, and its text is not."""
    planned.play("PostToolUseFailure.Bash")
    last = planned.workspace().history()[-1]
    assert (last.type, last.subject, last.details["ok"]) == ("tool.used", "Bash", False)
    assert "command" not in last.details


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"session_id": 5}',
        b"{}",
        b'{"tool_name": "Write"}',
        b"null",
    ],
)
def test_unusable_payload_never_allows(planned: Project, content: bytes) -> None:
    """A payload that is empty, cut, no object, not UTF-8 or lacks its fields lets no call through."""
    assert planned.play_raw("PreToolUse", content).status == 2


def test_unusable_payload_loses_nothing(planned: Project) -> None:
    """After any garbage the workflow stands where it stood."""
    before = document(planned).read_bytes()
    for event in ("PreToolUse", "PostToolUse", "SessionStart", "Stop"):
        planned.play_raw(event, b"{garbage")
    assert document(planned).read_bytes() == before
    assert planned.workspace().status().problems == ()


def test_fault_is_written_down(planned: Project) -> None:
    """A fault of ours is told in one line that names the file with the traceback."""
    played = planned.play_raw("PostToolUse", b"{")
    assert played.status == 1
    assert played.message.count("\n") == 1
    assert "faults.log" in played.message
    log = planned.root / ".memory/state/.cache/faults.log"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_huge_payload_is_judged(planned: Project) -> None:
    """Five megabytes of content are denied like five bytes."""
    given = {"file_path": str(planned.root / "src/big.py"), "content": "x" * 5_000_000}
    assert planned.play("PreToolUse.Write", tool_input=given).decision == "deny"


def test_reading_passes_a_fault(planned: Project) -> None:
    """When the log can not be written, reading goes on and writing does not."""
    log = next((planned.root / ".memory/state/workflow-history").glob("*/events.md"))
    log.write_bytes(b"")
    assert planned.play("PreToolUse.Read").status != 2
    assert planned.write("plan.md").status == 2


def user_settings(project: Project, text: str) -> None:
    """Write the user's settings."""
    folder = Path(project.environment["HOME"], ".config/memory-state")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")


def lose_log(project: Project) -> None:
    """Make every call of the hook a fault."""
    next((project.root / ".memory/state/workflow-history").glob("*/events.md")).write_bytes(b"")


@pytest.mark.parametrize("place", ["project", "user"])
def test_person_may_let_a_fault_pass(planned: Project, place: str) -> None:
    """With `on_fault = "allow"` a writing tool passes, and the fault is told to the person."""
    if place == "user":
        user_settings(planned, 'on_fault = "allow"\n')
    else:
        (planned.root / ".memory-state.toml").write_text('on_fault = "allow"\n', encoding="utf-8")
    lose_log(planned)
    played = planned.write("plan.md")
    assert (played.status, played.message) == (0, "")
    assert "could not answer PreToolUse" in json.loads(played.output)["systemMessage"]


@pytest.mark.parametrize(
    "text", ['on_fault = "deny"', 'on_fault = "maybe"', "on_fault = 'allow'", "[on_fault]", "\0", ""]
)
def test_unclear_choice_for_a_fault_denies(planned: Project, text: str) -> None:
    """What the hook can not plainly read as "allow" is "deny"."""
    lose_log(planned)
    (planned.root / ".memory-state.toml").write_text(text, encoding="utf-8")
    assert planned.write("plan.md").status == 2


def test_reading_tool_passes_a_fault_by_exit_zero(planned: Project) -> None:
    """A client that stops calls at a failing hook takes any other exit code for a failure."""
    lose_log(planned)
    played = planned.play("PreToolUse.Read")
    assert played.status == 0
    assert "could not answer" in json.loads(played.output)["systemMessage"]


def saved_at(project: Project) -> object:
    """When the recovery file was last written."""
    path = next((project.root / ".memory/state/interruption-recovery").glob("*.md"))
    return read_header(path.read_text(encoding="utf-8"))["saved_at"]


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (3600, False)])
def test_save_interval_holds_on_the_fast_path(planned: Project, seconds: int, *, fresh: bool) -> None:
    """A finished call brings a recovery file up to date that is older than the interval chosen."""
    before = saved_at(planned)
    (planned.root / ".memory-state.toml").write_text(f"save_interval = {seconds}\n", encoding="utf-8")
    assert planned.play("PostToolUse.Bash") == SILENT
    assert (saved_at(planned) != before) is fresh


def test_person_edit_is_adopted_before_deciding(planned: Project) -> None:
    """A task that a person ticked in an editor is ticked for the next call."""
    text = (
        document(planned).read_text(encoding="utf-8").replace("- [ ] Write the plan", "- [x] Write the plan")
    )
    document(planned).write_text(text, encoding="utf-8")
    assert planned.write("plan.md") == SILENT
    assert ("task.completed", "plan") in events(planned)


def test_widened_policy_is_refused(planned: Project) -> None:
    """An allow list widened in the file does not open the gate; the edit is kept in the archive."""
    text = document(planned).read_text(encoding="utf-8").replace('allow: ["read"', 'allow: ["edit", "read"')
    document(planned).write_text(text, encoding="utf-8")
    assert planned.write("src/app.py").decision == "deny"
    assert ("violation.recorded", "plan") in events(planned)
    kept = list((planned.root / ".memory/state/archive").iterdir())
    assert [path.read_text(encoding="utf-8") for path in kept] == [text]


def test_looser_yaml_is_read(planned: Project) -> None:
    """A front matter that a person wrote in looser YAML is read all the same."""
    text = (
        document(planned)
        .read_text(encoding="utf-8")
        .replace('title: "Add login"', "title: Add login  # short")
    )
    document(planned).write_text(text, encoding="utf-8")
    assert planned.write("src/app.py").decision == "deny"
    assert planned.write("plan.md") == SILENT
    assert "title: Add login  # short" in document(planned).read_text(encoding="utf-8")


def test_deleted_memory_denies_writing(planned: Project) -> None:
    """When the memory path vanishes under a session that knows a workflow, writing tools are shut out."""
    planned.play("SessionStart.startup")
    (planned.root / ".memory").rename(planned.root / "gone")
    played = planned.write("src/app.py")
    assert played.decision == "deny"
    assert "recover`" in played.message
    assert planned.play("PreToolUse.Read") == SILENT


def test_paused_workflow_gates_nothing(planned: Project) -> None:
    """A parked workflow is in nobody's way."""
    planned.workspace().park()
    assert planned.write("src/app.py") == SILENT


def test_recovery_is_fresh_before_external_calls(planned: Project) -> None:
    """Before a shell, web, server or subagent call the recovery file is brought up to date."""
    recovery = next((planned.root / ".memory/state/interruption-recovery").glob("*.md"))
    before = recovery.read_text(encoding="utf-8")
    planned.play("PreToolUse.Agent")
    after = recovery.read_text(encoding="utf-8")
    assert 'reason: "phase"' in before
    assert 'reason: "tool"' in after
    assert f'session_id: "{SESSION}"' in after


@pytest.mark.parametrize(
    "command",
    [
        "env -u CLAUDECODE memory-state approve --by Bob",
        "sudo memory-state approve",
        "bash -c 'memory-state approve'",
        "echo $X; memory-state approve",
        "./memory-state approve",
        "XDG_CONFIG_HOME=/tmp/x memory-state next",
        "env HOME=/tmp/x memory-state -C . finish",
        "export HOME=/tmp/x; memory-state next",
    ],
)
def test_person_only_command_in_disguise(planned: Project, command: str) -> None:
    """A guarded command behind a prefix, a variable, a shell or another name is never let through."""
    build_phase(planned)
    assert planned.shell(command).decision in ("deny", "ask")


def test_other_program_of_our_name(planned: Project) -> None:
    """A file of our program's name in the work tree has no rights of ours."""
    assert planned.shell("./memory-state status").decision == "deny"


def test_server_tool_can_not_reach_the_state(planned: Project) -> None:
    """A server's tool that names a path below our state is denied, rule or not."""
    build_phase(planned)
    given = {"path": str(planned.root / ".memory/state/active-workflow.md")}
    assert planned.play("PreToolUse.mcp__lab__echo", tool_input=given).decision == "deny"


def test_path_that_can_not_be_followed(planned: Project) -> None:
    """A path that no file can have is denied, not a fault."""
    played = planned.write("src/a\0b.py")
    assert played.decision == "deny"
    assert "can not be followed" in played.message


def test_talk_of_our_commands_is_no_command(planned: Project) -> None:
    """A line that merely speaks of the program is left to the policy."""
    build_phase(planned)
    assert (
        planned.shell('git commit -m "$(echo memory-state tells what to do in the next phase)"').decision
        == ""
    )


def standing(project: Project) -> tuple[Located, dict[str, object]]:
    """The current workflow as the fast path finds it."""
    located = Located(root=str(project.root), memory=f"{project.root}/.memory", workflow=None, bound=False)
    header = read_standing(located)
    assert header is not None
    return located, header


@pytest.mark.parametrize(
    ("tool", "given", "decision"),
    [
        ("Read", {"file_path": "a.py"}, ("allow", "")),
        ("Write", {"file_path": "docs/a.md"}, ("allow", "")),
        ("Bash", {"command": "git log"}, ("allow", "")),
        ("Write", {"file_path": "src/a.py"}, "deny"),
        ("mcp__a__b", {}, "deny"),
        ("Bash", {"command": "python3 x.py"}, "deny"),
    ],
)
def test_what_is_plain_is_decided_at_once(
    planned: Project, tool: str, given: dict[str, str], decision: object
) -> None:
    """Without the slow path: it would say the same, later."""
    located, header = standing(planned)
    payload: dict[str, object] = {"tool_name": tool, "tool_input": given, "cwd": str(planned.root)}
    found = judge_levels(payload, header, located, planned.environment)
    assert found is not None
    assert (found if decision == ("allow", "") else found[0]) == decision


@pytest.mark.parametrize("rule", ["shell", "web", "agent", "mcp", "read"])
def test_before_what_leaves_the_project_it_is_saved(project: Project, rule: str) -> None:
    """A shell, the web, an agent or a server of tools; not before a file is read."""
    folder = project.root / ".memory" / "workflows"
    folder.mkdir(parents=True)
    text = f"---\nschema: 1\nname: one\nphases:\n  - id: a\n    allow: [{rule}, edit]\n---\n"
    (folder / "one.md").write_text(text, encoding="utf-8")
    run = project.workspace().start("one", "Add login")
    tools = {"shell": "Bash", "web": "WebFetch", "agent": "Task", "mcp": "mcp__a__b", "read": "Read"}
    given = {"command": "ls", "url": "https://example.org", "prompt": "x"}
    project.play("PreToolUse.Write", tool_name=tools[rule], tool_input=given)
    path = project.root / f".memory/state/interruption-recovery/{run.id}.md"
    assert read_header(path.read_text(encoding="utf-8"))["reason"] == ("phase" if rule == "read" else "tool")
