"""A hook as one would write it first, for comparison: parse all with libraries, rewrite all."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import click
import frontmatter
import mistune


def read_events(path: Path) -> list[dict[str, object]]:
    """Every event of the log."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line.partition("`")[2].rpartition("`")[0]) for line in lines if line[:1].isdigit()]


def decide(post: frontmatter.Post, payload: dict[str, object], root: Path) -> str:
    """Allow or deny by the document's rules."""
    given = payload["tool_input"]
    path = str(given.get("file_path", "")) if isinstance(given, dict) else ""
    target = str(Path(path).resolve().relative_to(root)) if path else ""
    rules = post["allow"]
    for rule in rules if isinstance(rules, list) else []:
        word, _, pattern = str(rule).rstrip(")").partition("(")
        if word == "edit" and fnmatch(target, pattern or "*"):
            return "allow"
    return "deny"


def note(state: Path, path: Path, post: frontmatter.Post, payload: dict[str, object]) -> None:
    """Append an event and write the document again."""
    number = len(read_events(path)) + 1
    details = json.dumps({"tool": payload["tool_name"], "call": payload["tool_use_id"], "doc": post["event"]})
    with path.open("a", encoding="utf-8") as log:
        log.write(
            f"{number}. {datetime.now(UTC).isoformat()} **tool.used** {payload['tool_name']} `{details}` ^0\n"
        )
    (state / "naive.md").write_text(frontmatter.dumps(post), encoding="utf-8")


@click.command()
@click.argument("event")
def main(event: str) -> None:
    """Answer one event."""
    payload = json.loads(sys.stdin.read())
    root = Path(str(payload["cwd"]))
    state = root / ".memory" / "state"
    post = frontmatter.loads((state / "active-workflow.md").read_text(encoding="utf-8"))
    mistune.create_markdown(renderer=None, plugins=["task_lists"])(post.content)
    log = state / "workflow-history" / str(post["workflow_id"]) / "events.md"
    if event == "PreToolUse":
        click.echo(json.dumps({"permissionDecision": decide(post, payload, root)}))
    else:
        note(state, log, post, payload)


if __name__ == "__main__":
    main()
