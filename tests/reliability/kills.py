"""SIGKILL at a chosen system call of a command, and an error in the place of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.checker import violation_here
from tests.reliability.disk import Image, put_image, read_image
from tests.reliability.scenes import Played, command_of
from tests.reliability.trace import FAST, run_traced

if TYPE_CHECKING:
    from tests.reliability.trace import Called

KILLED = (-9, 137)


class Struck(NamedTuple):
    """A command that was struck at one of its calls: how it ended, and the disk it left."""

    code: int
    output: str
    message: str
    image: Image


def strike(played: Played, call: Called, injection: str) -> Struck:
    """Run a scene's only command anew and inject something at one of its calls."""
    put_image(played.root, played.before)
    command = command_of(played.project, played.scene.commands[-1])
    rule = f"inject={call.name}:{injection}:when={call.number}"
    options = ("-e", f"trace={call.name}", "-e", rule)
    fast = () if "signal" in injection else (FAST,)
    done = run_traced(command, (*fast, *options), played.root.parent / "strike")
    image = read_image(played.root)
    return Struck(done.returncode, done.stdout.decode(), done.stderr.decode(), image)


def verdict(played: Played, struck: Struck, said: int) -> str:
    """Which promise the disk does not hold; empty when it holds all."""
    scene = played.scene._replace(whole=())
    afters = (struck.image,) if scene.begun else played.afters
    return violation_here(played._replace(scene=scene, afters=afters), struck.image, said, power=False)


def kill_at(played: Played, call: Called) -> str:
    """Kill at a call, on the way into it; which promise is broken then, or empty."""
    struck = strike(played, call, "signal=SIGKILL")
    if struck.code not in KILLED:
        return f"not killed but ended with {struck.code}"
    return verdict(played, struck, int(bool(struck.output)))
