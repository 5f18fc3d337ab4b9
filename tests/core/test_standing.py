"""Believing what a document said when it was accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_state.core.errors import Misused
from memory_state.core.standing import checked_header, named_workflow, with_check

HEADER = b'---\nworkflow_id: "7f3a9c21"\nevent: 2\n---\n'
DOCUMENT = b"---\nevent: 2\n---\n\n# One\n"
WHOLE = with_check(HEADER, DOCUMENT)


def test_checked_front_matter_is_read() -> None:
    """The number behind it is no part of it."""
    assert checked_header(WHOLE, DOCUMENT) == {"workflow_id": "7f3a9c21", "event": 2}


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_every_changed_bit_is_noticed(bit: int) -> None:
    """Wherever it stands, in the front matter or in the number."""
    damaged = bytearray(WHOLE)
    damaged[bit // 8] ^= 1 << bit % 8
    assert checked_header(bytes(damaged), DOCUMENT) is None


@pytest.mark.parametrize("cut", range(len(WHOLE)))
def test_a_cut_file_is_noticed(cut: int) -> None:
    """At every byte, and filled with zeros to its length."""
    assert checked_header(WHOLE[:cut], DOCUMENT) is None
    assert checked_header(WHOLE[:cut] + bytes(len(WHOLE) - cut), DOCUMENT) is None


@pytest.mark.parametrize("other", [b"", DOCUMENT[:-1], DOCUMENT + b"\n", DOCUMENT.replace(b"One", b"Two")])
def test_what_is_kept_of_another_document_does_not_count(other: bytes) -> None:
    """After a checkout and a kill, copy and standing may be of two branches' documents."""
    assert checked_header(WHOLE, other) is None


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
