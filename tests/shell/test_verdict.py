"""Verdicts on single lines: exact paths, doubts, limits, and garbage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory_state.shell.installed import find_parser
from memory_state.shell.verdict import judge, shown_writes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two folders, two files, and a link to each kind."""
    root = tmp_path.resolve() / "project"
    for name in ("src/a.py", "src/b.py", "docs/x.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x\n", encoding="utf-8")
    (root / "to_file").symlink_to("src/a.py")
    (root / "to_folder").symlink_to("docs")
    return root


def verdict(line: str, root: Path) -> tuple[str, list[str]]:
    """Kind and shown writes of a line run in the project."""
    found = judge(line, str(root), str(root), {"HOME": "/home/ada"}, 20)
    return found.kind, shown_writes(found, str(root))


@pytest.mark.parametrize(
    ("line", "writes"),
    [
        ("echo x > to_file", ["src/a.py"]),
        ("rm to_file", ["to_file"]),
        ("echo x > to_folder/new.md", ["docs/new.md"]),
        ("echo x > ~/notes", ["/home/ada/notes"]),
        ("echo x > $HOME/notes", ["/home/ada/notes"]),
        ("echo x > /proc/self/cwd/src/c.py", ["src/c.py"]),
        ("echo x > ${TMPDIR:-/var/tmp}/f", ["/var/tmp/f"]),
        ("touch src/*.py", ["src/a.py", "src/b.py"]),
        ("touch src/[!a].py", ["src/b.py"]),
        ("touch 'src/*.py'", ["src/*.py"]),
        ("touch c{1..3}", ["c1", "c2", "c3"]),
        ("cd src && touch c && cd .. && touch d", ["src/c", "d"]),
        ("cd src; cd - >/dev/null; touch c", ["c"]),
        ("(cd src; touch c); touch d", ["src/c", "d"]),
        ("A=src B=$A; echo x > $A/f", ["src/f"]),
        ("mkdir -p one/two", ["one/two", "one"]),
        ("git add -A", [".git/"]),
        ("git -C docs checkout main", ["docs/", "docs/.git/"]),
        ("tar xf a.tar -C docs", ["docs/"]),
        ("sed -i.bak s/a/b/ src/a.py", ["src/a.py", "src/a.py.bak"]),
        ("sed -i '' s/a/b/ src/a.py", ["src/a.py"]),
        ("sed -n 's/a/b/w out' src/a.py", ["out"]),
        ("find src -delete", ["src/"]),
        ("find src -exec cp {} docs \\;", ["docs/"]),
        ("curl -fsSLo out.html https://example.org", ["out.html"]),
        ("f() { echo x > $1; }; f a; f b", ["a", "b"]),
        ("X=1 && echo x > f$X", ["f1"]),
        ("if true; then T=a; else T=a; fi; echo > $T", ["a"]),
    ],
)
def test_paths_are_exact(line: str, writes: list[str], root: Path) -> None:
    """The paths are those on the tree: links, globs, folders and variables followed."""
    assert verdict(line, root) == ("write", writes)


@pytest.mark.parametrize(
    "line",
    [
        "X=/dev/null; X=src/f f() { :; }; f",
        "X=/dev/null; f() { echo > $X; }; X=src/f f",
        "X=/dev/null; sh -c 'echo > ${X:-src/f}'",
        "X=/dev/null; read X < list; echo > $X",
        "X=/dev/null; read -s X < list; echo > $X",
        "X=/dev/null; mapfile -t X < list; echo > $X",
        "X=/dev/null; printf -v X src/f; echo > $X",
        "X=/dev/null; declare -n X=Y; echo > $X",
        "readonly X=src/f\nX=/dev/null\necho > $X",
        "X=/dev/null; for i in $LIST; do echo > $X; X=$i; done",
        "X=/dev/null; trap 'echo > $X' EXIT; X=src/f",
        "X=/dev/null; getopts a X; echo > $X",
        "X=/dev/null; case $A in a) X=src/f;; esac; echo > $X",
        "RANDOM=/dev/null; echo > $RANDOM",
        "cat < src/a.py 1>&0 > /dev/stdout",
        "exec 1< src/a.py; echo x > /dev/stdout",
        "uniq $(seq 1 3)",
        "echo *(e:'touch x':)",
        "echo =(touch x)",
        "jobs -x touch f",
        "hash -p /tmp/tool ls; ls",
        "alias ls='touch x'\nls",
        'awk \'{print /"/ > "f" /"/}\' list',
        "sed 'b;w f' list",
        "perl -pe 's/a/`touch x`/' list",
        "perl -pe 's/(?{unlink \"f\"})//' list",
        "git log $(echo --output=f)",
        "sort $(date +-of)",
        "curl -w '%output{f}%{url}' https://example.org",
        "rg --pre 'touch x' a",
        "env -S 'touch f'",
        "find . -files0-from list",
        "echo x > src/$(date +%s)",
        "test -v 'a[$(touch f)]'",
        "echo ${X@P}",
        "let 'a[$(touch f)]=1'",
        'ls | while read -r f; do rm "$f"; done',
        "busybox sh script",
        "echo \x1b",
        'bash -c "echo a\ntouch f"',
        "X=/dev/null; X=src/f > $X",
        "sh -c '[[ 3 > src/f ]]'",
        "sh -c '((x > 2))'",
        "dd of=~/f",
        "git branch --edit-description",
        "if",
        "echo 'open",
    ],
)
def test_in_doubt_nobody_knows(line: str, root: Path) -> None:
    """A value that may have changed, a shell's own ways and hidden programs never pass for a read."""
    assert verdict(line, root)[0] != "read"


@pytest.mark.parametrize(
    "line",
    [
        "ln -s src/a.py new && echo x > new",
        "ln src/a.py docs && echo x > docs/a.py",
        "mv to_file other; echo x > other",
        "cp -r to_folder other; echo x > other/f",
    ],
)
def test_links_of_the_line_itself_are_not_written_through(line: str, root: Path) -> None:
    """A path through a link that the line makes could be any: nobody knows."""
    assert verdict(line, root)[0] == "unknown"


def test_parts_that_show_are_told_of_an_unknown_line(root: Path) -> None:
    """What a line visibly writes is named though another part is not known."""
    found = judge("python3 gen.py > out.txt", str(root), str(root), {}, 20)
    assert (found.kind, found.writes) == ("unknown", (f"{root}/out.txt",))
    assert found.reason == "nobody knows what 'python3' writes"


def test_long_lines_are_not_parsed(root: Path) -> None:
    """More than 64 KiB is unknown at once."""
    begun = time.monotonic()
    assert judge("echo $(" + "a " * 40_000 + ")", str(root), str(root), {}).kind == "unknown"
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "line", ["$(" * 3000, "echo " + "{a,b}" * 40, "echo " + "*/" * 60, "a && " * 9000 + "a"]
)
def test_costly_lines_end_in_time(line: str, root: Path) -> None:
    """Nesting, braces and globs that explode are given up."""
    begun = time.monotonic()
    assert judge(line, str(root), str(root), {}, 1.0).kind in ("unknown", "read")
    assert time.monotonic() - begun < 5


def test_deadline_is_kept(root: Path) -> None:
    """Without time nothing is known, plain reads apart."""
    assert judge("echo $X", str(root), str(root), {}, 0.0).kind == "unknown"
    assert judge("ls src", str(root), str(root), {}, 0.0).kind == "read"


class Late(dict[str, str]):
    """An environment in which the caller's alarm rings when it is looked at."""

    def get(self, *asked: object) -> NoReturn:
        """The alarm."""
        raise KeyboardInterrupt(*asked)


def test_the_callers_deadline_is_no_doubt_about_the_line(root: Path) -> None:
    """An alarm that the caller has set ends the judging: it does not make the line an unknown one."""
    with pytest.raises(KeyboardInterrupt, match="HOME"):
        judge("echo x > ~/f", str(root), str(root), Late(), 20)


def test_parser_is_found_by_its_path() -> None:
    """The program that parses is an absolute path."""
    assert Path(find_parser() or "").is_absolute()


FRAGMENTS = st.sampled_from(
    [
        "echo",
        "x",
        ">",
        "<",
        "$(",
        ")",
        "`",
        "'",
        '"',
        "$X",
        "${",
        "}",
        "{",
        ";",
        "&&",
        "|",
        "if",
        "fi",
        "then",
        "*",
        "[[",
        "]]",
        "((",
        "))",
        "cp",
        "rm",
        "sed",
        "-i",
        "find",
        ".",
        "-exec",
        "\\;",
        "cd",
        "/",
        "~",
        "f()",
        "=",
        "git",
        "xargs",
        "case",
        "in",
        "esac",
        "<<E",
        "E",
        "!",
        "&",
        "for",
        "i",
        "do",
        "done",
        "\\",
        "#",
        "é",
        "-o",
        "while",
        "read",
        "eval",
        "bash",
        "-c",
        "a[1]=",
    ]
) | st.sampled_from([" ", "\n", "a b"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FRAGMENTS, max_size=14).map(" ".join) | st.text(max_size=30))
def test_garbage_never_raises(root: Path, line: str) -> None:
    """Whatever the text, there is a verdict, and its paths are absolute."""
    found = judge(line, str(root), str(root), {"HOME": "/home/ada"}, 20)
    assert found.kind in ("read", "write", "unknown")
    assert all(path.startswith("/") for path in found.writes)
    assert "can not be judged: " not in found.reason
