"""Start the hook installed beside this file; one that can not start lets no tool call pass."""
import sys
sys.path.insert(0, __file__.rpartition("/")[0])
try:
    from memory_state_hook import main
except BaseException as fault:
    sys.stderr.write(f"memory-state: the hook can not start ({fault!r}); run: memory-state setup claude\n")
    sys.exit(2 if sys.argv[1:] == ["PreToolUse"] else 1)
main()
