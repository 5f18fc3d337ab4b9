"""One example for each command of the reference, run when the page is made."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """Commands to show, after others that make the place for them; at most `most` lines of each are shown."""

    shown: tuple[str, ...]
    before: tuple[str, ...] = ()
    most: int = 24


START = 'memory-state start bugfix "Round half up" -q'
DONE = ("memory-state task done 1 -q", "memory-state task done 2 -q")
FIXING = (START, *DONE, "memory-state next -q")
TRIED = (*FIXING, *DONE, "memory-state next -q")
REVIEWED = (*TRIED, "memory-state approve --by Ada -q", "memory-state next -q")
FAILED = (START, 'memory-state fail --reason "Not to be reproduced" --by Ada -q')
GATE = "---\\nschema: 1\\nname: small\\nphases:\\n  - id: build\\n    exit: [{command: make test}]\\n---\\n"
OWN = ("mkdir -p .memory/workflows", f"printf -- '{GATE}' > .memory/workflows/small.md")

EXAMPLES: dict[str, Example] = {
    "init": Example(("memory-state init",)),
    "setup": Example(("memory-state setup claude", "memory-state setup claude --check")),
    "doctor": Example(("memory-state doctor",), ("memory-state setup claude",), 0),
    "config list": Example(("memory-state config list",)),
    "config get": Example(("memory-state config get save_interval",)),
    "config set": Example(("memory-state config set test_command 'make test' --by Ada",)),
    "trust": Example(("memory-state trust small --by Ada",), OWN),
    "completion": Example(("memory-state completion bash",), most=2),
    "uninstall": Example(("memory-state uninstall --dry-run --by Ada",), ("memory-state setup claude",)),
    "start": Example(('memory-state start bugfix "Round half up" --issue 42',)),
    "status": Example(("memory-state status",), FIXING),
    "check": Example(
        (
            "memory-state check",
            "memory-state check --tool Edit --path src/app.py",
            'memory-state check --shell "rm -r src"',
        ),
        (START,),
    ),
    "next": Example(("memory-state next", *DONE, "memory-state next"), (START,), 12),
    "back": Example(('memory-state back --reason "1.005 still fails"',), TRIED, 14),
    "skip": Example(
        ('memory-state skip document --reason "Nothing changes for users" --by Ada',),
        ('memory-state start feature "Add login" -q',),
        12,
    ),
    "task add": Example(('memory-state task add "Try negative numbers"',), (START,)),
    "task start": Example(("memory-state task start 1",), (START,)),
    "task done": Example(("memory-state task done 1",), (START,)),
    "task undo": Example(("memory-state task undo 1",), (START, DONE[0])),
    "task drop": Example(('memory-state task drop 2 --reason "Known already"',), (START,)),
    "task list": Example(("memory-state task list",), FIXING),
    "note": Example(('memory-state note "The cause is in money.py, line 40."',), (START,)),
    "approve": Example(("memory-state approve --by Ada",), TRIED),
    "override": Example(('memory-state override --reason "No test runner here" --by Ada',), TRIED, 8),
    "wait": Example(('memory-state wait --reason "The client decides"',), (START,)),
    "finish": Example(
        ("memory-state finish",),
        (*REVIEWED, "memory-state approve --by Ada -q", "memory-state task done 1 -q"),
        12,
    ),
    "fail": Example(('memory-state fail --reason "Not to be reproduced" --by Ada',), (START,)),
    "cancel": Example(("memory-state cancel --by Ada",), (START,)),
    "prime": Example(("memory-state prime",), (START,), 0),
    "save": Example(("memory-state save --name before-tasks",), (START,)),
    "resume": Example(("memory-state resume ID1 --by Ada",), FAILED, 8),
    "park": Example(('memory-state park --reason "Something urgent" --by Ada',), (START,)),
    "recover": Example(
        ("memory-state recover",), (START, "rm .memory/state/workflow-history/*/definition.md")
    ),
    "rollback": Example(("memory-state rollback --steps 1 --by Ada",), (START, DONE[0]), 12),
    "resolve": Example(
        ("memory-state resolve --keep ID2 --by Ada", "memory-state list"),
        (START, 'memory-state start bugfix "Round zero" --beside --by Ada -q'),
    ),
    "archive": Example(("memory-state archive ID1 --by Ada",), FAILED),
    "orphans": Example(("memory-state orphans --age 0m",), (START,)),
    "migrate": Example(("memory-state migrate --dry-run",), (START,)),
    "gc": Example(("memory-state gc --dry-run --age 0d",), (START, "memory-state cancel --by Ada -q")),
    "list": Example(("memory-state list",), (*FAILED, 'memory-state start feature "Add login" -q')),
    "show": Example(("memory-state show ID1",), FAILED, 8),
    "history": Example(
        ("memory-state history", "memory-state history --type gate --limit 1"),
        (START, "memory-state next -q"),
    ),
    "timeline": Example(("memory-state timeline",), TRIED),
    "report": Example(("memory-state report",), TRIED),
    "explain": Example(("memory-state explain last",), (START, "memory-state next -q")),
    "graph": Example(("memory-state graph tdd",), most=14),
    "verify": Example(("memory-state verify",), TRIED),
    "validate": Example(
        ("memory-state validate",), (*OWN, "sed -i 's/exit/exits/' .memory/workflows/small.md")
    ),
    "statusline": Example(("memory-state statusline",), (START,)),
}
