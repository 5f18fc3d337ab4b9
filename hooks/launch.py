"""Start the hook beside this file; one that can not start lets no tool call pass."""

import sys

sys.path[0] = __file__[:-9]
try:
    from memory_state_hook import main
except BaseException:
    sys.stderr.write("memory-state: the hook can not start; run: memory-state init\n")
    sys.exit(2 if sys.argv[1] == "PreToolUse" else 1)
main()
