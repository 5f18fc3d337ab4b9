"""Believing what a document said when it was accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.core.errors import Misused
from memory_state.core.standing import checked_header, named_workflow, with_check

HEADER = b'---\nworkflow_id: "7f3a9c21"\nevent: 2\n---\n'


def test_checked_front_matter_is_read() -> None:
    """The number behind it is no part of it."""
    assert checked_header(with_check(HEADER)) == {"workflow_id": "7f3a9c21", "event": 2}


@given(st.integers(0, len(with_check(HEADER)) * 8 - 1))
def test_every_changed_bit_is_noticed(bit: int) -> None:
    """Wherever it stands, in the front matter or in the number."""
    whole = with_check(HEADER)
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    assert checked_header(bytes(damaged)) is None


@pytest.mark.parametrize("cut", range(len(with_check(HEADER))))
def test_a_cut_file_is_noticed(cut: int) -> None:
    """At every byte, and filled with zeros to its length."""
    whole = with_check(HEADER)
    assert checked_header(whole[:cut]) is None
    assert checked_header(whole[:cut] + bytes(len(whole) - cut)) is None


@pytest.mark.parametrize(
    "line", [b'workflow_id: "7f3a9c21"', b"workflow_id: 7f3a9c21", b"workflow_id: '7f3a9c21'\r"]
)
def test_document_names_its_workflow(line: bytes) -> None:
    """In our form, and as YAML libraries write it."""
    assert named_workflow(b"---\nschema: 1\n" + line + b"\nphase: x\n---\n") == "7f3a9c21"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"---\nphase: x\n---\n", b"---\nworkflow_id: ../../x1\n---\n", b"\nworkflow_id: \xff\xff",
        b"workflow_id: 7f3a9c21",
    ],
)  # fmt: skip
def test_what_is_no_name_leads_nowhere(content: bytes) -> None:
    """It would become part of a path."""
    with pytest.raises((Misused, UnicodeDecodeError)):
        named_workflow(content)
