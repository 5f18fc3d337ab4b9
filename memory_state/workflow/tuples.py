"""`NamedTuple` at a quarter of what `typing.NamedTuple` costs, which is what type checkers see.

`typing` compiles the annotation of each field, as annotations are texts here, and nobody asks for the
result: over the classes that every command loads, that is half of what an interpreter needs to start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    class Naming(type):
        """Makes a named tuple of a class body; the annotations stay the texts that they are."""

        def __new__(cls, name, _bases, body):
            fields = body.get("__annotations__", {})
            defaults = [body[each] for each in fields if each in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024 - see above
            for key, value in body.items():
                if key not in fields:
                    setattr(made, key, value)
            made.__new__.__annotations__ = fields
            return made

    NamedTuple = type.__new__(Naming, "NamedTuple", (), {})

__all__ = ["NamedTuple"]
