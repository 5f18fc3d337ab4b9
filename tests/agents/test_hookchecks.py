"""Checks of the wiring, each on settings that break it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.agents import hookchecks, installation, records
from memory_state.agents.finding import Place
from memory_state.agents.hookchecks import interpreter_problems
from memory_state.agents.settingsfiles import settings_files

if TYPE_CHECKING:
    from memory_state.agents.finding import Finding
    from tests.sessions import Project

OWN = installation.interpreter_path()


def told(found: list[Finding]) -> list[tuple[str, str]]:
    """Severity and message of what is not well."""
    return [(each.severity, each.message) for each in found if not each.ok]


@pytest.mark.parametrize("name", ["settings.local.json", "settings.json"])
def test_hooks_that_are_switched_off(planned: Project, name: str) -> None:
    """`disableAllHooks` is an error in whichever file, with its place."""
    path = planned.root / ".claude" / name
    path.parent.mkdir()
    path.write_text('{\n  "disableAllHooks": true\n}\n', encoding="utf-8")
    (found,) = hookchecks.settings_check(planned.workspace())
    assert (found.severity, str(found.place)) == ("error", f"{path}:2:3")


def test_hooks_that_the_user_switched_off(planned: Project) -> None:
    """Also in the user's own settings; `false` is no finding."""
    path = Path(planned.environment["HOME"], ".claude/settings.json")
    path.parent.mkdir()
    path.write_text('{"disableAllHooks": false}', encoding="utf-8")
    assert told(list(hookchecks.settings_check(planned.workspace()))) == []
    path.write_text('{"disableAllHooks": true}', encoding="utf-8")
    assert len(told(list(hookchecks.settings_check(planned.workspace())))) == 1


def test_only_the_organisations_hooks(tmp_path: Path) -> None:
    """`allowManagedHooksOnly` counts where the organisation says it, and nowhere else."""
    managed = tmp_path / "managed.json"
    managed.write_text('{"allowManagedHooksOnly": true}', encoding="utf-8")
    files = settings_files({"HOME": str(tmp_path)}, str(tmp_path), str(managed))
    assert len(told(list(hookchecks.switched_off(files)))) == 1
    (tmp_path / ".claude").mkdir()
    managed.rename(tmp_path / ".claude/settings.json")
    files = settings_files({"HOME": str(tmp_path / "home")}, str(tmp_path), str(managed))
    assert told(list(hookchecks.switched_off(files))) == []


def test_a_plugin_that_is_switched_off(planned: Project) -> None:
    """It is told, unless the settings hold the hooks themselves."""
    path = planned.root / ".claude/settings.json"
    path.parent.mkdir()
    path.write_text('{"enabledPlugins": {"memory-state@here": false}}', encoding="utf-8")
    found = told(list(hookchecks.settings_check(planned.workspace())))
    assert found == [("error", "the plugin memory-state@here is disabled")]
    installation.set_up(planned.environment, str(planned.root))
    assert told(list(hookchecks.settings_check(planned.workspace()))) == []


def test_hooks_in_settings_and_plugin(planned: Project) -> None:
    """Two forms are told with both places; one form in two files runs once, as the client does it."""
    installation.set_up(planned.environment, str(planned.root))
    local = records.settings_path(str(planned.root))
    shared = local.with_name("settings.json")
    shared.write_text(local.read_text(encoding="utf-8"), encoding="utf-8")
    assert told(list(hookchecks.twice_check(planned.workspace()))) == []
    shared.write_text('{"enabledPlugins": {"memory-state@here": true}}', encoding="utf-8")
    (found,) = hookchecks.twice_check(planned.workspace())
    assert found.severity == "warning"
    assert f"{shared}:1:21" in found.message


def test_two_wirings_that_differ(planned: Project) -> None:
    """An old form in the shared settings runs beside the new one."""
    installation.set_up(planned.environment, str(planned.root))
    local = records.settings_path(str(planned.root))
    old = local.read_text(encoding="utf-8").replace(OWN, "/usr/bin/python3.9")
    local.with_name("settings.json").write_text(old, encoding="utf-8")
    (found,) = hookchecks.twice_check(planned.workspace())
    assert found.message.startswith("the hooks are wired 2 times: ")


def test_an_interpreter_that_is_gone(planned: Project) -> None:
    """Named by the settings or by the record, it is an error with its place."""
    installation.set_up(planned.environment, str(planned.root))
    assert told(list(hookchecks.interpreter_check(planned.workspace()))) == []
    record = Path(installation.runtime_record(planned.environment))
    record.write_text(record.read_text(encoding="utf-8").replace(OWN, "/gone/python3"), encoding="utf-8")
    (found,) = hookchecks.interpreter_check(planned.workspace())
    assert (found.severity, found.place, found.repair) == ("error", Place(str(record), 1), "doctor --fix")
    assert found.message == "/gone/python3 is gone or can not be run"


def test_another_interpreter(tmp_path: Path) -> None:
    """One that is not ours is a warning; an old one of the user's record is an error."""
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho 3.12.1\n", encoding="utf-8")
    other.chmod(0o755)
    (found,) = interpreter_problems(str(other), Place("/record", 1), OWN)
    assert (found.severity, found.fix) == ("warning", "hook")
    other.write_text("#!/bin/sh\necho 3.9.2\n", encoding="utf-8")
    (found,) = interpreter_problems(str(other), Place("/record", 1), OWN)
    assert (found.severity, found.message) == ("error", f"{other} is Python 3.9.2, older than 3.11")


def test_an_interpreter_of_the_settings_is_never_run(tmp_path: Path) -> None:
    """A cloned repository names it, and it is not asked for its version."""
    other = tmp_path / "python3"
    other.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\necho 3.9.2\n", encoding="utf-8")
    other.chmod(0o755)
    (found,) = interpreter_problems(str(other), Place("/settings.json", 7, 3), OWN)
    assert found.severity == "warning"
    assert not (tmp_path / "ran").exists()


def test_versions_that_interpreters_say(tmp_path: Path) -> None:
    """Ours says its own; a program that says none has none."""
    assert hookchecks.version_of(sys.executable) == sys.version_info[:3]
    assert hookchecks.version_of("/bin/true") is None
    assert hookchecks.version_of(str(tmp_path / "none")) is None


def test_the_settings_of_another_version(planned: Project) -> None:
    """What differs is named field by field, and setup mends it."""
    installation.set_up(planned.environment, str(planned.root))
    path = records.settings_path(str(planned.root))
    values = json.loads(path.read_bytes())
    del values["hooks"]["Stop"]
    path.write_text(json.dumps(values), encoding="utf-8")
    (found,) = hookchecks.wiring_check(planned.workspace())
    assert (found.severity, found.message, found.fix) == ("error", "Stop is not wired", "wiring")
