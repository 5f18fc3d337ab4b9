"""Run the hook's modules for a call; where that is not possible, no tool call passes.

It is installed compiled, beside the modules, and they are run among its own names.
"""

import gc
import posix
import sys
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from marshal import loads


def loaded(module, name):
    """A name of one of the modules beside this file, which is run when it is first needed."""
    found = globals()
    if name not in found:
        exec(module_code(module), found)  # noqa: S102
    return found[name]


def module_code(module):
    """A module's code as it was compiled; from its source where there is nothing that can be read."""
    folder = __file__.rpartition("/")[0]
    try:
        file = posix.open(f"{folder}/__pycache__/{module}.{sys.implementation.cache_tag}.pyc", posix.O_RDONLY)
        content = posix.read(file, 1 << 17)
        if content[:4] == MAGIC_NUMBER:
            return loads(content[16:])  # noqa: S302 - our own, in a folder that no agent may write
    except (OSError, EOFError, ValueError, TypeError):
        pass  # what is wrong with it does not matter: the source says the same
    return SourceFileLoader("", f"{folder}/{module}.py").get_code("")


gc.disable()  # the process ends before there is anything to collect
try:
    loaded(sys.argv[1] if sys.argv[1].islower() else "claude", "main")()
except BaseException:
    sys.stderr.write("memory-state: the hook can not start; run: memory-state init\n")
    stopped = "PreToolUse" in sys.argv or b'"PreToolUse"' in sys.stdin.buffer.read()
    sys.exit(2 if stopped else 1)
