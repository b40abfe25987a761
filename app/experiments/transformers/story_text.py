"""Sentences that a person types for the small readers of stories."""

from typing import Annotated

from pydantic import StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=120)]
"""Words that the stories use; others are read as one unknown word."""
