"""The small repository in which the commands of the table stand, and how verdicts are scored on it."""

from __future__ import annotations

import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

FILES = {
    ".memory/state/active-workflow.md": "phase: plan\n",
    "README.md": "# a\nbe\nas\nso\n",
    "data.csv": "b,2\na,1\n",
    "data.json": '{"a": 1}\n',
    "docs/guide.md": "guide\n",
    "fix.patch": "--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-def a(): pass\n+def b(): pass\n",
    "setup.sh": "echo setup\n",
    "src/app.py": "def a(): pass\n",
    "src/dirty.py": "clean\n",
    "src/util.py": "x = 1\na\n",
    "tools/gen.py": "print(1)\n",
}


class Case(NamedTuple):
    """A command, what it does (`read`, `write`, `unknown`) and what it writes, relative to the repository."""

    command: str
    label: str
    writes: list[str]


def load_cases() -> list[Case]:
    """The table of commands."""
    text = Path(__file__).with_name("commands.json").read_text(encoding="utf-8")
    return [Case(each["command"], each["label"], each["writes"]) for each in json.loads(text)]


def lay_out(folder: Path) -> Path:
    """Make the repository, an untracked file and an edited one in it; gives its path."""
    root = folder / "repo"
    (folder / "home").mkdir(parents=True)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "lnk").symlink_to("README.md")
    with tarfile.open(root / "arch.tar", "w") as archive:
        archive.add(root / "docs", "docs")
    with zipfile.ZipFile(root / "arch.zip", "w") as packed:
        packed.writestr("docs/z.md", "z\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    git(root, "checkout", "-q", "-b", "other")
    (root / "src/other.py").write_text("o\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "second")
    git(root, "checkout", "-q", "main")
    (root / "junk.txt").write_text("junk\n", encoding="utf-8")
    (root / "src/dirty.py").write_text("dirty\n", encoding="utf-8")
    return root


def git(root: Path, *arguments: str) -> None:
    """Run git with an identity of its own."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def covered(path: str, writes: list[str]) -> bool:
    """Whether a written path is among those of a verdict, or below a whole folder of it."""
    for each in writes:
        if each.rstrip("/") == path.rstrip("/"):
            return True
        if each == "./" and not path.startswith("/"):
            return True
        if each.endswith("/") and path.startswith(each):
            return True
    return False
