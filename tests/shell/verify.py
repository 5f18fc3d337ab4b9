"""Check the labels of the table by running its commands, each in a repository of its own.

`python -m tests.shell.verify`. Needs bubblewrap. Commands labelled `unknown` are not run.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.shell.ground import Case, covered, lay_out, load_cases


def picture(root: Path) -> dict[str, str]:
    """Every path of a tree with kind, mode and content, but git's index, which reading renews."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name in (".git/index", ".git/index.lock"):
            continue
        if path.is_symlink():
            found[name] = f"link {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        else:
            found[name] = f"folder {path.stat().st_mode}"
    return found


def changed(case: Case) -> list[str]:
    """The paths that a command really changes, those of git's records as one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        root = lay_out(folder)
        before = picture(root)
        command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        command += ["--bind", name, name, "--chdir", str(root), "--unshare-net", "--die-with-parent"]
        command += ["--setenv", "HOME", str(folder / "home"), "bash", "-c", case.command]
        subprocess.run(command, capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL)
        after = picture(root)
        paths = {each for each in before.keys() | after.keys() if before.get(each) != after.get(each)}
        return sorted({".git/" if each.startswith(".git/") else each for each in paths})


def fault(case: Case) -> str:
    """What is wrong with a label; empty when it holds."""
    real = changed(case)
    if case.label == "read":
        return f"changes {real}" if real else ""
    missing = [each for each in real if not covered(each, case.writes)]
    idle = [
        each
        for each in case.writes
        if not each.startswith("/") and not any(covered(path, [each]) for path in real)
        and not (each == ".git/" and not missing) and not (each == ".git/config" and ".git/" in real)
    ]  # fmt: skip
    if case.writes == [".git/config"]:
        missing = []
    return f"misses {missing}, idle {idle}" if missing or idle else ""


def main() -> int:
    """Run all, print what does not hold."""
    faults = [(case, found) for case in load_cases() if case.label != "unknown" and (found := fault(case))]
    for case, found in faults:
        sys.stdout.write(f"{case.label} {case.writes} {case.command!r}: {found}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
