"""What the pages of docs/ ought to hold now.

In a page, what stands between `<!-- BEGIN name -->` and `<!-- END name -->` is made by the function of
that name; what stands below `$ COMMAND` in a `console` block is what the command prints, all blocks of a page
in one fresh project. Times in them are those of a clock that goes on by ten minutes at each command.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tests.console import replayed
from tests.pages.commands import commands_page, console_in
from tests.pages.tables import INSERTS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs"
WHOLE = {"commands.md": commands_page}
WRITTEN = (
    "../README.md", "concepts.md", "formats.md", "hooks.md", "recipes.md", "scripting.md", "comparison.md",
)  # fmt: skip
PAGES = (*WRITTEN, *WHOLE)
INSERT = re.compile(r"(<!-- BEGIN ([a-z-]+) -->\n).*?(<!-- END \2 -->)", re.DOTALL)


def current(name: str) -> str:
    """The page as it ought to be."""
    if name in WHOLE:
        return WHOLE[name]()
    text = (FOLDER / name).read_text(encoding="utf-8")
    filled = INSERT.sub(lambda found: f"{found[1]}{INSERTS[found[2]]()}\n{found[3]}", text)
    with tempfile.TemporaryDirectory() as folder:
        return replayed(console_in(Path(folder)), filled)
