"""Whether a tool call may go ahead in the current phase: the decision, without its record.

Decisions are `allow`, `deny`, `ask` (a person must say so), `look`, which hands the call to the slow
path, as it concerns a file whose result has to be looked at first, and `parse`: what this shell line
writes decides.
"""

from __future__ import annotations

from memory_state.core.commands import asks_elsewhere, own_command, split_line
from memory_state.core.layout import active_document, further_document
from memory_state.core.paths import fold_path, relative_path, resolve_path
from memory_state.core.policy import decide_line, decide_tool
from memory_state.core.prefixes import line_words, runs_others, strip_prefixes
from memory_state.core.protected import is_agent_settings, is_ordinary, protected_path
from memory_state.core.reads import reads_words
from memory_state.core.refusal import HIDDEN_COMMAND, PERSON_ONLY, SUBAGENT, UNREADABLE_PATH, refused_by
from memory_state.core.tools import mcp_name, tool_paths, tool_word

PERSON_VERBS = (
    "approve", "trust", "override", "skip", "rollback", "resolve", "cancel", "fail", "park",
    "archive", "gc", "uninstall",
)  # fmt: skip
GATE_VERBS = ("next", "finish")
BINDING_VERBS = ("start", "resume")
ENVIRONMENT_SETTERS = (
    "export", "declare", "typeset", "readonly", "alias", "source", ".", "eval", "unset",
)  # fmt: skip
PLAIN_VERBS = (*GATE_VERBS, *BINDING_VERBS)
LOOKING_VERBS = (
    "status", "check", "prime", "list", "show", "history", "timeline", "report", "explain",
    "graph", "verify", "validate", "statusline", "orphans", "doctor", "config", "completion",
)  # fmt: skip
AGENT_VERBS = (*LOOKING_VERBS, "next", "back", "task", "note", "wait", "finish", "save", "resume")
SUBAGENT_VERBS = (*LOOKING_VERBS, "task", "note")
PERSON_OPTIONS = (
    ("config", "set"), ("setup", "--remove"), ("start", "--beside"), ("start", "--test"),
    ("doctor", "--fix"),
)  # fmt: skip


# What gets a workflow on that stands in this status; from any other `next` does.
WAYS_ON = {
    "pending": ("next", "enters the phase"),
    "waiting": ("next", "takes the work up again"),
    "review": ("next", "leaves the phase once a person has approved it"),
    "blocked": ("resume", "by a person takes the work up again"),
}


def judge_call(
    payload: dict[str, object],
    header: dict[str, object],
    root: str,
    memory: str,
    own: tuple[str, ...],
    programs: tuple[str, ...],
) -> tuple[str, str]:
    """Decision and reason for a PreToolUse payload.

    `header` is the document's front matter, `own` the folders that hold what we installed for the
    user, `programs` the paths of our command.
    """
    name = str(payload.get("tool_name") or "")
    found = payload.get("tool_input")
    given: dict[str, object] = found if isinstance(found, dict) else {}
    word = tool_word(name)
    if word == "shell":
        return judge_line(str(given.get("command") or ""), payload, header, programs)
    folder = str(payload.get("cwd") or root)
    try:
        paths = [resolve_path(path, folder) for path in tool_paths(name, given)]
    except ValueError as error:
        return "deny", refused_by(UNREADABLE_PATH, f"{name} names a path that can not be followed: {error}")
    if word in ("edit", "mcp", "unknown"):
        special = judge_places(paths, header, root, memory, own)
        if special is not None:
            return special
    if word in ("read", "search") and paths and all([relative_path(path, memory) for path in paths]):
        return "allow", ""
    targets = tuple([relative_path(path, root) or path for path in paths])
    if word == "mcp":
        targets = (mcp_name(name),)
    reason = decide_tool(
        policy_rules(header, "allow"), policy_rules(header, "deny") or [], word, name, targets
    )
    return ("allow", "") if reason is None else ("deny", reason)


def policy_rules(header: dict[str, object], key: str) -> list[str] | None:
    """The rules of a front matter key; None when there is no such key."""
    found = header.get(key)
    return [str(rule) for rule in found] if isinstance(found, list) else None


def judge_places(
    paths: list[str],
    header: dict[str, object],
    root: str,
    memory: str,
    own: tuple[str, ...],
) -> tuple[str, str] | None:
    """The decision for an edit of a place with rules of its own; None for an ordinary file."""
    documents = [resolve_path(each, "/") for each in documents_of(memory, str(header.get("workflow_id")))]
    place = resolve_path(memory, "/")
    if all([is_ordinary(path, (place, *documents, *own)) for path in paths]):
        return None
    found = [judge_place(path, documents, root, place, own) for path in paths]
    return next((each for each in found if each is not None), None)


def judge_place(
    path: str, documents: list[str], root: str, memory: str, own: tuple[str, ...]
) -> tuple[str, str] | None:
    """`judge_places` for one path that may have rules of its own, memory path and documents resolved."""
    if fold_path(path) in map(fold_path, documents) or is_agent_settings(path, root):
        return "look", path
    reason = protected_path(path, root, memory, own)
    return None if reason is None else ("deny", reason)


def documents_of(memory: str, workflow: str) -> tuple[str, str]:
    """The two places where a workflow's document can be."""
    return active_document(memory), further_document(memory, workflow)


def judge_line(
    line: str, payload: dict[str, object], header: dict[str, object], programs: tuple[str, ...]
) -> tuple[str, str]:
    """Decision and reason for a shell line: our own commands first, then the policy."""
    commands = split_line(line) or ()
    ours = [known_command(words, programs) for words in commands]
    verbs = [found for found in ours if found]
    hidden = hidden_verb(line, commands, ours, str(header.get("status")))
    if hidden:
        sentence = (
            f"memory-state {hidden} is to be run plainly: no prefix, variable or substitution in its line"
        )
        return "deny", refused_by(HIDDEN_COMMAND, sentence)
    leaving = [
        found[0] for words, found in zip(commands, ours, strict=True) if found and leaves(words, found)
    ]
    if leaving:
        sentence = f"{leaving[0]} in another place is for a person, at a terminal of their own"
        return "deny", refused_by(PERSON_ONLY, sentence)
    if verbs:
        rest = [words for words, found in zip(commands, ours, strict=True) if found is None]
        judged = judge_own(verbs, rest, payload, header)
        if judged is not None:
            return parsed_elsewhere(judged, line, payload)
    decided = decide_line(policy_rules(header, "allow"), policy_rules(header, "deny") or [], line)
    return parsed_elsewhere(decided, line, payload)


def parsed_elsewhere(decided: tuple[str, str], line: str, payload: dict[str, object]) -> tuple[str, str]:
    """A decision; where words alone allow a line that asks git about elsewhere, its tree decides."""
    elsewhere = asks_elsewhere(line, str(payload.get("cwd") or ""))
    return ("parse", "") if decided[0] == "allow" and elsewhere else decided


def known_command(words: tuple[str, ...], programs: tuple[str, ...]) -> tuple[str, ...] | None:
    """The arguments of a command that runs our installed program; another file of its name is not ours."""
    found = own_command(words, programs)
    return (
        found
        if found is not None and ("/" not in words[0] or words[0] in programs or "-m" in words)
        else None
    )


def leaves(words: tuple[str, ...], found: tuple[str, ...]) -> bool:
    """Whether a call of ours would bind the session in a place that its options name."""
    options = words[1 : len(words) - len(found)]
    named = [each.startswith("--memory-path") or (each[:2] != "--" and "C" in each) for each in options]
    return found[0] in BINDING_VERBS and any(named)


def hidden_verb(
    line: str, commands: tuple[tuple[str, ...], ...], ours: list[tuple[str, ...] | None], status: str
) -> str:
    """A guarded command of ours behind a prefix or in a line that does not parse; else empty.

    Guarded are those for a person, those that pass a gate, as a variable set before them could name
    another test command, and those that bind the session, as it could name another memory path.
    """
    for words, found in zip(commands, ours, strict=True):
        inner = own_command(strip_prefixes(words), ())
        if found is None and inner and (inner[0] in PLAIN_VERBS or needs_person(inner, status)):
            return inner[0]
    if commands and not any([runs_others(words) or words[0] in ENVIRONMENT_SETTERS for words in commands]):
        return ""
    spoken = line_words(line)
    for at, word in enumerate(spoken):
        if word.rpartition("/")[2] in ("memory-state", "memory_state"):
            near = [each for each in spoken[at + 1 : at + 5] if each in PERSON_VERBS or each in PLAIN_VERBS]
            if near:
                return near[0]
    return ""


def judge_own(
    verbs: list[tuple[str, ...]],
    rest: list[tuple[str, ...]],
    payload: dict[str, object],
    header: dict[str, object],
) -> tuple[str, str] | None:
    """The decision for a line with commands of ours and others (`rest`); None leaves it to the policy."""
    if payload.get("agent_id"):
        wrong = [each[0] for each in verbs if each[0] not in SUBAGENT_VERBS]
        if wrong:
            sentence = f"a subagent may look, and use task and note; {wrong[0]} is for the main session"
            return "deny", refused_by(SUBAGENT, sentence)
    for arguments in verbs:
        if needs_person(arguments, str(header.get("status"))):
            if rest or len(verbs) > 1:
                sentence = f"{arguments[0]} is for a person to allow: run it alone, in a line of its own"
                return "deny", refused_by(PERSON_ONLY, sentence)
            return "ask", f"{' '.join(arguments)[:200]} is for a person to allow"
    known = all([each[0] in AGENT_VERBS for each in verbs])
    return ("allow", "") if known and all([reads_words(words) for words in rest]) else None


def needs_person(arguments: tuple[str, ...], status: str) -> bool:
    """Whether a person must allow this command of ours."""
    if not arguments:
        return False
    verb = arguments[0]
    if verb in PERSON_VERBS or (verb == "resume" and status in ("blocked", "failed")):
        return True
    return any([verb == name and has_option(arguments, option) for name, option in PERSON_OPTIONS])


def has_option(arguments: tuple[str, ...], option: str) -> bool:
    """Whether an option or a second word is among a command's arguments."""
    return any([each == option or each.startswith(option + "=") for each in arguments[1:]])


def next_steps(header: dict[str, object], program: str) -> str:
    """What can be done instead: the sentence at the end of every refusal."""
    status = str(header.get("status"))
    command, effect = WAYS_ON.get(status, ("next", "leaves the phase through its gate"))
    return (
        f"Workflow {header.get('workflow_id')} is in phase {header.get('phase')} ({status}): "
        f"`{program} status` shows what is open, `{program} {command}` {effect}."
    )
