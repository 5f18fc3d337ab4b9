"""The real client on a terminal: send keys, wait for what it shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING

from tests.e2e import network
from tests.e2e.client import command_line, environment
from tests.e2e.record import Request, Run, read_requests
from tests.e2e.running import Session, end_group, gather, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.e2e.running import Api
    from tests.e2e.script import Script

ROWS, COLUMNS = 50, 500  # wide enough that no sentence wraps
# Whole lines for a screen reader, one after the other, instead of a picture that is redrawn.
READER = {"CLAUDE_AX_SCREEN_READER": "1", "CLAUDE_AX_STARTUP_QUIET_MS": "0"}
ENTER, ESCAPE = "\r", "\x1b"
READY = "$"  # the prompt
ASKS = "Esc to cancel"  # the last line of a permission dialog
YES, NO = ("1", ENTER), (ESCAPE,)  # keys that answer it, whatever else it offers
REJECTED = "tool error:"  # what a no leads to

# Questions to the terminal that the client waits for: cursor position, device attributes (xterm).
_ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;c",
}
_OPERATING_SYSTEM_COMMAND = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_STYLE = re.compile(r"\x1b\[[0-9;:]*m")
_CONTROL = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[ -/]+.|\x1b.")


class Terminal:
    """A running client and all that it has shown; `expect` looks at what came after the last match."""

    def __init__(self, client: subprocess.Popen[bytes], device: int, api: Api) -> None:
        self._client = client
        self._device = device
        self._api = api
        self._shown = bytearray()
        self._mark = 0  # in the plain text of what was shown

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self._device, keys.encode())

    def submit(self, line: str) -> None:
        """Type a line, wait for its echo, press Enter."""
        self.send(line)
        self.expect(line)
        self.send(ENTER)

    def expect(self, text: str, limit: float = 30.0) -> str:
        """Wait until `text` is shown; gives what was shown from the last match to the end of this.

        Any white space counts as one space. Raises TimeoutError, with what was shown instead, after
        `limit` seconds or when the client ends.
        """
        self._read_until(lambda: text in self._fresh(), text, limit)
        shown = self._fresh()
        end = shown.index(text) + len(text)
        self._mark += end
        return shown[:end]

    def answer(self, keys: tuple[str, ...], until: str, every: float = 5.0, limit: float = 30.0) -> str:
        """Press keys, one by one, in a dialog that is shown, and wait for what comes of it.

        A dialog that has just come up takes no key for its first fifth of a second: the first key
        waits for the screen to be still, and all are pressed again while nothing comes of them.
        """
        end = time.monotonic() + limit
        while True:
            self._settle(0.5)
            for key in keys:
                self.send(key)
                self._settle(0.2)
            try:
                return self.expect(until, every)
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def _settle(self, still: float, limit: float = 5.0) -> None:
        """Read until nothing has come for `still` seconds."""
        last = begun = time.monotonic()
        while time.monotonic() < min(last + still, begun + limit):
            if self._read():
                last = time.monotonic()

    def expect_request(self, condition: Callable[[Sequence[Request]], bool], limit: float = 30.0) -> None:
        """Wait until a condition over the requests made so far holds, while the screen goes on."""
        self.expect_that(lambda: condition(read_requests(self._api.log)), "a request", limit)

    def expect_that(self, condition: Callable[[], bool], what: str, limit: float = 30.0) -> None:
        """Wait until a condition holds that the screen does not show, while the screen goes on."""
        self._read_until(condition, what, limit)

    def close(self, limit: float = 10.0) -> Run:
        """End the client as a closed terminal window would, and give what the run left."""
        self._client.terminate()
        with contextlib.suppress(TimeoutError):
            self._read_until(lambda: self._client.poll() is not None, "the end", limit)
        return self.kill()

    def kill(self) -> Run:
        """Kill the client's process group where it stands, and give what the run left."""
        killed = self._client.poll() is None
        end_group(self._client)
        screen = plain(bytes(self._shown))
        return gather(self._api, self._client.returncode, killed=killed, screen=screen)

    def _fresh(self) -> str:
        return plain(bytes(self._shown))[self._mark :]

    def _read_until(self, condition: Callable[[], bool], what: str, limit: float) -> None:
        end = time.monotonic() + limit
        while not condition():
            ended = not self._read() and self._client.poll() is not None
            if (ended and not condition()) or time.monotonic() > end:
                raise TimeoutError(f"no {what!r} within {limit:g} s in: {self._fresh()[-2000:]}")

    def _read(self) -> bool:
        """Take what comes within a twentieth of a second, and answer what it asks."""
        if not select.select([self._device], [], [], 0.05)[0]:
            return False
        piece = os.read(self._device, 65536)
        self._shown += piece
        for question, answer in _ANSWERS.items():
            if question in piece:
                os.write(self._device, answer)
        return True


def plain(shown: bytes) -> str:
    """What a client wrote to its terminal: words with single spaces, no control sequences."""
    text = shown.decode("utf-8", "replace")
    text = _STYLE.sub("", _OPERATING_SYSTEM_COMMAND.sub("", text))
    return " ".join(_CONTROL.sub(" ", text).split())


@contextlib.contextmanager
def interactive(
    session: Session,
    script: Script,
    *,
    resume: bool = False,
    mode: str | None = None,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run the client on a terminal; it is ended at the end of the block."""
    with serving(session, script) as api:
        command = [*command_line(session, api, resume=resume, mode=mode), *args]
        with _device() as (ours, theirs):
            client = subprocess.Popen(
                ["setsid", "--ctty", *network.joining(api.pid), *command],
                cwd=session.project,
                env=environment(session, api, {**READER, **(env or {})}),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
            )
            try:
                yield Terminal(client, ours, api)
            finally:
                end_group(client)


@contextlib.contextmanager
def _device() -> Iterator[tuple[int, int]]:
    """Both sides of a terminal: ours, and the one that the client gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(theirs)
        os.close(ours)
