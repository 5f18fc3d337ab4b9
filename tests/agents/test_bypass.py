"""Every known way round a phase, with its answer: prevented, detected afterwards, or only by a sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.layout import session_folder, session_name
from tests.agents.bypass import (
    ask,
    attempt,
    besieged,
    changed_outside,
    execute,
    gate,
    judge,
    reset,
    said,
    seed,
    state_of,
    tool,
)
from tests.agents.bypass_ways import WAYS, Way, readme_table
from tests.sessions import SESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sessions import Project

    Siege = Callable[[str], Project]

README = Path(__file__).parents[2] / "README.md"
FREE = """\
---
schema: 1
name: free
description: A phase that allows everything
level: outer
phases:
  - id: all
    role: any
---
# Free
"""
STEERING = """\
[core]
repositoryformatversion = 0
bare = false
worktree = ../..
fsmonitor = "sh gen.sh; false"
"""
PROGRAM = (
    "python3 -c \"import os; f='{}'; os.makedirs(os.path.dirname(f) or '.', exist_ok=True);"
    " open(f, 'a').write('{}')\""
)
LINES = [way for way in WAYS if way.lines or way.absent]


def short(way: Way) -> str:
    """How pytest names a row."""
    return "".join(each for each in way.name if each.isalnum() or each == " ")[:40]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git project that is copied for every siege."""
    folder = tmp_path_factory.mktemp("seeded")
    seed(folder)
    return folder


@pytest.fixture
def siege(tmp_path: Path, seeded: Path) -> Siege:
    """Make a project in one of the phases, or in the plan of `feature`."""

    def make(phase: str) -> Project:
        folder = tmp_path / phase
        folder.mkdir()
        return besieged(folder, seeded, phase)

    return make


@pytest.fixture
def narrow(siege: Siege) -> Project:
    """A project in the phase with any command and few edits."""
    return siege("narrow")


def outcomes(project: Project, seeded: Path, lines: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Each line with its decision and what was told once it had run; what it changed is put back."""
    for line in lines:
        found = attempt(project, line)
        yield line, found.decision, found.told
        reset(project, seeded)


def in_copy(folder: Path, seeded: Path, project: Project, line: str) -> list[str]:
    """What a line changes, out of phase, where nobody holds it."""
    root = folder / "project"
    shutil.copytree(seeded, root, symlinks=True)
    (folder / "home").mkdir()
    free = project._replace(root=root, environment={**project.environment, "HOME": str(folder / "home")})
    before = state_of(folder)
    execute(free, line)
    return changed_outside(before, state_of(folder))


@pytest.mark.parametrize("way", [way for way in LINES if way.answer == "prevented"], ids=short)
def test_way_is_prevented(way: Way, narrow: Project) -> None:
    """What visibly writes out of phase does not run, whatever commands the phase allows."""
    assert [line for line in (*way.lines, *way.absent) if judge(narrow, line) != "deny"] == []


@pytest.mark.parametrize("way", [way for way in LINES if way.answer == "prevented"], ids=short)
def test_what_is_prevented_would_write(way: Way, narrow: Project, tmp_path: Path, seeded: Path) -> None:
    """Each prevented line is a real way: where nobody holds it, it changes files out of phase."""
    harmless = [
        line
        for number, line in enumerate(way.lines)
        if not in_copy(tmp_path / f"copy-{number}", seeded, narrow, line)
    ]
    assert harmless == []


@pytest.mark.parametrize("way", [way for way in LINES if way.answer == "detected"], ids=short)
def test_way_is_detected(way: Way, narrow: Project, seeded: Path) -> None:
    """What nobody can read runs, its change is told at once, and the gate is shut until it is taken back."""
    found = list(outcomes(narrow, seeded, way.lines[:-1]))
    assert [line for line, decision, _ in found if decision] == []
    assert [line for line, _, told in found if "changed although the phase" not in told] == []
    for line in way.lines[-1:]:
        assert "changed although the phase" in attempt(narrow, line).told, line
        assert "changed although phase trial does not let it be edited" in gate(narrow)
    reset(narrow, seeded)
    assert gate(narrow) == ""


@pytest.mark.parametrize("phase", ["silent", "pattern", "feature"])
def test_phase_without_bare_shell_prevents_all(siege: Siege, phase: str) -> None:
    """Where no command, or only some, may run, none of the lines does: detection is not needed there."""
    project = siege(phase)
    passed = [line for way in LINES for line in (*way.lines, *way.absent) if judge(project, line) != "deny"]
    assert passed == []


def test_absent_lines_of_detected_ways_are_watched(narrow: Project) -> None:
    """Lines that are not run here: each runs in a phase with any command, and opens a look at the files."""
    lines = [line for way in LINES if way.answer == "detected" for line in way.absent]
    for number, line in enumerate(lines):
        assert judge(narrow, line) == "", line
        path = narrow.root / f"src/seen-{number}.py"
        path.write_text("x", encoding="utf-8")
        assert path.name in said(
            ask(narrow, "PostToolUse.Bash", tool_input={"command": line}), "additionalContext"
        )


def test_every_way_is_held() -> None:
    """Each row has lines, or a test of its own."""
    assert [way.name for way in WAYS if not (way.lines or way.test)] == []
    assert [way.test for way in WAYS if way.test and way.test not in globals()] == []


def test_readme_shows_the_ways() -> None:
    """The table that users read is the one that is tested."""
    section = (
        README.read_text(encoding="utf-8").split("\n## What it can and cannot hold\n")[1].split("\n## ")[0]
    )
    assert readme_table() in section
    assert len(section.strip().split("\n")) <= 40


def test_tools_out_of_phase(narrow: Project) -> None:
    """Editing tools reach what the phase lets be edited, and nothing else by any spelling of a path."""
    root = str(narrow.root)
    places = (
        f"{root}/src/app.py", "src/app.py", f"{root}/tests/../src/app.py", f"{root}/tests/a/../../src/x",
        "~/x", "", "/proc/self/cwd/src/app.py", f"{root}/tests/a\0b", f"{root}/TESTS/x",
        f"{root}/\uff54ests/x", "/etc/passwd",
    )  # fmt: skip
    for path in places:
        assert tool(narrow, "Write", {"file_path": path, "content": "x"}) == "deny", path
        assert tool(narrow, "Edit", {"file_path": path, "old_string": "a", "new_string": "b"}) == "deny", path
    assert tool(narrow, "NotebookEdit", {"notebook_path": f"{root}/src/a.ipynb", "new_source": "x"}) == "deny"
    assert tool(narrow, "Write", {"content": "x"}) == "deny"
    assert tool(narrow, "Write", {"file_path": [f"{root}/tests/x"], "content": "x"}) == "deny"
    for unknown in ("Scribble", "REPL", "Bash ", "mcp__other__put", "mcp__lab/x__put"):
        assert tool(narrow, unknown, {"command": "ls"}) == "deny", unknown
    assert tool(narrow, "PowerShell", {"command": "echo x > src/app.py"}) == "deny"
    assert tool(narrow, "EnterWorktree", {"name": "x"}) == "deny"
    assert tool(narrow, "Write", {"file_path": f"{root}/tests/x", "content": "x"}) == ""


def test_subagent_is_held_like_the_main_session(narrow: Project) -> None:
    """A subagent's writes are judged, what it changed is seen, and it can not move the workflow."""
    path = {"file_path": str(narrow.root / "src/app.py"), "content": "x"}
    line = {"command": "python3 gen.py"}
    assert narrow.play("PreToolUse.subagent.Write", tool_input=path).decision == "deny"
    asked = ask(narrow, "PreToolUse.subagent.Bash", tool_input={"command": "memory-state next"})
    assert said(asked, "permissionDecision") == "deny"
    assert ask(narrow, "PreToolUse.subagent.Bash", tool_input=line) == {}
    execute(narrow, "python3 gen.py")
    who = {"agent_id": "a000000000000abc2", "agent_type": "general-purpose"}
    assert "src/app.py" in str(ask(narrow, "PostToolUse.Bash", tool_input=line, **who))


def test_path_behind_much_text(narrow: Project) -> None:
    """A path that stands behind a long text in the call is judged like one before it."""
    given = {"content": "x" * 200_000, "file_path": str(narrow.root / "src/app.py")}
    assert narrow.play("PreToolUse.Write", tool_input=given).decision == "deny"


def test_links_that_are_there(narrow: Project) -> None:
    """A link leads where it leads: what stands behind it is judged, also what is not there yet."""
    tests = narrow.root / "tests"
    targets = {
        "out": "../src",
        "later": "../src/later.py",
        "state": "../.memory/state",
        "chain": "out",
        "up": "/",
    }
    for name, target in targets.items():
        (tests / name).symlink_to(target)
    (tests / "loop").symlink_to("loop")
    places = ("out/app.py", "out/new/deeper.py", "later", "state/x", "chain/x", "up/etc/x", "loop")
    for path in places:
        assert tool(narrow, "Write", {"file_path": str(tests / path), "content": "x"}) == "deny", path
    for path in places[:-1]:
        assert judge(narrow, f"echo x > tests/{path}") == "deny", path
        assert judge(narrow, f"cp data.csv tests/{path}") == "deny", path


def test_second_unicode_form(siege: Siege) -> None:
    """A name in another Unicode form or case is the same protected name."""
    project = siege("open")
    for path in (
        ".MEMORY/State/x",
        ".GIT/Config",
        ".memory/\u017ftate/x",
        ".Claude/settings.json",
        ".memory/./state/x",
    ):
        given = {"file_path": str(project.root / path), "content": "x"}
        assert tool(project, "Write", given) == "deny", path
        assert judge(project, f"echo x > '{path}'") == "deny", path
    (project.root / "tests/\u00e9").mkdir()
    other = siege("narrow")
    nfd = unicodedata.normalize("NFD", "\u00e9")
    assert judge(other, f"echo x > src/{nfd}") == "deny"
    assert judge(other, f"echo x > tests/{nfd}") == ""


PROTECTED = (
    ".memory/state/active-workflow.md", ".memory/state/.gitignore",
    ".memory/state/workflow-history/x/events.md", ".memory/state/.cache/x", ".memory-state.toml",
    ".git/hooks/pre-commit", ".git/config", ".git/config.worktree", ".git/commondir", "tests/.git",
    "tests/.git/hooks/x", ".cursor/hooks.json", ".codex/config.toml", ".gemini/settings.json",
    ".github/hooks/x.json", ".factory/settings.json", ".opencode/plugin/x.js",
    "~/.config/memory-state/config.toml", "~/.local/share/memory-state/runtime",
    "~/.local/state/memory-state/sessions/x", "~/.local/share/memory-state/hook/launch.py",
    "~/.codex/hooks.json", ".claude/settings.json", ".claude/settings.local.json", "~/.claude/settings.json",
)  # fmt: skip


@pytest.mark.parametrize("phase", ["open", "narrow", "silent", "feature"])
def test_protected_places(siege: Siege, phase: str) -> None:
    """State, settings, hooks and bindings are out of every tool's and plain command's reach, there or not."""
    project = siege(phase)
    (project.root / ".claude").mkdir()
    (project.root / ".claude/settings.json").write_text('{"hooks": {}}', encoding="utf-8")
    home = project.environment["HOME"]
    for path in PROTECTED:
        full = path.replace("~", home) if path[0] == "~" else str(project.root / path)
        assert tool(project, "Write", {"file_path": full, "content": "no json"}) == "deny", path
        assert tool(project, "mcp__lab__put", {"a": {"b": [{"c": full}]}}) == "deny", path
        assert tool(project, "mcp__lab__put", {"uri": f"file://{full}"}) == "deny", path
        for line in (f"echo x > {path}", f"cp data.csv {path}", f"rm -f {path}", f"sed -i s/a/b/ {path}"):
            assert judge(project, line) == "deny", line
    whole = (
        "rm -rf .memory", "mv .memory x", "rm -rf .memory/state", "rm -rf .", "rm -rf ../project",
        "find . -delete", "cd .. && rm -rf project", "cd .. && mv project p2", "git clean -fdx",
        "git clean -fdX", "git stash -a", "rm -rf .git", "mv .git x", "mv tests tests/.git", "rm -r .claude",
        "mv .claude x", "rm -rf ~/.local", "ln .memory/state/active-workflow.md x",
        "cp -l .memory/state/active-workflow.md x", "chmod -x .git/hooks/x", "git config core.hooksPath x",
        "git config --local include.path ../x", "git remote add o url",
    )  # fmt: skip
    assert [line for line in whole if judge(project, line) != "deny"] == []


def planted(project: Project) -> None:
    """A repository without a work tree, below a folder that may be edited, whose settings run a program."""
    folder = project.root / "tests/bare"
    for name in ("objects", "refs/heads"):
        (folder / name).mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (folder / "config").write_text(STEERING, encoding="utf-8")


@pytest.mark.parametrize(
    "line", ["git -C tests/bare status", "cd tests/bare && git status", "cd tests/bare; git diff"]
)
def test_planted_repository(siege: Siege, line: str) -> None:
    """Where anybody may have written what git runs, no look of git's is harmless: seen, or not run."""
    project = siege("narrow")
    planted(project)
    assert "changed although the phase" in attempt(project, line).told
    silent = siege("silent")
    planted(silent)
    assert judge(silent, line) == "deny"
    assert judge(silent, "cd tests && git status") == ""


def test_planted_repository_in_the_own_folder(siege: Siege) -> None:
    """The same for a session that stands in such a folder, and for one that the line itself makes."""
    project = siege("silent")
    planted(project)
    assert judge(project, "git status", cwd=str(project.root / "tests/bare")) == "deny"
    assert judge(project, "git status", cwd=str(project.root / "tests")) == ""
    other = siege("narrow")
    (other.root / "tests/config").write_text(STEERING, encoding="utf-8")
    made = "mkdir -p tests/b/objects tests/b/refs; cp tests/config tests/b; "
    made += "echo 'ref: refs/heads/main' > tests/b/HEAD; git -C tests/b status"
    assert "changed although the phase" in attempt(other, made).told


@pytest.mark.parametrize("phase", ["open", "narrow"])
@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/pre-commit", ".git/config", ".claude/settings.local.json", ".cursor/hooks.json",
        "HOME/.config/memory-state/config.toml", "HOME/.local/share/memory-state/runtime",
        "HOME/.claude/settings.json",
    ],
)  # fmt: skip
def test_protected_places_by_program(siege: Siege, phase: str, path: str) -> None:
    """What a program changed there is told by the turn's end in every phase, and shuts the gate."""
    project = siege(phase)
    text = "[a]b=c" if path == ".git/config" else "a = 1"
    attempt(project, PROGRAM.format(path.replace("HOME", project.environment["HOME"]), text))
    assert "changed although nothing but a person may write it" in str(ask(project, "Stop.first"))
    assert "changed although phase trial does not let it be edited" in gate(project)


@pytest.mark.parametrize(
    "how", ["rm -rf {}/.memory", "mv {}/.memory {}/elsewhere", "rm -rf {}/.memory/state"]
)
def test_state_that_is_gone(siege: Siege, how: str) -> None:
    """A session whose workflow's state is gone writes nothing in any phase; it reads, and is told the way."""
    project = siege("open")
    subprocess.run(how.format(project.root, project.root), shell=True, check=True)  # noqa: S602 - a line of ours
    denied = project.write("tests/x")
    assert denied.decision == "deny"
    assert "recover" in denied.answer["permissionDecisionReason"]
    assert project.shell("python3 gen.py").decision == "deny"
    assert project.play("PreToolUse.mcp__lab__echo").decision == "deny"
    assert project.play("PreToolUse.Read").decision == ""


def test_project_that_moved(narrow: Project) -> None:
    """The whole project moved away, state and all: the session's own record still holds it."""
    narrow.root.rename(narrow.root.parent / "moved")
    narrow.root.mkdir()
    assert narrow.write("src/app.py").decision == "deny"


def test_hooks_switched_off(narrow: Project) -> None:
    """Settings that switch hooks off, lose ours or can not be read are refused while the workflow is live."""
    person = {**narrow.environment, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command = [sys.executable, "-m", "memory_state", "setup", "claude", "--by", "Ann"]
    subprocess.run(command, cwd=narrow.root, env=person, check=True, capture_output=True)
    settings = narrow.root / ".claude/settings.local.json"
    wired = json.loads(settings.read_text(encoding="utf-8"))
    assert ask(narrow, "ConfigChange.project_settings", file_path=str(settings)) == {}
    for text in (
        json.dumps({**wired, "disableAllHooks": True}),
        json.dumps({**wired, "hooks": {}}),
        "{}",
        "no json",
    ):
        settings.write_text(text, encoding="utf-8")
        answer = ask(
            narrow, "ConfigChange.project_settings", source="local_settings", file_path=str(settings)
        )
        assert answer.get("decision") == "block", text


def test_own_commands(siege: Siege) -> None:
    """What is for a person is asked of one, or denied where it hides; nor is a workflow begun elsewhere."""
    project = siege("narrow")
    for line in (
        "cancel",
        "approve --by Ann",
        "override --reason x",
        "-C . cancel",
        "config set a b",
        "trust",
    ):
        assert judge(project, f"memory-state {line}") == "ask", line
    hidden = (
        "sh -c 'memory-state cancel'", "env -u CLAUDECODE memory-state cancel",
        "CLAUDECODE= memory-state cancel", "unset CLAUDECODE; memory-state cancel",
        "exec memory-state cancel", "nohup memory-state approve",
        "memory-state next; memory-state skip --reason x", "memory-state next && echo x > src/app.py",
        "MEMORY_STATE_PATH=tests/m memory-state start free y",
        "memory-state --memory-path tests/m start free y", "memory-state -C tests/s start free y",
        "memory-state -C tests/s resume", "memory-state -qCtests/s start a b",
        "cd tests/s && unset CLAUDE_PROJECT_DIR && memory-state start free y",
        "env -C tests memory-state start a b",
        "cd tests/s && CLAUDE_PROJECT_DIR=$PWD memory-state start free y",
        "memory-state --memory-path=m resume", "export MEMORY_STATE_PATH=tests/m; memory-state start free y",
    )  # fmt: skip
    assert [line for line in hidden if judge(project, line) != "deny"] == []
    for line in ("status", "next", "task done 1", "start free y --inner"):
        assert judge(project, f"memory-state {line}") == "", line


def agent_runs(project: Project, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line with what a client's shell knows: the agent, its session, our program on PATH."""
    mine = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": SESSION, "PWD": str(project.root)}
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    environment = {**project.environment, **mine, "PATH": path}
    return subprocess.run(
        ["bash", "-c", line], cwd=project.root, env=environment, capture_output=True, text=True, timeout=60,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "MEMORY_STATE_PATH=tests/m memory-state start free y",
        "memory-state --memory-path tests/m start free y",
    ],
)
def test_workflow_elsewhere_from_a_script(narrow: Project, line: str) -> None:
    """A script of the agent's that begins a workflow in another memory path does not free the session."""
    place = narrow.root / "tests/m/workflows/free.md"
    place.parent.mkdir(parents=True)
    place.write_text(FREE, encoding="utf-8")
    agent_runs(narrow, f"echo '{line}' > tests/x.sh; sh tests/x.sh")
    assert narrow.write("src/app.py").decision == "deny"


def test_agent_that_starts_beside_is_refused(narrow: Project) -> None:
    """In its own place a script gains nothing either: a live workflow is not started beside, nor ended."""
    for line in ("start feature y", "start feature y --beside", "cancel", "skip --reason x", "approve"):
        assert agent_runs(narrow, f"sh -c 'memory-state {line}'").returncode == 1, line
    assert narrow.write("src/app.py").decision == "deny"


def test_other_agents(narrow: Project) -> None:
    """Another agent from the shell has hooks of its own or none: what it changed is seen here."""
    program = narrow.root / "tests/claude"
    shutil.copy(narrow.root / "gen.sh", program)
    assert "src/app.py" in attempt(narrow, "PATH=$PWD/tests:$PATH claude -p 'write it'").told


def test_background_is_seen_at_the_next_call(narrow: Project) -> None:
    """What a command left running writes is seen before the next call, and the gate looks by itself."""
    line = "(sleep 1; python3 gen.py) >/dev/null 2>&1 &"
    assert attempt(narrow, line).told == ""
    time.sleep(2)
    assert "src/app.py" in said(ask(narrow, "PreToolUse.Read"), "additionalContext")
    assert "src/app.py" in gate(narrow)


def test_gate_from_the_same_line(narrow: Project) -> None:
    """A line that writes and goes on to the gate at once meets it shut."""
    line = "python3 gen.py; memory-state next"
    assert judge(narrow, line) == ""
    assert "src/app.py" in agent_runs(narrow, line).stderr
    assert narrow.workspace().status().state.phase == "trial"


@pytest.mark.parametrize(
    "given", [{"path": "src/app.py"}, {"a": [{"uri": "file://ROOT/src/app.py"}]}, {"text": "hi"}]
)
def test_mcp_tool_that_writes(narrow: Project, given: dict[str, object]) -> None:
    """What an allowed MCP tool writes out of phase does not run, or is told and shuts the gate."""
    sent = json.loads(json.dumps(given).replace("ROOT", str(narrow.root)))
    if tool(narrow, "mcp__lab__put", sent) == "deny":
        return
    (narrow.root / "src/app.py").write_text("x", encoding="utf-8")
    after = ask(narrow, "PostToolUse.Bash", tool_name="mcp__lab__put", tool_input=sent)
    assert "src/app.py" in said(after, "additionalContext")


def test_files_outside(narrow: Project) -> None:
    """Not seen: a program writes beside the project, or in another work tree of its repository."""
    assert attempt(narrow, PROGRAM.format("../elsewhere", "x")).told == ""
    assert (narrow.root.parent / "elsewhere").read_text(encoding="utf-8") == "x"
    subprocess.run(
        ["git", "worktree", "add", "-q", "../wt"], cwd=narrow.root, check=True, env=narrow.environment
    )
    assert attempt(narrow, "cd ../wt && python3 gen.py").told == ""
    assert (narrow.root.parent / "wt/src/app.py").read_text(encoding="utf-8") == "x"
    assert gate(narrow) == ""


def test_caches(narrow: Project) -> None:
    """Not seen: a program writes where tools keep what can be made again, or tags a folder as such."""
    for path in ("node_modules/a/b.js", ".venv/bin/x", "src/__pycache__/a.pyc"):
        assert attempt(narrow, PROGRAM.format(path, "x")).told == "", path
    tag = "Signature: 8a477f597d28d172789f06886806bc55"
    code = f"open('lib/CACHEDIR.TAG', 'w').write('{tag}'); open('lib/new.py', 'w').write('x')"
    (narrow.root / "tests/tag.py").write_text(code, encoding="utf-8")
    (narrow.root / "lib").mkdir()
    assert attempt(narrow, "python3 tests/tag.py").told == ""
    assert gate(narrow) == ""


def test_late_process(narrow: Project) -> None:
    """Not seen: what outlives the next call and the end of the turn writes when nobody looks any more."""
    assert attempt(narrow, "python3 -c pass").told == ""
    ask(narrow, "PreToolUse.Read")
    ask(narrow, "Stop.first")
    execute(narrow, "python3 gen.py")
    assert ask(narrow, "PreToolUse.Read") == {}
    assert gate(narrow) == ""


def test_forged_state(narrow: Project) -> None:
    """Not seen: a program writes our copies, or the session's binding, and nobody tells it."""
    cache = min((narrow.root / ".memory/state/.cache").glob("*.md"))
    assert attempt(narrow, PROGRAM.format(".memory/state/.gitignore", "!x")).told == ""
    assert attempt(narrow, PROGRAM.format(f".memory/state/.cache/{cache.name}.x", "x")).told == ""
    binding = Path(session_folder(narrow.environment), session_name(SESSION))
    assert binding.is_file()
    assert attempt(narrow, f"python3 -c \"import os; os.remove('{binding}')\"").told == ""
    assert str(ask(narrow, "Stop.first")).count("sessions") == 0


def test_hidden_agent(narrow: Project) -> None:
    """Not seen before it is done: a program that runs ours as if a person did; the history has the name."""
    code = (
        "import subprocess, sys; "
        "subprocess.run([sys.executable, '-m', 'memory_state', 'cancel', '--reason', 'x',"
        f" '--by', 'Ann'], env={{'HOME': '{narrow.environment['HOME']}', 'PATH': '/usr/bin:/bin'}})"
    )
    path = narrow.root / "tests/x.py"
    path.write_text(code, encoding="utf-8")
    assert judge(narrow, "python3 tests/x.py") == ""
    agent_runs(narrow, f"{sys.executable} tests/x.py")
    (log,) = (narrow.root / ".memory/state/workflow-history").glob("*/events.md")
    assert '**workflow.cancelled** - `{"reason":"x","by":"person","name":"Ann"' in log.read_text(
        encoding="utf-8"
    )


def test_second_name(narrow: Project) -> None:
    """Not seen: an edit of a file's second name, once a program has given it one where edits are allowed."""
    assert attempt(narrow, "python3 -c \"import os; os.link('src/app.py', 'tests/hard')\"").told == ""
    ask(narrow, "Stop.first")
    path = narrow.root / "tests/hard"
    assert tool(narrow, "Write", {"file_path": str(path), "content": "x"}) == ""
    path.write_text("x", encoding="utf-8")
    assert (narrow.root / "src/app.py").read_text(encoding="utf-8") == "x"
    assert ask(narrow, "PreToolUse.Read") == ask(narrow, "Stop.first") == {}
    assert gate(narrow) == ""
