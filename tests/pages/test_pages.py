"""The pages of docs/ are current, whole and linked."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import pytest

from memory_state import Workspace
from memory_state.agents.claude import EVENTS
from memory_state.cli.app import ENTRIES
from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused
from memory_state.workflow.conditions import FURTHER, TARGETS
from memory_state.workflow.definition import DEFINITION_CHECKS, parse_definition
from memory_state.workflow.phases import PHASE_CHECKS
from tests.pages.commands import CODES
from tests.pages.current import FOLDER, PAGES, ROOT, current
from tests.pages.examples import EXAMPLES
from tests.pages.tables import INSERTS

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = {name: (FOLDER / name).read_text(encoding="utf-8") for name in (*PAGES, "benchmarks.md")}
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    """What the page shows is what runs, and its tables are those of the code; else: `make docs`."""
    assert current(name) == TEXTS[name]


def test_a_stale_page_is_seen() -> None:
    """A table that lacks a line is written anew."""
    page = FOLDER / "concepts.md"
    line = next(line for line in INSERTS["moves"]().splitlines() if "`park`" in line)
    assert line in page.read_text(encoding="utf-8")
    assert line in current("concepts.md")


def test_drawings_begin_and_end() -> None:
    """A drawing of phases leads from the first to the last, one of statuses to the end."""
    assert "    [*] --> plan\n" in INSERTS["feature"]()
    assert INSERTS["feature"]().endswith("    document --> [*] : finish\n```")
    assert "    completed --> [*]\n" in INSERTS["statuses"]()


def test_every_insert_is_used() -> None:
    """No table is made that no page shows."""
    used = {name for text in TEXTS.values() for name in re.findall(r"<!-- BEGIN ([a-z-]+) -->", text)}
    assert used == set(INSERTS)


def test_reference_has_every_command() -> None:
    """Each command has a section, an example, and its exit codes say how it ends."""
    assert [name for name in ENTRIES if f"\n### {name}\n" not in TEXTS["commands.md"]] == []
    assert {name.split()[0] for name in EXAMPLES} == set(ENTRIES)
    assert {name.split()[0] for name in CODES} <= set(ENTRIES)


def test_exit_codes_of_the_errors_are_told() -> None:
    """The table of exit codes has those of all errors."""
    for kind in (MemoryStateError, Misused, Missing, Conflict, Broken):
        assert f"\n| {kind.exit_code} | " in TEXTS["commands.md"]


def test_every_key_of_a_definition_is_told() -> None:
    """The reference of definitions has each key that the program reads."""
    keys = {*DEFINITION_CHECKS, *PHASE_CHECKS, *TARGETS, *(key for each in FURTHER.values() for key in each)}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", TEXTS["formats.md"])] == []
    assert [
        key for key in (*DEFINITION_CHECKS, *PHASE_CHECKS) if f"| `{key}` |" not in TEXTS["formats.md"]
    ] == []


def test_example_definition_is_one() -> None:
    """The definition that the reference shows can be used as it stands."""
    example = TEXTS["formats.md"].split("```markdown\n")[1].split("\n```")[0]
    definition, problems = parse_definition(example, "release.md")
    assert problems == ()
    assert definition is not None
    assert [phase.id for phase in definition.phases] == ["prepare", "try", "publish"]


def test_every_event_of_a_session_is_told() -> None:
    """The page of hooks has each event that is wired."""
    assert [event for event in EVENTS if f"`{event}`" not in TEXTS["hooks.md"]] == []


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    """Every link within the repository names a file that is there, and a heading in it."""
    page = (FOLDER / name).resolve()
    for link in LINK.findall(re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL)):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^a-z0-9_ -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_readme_leads_to_every_page() -> None:
    """Nothing is written that nobody finds."""
    assert [path.name for path in FOLDER.glob("*.md") if f"(docs/{path.name}" not in README] == []


def test_example_in_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page on scripting does from Python can be done."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    run = Workspace.find(tmp_path, environment={"HOME": str(tmp_path)}).start("feature", "Add login")
    source = TEXTS["scripting.md"].split("```python\n")[1].split("\n```")[0]
    names: dict[str, object] = {}
    seen = io.StringIO()
    with redirect_stdout(seen):
        exec(compile(source, "scripting.md", "exec"), names)  # noqa: S102 - the example of our own page
    assert "plan.md is missing or empty" in seen.getvalue()
    assert names["state"].workflow_id == run.id  # type: ignore[attr-defined]  # it is a WorkflowState
