"""The wheel as a user gets it: built, installed in a fresh environment, run there."""

from __future__ import annotations

import json
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import memory_state
from memory_state.workspace.resources import resource_folder

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(folder.glob("memory_state-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that holds the wheel; libraries come from this one's."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target"]
    subprocess.run([*command, str(packages), str(wheel)], check=True, capture_output=True, timeout=120)
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return folder / "bin" / "python"


def run(interpreter: Path, folder: Path, *arguments: str) -> str:
    """What the installed program prints in a folder that is its home too."""
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [str(interpreter), "-m", "memory_state", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_holds_templates_and_launcher(wheel: Path) -> None:
    """What stands outside the package in a checkout is inside it in the wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("templates/document.md", "templates/workflows/feature.md", "hooks/launch.py", "py.typed"):
        assert f"memory_state/{name}" in names
    assert not [name for name in names if name.startswith(("tests/", "memory_state/tests"))]


def test_checkout_finds_its_own_files() -> None:
    """In a checkout templates and hooks stand beside the package."""
    assert resource_folder("templates") == ROOT / "templates"
    assert resource_folder("hooks") == ROOT / "hooks"


def test_installed_wheel_does_the_main_job(installed: Path, tmp_path: Path) -> None:
    """Setup, start, the wired hook's denial, and status work from the installed wheel."""
    assert run(installed, tmp_path, "--version").strip() == f"memory-state {memory_state.__version__}"
    run(installed, tmp_path, "setup", "claude")
    run(installed, tmp_path, "start", "feature", "Add login")
    settings = json.loads((tmp_path / ".claude/settings.local.json").read_text(encoding="utf-8"))
    handler = settings["hooks"]["PreToolUse"][0]["hooks"][0]
    payload = {
        "session_id": "one", "cwd": str(tmp_path), "hook_event_name": "PreToolUse", "tool_name": "Write",
        "tool_input": {"file_path": str(tmp_path / "src/a.py"), "content": ""}, "tool_use_id": "call",
    }  # fmt: skip
    denied = subprocess.run(
        [handler["command"], *handler["args"]],
        input=json.dumps(payload).encode(), env={"HOME": str(tmp_path)}, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert denied.returncode == 2
    assert json.loads(run(installed, tmp_path, "status", "--json"))["workflow"]["phase"] == "plan"


def test_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    """The test above did not run this checkout by mistake."""
    script = "import memory_state; print(memory_state.__file__)"
    done = subprocess.run(
        [str(installed), "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert Path(done.stdout.strip()).is_relative_to(installed.parents[1])
