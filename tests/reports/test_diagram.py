"""The state diagram of a definition: its phases, and every move that the table has."""

from __future__ import annotations

import json
import re

import pytest

from memory_state.reports.diagram import (
    graph_markdown,
    graph_values,
    phase_arrows,
    state_diagram,
    status_arrows,
)
from memory_state.workflow.machine import MOVES
from memory_state.workflow.model import Condition, Definition, Phase
from tests.workflow.examples import BUILT_IN, FEATURE, FREE, built_in


def test_phases_in_their_order_with_gates_and_ways_back() -> None:
    """What leads on, what passes over, what sends back."""
    assert [tuple(each) for each in phase_arrows(FREE)] == [
        ("a", "b", "next when approval"),
        ("b", "c", "next when command true"),
        ("b", "c", "skip by a person"),
        ("b", "a", "back at most 2"),
        ("c", "b", "back at most 1"),
    ]


def test_every_move_of_the_table_is_drawn() -> None:
    """The arrows between statuses are the table's, with who may ask for them."""
    names = {"in_progress": "work", "review": "work"}
    wanted = {
        (
            names.get(move.source, move.source),
            names.get(move.target, move.target),
            move.verb,
            move.by == "person",
        )
        for move in MOVES
    }
    drawn = {
        (each.source, each.target, label.removesuffix(" by a person"), label.endswith(" by a person"))
        for each in status_arrows(FREE)
        for label in each.label.split(" or ")
    }
    assert drawn == {each for each in wanted if each[0] != each[1]}


def test_what_a_definition_gives_no_occasion_for_is_left_out() -> None:
    """Without a way back nothing is blocked; a last phase that can not be skipped does not end so."""
    plain = Definition("plain", "", "outer", (Phase("a"), Phase("b")))
    text = "\n".join(state_diagram(plain))
    assert "blocked" not in text
    assert "    work --> completed : override by a person or finish" in text.split("\n")


def test_the_diagram_as_a_whole() -> None:
    """Phases have names of their own in Mermaid, where a hyphen or `end` means something else."""
    odd = Definition(
        "odd", "", "outer",
        (Phase("pm-planning", 'a "b": c', exit=(Condition("file", "a;b.md"),)), Phase("end")),
        (Condition("tasks"),),
    )  # fmt: skip
    assert list(state_diagram(odd, "end"))[:9] == [
        "stateDiagram-v2",
        "    [*] --> pending",
        '    state "at work" as work {',
        '        state "pm-planning as a b c" as p1',
        '        state "end" as p2',
        "        [*] --> p1",
        "        p1 --> p2 : next when file a b.md",
        "        p2 --> [*] : finish when tasks",
        "    }",
    ]
    assert list(state_diagram(odd, "end"))[-1] == "    class p2 current"
    assert not any("current" in line for line in state_diagram(odd))


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_definitions_can_be_drawn(name: str) -> None:
    """Every line is one that Mermaid's grammar of state diagrams knows."""
    definition = built_in(name)
    line = re.compile(
        r'\s*(stateDiagram-v2|state "[^"]+" as \w+( \{)?|\}|(\[\*\]|\w+) --> (\[\*\]|\w+)( : [^:;#%]+)?'
        r"|classDef \w+ \S+|class \w+ \w+)"
    )
    assert [
        each for each in state_diagram(definition, definition.phases[0].id) if not line.fullmatch(each)
    ] == []


def test_json_and_markdown_hold_the_same_diagram() -> None:
    """The text in JSON is what stands in the fence."""
    values = json.loads(json.dumps(graph_values(FEATURE, "build")))
    lines = list(graph_markdown(FEATURE._replace(description="Plan [x](y)"), "build"))
    assert lines[:3] == ["# feature", "", "Plan \\[x\\](y)"]
    assert "\n".join(lines[lines.index("```mermaid") + 1 : -1]) == values["mermaid"]
    assert (values["definition"], values["phase"], len(values["phases"])) == ("feature", "build", 5)
    assert {"from": "test", "to": "build", "by": "back at most 3"} in values["moves"]
