"""What an installation fills in: the joined modules end with the values of this user's machine."""

from __future__ import annotations

SITE: tuple[str, ...] = ()
"""The folders that the slow path's packages are in, for the search path."""
PROGRAMS: tuple[str, ...] = ()
"""The paths by which our command may be called."""
