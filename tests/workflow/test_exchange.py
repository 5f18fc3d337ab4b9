"""Documents between programs: what is taken for one, and which error it tells of."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused, Refused
from memory_state.workflow.exchange import document_text, document_values, error_in, workflow_in


def test_a_document_is_read_back() -> None:
    """What is written is one line of ASCII and reads as the same values."""
    text = document_text("status", {"workflow": {"workflow_id": "7f3a9c21", "title": "\u202eé\x1b"}})
    assert text.isascii()
    assert "\n" not in text
    assert document_values(text)["workflow"] == {"workflow_id": "7f3a9c21", "title": "\u202eé\x1b"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("text", "standard input is no JSON"),
        ('{"a": 1} {"a": 1}', "more text after the JSON value"),
        ('{"a": 1, "a": 2}', "an object has the same key twice"),
        ("[" * 100_000, "standard input is no JSON"),
        ("[]", "the JSON on standard input is no object"),
        ('{"schemaVersion": 2}', "has schemaVersion 2, this memory-state reads up to 1"),
    ],
)
def test_what_is_no_document(text: str, reason: str) -> None:
    """Each gives its own sentence."""
    with pytest.raises(Misused, match=reason):
        document_values(text)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("refused", Refused), ("usage", Misused), ("missing", Missing), ("conflict", Conflict),
        ("broken", Broken), ("fault", MemoryStateError), ("other", MemoryStateError),
    ],
)  # fmt: skip
def test_an_error_is_told_by_its_kind(code: str, kind: type[MemoryStateError]) -> None:
    """An error document becomes the error it was."""
    error = error_in({"kind": "error", "code": code, "message": "No."})
    assert (type(error), str(error)) == (kind, "No.")


def test_other_documents_tell_of_no_error() -> None:
    """Only `kind` decides; an error without a message still has a sentence."""
    assert error_in({"kind": "status", "code": "refused"}) is None
    assert str(error_in({"kind": "error"})) == "an earlier command of the pipe failed"


def test_the_workflow_of_a_document() -> None:
    """It is the `workflow` of an answer, or the object itself."""
    assert workflow_in({"workflow": {"workflow_id": "a"}, "workflow_id": "b"}) == {"workflow_id": "a"}
    assert workflow_in({"workflow_id": "b"}) == {"workflow_id": "b"}


@pytest.mark.parametrize("values", [{}, {"workflow_id": 7}, {"workflow": {}}, {"workflow": None}])
def test_a_document_without_a_workflow(values: dict[str, object]) -> None:
    """Without an id there is nothing to act on."""
    with pytest.raises(Misused, match="has no workflow_id"):
        workflow_in(values)
