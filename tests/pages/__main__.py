"""`make docs`: write what is generated in the pages of docs/."""

from __future__ import annotations

from tests.pages.current import FOLDER, PAGES, current

for name in PAGES:
    path = FOLDER / name
    path.write_text(current(name), encoding="utf-8")
