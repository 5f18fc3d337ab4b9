"""Files that a shell call changed although its phase does not let them be, told and held against it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import claude
from memory_state.core import hook
from memory_state.core.errors import Refused
from memory_state.core.layout import watch_file
from memory_state.workspace import tracking
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.workspace import Workspace

DEFINITION = """\
---
schema: 1
name: watched
description: A phase with any command and few edits, then one with any edit
level: outer
phases:
  - id: trial
    role: tester
    allow: [read, "edit(tests/**)", shell]
  - id: work
    role: developer
    allow: [read, edit, shell]
---
# Watched
"""


@pytest.fixture
def trial(tmp_path: Path) -> Project:
    """A project in a phase that allows every command and few edits, with a file of each kind."""
    project = Project.make(tmp_path)
    for path in ("src/app.py", "tests/test_app.py", ".env"):
        (project.root / path).parent.mkdir(exist_ok=True)
        (project.root / path).write_text("before\n", encoding="utf-8")
    definition = project.root / ".memory/workflows/watched.md"
    definition.parent.mkdir(parents=True)
    definition.write_text(DEFINITION, encoding="utf-8")
    project.workspace().start("watched", "Try it")
    return project


def ask(project: Project, name: str, **changes: object) -> dict[str, object]:
    """A hook's answer to a recorded payload, in this process."""
    payload = project.payload(name, **changes)
    event, pieces = str(payload["hook_event_name"]), [json.dumps(payload).encode()]
    kind, text = hook.answer(event, payload, project.environment, pieces, None)
    output = claude.write_answer(event, kind, text)[0] if kind else ""
    return dict(json.loads(output)) if output else {}


def context(answer: dict[str, object]) -> str:
    """What an answer tells the model."""
    found = answer.get("hookSpecificOutput")
    return str(found.get("additionalContext", "")) if isinstance(found, dict) else ""


def run(project: Project, line: str) -> str:
    """Run a command as a client does; gives what the model is told after it."""
    asked = ask(project, "PreToolUse.Bash", tool_input={"command": line})
    assert asked == {}, asked
    done = subprocess.run(  # noqa: S602 - as a client runs it
        line, shell=True, cwd=project.root, check=False, timeout=20
    )
    name = "PostToolUseFailure.Bash" if done.returncode else "PostToolUse.Bash"
    return context(ask(project, name, tool_input={"command": line}))


def next_refusal(workspace: Workspace) -> str:
    """Why the phase can not be left."""
    with pytest.raises(Refused) as caught:
        workspace.next()
    return caught.value.sentence


def test_change_out_of_phase_is_told_and_shuts_the_gate(trial: Project) -> None:
    """What an unknown command changed is told, recorded with what was there, and holds the gate."""
    told = run(trial, "python3 -c \"open('src/app.py','w').write('x')\"")
    assert "src/app.py" in told
    assert "override --changes" in told
    violation = [each for each in trial.workspace().history() if each.type == "violation.recorded"]
    assert [each.details["paths"] for each in violation] == [{"src/app.py": "9160d4be34c8695b"}]
    refusal = next_refusal(trial.workspace())
    assert "changed although phase trial does not let it be edited: src/app.py" in refusal


def test_files_that_may_be_edited_may_be_changed(trial: Project) -> None:
    """An unknown command that changes what the phase lets be edited is not told of."""
    assert run(trial, "python3 -c \"open('tests/test_app.py','w').write('x')\"") == ""
    assert trial.workspace().next().state.phase == "work"


@pytest.mark.parametrize(
    "line",
    [
        "python3 -c \"import os; os.remove('src/app.py')\"",
        "python3 -c \"open('src/new.py','w')\"",
        "python3 -c \"open('.env','a').write('x')\"",
        "python3 -c \"import os; os.chmod('src/app.py', 0o755)\"",
        "python3 -c \"import os; os.symlink('/etc/passwd', 'src/link')\"",
        "python3 -c \"import os; os.rename('src', 'lib')\"",
        "python3 -c \"open('src/app.py','w').write('x')\"; false",
    ],
)
def test_every_kind_of_change_is_seen(trial: Project, line: str) -> None:
    """Removed, new, ignored, moved files, links, rights: a failing command's changes are seen too."""
    assert "changed although the phase" in run(trial, line)


def test_restored_time_does_not_hide_a_change(trial: Project) -> None:
    """A file whose size and time of change are as before is known by its bytes."""
    line = (
        "python3 -c \"import os; s=os.stat('src/app.py'); open('src/app.py','w').write('bEfore\\n');"
        " os.utime('src/app.py', ns=(s.st_atime_ns, s.st_mtime_ns))\""
    )
    assert "src/app.py" in run(trial, line)


def test_touching_changes_nothing(trial: Project) -> None:
    """A file that holds what it held is not changed, whatever its times say."""
    assert run(trial, "python3 -c \"import os; os.utime('src/app.py')\"") == ""


def test_gate_opens_when_the_change_is_taken_back(trial: Project) -> None:
    """Nobody needs a person where the file is as it was."""
    run(trial, "python3 -c \"open('src/app.py','w').write('x')\"")
    (trial.root / "src/app.py").write_text("before\n", encoding="utf-8")
    assert trial.workspace().next().state.phase == "work"


def test_person_accepts_a_change(trial: Project) -> None:
    """A person's acceptance is an event with name and reason, and the gate opens; an agent's is refused."""
    run(trial, "python3 -c \"open('src/app.py','w').write('x')\"")
    with pytest.raises(Refused):
        trial.workspace(person=None).override("it is fine", changes=True)
    trial.workspace().override("it is fine", changes=True)
    last = trial.workspace().history()[-1]
    assert last.type == "violation.accepted"
    assert {name: last.details[name] for name in ("name", "reason", "paths")} == {
        "name": "Ann", "reason": "it is fine", "paths": ["src/app.py"],
    }  # fmt: skip
    assert trial.workspace().next().state.phase == "work"


def test_background_change_is_seen_at_the_next_call(trial: Project) -> None:
    """What a command left running changes is seen before the next call."""
    assert run(trial, "python3 -c 'pass'") == ""
    (trial.root / "src/app.py").write_text("later\n", encoding="utf-8")
    assert "src/app.py" in context(ask(trial, "PreToolUse.Read"))


def test_background_change_is_seen_at_the_end_of_the_turn(trial: Project) -> None:
    """After the next call one look is left: the turn's end tells the person."""
    run(trial, "python3 -c 'pass'")
    ask(trial, "PreToolUse.Read")
    (trial.root / "src/app.py").write_text("later\n", encoding="utf-8")
    assert "src/app.py" in str(ask(trial, "Stop.first").get("systemMessage"))
    assert "src/app.py" in next_refusal(trial.workspace())


def test_gate_looks_by_itself(trial: Project) -> None:
    """A command that goes on to the gate at once does not get ahead of the look."""
    line = "python3 -c \"open('src/app.py','w').write('x')\""
    assert ask(trial, "PreToolUse.Bash", tool_input={"command": line}) == {}
    subprocess.run(line, shell=True, cwd=trial.root, check=True)  # noqa: S602 - the client's way
    assert "src/app.py" in next_refusal(trial.workspace())


def test_lost_record_shuts_the_gate(trial: Project) -> None:
    """Whoever spoils the record of the files gains nothing: nobody knows what changed then."""
    ask(trial, "PreToolUse.Bash", tool_input={"command": "python3 x.py"})
    with open(watch_file(trial.environment, SESSION, ""), "w", encoding="utf-8") as file:  # noqa: PTH123 - a text
        file.write("{}")
    assert "record from before a call is gone" in context(ask(trial, "PostToolUse.Bash"))
    assert "record from before a call is gone" in next_refusal(trial.workspace())


def test_phase_that_lets_everything_be_edited_is_not_watched(trial: Project) -> None:
    """Where every file may be edited nothing is compared."""
    trial.workspace().next()
    assert run(trial, "python3 -c \"open('src/app.py','w').write('x')\"") == ""
    assert not os.path.exists(watch_file(trial.environment, SESSION, ""))  # noqa: PTH110 - a text


def test_what_tools_leave_behind_does_not_count(trial: Project) -> None:
    """Caches and compiled files are no work, and a folder tagged as a cache is none either."""
    line = (
        "python3 -c \"import os; os.makedirs('src/__pycache__'); open('src/__pycache__/a.pyc','w');"
        " os.makedirs('target'); open('target/CACHEDIR.TAG','w'); open('target/x','w')\""
    )
    assert run(trial, line) == ""


def test_named_build_output_does_not_count(trial: Project) -> None:
    """What a project's settings name as left behind by its builds is not compared."""
    (trial.root / ".memory-state.toml").write_text('build_output = "dist/** *.log"\n', encoding="utf-8")
    line = (
        "python3 -c \"import os; os.makedirs('dist/a'); open('dist/a/x','w'); open('out.log','w');"
        " open('src/app.py','w')\""
    )
    told = run(trial, line)
    assert "src/app.py" in told
    assert "dist" not in told
    assert "out.log" not in told


def test_many_changes_are_counted(trial: Project) -> None:
    """Twenty changes are named, the others counted; those only a person can end."""
    run(trial, "python3 -c \"[open(f'src/{n}.py','w') for n in range(30)]\"")
    last = [each for each in trial.workspace().history() if each.type == "violation.recorded"][-1]
    assert (len(dict(last.details["paths"])), last.details["more"]) == (20, 10)  # type: ignore[call-overload]  # an event's values are objects
    for path in (trial.root / "src").glob("[0-9]*.py"):
        path.unlink()
    assert "10 further files" in next_refusal(trial.workspace())


def test_protected_file_that_changed_in_a_turn_shuts_the_gate(trial: Project) -> None:
    """What a script wrote over is seen when the turn ends, told to the person, and holds the gate."""
    ask(trial, "SessionStart.startup")
    (trial.root / ".memory-state.toml").write_text("save_interval = 1\n", encoding="utf-8")
    told = str(ask(trial, "Stop.first").get("systemMessage"))
    assert "nothing but a person may write it: .memory-state.toml" in told
    assert ".memory-state.toml" in next_refusal(trial.workspace())
    (trial.root / ".memory-state.toml").unlink()
    assert trial.workspace().next().state.phase == "work"


def test_protected_file_that_changed_between_sessions_is_a_fact(trial: Project) -> None:
    """A person may set things up between two sessions: the next one is told, and no gate is shut."""
    ask(trial, "SessionStart.startup")
    ask(trial, "SessionEnd.other")
    (trial.root / ".memory-state.toml").write_text("save_interval = 1\n", encoding="utf-8")
    assert "changed since the last session: .memory-state.toml" in context(ask(trial, "SessionStart.startup"))
    assert trial.workspace().next().state.phase == "work"


def test_whole_tree_is_not_written_where_git_keeps_state(planned: Project) -> None:
    """With histories in git, what would write the whole work tree is refused, with the way round."""
    planned.workspace().override("go")
    assert ask(planned, "PreToolUse.Bash", tool_input={"command": "git checkout ."}) == {}
    tracking.track(f"{planned.root}/.memory")
    answer = ask(planned, "PreToolUse.Bash", tool_input={"command": "git checkout ."})
    reason = str(dict(answer["hookSpecificOutput"])["permissionDecisionReason"])  # type: ignore[call-overload]  # JSON
    assert "name the paths it is for" in reason
    assert ask(planned, "PreToolUse.Bash", tool_input={"command": "git checkout -- src"}) == {}
