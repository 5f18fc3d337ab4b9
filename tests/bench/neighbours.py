"""Hooks of other programs, fetched from npm into a temporary folder: what they cost for the same call."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measure import Row

if TYPE_CHECKING:
    from tests.bench.ground import Ground

# Package and version, and the scripts that its settings have node run for a tool call.
NEIGHBOURS = (
    ("tdd-guard", "1.7.0", ("tdd-guard/dist/cli/tdd-guard.js",)),
    (
        "oh-my-claude-sisyphus",
        "5.5.0",
        ("oh-my-claude-sisyphus/scripts/run.cjs", "oh-my-claude-sisyphus/scripts/pre-tool-enforcer.mjs"),
    ),
)
MINUTES = 5


def neighbour_rows(ground: Ground, folder: Path) -> tuple[list[Row], list[str]]:
    """A row for each neighbour that could be fetched and runs, and why the others could not."""
    rows, missing = [], []
    for package, version, scripts in NEIGHBOURS:
        place = folder / package
        try:
            fetch(f"{package}@{version}", place)
            row = neighbour_row(
                ground, f"{package} {version}", [place / "node_modules" / each for each in scripts]
            )
            row.run()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            missing.append(f"{package} {version}: {str(error)[:300]}")
        else:
            rows.append(row)
    return rows, missing


def neighbour_row(ground: Ground, name: str, scripts: list[Path]) -> Row:
    """A neighbour's hook as its client would start it for a tool call."""
    node = required("node")
    environment = {
        **ground.project.environment,
        "PATH": f"{Path(node).parent}:/usr/bin:/bin",
        "CLAUDE_PLUGIN_ROOT": str(scripts[-1].parent.parent),
    }
    content = ground.payload("PreToolUse", "Bash", command="ls -la src")
    return Row(f"{name}, PreToolUse", [node, *map(str, scripts)], content, environment, counted=False)


def required(program: str) -> str:
    """Where a program is; RuntimeError where it is not installed."""
    found = shutil.which(program)
    if found is None:
        raise RuntimeError(f"{program} is not installed")
    return found


def fetch(package: str, folder: Path) -> None:
    """Install a package, no script of it run; an error says why that was not possible."""
    folder.mkdir(parents=True)
    done = subprocess.run(
        [required("npm"), "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund",
         "--no-package-lock", "--no-save", "--silent", package],
        capture_output=True, text=True, timeout=MINUTES * 60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"npm failed: {done.stderr.strip()[-200:]}")
