"""What a mistyped word may have been meant to be."""

from __future__ import annotations

from memory_state.workflow.nearest import nearest


def test_the_most_similar_word_is_named() -> None:
    """As the end of a sentence, whatever the case; nothing where no word is like it."""
    assert nearest("Biuld", ["plan", "build"]) == "; did you mean 'build'?"
    assert nearest("xyz", ["plan", "build"]) == ""
    assert nearest("build", []) == ""
