"""The plugin: manifests, hooks, the shim and the program as processes, skills."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import frontmatter
import pytest

import memory_state
from memory_state.agents import installation
from memory_state.agents.claude import EVENTS
from memory_state.agents.wiring import shared_line
from memory_state.cli import main
from memory_state.core.tools import tool_word
from tests.agents.players import payload
from tests.sessions import Played, Project

ROOT = Path(__file__).parents[1]
RUN = ROOT / "hooks/run"
PROGRAM = ROOT / "bin/memory-state"
SKILLS = sorted(path.parent.name for path in ROOT.glob("skills/*/SKILL.md"))
SHELLS = [name for name in ("sh", "dash", "bash", "ksh", "yash") if shutil.which(name)]
# Claude Code 2.1.197; for one event that it does not know it drops every hook of a plugin.
KNOWN_EVENTS = (
    "ConfigChange", "CwdChanged", "Elicitation", "ElicitationResult", "FileChanged", "InstructionsLoaded",
    "MessageDisplay", "Notification", "PermissionDenied", "PermissionRequest", "PostCompact",
    "PostToolBatch", "PostToolUse", "PostToolUseFailure", "PreCompact", "PreToolUse", "SessionEnd",
    "SessionStart", "Setup", "Stop", "StopFailure", "SubagentStart", "SubagentStop", "TaskCompleted",
    "TaskCreated", "TeammateIdle", "UserPromptExpansion", "UserPromptSubmit", "WorktreeCreate",
    "WorktreeRemove",
)  # fmt: skip
GONE = (
    "memory-state: the program behind this hook is not installed for this user, or its Python is gone. "
    f"A person installs it with `pip install '{ROOT}'`, then `memory-state init`."
)
DENIED = f"{GONE} Until then only reading tools pass, as a workflow is at work here."


@pytest.fixture
def live(tmp_path: Path) -> Project:
    """A project in phase plan, in a folder with a space in its name; no program is installed."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    project = Project.make(folder)
    project.workspace().start("feature", "Add login")
    return project


def given(project: Project, name: str, **changes: object) -> tuple[str, bytes]:
    """Event and payload of a call, as the client writes it: one line, no spaces, a line end."""
    payload = project.payload(name, **changes)
    text = json.dumps(payload, separators=(",", ":"))
    return str(payload["hook_event_name"]), text.encode() + b"\n"


def play(project: Project, name: str, *, by: tuple[str, ...] = (), **changes: object) -> Played:
    """What the shim answers to a recorded payload; `by` is the shell that reads it, else its own."""
    return project.play_raw(*given(project, name, **changes), (*by, str(RUN)))


def with_environment(project: Project, **changes: str) -> Project:
    """The project with some variables set."""
    return project._replace(environment=project.environment | changes)


def document(name: str) -> dict[str, object]:
    """A JSON file of the repository."""
    found = json.loads((ROOT / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


# manifests


def test_one_version_everywhere() -> None:
    """Plugin, marketplace entry and package have the same name and version."""
    plugin, market = document(".claude-plugin/plugin.json"), document(".claude-plugin/marketplace.json")
    assert (plugin["name"], plugin["version"]) == ("memory-state", memory_state.__version__)
    assert market["plugins"] == [
        {
            "name": "memory-state",
            "source": "./",
            "version": memory_state.__version__,
            "description": plugin["description"],
        }
    ]


def test_hooks_are_those_of_the_settings() -> None:
    """The plugin's hooks differ from the wired ones in nothing but their command."""
    expected = {
        name: [
            {
                **event.group,
                "hooks": [
                    {
                        "type": "command",
                        "command": "${CLAUDE_PLUGIN_ROOT}/hooks/run",
                        "args": [name],
                        "bash": f'exec "${{CLAUDE_PLUGIN_ROOT}}/hooks/run" copilot {name}',
                        "timeout": 10,
                        **event.handler,
                    }
                ],
            }
        ]
        for name, event in EVENTS.items()
    }
    assert document("hooks/hooks.json")["hooks"] == expected


def test_every_event_is_known_to_old_clients() -> None:
    """No event is newer than the oldest client that reads the plugin."""
    assert len(KNOWN_EVENTS) == 30
    assert set(EVENTS) <= set(KNOWN_EVENTS)


def test_programs_can_be_run() -> None:
    """Shim and program carry the right to be executed."""
    assert os.access(RUN, os.X_OK)
    assert os.access(PROGRAM, os.X_OK)


# the shim with the program installed


@pytest.mark.parametrize("shell", SHELLS)
def test_shim_answers_like_the_launcher(live: Project, shell: str) -> None:
    """Denials and silence are the launcher's, byte for byte, whatever shell reads the shim."""
    hook = installation.install(live.environment)
    command = (hook.interpreter, "-I", "-S", "-X", "utf8", hook.launcher)
    for name in ("PreToolUse.Write", "PreToolUse.Read", "UserPromptSubmit", "PostToolUse.Bash", "Stop.first"):
        expected = live.play_raw(*given(live, name), command)
        assert play(live, name, by=(shell,)) == expected
    assert play(live, "PreToolUse.Write", by=(shell,)).decision == "deny"


def test_shim_tells_where_the_workflow_stands(live: Project) -> None:
    """SessionStart gets the briefing through the shim."""
    installation.install(live.environment)
    assert "phase plan (1 of 5)" in play(live, "SessionStart.startup").answer["additionalContext"]


@pytest.mark.parametrize("form", ["absolute", "relative", "empty"])
def test_record_is_found_where_it_was_written(live: Project, form: str) -> None:
    """Shim and installation agree on XDG_DATA_HOME: a relative or empty value counts as unset."""
    value = {"absolute": f"{live.root.parent}/my data", "relative": "data", "empty": ""}[form]
    project = with_environment(live, XDG_DATA_HOME=value)
    installation.install(project.environment)
    assert Path(value, "memory-state/runtime").exists() is (form == "absolute")
    assert "no rule allows Write" in play(project, "PreToolUse.Write").message


def test_shim_starts_no_other_program(live: Project) -> None:
    """With the program installed nothing is looked up on PATH."""
    installation.install(live.environment)
    lost = with_environment(live, PATH="/nonexistent")
    assert "no rule allows Write" in play(lost, "PreToolUse.Write").message


def test_shim_knows_its_client_by_its_arguments(live: Project) -> None:
    """Without any it is Codex that calls, with two the client is named; each is answered in its own form."""
    installation.install(live.environment)
    given = {"command": "*** Begin Patch\n*** Add File: src/a.py\n+x\n*** End Patch"}
    content = json.dumps(payload(live, "codex", "PreToolUse.apply_patch", tool_input=given)).encode()
    alone = subprocess.run([RUN], input=content, capture_output=True, env=live.environment, check=True)
    assert "no rule allows Edit on src/a.py" in alone.stdout.decode()
    assert alone.stderr == b""
    named = live.play_raw("PreToolUse", content, (str(RUN), "codex"))
    assert (named.status, named.output) == (0, alone.stdout.decode())
    edit = json.dumps(payload(live, "copilot", "PreToolUse.Edit")).encode()
    other = live.play_raw("PreToolUse", edit, (str(RUN), "copilot"))
    assert json.loads(other.output)["permissionDecision"] == "deny"
    assert (other.status, other.message) == (0, "")


# the shim without the program


def test_without_the_program_other_clients_are_answered_in_their_form(live: Project) -> None:
    """A denial is JSON at exit status 0, for Codex also where only the payload names the event."""
    content = json.dumps(payload(live, "codex", "PreToolUse.apply_patch")).encode()
    for command in ([str(RUN)], [str(RUN), "codex", "PreToolUse"]):
        done = subprocess.run(command, input=content, capture_output=True, env=live.environment, check=True)
        assert json.loads(done.stdout)["hookSpecificOutput"]["permissionDecisionReason"] == DENIED
    edit = json.dumps(payload(live, "copilot", "PreToolUse.Edit")).encode()
    told = live.play_raw("PreToolUse", edit, (str(RUN), "copilot"))
    assert json.loads(told.output) == {"permissionDecision": "deny", "permissionDecisionReason": DENIED}
    read = json.dumps(payload(live, "copilot", "PreToolUse.Read")).encode()
    assert live.play_raw("PreToolUse", read, (str(RUN), "copilot")) == Played(0, "", "")


def test_line_that_people_share_is_silent_where_nothing_is_installed(live: Project) -> None:
    """In a project whose hooks are in git, one without memory-state is not in anybody's way."""
    content = json.dumps(payload(live, "copilot", "PreToolUse.Edit")).encode()
    line = shared_line("copilot", "PreToolUse")
    command = ["sh", "-c", line]
    assert (
        subprocess.run(command, input=content, capture_output=True, env=live.environment, check=True).stdout
        == b""
    )
    installation.install(live.environment)
    done = subprocess.run(command, input=content, capture_output=True, env=live.environment, check=True)
    assert json.loads(done.stdout)["permissionDecision"] == "deny"


@pytest.mark.parametrize("name", ["UserPromptSubmit", "PostToolUse.Write", "Stop.first", "SessionEnd.other"])
def test_without_the_program_most_events_are_silent(live: Project, name: str) -> None:
    """Nothing is printed and nothing fails."""
    assert play(live, name) == Played(0, "", "")


def test_without_the_program_a_session_is_told_how_to_install_it(live: Project) -> None:
    """One plain line of context names a folder that pip can install and the command that comes next."""
    assert play(live, "SessionStart.startup") == Played(0, f"{GONE}\n", "")
    assert (ROOT / "pyproject.toml").is_file()


def test_without_the_program_no_writing_tool_passes(live: Project) -> None:
    """A live workflow shuts writing tools, known and unknown, by JSON and by exit status."""
    for name in ("PreToolUse.Write", "PreToolUse.Bash", "PreToolUse.Agent", "PreToolUse.EnterWorktree"):
        played = play(live, name)
        assert (played.status, played.decision, played.message) == (2, "deny", f"{DENIED}\n")
        assert played.answer["permissionDecisionReason"] == DENIED
    assert play(live, "PreToolUse.Write", tool_name="Unheard").decision == "deny"


@pytest.mark.parametrize(
    "tool",
    [
        "Read",
        "Grep",
        "Glob",
        "TaskCreate",
        "AskUserQuestion",
        "Skill",
        "view_image",
        "update_plan",
        "read_bash",
    ],
)
def test_without_the_program_reading_tools_pass(live: Project, tool: str) -> None:
    """Reading, searching and tools that touch nothing go on."""
    assert play(live, "PreToolUse.Read", tool_name=tool) == Played(0, "", "")


def test_an_input_can_not_pass_for_a_reading_tool(live: Project) -> None:
    """The tool's name is the call's, not one that its input spells."""
    for value in ({"tool_name": "Read"}, {"text": '"tool_name":"Read"'}):
        assert play(live, "PreToolUse.mcp__lab__echo", tool_input=value).decision == "deny"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"tool_name":7}', b"\xff\x00", b'{"tool_name": "Write"}'])
def test_a_payload_without_a_known_name_is_denied(live: Project, content: bytes) -> None:
    """What can not be read counts as a writing tool."""
    assert live.play_raw("PreToolUse", content, (str(RUN),)).status == 2


def test_the_name_may_stand_after_a_space(live: Project) -> None:
    """Another client's JSON, with spaces and line ends, is read too."""
    text = json.dumps(live.payload("PreToolUse.Read"), indent=2)
    assert live.play_raw("PreToolUse", text.encode(), (str(RUN),)) == Played(0, "", "")


def test_without_a_workflow_everything_passes(live: Project) -> None:
    """Once the workflow has ended nothing is stopped."""
    live.workspace().cancel()
    assert play(live, "PreToolUse.Write") == Played(0, "", "")


@pytest.mark.parametrize("path", ["notes/of mine", "/"])
def test_other_memory_paths_are_looked_at(live: Project, path: str) -> None:
    """MEMORY_STATE_PATH counts alone, relative to the project or absolute."""
    elsewhere = with_environment(live, MEMORY_STATE_PATH=f"{live.root}/notes" if path == "/" else path)
    assert play(elsewhere, "PreToolUse.Write").decision == ""
    elsewhere.workspace().start("feature", "Add login")
    assert play(elsewhere, "PreToolUse.Write").decision == "deny"


def test_a_client_that_names_no_project_is_served_where_it_stands(live: Project) -> None:
    """Without CLAUDE_PROJECT_DIR the folder of the session is the project."""
    unnamed = {name: value for name, value in live.environment.items() if name != "CLAUDE_PROJECT_DIR"}
    assert play(live._replace(environment=unnamed), "PreToolUse.Write").decision == "deny"


@pytest.mark.parametrize("what", ["interpreter", "launcher", "both lines"])
def test_what_the_record_names_can_be_gone(live: Project, what: str) -> None:
    """A removed Python, a removed hook and an empty record are like no record."""
    hook = installation.install(live.environment)
    record = Path(live.environment["HOME"], ".local/share/memory-state/runtime")
    lines = {
        "interpreter": f"{live.root}/gone\n{hook.launcher}\n",
        "launcher": f"{hook.interpreter}\n{live.root}/gone\n",
        "both lines": "",
    }
    record.write_text(lines[what], encoding="utf-8")
    assert play(live, "SessionStart.startup").output == f"{GONE}\n"
    assert play(live, "PreToolUse.Write").message == f"{DENIED}\n"
    assert play(live, "PreToolUse.Read") == Played(0, "", "")


def test_a_denial_needs_no_other_program(live: Project) -> None:
    """Where even cat and sed are missing the exit status still denies, with the whole reason."""
    played = play(with_environment(live, PATH="/nonexistent"), "PreToolUse.Write")
    assert played.status == 2
    assert played.message.endswith(f"{DENIED}\n")


def test_a_denial_is_json_wherever_the_plugin_stands(live: Project) -> None:
    """Quotes and backslashes in the plugin's own path are escaped."""
    folder = live.root.parent / 'a "quoted" \\ place'
    shutil.copytree(ROOT / "hooks", folder / "hooks")
    played = live.play_raw(*given(live, "PreToolUse.Write"), (str(folder / "hooks/run"),))
    assert f"`pip install '{folder}'`" in played.answer["permissionDecisionReason"]


def test_the_shim_names_no_tool_that_writes() -> None:
    """Each tool that passes without the program is one that reads, searches or touches nothing."""
    text = RUN.read_text(encoding="utf-8")
    rows = re.findall(r"^([A-Za-z |]+)\) exit 0 ;;$", text, re.MULTILINE)
    names = [name.strip() for row in rows for name in row.split("|")]
    assert "Read" in names
    assert {tool_word(name) for name in names} == {"read", "search", "meta"}


# the program


def run_program(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The plugin's program, run in the project."""
    return subprocess.run(
        [PROGRAM, *arguments], cwd=project.root, env=project.environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("data", ["", "relative", "/absolute"])
def test_program_is_the_installed_one(live: Project, data: str) -> None:
    """Arguments, output and exit code are those of the installed program."""
    value = f"{live.root.parent}/my data" if data == "/absolute" else data
    project = with_environment(live, XDG_DATA_HOME=value)
    installation.install(project.environment)
    told = run_program(project, "status", "--json")
    assert (told.returncode, json.loads(told.stdout)["workflow"]["title"]) == (0, "Add login")
    assert run_program(project, "note", "").returncode == 2


def test_program_that_is_not_installed(live: Project) -> None:
    """The way to install it goes to standard error, and the exit code is the shell's for no such command."""
    told = run_program(live, "status")
    assert (told.returncode, told.stdout) == (127, "")
    assert told.stderr == (
        "memory-state: the program is not installed for this user. "
        f"A person installs it with `pip install '{ROOT}'`, then `memory-state init`.\n"
    )


def test_init_records_the_runtime(live: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """After `init` the shim answers by the hook and the plugin's program runs."""
    assert main(("init",), environment=live.environment, program="memory-state") == 0
    capsys.readouterr()
    assert "no rule allows Write" in play(live, "PreToolUse.Write").message
    assert run_program(live, "--version").stdout == f"memory-state {memory_state.__version__}\n"


# skills


def commands_in(text: str) -> list[list[str]]:
    """The words of every command of ours that a skill shows."""
    blocks = "".join(re.findall(r"(?<=```console\n).*?(?=```)", text, re.DOTALL))
    inline = re.findall(r"`(memory-state [^`]+)`", text)
    lines = [shlex.split(line, comments=True) for line in (*blocks.splitlines(), *inline)]
    return [words[1:] for words in lines if words]


@pytest.mark.parametrize("name", SKILLS)
def test_skill_is_named_and_described(name: str) -> None:
    """A skill has its folder's name and a description that the client shows whole."""
    found = frontmatter.load(str(ROOT / "skills" / name / "SKILL.md"))
    assert set(found.metadata) == {"name", "description"}
    assert found["name"] == name
    assert 60 < len(str(found["description"])) < 400


@pytest.mark.parametrize("name", SKILLS)
def test_skill_shows_commands_that_exist(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command in a skill is known to the program, with its options."""
    shown = commands_in((ROOT / "skills" / name / "SKILL.md").read_text(encoding="utf-8"))
    assert shown
    for words in shown:
        code = main((*words, "--help"), environment={}, program="memory-state")
        assert code == 0, capsys.readouterr().err
