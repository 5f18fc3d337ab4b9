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
    header = checked_header(read_if_there(standing_file(memory, named)) or b"")
    if header is None:
        return None
    tail = read_tail(event_log(memory, named), tail_document)
    number = header["event"]
    agree = tail_document(tail) == number and is_time_of(tail, number, header["updated_at"])
    return header if agree else None


def named_workflow(content: bytes) -> str:
    """The workflow that a document says it is of; that this is so only its accepted copy tells."""
    start = content.find(b"\nworkflow_id: ") + 14
    return workflow_id(content[start : content.find(b"\n", start)].decode().strip("\"' \r"))


def with_check(header: bytes) -> bytes:
    """Front matter with a number behind it by which damage is noticed.

    The remainder of the bytes as one whole number is different for every changed bit. It costs less
    than a CRC-32, whose library takes longer to load than a hook to decide.
    """
    return header + b"%d\n" % (int.from_bytes(header, "little") % CHECK_PRIME)


def checked_header(content: bytes) -> dict[str, object] | None:
    """The values of front matter that `with_check` was given; None when it is damaged."""
    header = content[: content.rfind(b"---\n") + 4]
    return read_plain_header(header.decode()) if content == with_check(header) else None
