"""Which process came from which, and when it was started."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from memory_state.workspace.ancestry import ancestors, process_birth, started_at


def test_a_process_has_its_parents() -> None:
    """From its own parent to the first of all."""
    found = ancestors(os.getpid())
    assert os.getppid() in found
    assert found == list(dict.fromkeys(found))


def test_a_process_says_when_it_was_started() -> None:
    """In seconds since the epoch; a later one is younger."""
    before = time.time()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        found = started_at(child.pid)
        own, born = process_birth(os.getpid()), process_birth(child.pid)
    finally:
        child.communicate(b"\n")
    assert found is not None
    assert before - 1 < found < time.time() + 1
    assert own is not None
    assert born is not None
    assert own < born


def test_no_process_has_no_beginning() -> None:
    """One that has ended is not found."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert (started_at(child.pid), process_birth(child.pid)) == (None, None)
