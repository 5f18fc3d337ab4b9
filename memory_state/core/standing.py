"""Where a workflow stands, as a hook may believe it: document, accepted copy and log agree.

A hook parses no document. What one said when it was accepted is kept beside its copy in a form that is
read at once; it counts for as long as the document is that copy to the byte.
"""

from __future__ import annotations

from memory_state.core.files import read_if_there, read_tail
from memory_state.core.journal import is_time_of, tail_document
from memory_state.core.layout import (
    accepted_copy,
    active_document,
    event_log,
    further_document,
    standing_file,
    workflow_id,
)
from memory_state.core.plainheader import read_plain_header

LIVE_STATUSES = ("pending", "in_progress", "waiting", "review", "blocked")
CHECK_PRIME = 1073741789  # the largest below 2**30, the digits that CPython divides by at once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.core.locate import Located


def read_standing(located: Located) -> dict[str, object] | None:
    """What the document of a call's workflow says, of what a gate asks; None for the slow path.

    That is where document, accepted copy and log do not agree. ValueError and Misused for a document
    that does not plainly name its workflow, FileNotFoundError without a log.
    """
    memory, workflow = located["memory"], located["workflow"]
    content = read_if_there(active_document(memory))
    named = named_workflow(content) if content else None
    if workflow and named != workflow:
        named, content = workflow, read_if_there(further_document(memory, workflow))
    if not named or not content or content != read_if_there(accepted_copy(memory, named)):
        return None
    header = checked_header(read_if_there(standing_file(memory, named)) or b"", content)
    if header is None:
        return None
    tail = read_tail(event_log(memory, named), tail_document)
    number = header["event"]
    agree = tail_document(tail) == number and is_time_of(tail, number, header["updated_at"])
    return header if agree else None


def named_workflow(content: bytes) -> str:
    """The workflow that a document says it is of; that this is so only its accepted copy tells."""
    _, _, behind = content.partition(b"\nworkflow_id: ")
    return workflow_id(behind.partition(b"\n")[0].decode().strip("\"' \r"))


def with_check(header: bytes, document: bytes) -> bytes:
    """What is kept of a document, with a number behind it that holds for no other one.

    The remainder of all their bytes as one whole number is different for every changed bit. It costs less
    than a CRC-32, whose library takes longer to load than a hook to decide.
    """
    return header + b"%d\n" % (int.from_bytes(header + document, "little") % CHECK_PRIME)


def checked_header(content: bytes, document: bytes) -> dict[str, object] | None:
    """The values that `with_check` was given; None when they are damaged, or another document's."""
    header = content[: content.rfind(b"---\n") + 4]
    return read_plain_header(header.decode()) if content == with_check(header, document) else None
