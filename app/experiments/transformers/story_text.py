"""Sentences that a person types for the small readers of stories."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def _with_words(text: str) -> str:
    if not text.split():
        raise ValueError("type at least one word")
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_with_words)]
"""Words that the stories use; others are read as one unknown word."""
