"""Shell lines that are plain, what they read, and which of them are ours."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory_state.core.commands import own_command, reads_only, split_line, split_loosely
from memory_state.core.lines import EXPANDING, bare_words, split_commands
from memory_state.core.reads import CHECKED_READERS, READER_CHECKS


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("ls -l src", (("ls", "-l", "src"),)),
        ("  ls\t-l \n", (("ls", "-l"),)),
        ("a && b || c; d | e", (("a",), ("b",), ("c",), ("d",), ("e",))),
        ("a;b&&c|d", (("a",), ("b",), ("c",), ("d",))),
        ("ls;", (("ls",),)),
        ("echo 'a b' \"c d\" e'f'\"g\"", (("echo", "a b", "c d", "efg"),)),
        ("echo '' \"\"", (("echo", "", ""),)),
        ("echo '$(x) > y; `z`'", (("echo", "$(x) > y; `z`"),)),
        ('grep "a\\|b" f', (("grep", "a\\|b", "f"),)),
        ("echo 'two\nlines'", (("echo", "two\nlines"),)),
        ("pytest -q 2>&1 | tail -5", (("pytest", "-q"), ("tail", "-5"))),
        ("ls >/dev/null 2>&1", (("ls",),)),
        ("ls > /dev/null; id", (("ls",), ("id",))),
        ("2>/dev/null ls", (("ls",),)),
        ("git diff HEAD~1 HEAD^", (("git", "diff", "HEAD~1", "HEAD^"),)),
        ("[ -f a ] && test a = b", (("[", "-f", "a", "]"), ("test", "a", "=", "b"))),
        ("find . ! -name x", (("find", ".", "!", "-name", "x"),)),
        ("echo a#b --x=y", (("echo", "a#b", "--x=y"),)),
        ("echo na\u00efve", (("echo", "na\u00efve"),)),
        ("time ls", (("time", "ls"),)),
    ],
)
def test_plain_lines_split(line: str, commands: tuple[tuple[str, ...], ...]) -> None:
    """A plain line gives its simple commands with quotes removed."""
    assert split_line(line) == commands


@pytest.mark.parametrize(
    "line",
    [
        "",
        ";",
        "ls && ",
        "&& ls",
        "ls ;; id",
        "ls | | id",
        "ls |& id",
        "ls &",
        "ls & id",
        "ls\nid",
        "ls > out",
        "ls >out",
        "ls 2>err",
        "ls >/dev/null2",
        "ls >/dev/nullx/../a",
        "ls 12>&1",
        "echo a>/dev/null",
        "echo 'a'2>&1x",
        "ls >&2x",
        "cat < in",
        "cat <<EOF",
        "echo $HOME",
        'echo "$HOME"',
        'echo "`id`"',
        "echo `id`",
        "echo $(id)",
        "(ls)",
        "{ ls; }",
        "echo {a,b}",
        "echo a\\ b",
        'echo "a\\"b"',
        'echo "a\\\\b"',
        "echo *.py",
        "echo a?",
        "echo [ab]",
        "[[ -f a ]]",
        "ls ~",
        "ls ~/x",
        "echo a=~",
        "X=1 ls",
        "X=1",
        "a+=1",
        "ls # note",
        "#ls",
        "! ls",
        "if true",
        "for x in a",
        "while true",
        "coproc ls",
        "%1",
        "echo =ls",
        "'' ls",
        "echo 'open",
        'echo "open',
        "ls\rid",
        "ls\x0bid",
        "ls\u00a0id",
        "ls\u200bx",
        "ls\0",
        "nocorrect ls",
        "- ls",
    ],
)
def test_lines_that_are_not_plain_do_not_split(line: str) -> None:
    """Whatever a shell expands, groups, redirects to a file or reads in its own way gives None."""
    assert split_line(line) is None


@settings(max_examples=300)
@given(st.text("ab \t'\"|;&\\=~#1/-.>", max_size=24))
def test_words_are_those_of_shlex(line: str) -> None:
    """A line that splits into one command has the words that shlex finds in it."""
    commands = split_line(line)
    if commands is not None and len(commands) == 1 and not set(";>") & set(line):
        assert list(commands[0]) == shlex.split(line)


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("git add *.py", (("git", "add", "*.py"),)),
        ("ls ~/x [ab]?", (("ls", "~/x", "[ab]?"),)),
        ("l? x", None),
        ("git add $X", None),
        ("git add {a,b}", None),
    ],
)
def test_loose_lines_keep_globs_as_written(line: str, commands: tuple[tuple[str, ...], ...] | None) -> None:
    """Globs and a tilde may stand in the words of a loose line, but not in the command's name."""
    assert split_loosely(line) == commands


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("cat pyproject.toml", True),
        ("head -n 40 src/main.c | tail -5", True),
        ("tail -f log/app.log", True),
        ("ls -la && pwd", True),
        ("cd lib && ls", True),
        ("grep -rn 'class A' lib --include=x", True),
        ("/usr/bin/wc -l a b", True),
        ("echo done 2>/dev/null", True),
        ("sort -k2,2nr -t, a.csv | uniq -c", True),
        ("sort -o a a", False),
        ("sort -uo a a", False),
        ("sort --output=a a", False),
        ("sort --outp a a", False),
        ("sort --compress-program=x a", False),
        ("uniq -d a", True),
        ("uniq a b", False),
        ("tree -L 2 -a", True),
        ("tree -o F", False),
        ("tree -R -H . -L 2", False),
        ("rg -n TODO lib", True),
        ("rg --pre sh TODO", False),
        ("rg --hostname-bin x TODO", False),
        ("date", True),
        ("date -u +%F", True),
        ("date -s 10:00", False),
        ("date 01020304", False),
        ("file -b a.bin", True),
        ("file -C -m magic", False),
        ("find . -name x -type f -mtime -7", True),
        ("find . -delete", False),
        ("find . -name x -fprint out", False),
        ("find . -fls out", False),
        ("find . -exec rm x", False),
        ("find . -okdir rm x", False),
        ("sed -n '1,20p' a", True),
        ("sed -n '$p;3q' a b", True),
        ("sed -n '1w out' a", False),
        ("sed -n 1p a -i", False),
        ("sed s/a/b/ a", False),
        ("xxd a", True),
        ("xxd -r a b", False),
        ("xxd a b", False),
        ("yes", False),
        ("jq -r .name package.json", True),
        ("jq -i .a f", False),
        ("printf '%s' a", True),
        ("printf -v PATH x", False),
        ("test -f a && echo y", True),
        ("[ a = b ]", True),
        ("[ a = b", False),
        ("test -v 'a[$(id)]'", False),
        ("command -v git", True),
        ("command git status", False),
        ("env", True),
        ("env ls", False),
        ("sudo cat a", False),
        ("PAGER=x git log", False),
        ("cat $F", False),
        ("python3 --version", True),
        ("python3 -c 1", False),
        ("./cat a", False),
        ("/opt/bin/cat a", False),
        ("git status --short", True),
        ("git -C sub --no-pager log --oneline -5", True),
        ("git log -p -- lib/a.c", True),
        ("git diff --stat HEAD~2", True),
        ("git diff --output=x", False),
        ("git diff --outpu=x", False),
        ("git diff --ext-diff", False),
        ("git shortlog --output=x", False),
        ("git -c core.pager=x log", False),
        ("git -p log", False),
        ("git --git-dir=x log", False),
        ("git show HEAD", True),
        ("git grep -n main", True),
        ("git grep -Oless main", False),
        ("git branch", True),
        ("git branch -vv -a", True),
        ("git branch topic", False),
        ("git branch -D topic", False),
        ("git branch --list 'a*'", True),
        ("git branch --list -d a", False),
        ("git tag", True),
        ("git tag v2", False),
        ("git tag --list 'v*'", True),
        ("git remote -v", True),
        ("git remote -v add a b", False),
        ("git remote get-url origin", True),
        ("git remote add a b", False),
        ("git config --get user.name", True),
        ("git config --global --list", True),
        ("git config user.name list", False),
        ("git config --global user.name x", False),
        ("git config --get --unset a", False),
        ("git stash", False),
        ("git stash list", True),
        ("git stash drop", False),
        ("git reflog", True),
        ("git reflog expire --all", False),
        ("git worktree list", True),
        ("git worktree prune", False),
        ("git apply --check a.patch", True),
        ("git apply --stat --apply a.patch", False),
        ("git commit -m x", False),
        ("git", False),
        ("git --version", True),
        ("git ls-remote ext::x", False),
        ("rm a", False),
        ("ls; rm a", False),
        ("xargs cat", False),
        ("'git/history' x", False),
        ("'a b'", False),
    ],
)
def test_plain_reads_are_known_by_program_and_options(line: str, *, reads: bool) -> None:
    """A read is a listed program with listed options only; whatever may write or run is none."""
    assert reads_only(line) is reads


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("memory-state status", ("status",)),
        ("/x/bin/memory-state -q next", ("next",)),
        ("/opt/ms/run task done 2", ("task", "done", "2")),
        ("memory-state -C /p --memory-path m -w abc --json --color never next -", ("next", "-")),
        ("memory-state -C/p -qw abc --color=never approve", ("approve",)),
        ("memory-state --memory-path=m -wabc approve --by me", ("approve", "--by", "me")),
        ("memory-state -- approve", ("approve",)),
        ("memory-state", ()),
        ("memory-state --help", ()),
        ("python3 -m memory_state approve", ("approve",)),
        ("/v/bin/python -I -X utf8 -m memory_state -q approve", ("approve",)),
        ("python3.12 -Immemory_state approve", ("approve",)),
        ("python3 -Im memory_state.cli approve", ("approve",)),
        ("python3 -c memory_state", None),
        ("python3 run.py -m memory_state", None),
        ("python3 memory_state", None),
        ("python3 -m memory_stated", None),
        ("python3 -m", None),
        ("python3", None),
        ("memory-states status", None),
        ("echo memory-state", None),
        ("", None),
    ],
)
def test_our_own_commands_are_recognised(words: str, arguments: tuple[str, ...] | None) -> None:
    """Every way to call memory-state gives its arguments without the global options."""
    assert own_command(tuple(words.split()), ("/opt/ms/run",)) == arguments


@given(st.text(st.sampled_from("ab1 _-./,:@%+=~'|\t\n!ü\\"), max_size=14))
@example("ls -la src")
@example("a =b")
@example("%1")
@example("if x")
def test_bare_words_are_what_the_lexer_reads(line: str) -> None:
    """A line without anything to quote is split at its blanks, as a character at a time would."""
    words = bare_words(line)
    if words is not None:
        assert split_commands(line, EXPANDING) == (words,)


def test_most_lines_are_bare() -> None:
    """Those that an agent runs all day are; a reserved word, an assignment or a quote is more."""
    assert bare_words("git log --oneline -5") == ("git", "log", "--oneline", "-5")
    for line in ("", " ", "A=1 ls", "if x", "ls 'a'", "ls; pwd", "a =b", "ls ~", "%1", "x" * 20_000):
        assert bare_words(line) is None


def test_checked_readers_are_those_that_have_a_check() -> None:
    """The names by which a check is looked for, and the checks."""
    assert CHECKED_READERS.split() == sorted(READER_CHECKS)
