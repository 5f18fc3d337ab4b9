"""Tool names, the paths a call names, MCP names."""

from __future__ import annotations

import pytest

from memory_state.core.tools import mcp_name, tool_paths, tool_word


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Read", "read"),
        ("NotebookRead", "read"),
        ("LS", "search"),
        ("Glob", "search"),
        ("grep", "search"),
        ("Write", "edit"),
        ("EDIT", "edit"),
        ("MultiEdit", "edit"),
        ("NotebookEdit", "edit"),
        ("EnterWorktree", "edit"),
        ("apply_patch", "edit"),
        ("Bash", "shell"),
        ("PowerShell", "shell"),
        ("Monitor", "shell"),
        ("Execute", "shell"),
        ("WebFetch", "web"),
        ("WebSearch", "web"),
        ("Agent", "agent"),
        ("Task", "agent"),
        ("mcp__github__create_issue", "mcp"),
        ("MCP__lab__echo", "mcp"),
        ("ReadMcpResourceTool", "mcp"),
        ("AskUserQuestion", "meta"),
        ("ExitPlanMode", "meta"),
        ("TodoWrite", "meta"),
        ("TaskUpdate", "meta"),
        ("Skill", "meta"),
        ("ToolSearch", "meta"),
        ("BashOutput", "meta"),
        ("KillShell", "meta"),
        ("StructuredOutput", "meta"),
        ("REPL", "unknown"),
        ("read write", "unknown"),
        ("", "unknown"),
    ],
)
def test_every_client_tool_has_one_word(name: str, word: str) -> None:
    """A tool's name decides its word whatever its case, and a name nobody lists is unknown."""
    assert tool_word(name) == word


@pytest.mark.parametrize(
    ("name", "given", "paths"),
    [
        ("Write", {"file_path": "/p/a.txt", "content": "/p/b.txt"}, ("/p/a.txt",)),
        ("NotebookEdit", {"notebook_path": "/p/n.ipynb"}, ("/p/n.ipynb",)),
        ("Grep", {"pattern": "x", "path": "src"}, ("src",)),
        ("edit", {"filePath": "a"}, ("a",)),
        ("Glob", {"pattern": "**/*.py"}, ()),
        ("Write", {"file_path": 3, "path": ""}, ()),
        ("Bash", {"command": "ls"}, ()),
    ],
)
def test_paths_stand_under_known_keys(name: str, given: dict[str, object], paths: tuple[str, ...]) -> None:
    """A client's own tool names its files under a path key, and nothing else counts."""
    assert tool_paths(name, given) == paths


def test_any_text_of_a_foreign_tool_may_be_a_path() -> None:
    """Every single-line text an MCP tool gets could name a file, however deep it stands."""
    given: dict[str, object] = {
        "a": "x/y",
        "b": [{"c": "file:///p/z"}, 4],
        "url": "https://example.com/",
        "text": "two\nlines",
        "nul": "a\0b",
        "long": "x" * 5000,
        "empty": "",
    }
    assert sorted(tool_paths("mcp__fs__move", given)) == ["/p/z", "x/y"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mcp__github__create_issue", "github/create_issue"),
        ("mcp__a__b__c", "a/b__c"),
        ("mcp__alone", "alone/"),
        ("ListMcpResourcesTool", "ListMcpResourcesTool"),
    ],
)
def test_mcp_names_are_server_and_tool(name: str, text: str) -> None:
    """The server ends at the first double underscore."""
    assert mcp_name(name) == text


@pytest.mark.parametrize("name", ["", " ", "read write", " write", "notebookread senduserfile", "writ"])
def test_only_a_whole_name_is_known(name: str) -> None:
    """Nothing that merely stands in the table."""
    assert tool_word(name) == "unknown"
