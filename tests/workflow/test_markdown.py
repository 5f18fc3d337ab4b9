"""Sections, task lines and headings of a Markdown body."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.workflow.markdown import Section, TaskLine, headings, sections, task_lines

MARKDOWN = st.text(st.sampled_from("#-*+1.)[ ]xX/`~<!->\t\r\n ab\u2028"), max_size=200)


def titles(text: str) -> list[tuple[int, str]]:
    """Level and title of each section."""
    return [(each.level, each.title) for each in sections(text)]


def boxes(text: str) -> list[tuple[int, str, str]]:
    """Line, mark and text of each task."""
    return [(each.line, each.mark, each.text) for each in task_lines(text)]


def test_a_section_reaches_to_the_next_heading_of_its_level_or_above() -> None:
    """A section holds the deeper ones below it and ends where its own level begins again."""
    text = "intro\n# A\none\n## B\ntwo\n### C\n## D\n# E"
    assert sections(text) == (
        Section(1, "A", 2, 10, 34),
        Section(2, "B", 4, 19, 29),
        Section(3, "C", 6, 29, 29),
        Section(2, "D", 7, 34, 34),
        Section(1, "E", 8, 37, 37),
    )
    assert text[19:29] == "two\n### C\n"


def test_crlf_belongs_to_the_line_end() -> None:
    """A carriage return before the line feed is part of neither title nor text."""
    text = "## A\r\n\r\n- [x] done\r\n## B\r\n"
    assert sections(text) == (Section(2, "A", 1, 6, 20), Section(2, "B", 4, 26, 26))
    assert task_lines(text) == (TaskLine(3, 11, "x", "done", 0),)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# A", [(1, "A")]),
        ("###### A", [(6, "A")]),
        ("   ## A ##  ", [(2, "A")]),
        ("##\tA", [(2, "A")]),
        ("## A#", [(2, "A#")]),
        ("## A # b", [(2, "A # b")]),
        ("##", [(2, "")]),
        ("## ##", [(2, "")]),
        ("####### A", []),
        ("##A", []),
        ("    ## A", []),
        ("\t## A", []),
        ("A\n---", []),
        ("> # A", []),
        ("- # A", []),
        ("- a\n  # A", []),
        ("- a\n# A", [(1, "A")]),
        ("a\u2028# A", []),
    ],
)
def test_atx_headings(line: str, expected: list[tuple[int, str]]) -> None:
    """A heading is one to six # and a blank, indented by at most three, outside lists and quotes."""
    assert titles(line) == expected


@pytest.mark.parametrize(
    "text",
    [
        "```\n# no\n- [ ] no\n```\n# yes",
        "   ~~~ markdown\n# no\n~~~\n# yes",
        "````\n```\n# no\n````\n# yes",
        "```\n~~~\n# no\n```\n# yes",
        "```\n    ```\n# no\n``` x\n# no\n`````  \n# yes",
        "~~~\n# no\n\n- [ ] no\n~~~~\n# yes",
        "- a\n  ```\n  - [ ] no\n  ```\n\n# yes",
        "- ```\n  - [ ] no\n\n# yes",
        "<!--\n# no\n- [ ] no\n-->\n# yes",
        "<!-- a\n\n# no\nb --> # no\n# yes",
        "<!-- # no -->\n# yes",
        "<!-- - [ ] no -->\n# yes",
        "    - [ ] no\n# yes",
        "a\n      - [ ] no\n# yes",
        "# yes\n```\n# no\n- [ ] no",
        "# yes\n<!--\n# no\n- [ ] no",
    ],
)
def test_code_and_comments_hold_neither_headings_nor_tasks(text: str) -> None:
    """What stands in a fence, indented code or a comment is no Markdown; an open one goes to the end."""
    assert titles(text) == [(1, "yes")]
    assert boxes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`` ` ``\n# yes",
        "``` a`b\n# yes",
        "``\n# yes",
        "text <!-- not a comment block\n# yes",
        "`<!--`\n# yes",
        "    <!--\n# yes",
        "    ```\n# yes",
        "<!-->\n# yes",
        "<!- no\n# yes",
    ],
)
def test_what_only_looks_like_code_or_comment_hides_nothing(text: str) -> None:
    """Inline code, a comment begun within a line and indented marks open no block."""
    assert titles(text) == [(1, "yes")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [ ] a", [(1, " ", "a")]),
        ("* [x] a", [(1, "x", "a")]),
        ("+ [X] a", [(1, "X", "a")]),
        ("1. [/] a", [(1, "/", "a")]),
        ("12) [-] a", [(1, "-", "a")]),
        ("-   [ ]   a  ", [(1, " ", "a")]),
        ("   - [ ] a", [(1, " ", "a")]),
        ("- [ ] a <!-- b -->", [(1, " ", "a <!-- b -->")]),
        ("- [ ] a\u2028b\x0cc\x85d", [(1, " ", "a\u2028b\x0cc\x85d")]),
        ("- [ ] a\n  - [x] b\n    - [ ] c", [(1, " ", "a"), (2, "x", "b"), (3, " ", "c")]),
        ("- a\n\n    - [ ] b", [(3, " ", "b")]),
        ("- a\nlazy\n    - [ ] b", [(3, " ", "b")]),
        ("- a\n\ntext\n\n    - [ ] code", []),
        ("text\n- [ ] a", [(2, " ", "a")]),
        ("1. a\n   - [ ] b\n2. [ ] c", [(2, " ", "b"), (3, " ", "c")]),
        ("- [ ] ", []),
        ("- [ ]a", []),
        ("- [x](link)", []),
        ("- [y] a", []),
        ("- [] a", []),
        ("-[ ] a", []),
        ("[ ] a", []),
        ("> - [ ] a", []),
        ("1234567890. [ ] a", []),
        ("", []),
    ],
)
def test_task_lines(text: str, expected: list[tuple[int, str, str]]) -> None:
    """A task is a list item that begins with a box, a blank and some text, however deeply nested."""
    assert boxes(text) == expected


def test_a_task_line_says_where_its_box_is() -> None:
    """The box is the offset of the mark, the indent the column of the list marker."""
    text = "- a\n\t- [x] tabbed\n- [ ] flat\n"
    assert task_lines(text) == (TaskLine(2, 8, "x", "tabbed", 4), TaskLine(3, 21, " ", "flat", 0))


@given(MARKDOWN)
@settings(deadline=None)
def test_places_are_true_for_any_text(text: str) -> None:
    """The box of a task holds its mark, and sections end no earlier than they begin."""
    lines = text.split("\n")
    for task in task_lines(text):
        assert text[task.box - 1 : task.box + 2] == f"[{task.mark}]"
        assert task.text in lines[task.line - 1]
    for section in sections(text):
        assert section.start <= section.end <= len(text)
        assert lines[section.line - 1].lstrip().startswith("#" * section.level)


@given(st.lists(st.sampled_from(["- [ ] a", "  - [x] b", "# c", "", "text", "```", "<!-- d -->"])))
@settings(deadline=None)
def test_line_ends_make_no_difference(lines: list[str]) -> None:
    """CRLF and LF give the same tasks and titles."""
    assert boxes("\r\n".join(lines)) == boxes("\n".join(lines))
    assert titles("\r\n".join(lines)) == titles("\n".join(lines))


def test_headings_are_plain_text() -> None:
    """ATX and setext headings lose their markup; quoted and listed ones are not the document's."""
    text = (
        "# A &amp; *b* `c &lt;` <i>d</i> [e](f)\n\nTwo\nlines\n---\n\n"
        "> # quoted\n\n- # listed\n\n```\n# code\n```\n\n#\n\n## Last ##\n"
    )
    assert headings(text) == ("A & b c &lt; d e", "Two lines", "Last")


def test_headings_of_a_huge_text_are_read_up_to_the_limit() -> None:
    """What stands beyond 256 Ki characters is not looked at."""
    assert headings("# A\n\n" + "a" * 262144 + "\n\n# B\n") == ("A",)


@pytest.mark.parametrize("unit", ["- ", "#", "# a\n", "> ", "- [ ] a\n", "<!--", "`", "  - a\n    ", "* [ "])
def test_reading_takes_linear_time(unit: str) -> None:
    """A million hostile characters are read within seconds."""
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    sections(text)
    task_lines(text)
    assert time.process_time() - start < 10
