"""Named tuples without what `typing` makes of their annotations."""

from __future__ import annotations

import pickle
import re
import typing
from pathlib import Path

import pytest

import memory_state
from memory_state.workflow.tuples import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()

    @property
    def sum(self) -> int:
        """Both together."""
        return self.x + self.y

    def __str__(self) -> str:
        return f"{self.x}/{self.y}"


class Typed(typing.NamedTuple):
    """The same as `typing` makes it."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()


def test_it_is_a_named_tuple() -> None:
    """Fields, defaults, equality, replacing and unpacking are a tuple's."""
    point = Point(1)
    assert [*point] == [*Typed(1)] == [1, 2, ()]
    assert hash(point) == hash(Point(1))
    assert (point._replace(y=5).sum, point._asdict()) == (6, {"x": 1, "y": 2, "names": ()})
    assert (Point._fields, Point._field_defaults) == (Typed._fields, Typed._field_defaults)
    assert (str(point), repr(point)) == ("1/2", "Point(x=1, y=2, names=())")
    assert pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own bytes
    with pytest.raises(TypeError, match="required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]  # that is what is tried


def test_its_body_is_a_classs() -> None:
    """Text, module, name, methods and the types of the fields are there."""
    assert (Point.__doc__, Point.__module__, Point.__qualname__) == ("A place.", __name__, "Point")
    assert typing.get_type_hints(Point) == typing.get_type_hints(Typed)
    assert Point.__annotations__ == {"x": "int", "y": "int", "names": "tuple[str, ...]"}
    assert Point.__mro__ == (Point, tuple, object)


def test_what_commands_and_hooks_load_uses_it() -> None:
    """Only what the status line needs alone, and reports, take the dearer one of `typing`."""
    package = Path(memory_state.__file__).parent
    dear = {
        str(path.relative_to(package))
        for layer in ("workflow", "workspace", "agents", "cli")
        for path in (package / layer).glob("*.py")
        if re.search(r"^from typing import .*\bNamedTuple\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert dear == {"cli/bar.py"}
