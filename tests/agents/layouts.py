"""JSON texts in every layout a person or a program may give them."""

from __future__ import annotations

import json

from hypothesis import strategies as st

SPACES = st.sampled_from(["", "", " ", "\n", "\r\n", "\n  ", "\r\n\t", " \n\n    ", "\t \r"])
KEYS = st.sampled_from(["a", "b", "a/b", "a~", "\u00e9", "Stop", "", "x\ny"])


def quoted(value: str) -> st.SearchStrategy[str]:
    """The two usual spellings of a string."""
    return st.sampled_from([json.dumps(value), json.dumps(value, ensure_ascii=False)])


SCALARS = st.one_of(
    st.sampled_from(["true", "false", "null", "0", "-1", "1.50", "2E+3", '"\\u007b"', '"[],{}:\\""']),
    st.text(max_size=4).flatmap(quoted),
)


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """An array of up to three values."""
    items = draw(st.lists(values, max_size=3))
    return draw(brackets("[", "]", items))


@st.composite
def objects(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """An object of up to three members."""
    members = draw(st.dictionaries(KEYS, values, max_size=3))
    return draw(brackets("{", "}", [draw(pair(key, value)) for key, value in members.items()]))


@st.composite
def pair(draw: st.DrawFn, key: str, value: str) -> str:
    """One member of an object."""
    return draw(quoted(key)) + draw(SPACES) + ":" + draw(SPACES) + value


@st.composite
def brackets(draw: st.DrawFn, opening: str, closing: str, parts: list[str]) -> str:
    """Parts with commas between and white space anywhere."""
    spaced = [draw(SPACES) + part + draw(SPACES) for part in parts]
    return opening + (",".join(spaced) if spaced else draw(SPACES)) + closing


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(arrays(inner), objects(inner)), max_leaves=4)


@st.composite
def holders(draw: st.DrawFn, path: tuple[str, ...]) -> str:
    """An object in which `path` leads to an array, or stops short of it anywhere."""
    if not path:
        return draw(arrays(VALUES))
    members = draw(st.dictionaries(KEYS, VALUES, max_size=2))
    members.pop(path[0], None)
    if draw(st.booleans()):
        members[path[0]] = draw(holders(path[1:]))
    names = draw(st.permutations(list(members)))
    return draw(brackets("{", "}", [draw(pair(name, members[name])) for name in names]))


@st.composite
def files(draw: st.DrawFn, path: tuple[str, ...]) -> str:
    """A settings file: perhaps with a BOM, perhaps without a last newline, perhaps blank."""
    bom, before, after = draw(st.sampled_from(["", "\ufeff"])), draw(SPACES), draw(SPACES)
    root = draw(holders(path)) if draw(st.integers(0, 9)) else ""
    return f"{bom}{before}{root}{after}"
