"""Ways round a phase, tried by a scripted model in the real client: not run, or told and held against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import run_print
from tests.e2e.definitions import NARROW
from tests.e2e.script import call, say, script
from tests.e2e.workplace import Workplace

if TYPE_CHECKING:
    from tests.e2e.record import Run
    from tests.e2e.running import Session
    from tests.e2e.script import Turn

PATCH = "--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-print('hello')\n+print('bye')\n"
PACKAGE = '{"name": "x", "version": "1.0.0", "scripts": {"gen": "echo x > src/npm.py"}}\n'
BASH = ("--allowedTools", "Bash")
BEFORE = "print('hello')\n"


@pytest.fixture
def narrow(session: Session) -> Workplace:
    """A workplace in a phase that allows any command and few edits."""
    place = Workplace(session)
    place.run("setup", "claude")
    files = {
        ".memory/workflows/narrow.md": NARROW,
        "fix.patch": PATCH,
        "package.json": PACKAGE,
        "Makefile": "gen:\n\techo x > src/make.py\n",
    }
    for path, text in files.items():
        (place.root / path).parent.mkdir(parents=True, exist_ok=True)
        (place.root / path).write_text(text, encoding="utf-8")
    place.run("start", "narrow", "Hold it")
    return place


def shell(command: str) -> Turn:
    """A turn that runs a shell command."""
    return call("Bash", command=command)


def write(place: Workplace, path: str, content: str) -> Turn:
    """A turn that writes a file of the project."""
    return call("Write", file_path=str(place.root / path), content=content)


def python(path: str) -> str:
    """A command of which nobody can see that it writes a file."""
    return f"python3 -c \"open('{path}', 'w').write('x')\""


def play(place: Workplace, *turns: Turn, resume: bool = False) -> Run:
    """Run turns in print mode, edits and shell allowed by the client itself."""
    return run_print(place.session, "go", script(*turns), resume=resume, mode="acceptEdits", args=BASH)


def hook_of(place: Workplace) -> str:
    """The program that the settings name for PreToolUse."""
    settings = json.loads((place.root / ".claude/settings.local.json").read_text(encoding="utf-8"))
    arguments = settings["hooks"]["PreToolUse"][0]["hooks"][0]["args"]
    return str(next(each for each in arguments if each.startswith("/")))


def told(run: Run, number: int) -> str:
    """All that the model knew once it had the answer to its call of that number, counted from 0."""
    return run.requests[number + 1].text


def test_what_visibly_writes_does_not_run(narrow: Workplace) -> None:
    """Redirections, shells, editors, patches, settings, the hook itself, the memory folder: all unwritten."""
    settings = narrow.root / ".claude/settings.local.json"
    wired = settings.read_text(encoding="utf-8")
    hook = hook_of(narrow)
    before = Path(hook).read_bytes()
    lines = (
        "echo x > src/app.py",
        "bash -c 'echo x > src/app.py'",
        "perl -pi -e s/hello/x/ src/app.py",
        "git apply fix.patch",
        "echo '{\"disableAllHooks\": true}' > .claude/settings.local.json",
        f"echo pass > {hook}",
        "mv .memory elsewhere",
        "echo x > .memory/state/active-workflow.md",
        "echo x > src/app.py &",
    )
    off = write(narrow, ".claude/settings.local.json", '{"disableAllHooks": true}')
    run = play(narrow, *map(shell, lines), off)
    results = run.tool_results()
    assert [each.is_error for each in results] == [True] * (len(lines) + 1)
    for number, each in enumerate(results):
        assert "no rule allows" in each.text or "protected" in each.text or "hooks" in each.text, each.text
        assert each.text.split("Workflow")[0] in told(run, number)
    assert (narrow.root / "src/app.py").read_text(encoding="utf-8") == BEFORE
    assert settings.read_text(encoding="utf-8") == wired
    assert Path(hook).read_bytes() == before
    assert (narrow.root / ".memory").is_dir()
    assert narrow.events().count("tool.denied") == len(lines) + 1


def test_what_nobody_can_read_is_told_and_holds_the_gate(narrow: Workplace) -> None:
    """Programs, scripts, make, npm, background, failing commands: each write is told, and next is refused."""
    tries = (
        (python("src/python.py"), "src/python.py"),
        ("sh tests/gen.sh", "src/script.py"),
        ("make gen", "src/make.py"),
        ("npm run gen", "src/npm.py"),
        (f"{python('src/failed.py')}; false", "src/failed.py"),
    )
    late = f"(sleep 1; {python('src/late.py')}) > /dev/null 2>&1 &"
    turns = [shell(line) for line, _ in tries]
    run = play(
        narrow,
        write(narrow, "tests/gen.sh", "echo x > src/script.py\n"),
        *turns,
        shell(late),
        call("Read", file_path=str(narrow.root / "Makefile"), delay=3),
        say("so far"),
    )
    for number, (line, path) in enumerate(tries, 1):
        assert (narrow.root / path).exists(), line
        assert f"{path}" in told(run, number).rpartition("changed although the phase")[2], line
    assert (narrow.root / "src/late.py").exists()
    assert "src/late.py" in told(run, len(tries) + 2).rpartition("changed although the phase")[2]
    again = play(narrow, shell("memory-state next"), resume=True)
    refused = again.tool_results()[-1]
    assert refused.is_error
    assert "changed although phase trial does not let it be edited" in refused.text
    assert "src/failed.py" in refused.text
    assert narrow.status()["phase"] == "trial"


def test_memory_folder_moved_by_a_program(narrow: Workplace) -> None:
    """The state moved away in mid session: nothing is written any more, reading goes on."""
    run = play(
        narrow,
        shell("python3 -c \"import os; os.rename('.memory', 'elsewhere')\""),
        write(narrow, "tests/x", "x"),
        shell("echo x > src/app.py"),
        call("Read", file_path=str(narrow.root / "src/app.py")),
    )
    _, denied, line, read = run.tool_results()
    assert denied.is_error
    assert "is gone" in denied.text
    assert "recover" in told(run, 1)
    assert line.is_error
    assert not read.is_error
    assert not (narrow.root / "tests/x").exists()
    assert (narrow.root / "src/app.py").read_text(encoding="utf-8") == BEFORE


def test_hook_spoilt_by_a_program(narrow: Workplace) -> None:
    """A program that spoils the hook shuts every tool: the client stops calls whose hook fails."""
    run = play(
        narrow,
        shell(python(hook_of(narrow))),
        write(narrow, "src/app.py", "x"),
        write(narrow, "tests/x", "x"),
    )
    assert [each.is_error for each in run.tool_results()[1:]] == [True, True]
    assert (narrow.root / "src/app.py").read_text(encoding="utf-8") == BEFORE
    assert not (narrow.root / "tests/x").exists()
