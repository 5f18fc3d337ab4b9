"""Which project, which memory path, which workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.core.locate import (
    absolute_memory,
    environment_texts,
    find_memory,
    find_root,
    has_state,
    locate,
    main_worktree,
    memory_base,
    read_binding,
    read_choices,
    save_interval,
)

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "00000001-0000-4000-8000-000000000001"


def settings(folder: Path, text: str) -> None:
    """Write a project's settings."""
    (folder / ".memory-state.toml").write_text(text, encoding="utf-8")


def user_settings(home: Path, text: str) -> None:
    """Write a user's settings."""
    folder = home / ".config" / "memory-state"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")


def bind(home: Path, text: str, session: str = SESSION) -> None:
    """Write the file of a session's binding."""
    folder = home / ".local" / "state" / "memory-state" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / session).write_text(text, encoding="utf-8")


def memory_of(environment: dict[str, str], root: str) -> str:
    """The memory path of a project, as the hook finds it."""
    return find_memory(read_choices(environment, root), root)


def binding(root: str, memory: str, workflow: str = "7f3a9c21") -> str:
    """The text of a binding."""
    return f'---\nmemory_path: "{memory}"\nroot: "{root}"\nworkflow_id: "{workflow}"\n---\n'


# the root


@pytest.mark.parametrize("mark", [".memory-state.toml", ".memory", ".git"])
def test_root_is_the_nearest_parent_with_a_mark(tmp_path: Path, mark: str) -> None:
    """Each mark makes a folder a project's root, and the nearest one counts."""
    inner = tmp_path / "outer" / "inner"
    (inner / "a" / "b").mkdir(parents=True)
    (tmp_path / "outer" / mark).mkdir()
    assert find_root({}, f"{inner}/a/b") == f"{tmp_path}/outer"
    (inner / mark).mkdir()
    assert find_root({}, f"{inner}/a/b") == str(inner)
    assert find_root({}, str(inner)) == str(inner)


def test_git_file_of_a_worktree_is_a_mark(tmp_path: Path) -> None:
    """A linked work tree has a file where others have a folder."""
    (tmp_path / "a").mkdir()
    (tmp_path / ".git").write_text("gitdir: /elsewhere\n", encoding="utf-8")
    assert find_root({}, f"{tmp_path}/a") == str(tmp_path)


def test_client_knows_the_root(tmp_path: Path) -> None:
    """What the client says counts, wherever the call comes from."""
    (tmp_path / ".git").mkdir()
    for named in ("/some/where", "/some/where/", "/some/where//"):
        assert find_root({"CLAUDE_PROJECT_DIR": named}, str(tmp_path)) == "/some/where"
    assert find_root({"CLAUDE_PROJECT_DIR": "/"}, str(tmp_path)) == "/"


@pytest.mark.parametrize("named", ["", "relative", "./x"])
def test_relative_root_counts_as_unset(tmp_path: Path, named: str) -> None:
    """A root that depends on where somebody stands is none."""
    (tmp_path / ".git").mkdir()
    assert find_root({"CLAUDE_PROJECT_DIR": named}, str(tmp_path)) == str(tmp_path)


def test_folder_without_marks_is_its_own_root() -> None:
    """Where nothing is marked, the folder itself is the root."""
    assert find_root({}, "/nowhere/at/all") == "/nowhere/at/all"
    assert find_root({}, "/") == "/"


# the memory path


def test_memory_path_precedence(tmp_path: Path) -> None:
    """Environment before project before user before default."""
    root, home = tmp_path / "p", tmp_path / "h"
    root.mkdir()
    home.mkdir()
    known = {"HOME": str(home)}
    assert memory_of(known, str(root)) == f"{root}/.memory"
    user_settings(home, 'memory_path = "of-user"\n')
    assert memory_of(known, str(root)) == f"{root}/of-user"
    settings(root, 'memory_path = "of-project"\n')
    assert memory_of(known, str(root)) == f"{root}/of-project"
    assert memory_of({**known, "MEMORY_STATE_PATH": "of-env"}, str(root)) == f"{root}/of-env"


def test_settings_without_a_memory_path_say_nothing(tmp_path: Path) -> None:
    """A project file that is about something else leaves the question to the next layer."""
    user_settings(tmp_path, 'memory_path = "of-user"\n')
    settings(tmp_path, "save_interval = 60\n")
    assert memory_of({"HOME": str(tmp_path)}, str(tmp_path)) == f"{tmp_path}/of-user"
    settings(tmp_path, 'memory_path = ""\n')
    assert memory_of({"HOME": str(tmp_path)}, str(tmp_path)) == f"{tmp_path}/of-user"


@pytest.mark.parametrize(
    ("path", "absolute"),
    [
        (".memory", "/r/.memory"),
        ("a b/é 日本", "/r/a b/é 日本"),
        ("x/", "/r/x"),
        ("../beside", "/r/../beside"),
        ("/abs/x//", "/abs/x"),
        ("/", "/"),
    ],
)
def test_memory_path_is_relative_to_the_root(path: str, absolute: str) -> None:
    """Relative, absolute, with spaces and letters of any script."""
    assert absolute_memory(path, "/r") == absolute


def test_nul_in_a_memory_path_is_refused() -> None:
    """A path with NUL can not be a path."""
    with pytest.raises(Misused, match="NUL"):
        absolute_memory("a\0b", "/r")


@pytest.mark.parametrize(
    "text",
    ["memory_path = 'x'", "[memory]", "memory_path = 5", "memory_path = true", "not toml", 'a = "\xff"'],
)
def test_settings_that_need_toml_are_left_to_the_slow_path(tmp_path: Path, text: str) -> None:
    """What the strict reader refuses is a ValueError here, never the default path."""
    (tmp_path / ".memory-state.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r".+"):
        memory_of({"HOME": str(tmp_path)}, str(tmp_path))


# settings that a hook asks for


def test_choices_precedence(tmp_path: Path) -> None:
    """Environment before project before user; a number in the environment is one."""
    root, home = tmp_path / "p", tmp_path / "h"
    root.mkdir()
    home.mkdir()
    known = {"HOME": str(home)}
    assert read_choices(known, str(root)) == {}
    user_settings(home, 'on_fault = "allow"\nsave_interval = 60\n')
    settings(root, 'on_fault = "deny"\nmemory_path = ""\n')
    assert read_choices(known, str(root)) == {"on_fault": "deny", "save_interval": 60}
    known |= {"MEMORY_STATE_SAVE_INTERVAL": "7", "MEMORY_STATE_ON_FAULT": ""}
    assert read_choices(known, str(root)) == {"on_fault": "deny", "save_interval": 7}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 300),
        ("save_interval = 60", 60),
        ("save_interval = 0", 0),
        ("save_interval = true", 300),
        ('save_interval = "60"', 300),
        ("save_interval = 60 # needs TOML", 300),
    ],
)
def test_bound_session_knows_its_interval(tmp_path: Path, text: str, seconds: int) -> None:
    """The interval comes with the place; where it can not be read the default stands, and nothing fails."""
    bind(tmp_path, binding(str(tmp_path), "/m"))
    settings(tmp_path, text)
    known = {"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": str(tmp_path)}
    assert save_interval(known, str(tmp_path)) == seconds


def linked_worktree(folder: Path, link: str, common: str) -> Path:
    """A linked work tree as git lays it out, with its private folder in `repository.git/worktrees/one`."""
    private = folder / "main" / ".git" / "worktrees" / "one"
    private.mkdir(parents=True)
    (private / "commondir").write_text(f"{common}\n", encoding="utf-8")
    tree = folder / "linked"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {link}\n", encoding="utf-8")
    return tree


def test_work_trees_share_a_memory_path_when_the_repository_has_it(tmp_path: Path) -> None:
    """With the scope `repository` a relative path starts from the main work tree, below it as here."""
    tree = linked_worktree(tmp_path, str(tmp_path / "main/.git/worktrees/one"), "../..")
    assert memory_base({"scope": "repository"}, str(tree)) == str(tmp_path / "main")
    assert memory_base({"scope": "repository"}, f"{tree}/packages/a") == f"{tmp_path}/main/packages/a"
    assert memory_base({"scope": "worktree"}, str(tree)) == str(tree)
    assert memory_base({}, str(tree)) == str(tree)
    assert memory_base({"scope": "repository"}, "/nowhere/at/all") == "/nowhere/at/all"


def test_relative_links_of_a_work_tree_are_followed(tmp_path: Path) -> None:
    """Git can write both of them relative (git-worktree(1), `--relative-paths`)."""
    tree = linked_worktree(tmp_path, "../main/.git/worktrees/one", str(tmp_path / "main/.git"))
    assert main_worktree(str(tree)) == str(tmp_path / "main")


def test_other_git_files_are_no_linked_work_trees(tmp_path: Path) -> None:
    """A main work tree and a submodule belong to themselves; a bare repository stands for its work trees."""
    (tmp_path / ".git").mkdir()
    assert main_worktree(str(tmp_path)) == str(tmp_path)
    module = tmp_path / "module"
    module.mkdir()
    (module / ".git").write_text("gitdir: ../.git/modules/module\n", encoding="utf-8")
    assert main_worktree(str(module)) == str(module)
    (module / ".git").write_bytes(b"\xff")
    assert main_worktree(str(module)) == str(module)
    (tmp_path / "bare.git/worktrees/one").mkdir(parents=True)
    (tmp_path / "bare.git/worktrees/one/commondir").write_text("../..\n", encoding="utf-8")
    (module / ".git").write_text(f"gitdir: {tmp_path}/bare.git/worktrees/one\n", encoding="utf-8")
    assert main_worktree(str(module)) == f"{tmp_path}/bare.git"


# the binding


def test_binding_is_read(tmp_path: Path) -> None:
    """A session's file says which workflow it works on."""
    bind(tmp_path, binding("/r", "/r/.memory"))
    assert read_binding({"HOME": str(tmp_path)}, SESSION) == {
        "memory_path": "/r/.memory",
        "root": "/r",
        "workflow_id": "7f3a9c21",
    }
    assert read_binding({"HOME": str(tmp_path)}, "another") is None


@pytest.mark.parametrize("session", ["../secret", "a/b", "..", "-x", "", "a\0b", "x" * 200])
def test_odd_session_touches_no_path(tmp_path: Path, session: str) -> None:
    """A session id that is none is not bound, even where its path would lead to a binding."""
    bind(tmp_path, binding("/r", "/r/.memory"))
    (tmp_path / ".local" / "state" / "memory-state" / "secret").write_text(binding("/r", "/m"))
    assert read_binding({"HOME": str(tmp_path)}, session) is None


# all of it


def test_session_without_a_binding_is_located_by_its_folder(tmp_path: Path) -> None:
    """Root and memory path are known, the workflow is the current one, which is named nowhere."""
    (tmp_path / ".git").mkdir()
    found = locate({"HOME": str(tmp_path / "h")}, str(tmp_path), SESSION)
    assert (found["root"], found["memory"]) == (str(tmp_path), f"{tmp_path}/.memory")
    assert (found["workflow"], found["bound"]) == (None, False)


def test_bound_session_goes_where_it_is_bound(tmp_path: Path) -> None:
    """The binding gives memory path and workflow."""
    bind(tmp_path, binding("/r", "/m"))
    found = locate({"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/r"}, "/elsewhere", SESSION)
    assert (found["root"], found["memory"], found["workflow"], found["bound"]) == (
        "/r",
        "/m",
        "7f3a9c21",
        True,
    )


def test_binding_of_another_project_does_not_count(tmp_path: Path) -> None:
    """A session that went to another project is not bound there."""
    bind(tmp_path, binding("/r", "/m"))
    found = locate({"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/other"}, "/", SESSION)
    assert (found["memory"], found["workflow"], found["bound"]) == ("/other/.memory", None, False)


def test_environment_names_the_workflow_before_the_binding(tmp_path: Path) -> None:
    """`MEMORY_STATE_WORKFLOW` wins, bound or not, and must be an id."""
    bind(tmp_path, binding("/r", "/m"))
    known = {"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/r", "MEMORY_STATE_WORKFLOW": "00000000"}
    assert locate(known, "/", SESSION)["workflow"] == "00000000"
    assert locate(known, "/", "")["workflow"] == "00000000"
    for session in (SESSION, ""):
        with pytest.raises(Misused, match="no workflow id"):
            locate({**known, "MEMORY_STATE_WORKFLOW": "../../x1"}, "/", session)


def test_environment_names_the_memory_path_before_the_binding(tmp_path: Path) -> None:
    """Where the environment names another memory path, the binding to the first does not count."""
    bind(tmp_path, binding("/r", "/m"))
    known = {"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/r"}
    other = locate({**known, "MEMORY_STATE_PATH": "other"}, "/", SESSION)
    assert (other["memory"], other["workflow"], other["bound"]) == ("/r/other", None, False)
    same = locate({**known, "MEMORY_STATE_PATH": "/m/"}, "/", SESSION)
    assert (same["memory"], same["workflow"], same["bound"]) == ("/m", "7f3a9c21", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n",
        "garbage",
        '---\nroot: "/r"\n---\n',
        '---\nroot: "/r"\nmemory_path: "/m"\n---\n',
        '---\nroot: "/r"\nworkflow_id: "7f3a9c21"\n---\n',
        '---\nroot: "/r"\nmemory_path: 7\nworkflow_id: "7f3a9c21"\n---\n',
    ],
)
def test_damaged_binding_is_left_to_the_slow_path(tmp_path: Path, text: str) -> None:
    """A binding that can not be trusted is a ValueError, not another error and no guess."""
    bind(tmp_path, text)
    with pytest.raises(ValueError, match=r".+"):
        locate({"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/r"}, "/", SESSION)


def test_binding_to_a_bad_id_is_refused(tmp_path: Path) -> None:
    """An id in a binding is checked like any other."""
    bind(tmp_path, binding("/r", "/m", "../../../x"))
    with pytest.raises(Misused, match="no workflow id"):
        locate({"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/r"}, "/", SESSION)


def test_environment_becomes_text() -> None:
    """Names and values of bytes, whatever they hold, can be looked up as texts."""
    found = environment_texts({b"HOME": b"/h", b"X": "é".encode(), b"Y": b"\xff"})
    assert found == {"HOME": "/h", "X": "é", "Y": "\udcff"}


def test_state_is_there_once_its_folder_is(tmp_path: Path) -> None:
    """A memory path holds state of ours when it has the folder for it."""
    assert not has_state(str(tmp_path))
    (tmp_path / "state").write_bytes(b"")
    assert not has_state(str(tmp_path))
    (tmp_path / "state").unlink()
    (tmp_path / "state").mkdir()
    assert has_state(str(tmp_path))
