"""Front matter by python-frontmatter and PyYAML, whose import alone takes longer than most commands."""

from __future__ import annotations

import frontmatter
from frontmatter.default_handlers import YAMLHandler

from memory_state.core.header import split_header
from memory_state.workflow.frontmatter import Parsed
from memory_state.workflow.yamltext import Reading, read_yaml


class CutHandler(YAMLHandler):
    """python-frontmatter's YAML handler for a text that is cut at its fences already.

    The library's own fences are looser (`----`, trailing blanks), and it turns CRLF into LF first.
    """

    def __init__(self, header: str, body: str) -> None:
        super().__init__()
        self.header = header
        self.body = body
        self.reading = Reading({}, {}, ())

    def split(self, text: str) -> tuple[str, str]:  # noqa: ARG002 - the library's interface
        """Header and body."""
        return self.header, self.body

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:  # noqa: ARG002 - the library's interface
        """The header's values; lines and problems stay in `reading`."""
        self.reading = read_yaml(fm)
        return self.reading.values


def parse_yaml(text: str) -> Parsed:
    """What the front matter of a text that has one says, as `frontmatter.parse` gives it."""
    start, stop, body = split_header(text)
    handler = CutHandler(text[start:stop], text[body:])
    values, _ = frontmatter.parse(text, handler=handler)
    _, places, problems = handler.reading
    return Parsed(values, places, handler.body, text.count("\n", 0, body) + 1, problems)
