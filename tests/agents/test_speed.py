"""What would make the hook dear, found without a clock: modules, system calls, how it is started."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from memory_state.agents import hookchecks, installation
from tests.agents.players import payload
from tests.bench.ground import Ground
from tests.bench.measure import Row, counted_calls, system_calls

REPOSITORY = Path(__file__).parent.parent.parent
IMPORTED = re.compile(r"^import time:[ \d|]+?(\S+)$", re.MULTILINE)
FLAGS = ["-I", "-S", "-X", "utf8"]

# What a call of the hook may load: built-in C modules alone.
GATE = {"gc", "_signal", "time"}
RECORD = GATE | {"fcntl", "zlib"}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A project with a workflow, an installed hook and a bound session."""
    return Ground.make(tmp_path_factory.mktemp("speed"))


def loaded(
    command: list[str], content: bytes, environment: dict[str, str], folder: Path | None = None
) -> set[str]:
    """The modules that a command of the interpreter imports, beyond those of one that does nothing."""
    found = []
    for arguments, given in (([*command[1:]], content), ([*FLAGS, "-c", "pass"], b"")):
        done = subprocess.run(
            [command[0], "-X", "importtime", *arguments], input=given, capture_output=True, env=environment,
            check=False, cwd=folder,
        )  # fmt: skip
        found.append(set(IMPORTED.findall(done.stderr.decode())))
    return found[0] - found[1]


def hook_modules(ground: Ground, event: str, content: bytes) -> set[str]:
    """The modules that an installed hook imports for a call."""
    return loaded(ground.command(event), content, ground.project.environment)


def test_an_import_would_be_seen(ground: Ground) -> None:
    """The check below sees what a program imports, at its start and later."""
    code = "import json\ndef later():\n    import zlib\nlater()"
    found = loaded([ground.hook.interpreter, *FLAGS, "-c", code], b"", ground.project.environment)
    assert {"json", "json.decoder", "zlib"} <= found


def test_gate_loads_built_in_modules_only(ground: Ground) -> None:
    """A call that the policy answers loads the hook's module and what is built in."""
    for content in (
        ground.write("PreToolUse"),
        ground.payload("PreToolUse", "Read", file_path="src/a.py"),
        ground.write("PreToolUse", size=1_100_000),
    ):
        assert hook_modules(ground, "PreToolUse", content) <= GATE


def test_record_loads_built_in_modules_only(ground: Ground) -> None:
    """A finished call loads besides what locks a file and sums up a line."""
    before = len(ground.project.workspace().history())
    assert hook_modules(ground, "PostToolUse", ground.write("PostToolUse")) <= RECORD
    assert len(ground.project.workspace().history()) == before + 1


@pytest.mark.parametrize("client", ["codex", "copilot"])
def test_other_clients_load_built_in_modules_only(ground: Ground, client: str) -> None:
    """Their gate and record load what Claude Code's load, and what sums up a call without an id."""
    installation.set_up(ground.project.environment, str(ground.project.root), client)
    command = [ground.hook.interpreter, *FLAGS, ground.hook.launcher, client]
    project = ground.project
    edits = {
        "codex": ("PreToolUse.apply_patch", "PostToolUse.apply_patch"),
        "copilot": ("PreToolUse.Edit", "PostToolUse.Edit"),
    }
    gate, record = edits[client]
    given: dict[str, object] = {
        "path": "plan.md",
        "command": "*** Begin Patch\n*** Add File: plan.md\n+x\n*** End Patch",
    }
    content = json.dumps(payload(project, client, gate, tool_input=given)).encode()
    assert loaded([*command, "PreToolUse"], content, project.environment) <= GATE | {"zlib"}
    before = len(project.workspace().history())
    content = json.dumps(payload(project, client, record, tool_input=given)).encode()
    assert loaded([*command, "PostToolUse"], content, project.environment) <= RECORD
    assert len(project.workspace().history()) == before + 1


def test_project_without_a_workflow_loads_built_in_modules_only(ground: Ground) -> None:
    """Where nothing of ours is at work, nothing more is loaded either."""
    elsewhere = {**ground.project.environment, "CLAUDE_PROJECT_DIR": ground.project.environment["HOME"]}
    assert loaded(ground.command("PreToolUse"), ground.write("PreToolUse"), elsewhere) <= GATE


@pytest.mark.parametrize("event", ["PreToolUse", "PostToolUse"])
@pytest.mark.parametrize("count", [system_calls, counted_calls])
def test_a_long_history_costs_nothing(tmp_path: Path, event: str, count: object) -> None:
    """As many system calls, and as many bytes read, after 100,000 events as after 100."""
    ground = Ground.make(tmp_path / "project")
    found = []
    for events in (100, 100_000):
        ground.grow(events)
        row = Row(event, ground.command(event), ground.write(event), ground.project.environment)
        found.append(system_calls(row, tmp_path) if count is system_calls else counted_calls(row))
    assert abs(found[0][0] - found[1][0]) <= 2
    assert found[0][1] == found[1][1]
    assert found[0][1] > 16384


def test_parallel_calls_give_dense_numbers(ground: Ground) -> None:
    """Sixteen hooks at once leave sixteen events, numbered without a gap."""
    before = len(ground.project.workspace().history())
    running = [
        subprocess.Popen(
            ground.command("PostToolUse"), stdin=subprocess.PIPE, env=ground.project.environment
        )
        for _ in range(16)
    ]  # fmt: skip
    for number, each in enumerate(running):
        assert each.stdin is not None
        each.stdin.write(ground.write("PostToolUse").replace(b"toolu_000000", b"toolu_16_%03d" % number))
        each.stdin.close()
    assert [each.wait(60) for each in running] == [0] * 16
    numbers = [event.number for event in ground.project.workspace().history()]
    assert numbers == list(range(1, before + 17))


def test_the_settings_start_an_interpreter_at_once(ground: Ground) -> None:
    """No shim, link, script, `uv run` or console script stands between the client and the hook."""
    path = ground.project.root / ".claude/settings.local.json"
    wired = json.loads(path.read_text(encoding="utf-8"))["hooks"]
    commands = [hook for entries in wired.values() for entry in entries for hook in entry["hooks"]]
    assert len(commands) == 11
    for hook in commands:
        program = Path(hook["command"])
        assert program.is_absolute()
        assert program.resolve() == program
        assert "shims" not in program.parts
        assert program.read_bytes()[:2] != b"#!"
        assert hook["args"][:-2] == FLAGS
        assert Path(hook["args"][-2]) == Path(ground.hook.launcher)


def test_a_lost_interpreter_blocks(ground: Ground) -> None:
    """The client is told to block when the gate can not start, and the plugin's script says why."""
    path = ground.project.root / ".claude/settings.local.json"
    gate = json.loads(path.read_text(encoding="utf-8"))["hooks"]["PreToolUse"]
    assert [hook["onFailure"] for entry in gate for hook in entry["hooks"]] == ["block"]
    share = Path(ground.project.environment["HOME"], ".local/share/memory-state")
    kept = (share / "runtime").read_text(encoding="utf-8")
    (share / "runtime").write_text(f"/nowhere/python3\n{ground.hook.launcher}\n", encoding="utf-8")
    try:
        done = subprocess.run(
            [str(REPOSITORY / "hooks" / "run"), "PreToolUse"], input=ground.write("PreToolUse"),
            capture_output=True, env=ground.project.environment, check=False,
        )  # fmt: skip
    finally:
        (share / "runtime").write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert b"its Python is gone" in done.stderr
    assert json.loads(done.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"


def test_setup_compiles_the_hook(ground: Ground) -> None:
    """After setup each module of the hook stands compiled beside the launcher, and doctor says so."""
    assert installation.compiled_current(ground.hook)
    (finding,) = hookchecks.compiled_check(ground.project.workspace())
    assert (finding.ok, finding.message) == (True, f"{ground.hook.launcher} is current")


def test_doctor_tells_of_a_hook_that_is_not_compiled(planned_ground: Ground) -> None:
    """A compiled file that is gone, or of another source, is told with what mends it."""
    for compiled in sorted(Path(planned_ground.hook.launcher).parent.rglob("*.pyc")):
        kept = compiled.read_bytes()
        for content in (None, kept[:8] + b"\0" * 8 + kept[16:]):
            compiled.unlink() if content is None else compiled.write_bytes(content)
            (finding,) = hookchecks.compiled_check(planned_ground.project.workspace())
            assert (finding.ok, finding.repair) == (False, "doctor --fix")
        compiled.write_bytes(kept)


@pytest.fixture
def planned_ground(tmp_path: Path) -> Ground:
    """A ground of one's own, to be broken."""
    return Ground.make(tmp_path / "own")


def test_other_packages_slow_no_hook(tmp_path: Path) -> None:
    """In a virtual environment, as pip, pipx and uv make them, no `.pth` file runs when the hook does."""
    home = Ground.make(tmp_path / "ground").project
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    folders = [str(REPOSITORY), *(each for each in sys.path if each.endswith("-packages"))]
    (site / "paths.pth").write_text("\n".join(folders) + "\n", encoding="utf-8")
    marker = tmp_path / "run"
    (site / "slow.pth").write_text(f"import sys; open({str(marker)!r}, 'a').close()\n", encoding="utf-8")
    program = [str(tmp_path / "venv/bin/python"), "-m", "memory_state", "-C", str(home.root)]
    subprocess.run([*program, "setup", "claude"], env=home.environment, check=True, capture_output=True)
    assert marker.exists()
    marker.unlink()
    text = (home.root / ".claude/settings.local.json").read_text(encoding="utf-8")
    hook = json.loads(text)["hooks"]["PreToolUse"][0]["hooks"][0]
    played = home.play_raw("PreToolUse", b"{", (hook["command"], *hook["args"][:-1]))
    assert played.status == 2
    assert not marker.exists()
    assert not Path(hook["command"]).is_relative_to(tmp_path)


# Libraries that are dear and that only some commands need.
DEAR = {
    "argparse", "asyncio", "base64", "bz2", "dataclasses", "datetime", "decimal", "frontmatter", "hashlib",
    "hmac", "html", "http", "importlib.metadata", "json", "logging", "lzma", "mistune", "pathlib", "random",
    "rich", "secrets", "shfmt_py", "shutil", "signal", "sqlite3", "socket", "subprocess", "tempfile",
    "textwrap", "tomllib", "typing", "unittest", "uuid", "yaml",
}  # fmt: skip
# What click brings along.
CLICK = {"datetime", "typing", "uuid"}


@pytest.mark.parametrize(
    ("command", "libraries", "layers"),
    [
        # click's own help wraps text, and asks shutil for the terminal's width.
        ("--help", CLICK | {"bz2", "lzma", "shutil", "textwrap"}, {"cli": 7, "core": 4, "workflow": 2}),
        ("status", CLICK | {"pathlib"}, {"cli": 12, "core": 17, "workflow": 19, "workspace": 26}),
        ("check", CLICK | {"pathlib"}, {"cli": 9, "core": 16, "workflow": 15, "workspace": 27}),
        ("check --tool Read", CLICK | {"pathlib"}, {"cli": 9, "core": 30, "workflow": 15, "workspace": 26}),
        ("statusline", {"typing"}, {"cli": 2, "core": 13, "reports": 2}),
    ],
)
def test_a_command_loads_what_it_needs(
    ground: Ground, command: str, libraries: set[str], layers: dict[str, int]
) -> None:
    """No library but click, no dear module that is not named here, at most so many of ours of each layer."""
    program = [sys.executable, "-m", "memory_state", *command.split()]
    environment = ground.project.environment
    found = loaded(program, b"", environment, ground.project.root)
    found -= loaded([sys.executable, "-c", "pass"], b"", environment)
    assert found & DEAR <= libraries
    foreign = {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"memory_state"}
    assert foreign == (set() if command == "statusline" else {"click"})
    own = [name.split(".")[1] for name in found if name.startswith("memory_state.")]
    assert set(own) == set(layers)
    assert {layer: most for layer, most in layers.items() if own.count(layer) > most} == {}


def test_the_slow_path_loads_what_the_event_needs(tmp_path: Path) -> None:
    """A document in looser YAML costs YAML, but neither the shell's rules nor what signs or compares."""
    ground = Ground.make(tmp_path / "loose")
    ground.loosen("once")
    found = hook_modules(ground, "PreToolUse", ground.write("PreToolUse"))
    assert {"yaml", "memory_state.agents.toolcalls"} <= found
    assert not found & {
        "hashlib", "secrets", "subprocess", "shutil", "click", "mistune", "memory_state.agents.claude",
        "memory_state.workspace.grants", "memory_state.workspace.guarded", "memory_state.workspace.tree",
    }  # fmt: skip
    assert not [name for name in found if name.startswith("memory_state.shell")]
