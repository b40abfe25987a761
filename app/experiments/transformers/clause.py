"""A sentence of the toy translation that a person types: the (adjective) noun verb the (adjective) noun."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from models.data.tok_sentences import parsed


def _known(text: str) -> str:
    parsed(text)
    return text


Clause = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_known)]
"""One of words that the models of these pages know."""
