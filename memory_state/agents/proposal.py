"""A file edit judged by its result: of the document, and of the client's settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.gate import documents_of
from memory_state.core.paths import fold_path, relative_path, resolve_path
from memory_state.core.policy import decide_tool
from memory_state.core.refusal import DOCUMENT, PROTECTED, refused_by
from memory_state.workflow.document import read_document
from memory_state.workflow.reconcile import reconcile, unread_refusals

if TYPE_CHECKING:
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

GUARDED_KEYS = ("hooks", "disableAllHooks", "env")


def judge_proposal(project: Project, run: Run, payload: dict[str, object], path: str) -> tuple[str, str]:
    """Decision and reason for an Edit or Write whose result matters."""
    result = edited_text(path, payload)
    if result is None:
        return "deny", refused_by(
            PROTECTED,
            f"{path} is edited with Edit or Write only, at most 256 KiB at once, so that the result can "
            "be looked at first",
        )
    documents = [fold_path(resolve_path(each, "/")) for each in documents_of(project.memory, run.id)]
    if fold_path(path) in documents:
        return judge_document(run, path, result)
    decision, reason = judge_settings(path, result)
    if decision == "allow":
        target = relative_path(path, project.settings.root) or path
        refused = decide_tool(list(run.state.allow), list(run.state.deny), "edit", "Edit", (target,))
        return ("allow", "") if refused is None else ("deny", refused)
    return decision, reason


def edited_text(path: str, payload: dict[str, object]) -> str | None:
    """What a file would hold after the call; None when that can not be told."""
    given = payload.get("tool_input")
    if not isinstance(given, dict) or payload.get("cut"):
        return None
    content = given.get("content")
    if payload.get("tool_name") == "Write" and isinstance(content, str):
        return content
    old, new = given.get("old_string"), given.get("new_string")
    if payload.get("tool_name") != "Edit" or not isinstance(old, str) or not isinstance(new, str):
        return None
    text = current_text(path)
    return text.replace(old, new) if given.get("replace_all") else text.replace(old, new, 1)


def current_text(path: str) -> str:
    """What a file holds now; empty when it is not there."""
    try:
        return Path(path).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def judge_document(run: Run, path: str, result: str) -> tuple[str, str]:
    """An agent may tick and add tasks and write notes; the rest of the document is not its to change."""
    if Path(path).name != Path(run.path).name:
        return "deny", refused_by(
            DOCUMENT, f"{path} is not the document of workflow {run.id}, which is {run.path}"
        )
    shown = read_document(result, run.definition, run.path)
    if shown.state is None:
        wrong = shown.problems[0] if shown.problems else "its front matter would be gone"
        return "deny", refused_by(DOCUMENT, f"the document could not be read after this edit: {wrong}")
    adoption = reconcile(run.definition, run.state, shown.state, agent=True, body_changed=True)
    moved = shown.state.event != run.state.event or shown.state.updated_at != run.state.updated_at
    if moved:
        return "deny", refused_by(
            DOCUMENT, "event and updated_at of the document are written by memory-state alone"
        )
    refusals = (*unread_refusals(run.state, shown.state, shown.unread), *adoption.refusals)
    if refusals:
        listed = "; ".join(each.what for each in refusals[:5])
        return "deny", refused_by(
            DOCUMENT, f"this edit of the document is more than ticks, new tasks and notes: {listed}"
        )
    return "allow", ""


def judge_settings(path: str, result: str) -> tuple[str, str]:
    """The client's settings may change, but not the keys that hooks hang on."""
    before, after = guarded_values(current_text(path)), guarded_values(result)
    if after is None:
        return "deny", refused_by(PROTECTED, f"{path} would be no JSON object after this edit")
    changed = [key for key in GUARDED_KEYS if (before or {}).get(key) != after.get(key)]
    if changed:
        return "deny", refused_by(
            PROTECTED, f"{', '.join(changed)} of {path} are protected while a workflow is live"
        )
    return "allow", ""


def guarded_values(text: str) -> dict[str, object] | None:
    """The guarded keys of a settings file; None when it is no JSON object."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return {key: found[key] for key in GUARDED_KEYS if key in found} if isinstance(found, dict) else None
