"""Names that a function may not take without changing what known words mean."""

from __future__ import annotations

from memory_state.core.prefixes import COMMAND_RUNNERS
from memory_state.core.reads import VERSION_PROGRAMS
from memory_state.shell.asking import MORE_ASKED
from memory_state.shell.programs import FAMILIES
from memory_state.shell.tables import listed, only_reads

OTHER_NAMES = " printf shift source . history logger : [ "


def is_shell_name(name: str) -> bool:
    """Whether a name means a program or a builtin that some table knows."""
    tables = (VERSION_PROGRAMS, MORE_ASKED, OTHER_NAMES, f" {COMMAND_RUNNERS} ")
    return (
        only_reads(name)
        or any(listed(name, names) for names, _ in FAMILIES)
        or any(listed(name, table) for table in tables)
    )
