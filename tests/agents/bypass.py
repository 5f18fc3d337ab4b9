"""The ground on which ways round a phase are tried: a git project, four phases, a client's hooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.agents import claude
from memory_state.core import hook
from memory_state.core.errors import Refused
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

# Few edits and any command; few edits and some commands; few edits and no command; any edit, any command.
PHASES = {
    "narrow": '[read, search, "edit(tests/**)", shell, agent, "mcp(lab/*)"]',
    "pattern": '[read, search, "edit(tests/**)", "shell(git *)", "shell(python3 *)", "shell(make test)"]',
    "silent": '[read, search, "edit(tests/**)"]',
    "open": '[read, search, edit, shell, agent, "mcp(lab/*)"]',
}
FILES = {
    "src/app.py": "before\n",
    "src/other.py": "before\n",
    "src/dirty.py": "committed\n",
    "tests/test_app.py": "before\n",
    "README.md": "# Readme\n",
    "data.csv": "a,1\nb,2\n",
    ".gitignore": ".env\n",
    "package.json": '{"name": "x", "version": "1.0.0", "scripts": {"gen": "echo x > src/app.py"}}\n',
    "Makefile": "gen:\n\techo x > src/app.py\n",
    "gen.sh": "#!/bin/sh\necho x > src/app.py\n",
    "gen.py": "open('src/app.py', 'w').write('x')\n",
    "gen.js": "require('fs').writeFileSync('src/app.py', 'x')\n",
    "fix.patch": "--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-before\n+after\n",
}
GIT = """\
git init -q -b main
git add .
git commit -q -m Seed
git checkout -q -b other
echo other > src/app.py
git commit -q -a -m Other
git checkout -q main
echo more >> README.md
git commit -q -a -m More
echo stashed > src/other.py
git stash -q
echo dirty > src/dirty.py
echo x > src/untracked.py
echo x > .env
echo kept > src/app.py
tar cf keep.tar src/app.py README.md
git checkout -q src/app.py
chmod +x gen.sh
"""
WHO = {
    f"GIT_{role}_{part}": "seed@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
}


class Told(NamedTuple):
    """What became of one shell call: how it was decided, and what the model was told after it."""

    decision: str
    reason: str
    told: str


def definition(phase: str) -> str:
    """A definition whose first phase is one of `PHASES`, and whose second allows everything."""
    allow = PHASES[phase]
    return (
        f"---\nschema: 1\nname: {phase}\ndescription: One phase under siege\nlevel: outer\nphases:\n"
        f"  - id: trial\n    role: tester\n    allow: {allow}\n  - id: work\n    role: developer\n"
        "---\n# Siege\n"
    )


def seed(root: Path) -> None:
    """Fill a folder with a git project that has a branch, a stash and files not committed."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True, parents=True)
        (root / path).write_text(text, encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(root), **WHO}
    subprocess.run(["sh", "-e", "-c", GIT], cwd=root, env=environment, check=True, capture_output=True)


def besieged(folder: Path, seeded: Path, phase: str) -> Project:
    """A project made from a seeded folder, in one of `PHASES` or in `feature`."""
    project = Project.make(folder)
    shutil.copytree(seeded, project.root, dirs_exist_ok=True, symlinks=True)
    project.environment.update(WHO)
    if phase in PHASES:
        target = project.root / f".memory/workflows/{phase}.md"
        target.parent.mkdir(parents=True)
        target.write_text(definition(phase), encoding="utf-8")
    project.workspace().start(phase, "Hold it")
    ask(project, "SessionStart.startup")
    return project


def ask(project: Project, name: str, **changes: object) -> dict[str, object]:
    """A hook's answer to a recorded payload, in this process."""
    payload = project.payload(name, **changes)
    event, pieces = str(payload["hook_event_name"]), [json.dumps(payload).encode()]
    kind, text = hook.answer(event, payload, project.environment, pieces, None)
    output = claude.write_answer(event, kind, text)[0] if kind else ""
    return dict(json.loads(output)) if output else {}


def said(answer: Mapping[str, object], key: str) -> str:
    """One text of an answer's `hookSpecificOutput`; empty where there is none."""
    found = answer.get("hookSpecificOutput")
    return str(found.get(key, "")) if isinstance(found, dict) else ""


def tool(project: Project, called: str, given: Mapping[str, object]) -> str:
    """What is decided on a tool's call: `deny`, `ask`, or empty for no objection."""
    answer = ask(project, "PreToolUse.mcp__lab__echo", tool_name=called, tool_input=dict(given))
    return said(answer, "permissionDecision")


def judge(project: Project, line: str, **changes: object) -> str:
    """What is decided on a shell line: `deny`, `ask`, or empty for no objection."""
    answer = ask(project, "PreToolUse.Bash", tool_input={"command": line}, **changes)
    return said(answer, "permissionDecision")


def execute(project: Project, line: str) -> int:
    """Run a line as a client does; gives its exit status."""
    where = {**project.environment, "PWD": str(project.root)}
    done = subprocess.run(
        ["bash", "-c", line], cwd=project.root, env=where, capture_output=True, timeout=30, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode


def attempt(project: Project, line: str) -> Told:
    """Ask for a shell line, run it if nobody objects, and give what is told after it."""
    asked = ask(project, "PreToolUse.Bash", tool_input={"command": line})
    decision = said(asked, "permissionDecision")
    if decision:
        return Told(decision, said(asked, "permissionDecisionReason"), "")
    name = "PostToolUseFailure.Bash" if execute(project, line) else "PostToolUse.Bash"
    after = ask(project, name, tool_input={"command": line})
    return Told("", "", said(after, "additionalContext") + str(after.get("systemMessage", "")))


def gate(project: Project) -> str:
    """Why the phase can not be left; empty when it was left."""
    try:
        project.workspace().next()
    except Refused as refused:
        return refused.sentence
    return ""


def reset(project: Project, seeded: Path) -> None:
    """Put a project's own files back as they were seeded; state stays."""
    for entry in project.root.iterdir():
        if entry.name != ".memory":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    shutil.copytree(seeded, project.root, dirs_exist_ok=True, symlinks=True)


def changed_outside(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The files that differ, but for those that a phase with few edits lets be edited."""
    differ = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return [
        path for path in differ if not path.startswith(("project/tests", "project/.git/", "project/.memory/"))
    ]


def state_of(root: Path) -> dict[str, object]:
    """Every file below a folder: its rights, and its bytes or what it leads to."""
    found: dict[str, object] = {}
    for folder, names, files in os.walk(root):
        for name in (*files, *names):
            path = Path(folder, name)
            content = (
                str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            )
            found[str(path.relative_to(root))] = (path.lstat().st_mode, content)
    return found
