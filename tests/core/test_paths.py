"""Resolving paths and comparing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory_state.core.files import real_path
from memory_state.core.paths import (
    compose_path,
    fold_path,
    follow_links,
    relative_path,
    resolve_path,
    same_name,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, links to it and around it, and a loop."""
    place = tmp_path.resolve()
    (place / "real" / "deep").mkdir(parents=True)
    (place / "real" / "file").write_text("x")
    (place / "link").symlink_to("real")
    (place / "far").symlink_to(place / "real" / "deep")
    (place / "chain").symlink_to("link/file")
    (place / "dangling").symlink_to("nowhere/at/all")
    (place / "loop").symlink_to("pool")
    (place / "pool").symlink_to("loop")
    return place


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("real/file", "real/file"),
        ("link/file", "real/file"),
        ("chain", "real/file"),
        ("far/../file", "real/file"),
        ("far/../../far/new", "real/deep/new"),
        ("link/new/deeper.txt", "real/new/deeper.txt"),
        ("new/../link/x", "real/x"),
        ("./real//./deep/", "real/deep"),
        ("dangling/x", "nowhere/at/all/x"),
        ("real/file/below", "real/file/below"),
        ("~/x", "~/x"),
        (".", ""),
    ],
)
def test_paths_end_where_the_disk_would_put_them(folder: Path, path: str, resolved: str) -> None:
    """Links are followed before `..` is, and what does not exist yet keeps its name."""
    expected = f"{folder}/{resolved}".rstrip("/")
    assert resolve_path(path, str(folder)) == expected
    assert resolve_path(f"{folder}/{path}", "/") == expected


def test_the_root_is_its_own_parent() -> None:
    """`..` above the root stays there."""
    assert resolve_path("../../..", "/") == "/"


@pytest.mark.parametrize("path", ["a\0b", "\ud800x"])
def test_texts_that_are_no_paths_are_refused(tmp_path: Path, path: str) -> None:
    """NUL and lone surrogates raise ValueError."""
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        resolve_path(path, str(tmp_path))


def test_a_loop_of_links_is_refused(folder: Path) -> None:
    """Links that never end raise ValueError, as the kernel refuses them too."""
    with pytest.raises(ValueError, match="too many links"):
        resolve_path("loop/x", str(folder))


def test_a_relative_base_is_refused() -> None:
    """A path that nothing makes absolute raises ValueError."""
    with pytest.raises(ValueError, match="absolute folder"):
        resolve_path("a", "b")


@pytest.mark.parametrize(
    ("path", "root", "relative"),
    [
        ("/p/a/b", "/p", "a/b"),
        ("/p", "/p", "."),
        ("/p/", "/p/", "."),
        ("/pq/a", "/p", None),
        ("/", "/p", None),
        ("/a", "/", "a"),
        ("/", "/", "."),
    ],
)
def test_relative_paths_stay_inside_the_root(path: str, root: str, relative: str | None) -> None:
    """A path outside the root has no relative form."""
    assert relative_path(path, root) == relative


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (".Git/Hooks", ".git/hooks", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("CAFE\u0301", "caf\u00e9", True),
        ("stra\u00dfe", "STRASSE", True),
        ("app\u2024py", "app.py", False),
        ("a", "b", False),
    ],
)
def test_names_are_equal_as_on_a_disk_that_ignores_case(first: str, second: str, *, same: bool) -> None:
    """Case and Unicode form do not count, look-alikes do."""
    assert same_name(first, second) is same


def test_folding_and_composing_give_one_form() -> None:
    """Folding lowers and composes, composing leaves the case."""
    assert fold_path("E\u0301/A") == "\u00e9/a"
    assert compose_path("E\u0301/A") == "\u00c9/A"
    assert compose_path("Plain/A") == "Plain/A"


NAMES = st.sampled_from(
    [".", "..", "real", "link", "far", "chain", "dangling", "loop", "file", "deep", "new", ""]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, max_size=6))
def test_the_kernel_and_the_walk_agree(folder: Path, names: list[str]) -> None:
    """Where the kernel tells what a path comes to, walking it name by name comes to the same."""
    path = "/".join([str(folder), *names])
    found = real_path(path)
    if found is not None:
        assert found == follow_links(path)
