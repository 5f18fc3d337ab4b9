"""Run the hook's module for an event, or for a client; where that is not possible, no tool call passes.

It is installed compiled, beside the modules, and they are run among its own names.
"""

import gc
import sys
from _frozen_importlib_external import SourceFileLoader


def loaded(module, name):
    """A name of one of the modules beside this file, which is run when it is first needed."""
    found = globals()
    if name not in found:
        exec(SourceFileLoader("", f"{__file__.rpartition('/')[0]}/{module}.py").get_code(""), found)  # noqa: S102
    return found[name]


gc.disable()  # the process ends before there is anything to collect
try:
    loaded(sys.argv[1], "main")()
except BaseException:
    sys.stderr.write("memory-state: the hook can not start; run: memory-state init\n")
    stopped = "PreToolUse" in sys.argv or b'"PreToolUse"' in sys.stdin.buffer.read()
    sys.exit(2 if stopped else 1)
