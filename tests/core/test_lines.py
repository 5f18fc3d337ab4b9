"""Operators in a shell line."""

from __future__ import annotations

import pytest

from memory_state.core.lines import has_operators


@pytest.mark.parametrize(
    ("line", "operators"),
    [
        ("git commit -m 'a; b'", False),
        ('git commit -m "a > b"', False),
        ("find . -exec x \\;", False),
        ("git add *.py", False),
        ("echo 'a$b`'", False),
        ('echo "a\\$b"', False),
        ("a; b", True),
        ("a | b", True),
        ("a & b", True),
        ("a > b", True),
        ("a\nb", True),
        ("(a)", True),
        ("{ a; }", True),
        ("echo $X", True),
        ('echo "$(id)"', True),
        ('echo "`id`"', True),
        ("echo 'open", True),
    ],
)
def test_operators_count_outside_quotes(line: str, *, operators: bool) -> None:
    """Quoted operators are text, but double quotes do not hide an expansion."""
    assert has_operators(line) is operators
