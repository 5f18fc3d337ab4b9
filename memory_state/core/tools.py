"""From a client's tool names to the words that rules use."""

from __future__ import annotations

RULE_WORDS = ("read", "search", "edit", "shell", "web", "agent", "mcp")

# Tools that touch no file, shell, web or server.
META_TOOLS = (
    " askuserquestion enterplanmode exitplanmode verifyplanexecution todowrite todoread"
    " taskcreate taskget tasklist taskupdate taskoutput taskstop agentoutput agentoutputtool"
    " bashoutput bashoutputtool killshell killbash skill slashcommand toolsearch structuredoutput"
    " listagents listpeers listskills brief sendusermessage pushnotification reportfindings sleep"
    " croncreate crondelete cronlist schedulewakeup waitformcpservers refreshmcptools "
)

# Claude Code's names first, then those of the clients that load the same plugin folder. A name that
# stands nowhere here is unknown: a phase with an `allow` list denies it.
TOOL_NAMES = (
    ("read", " read notebookread senduserfile view read_file read_many_files "),
    ("edit", " write edit multiedit notebookedit enterworktree exitworktree "),
    ("shell", " bash powershell monitor execute run_shell_command shell "),
    ("search", " glob grep ls lsp list_directory search_file_content "),
    ("meta", META_TOOLS),
    ("web", " webfetch websearch artifact web_fetch google_web_search "),
    ("agent", " agent task sendmessage teamcreate teamdelete workflow remotetrigger "),
    ("mcp", " listmcpresourcestool readmcpresourcetool readmcpresourcedirtool "),
    ("edit", " create str_replace apply_patch applypatch write_file replace "),
)

PATH_KEYS = ("file_path", "notebook_path", "path", "filePath")
LONGEST_PATH = 4096


def tool_word(name: str) -> str:
    """The word for a client's tool: one of `RULE_WORDS`, `meta` or `unknown`; case does not count."""
    folded = name.lower()
    if folded.startswith("mcp__"):
        return "mcp"
    for word, names in TOOL_NAMES:
        if f" {folded} " in names and " " not in folded:
            return word
    return "unknown"


def tool_paths(name: str, tool_input: dict[str, object]) -> tuple[str, ...]:
    """The file paths a call names, as it names them.

    Nobody knows which inputs of an MCP tool, or of an unknown one, are paths: every text that could be
    one counts.
    """
    if tool_word(name) in ("mcp", "unknown"):
        return tuple(possible_paths(tool_input))
    found = [tool_input.get(key) for key in PATH_KEYS]
    several = tool_input.get("paths")
    if several:
        found += several if isinstance(several, list) else [several]
    return tuple([path for path in found if isinstance(path, str) and path])


def possible_paths(tool_input: object) -> list[str]:
    """Every text in a nested input that could name a file, in no particular order."""
    found = []
    pending = [tool_input]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str):
            path = value.removeprefix("file://")
            if 0 < len(path) <= LONGEST_PATH and not ("\0" in path or "\n" in path or "://" in path):
                found.append(path)
    return found


def mcp_name(name: str) -> str:
    """`SERVER/TOOL` for `mcp__SERVER__TOOL`; the name itself for the client's own MCP tools."""
    if not name.lower().startswith("mcp__"):
        return name
    server, _, tool = name[5:].partition("__")
    return f"{server}/{tool}"
