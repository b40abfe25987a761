"""A table of 1,024 rows: which of them a lookup reads, and which of them one training step changes."""

from typing import NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import EXAMPLES, read
from models.data.word_vector_text import text
from models.language.word_vectors import mean_cosine
from models.layers.embedding import lookup, one_hot_product
from models.layers.embedding_training import Rule, Step, TableTraining, batches, built
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import VOCABULARY

WIDTH = 32
MOST_TOKENS = 16
RULES: tuple[Rule, ...] = get_args(Rule)


class EmbeddingRowsControls(Controls):
    rule: Rule = Field("Adam", title="Optimizer")
    tied: bool = Field(False, title="Tied output layer", description="One table for input and output")
    earlier: int = Field(10, ge=0, le=100, title="Earlier batches")
    batch: int = Field(64, ge=8, le=256, multiple_of=8, title="Tokens per batch")
    text: Sentence = Field(EXAMPLES[0], title="Text", description="Its rows are looked up")


class Trained(NamedTuple):
    """A table after the earlier batches and one more step."""

    table: Tensor  # (V, D)
    step: Step  # the last one
    batch: Tensor  # (N,) its tokens
    parameters: int


class EmbeddingRowsResult(NamedTuple):
    controls: EmbeddingRowsControls
    ids: Tensor  # (T,) of the text
    pieces: list[str]
    trained: Trained
    others: dict[Rule, Trained]  # every optimizer, else the same
    never_used: Tensor  # (V,) tokens that stand nowhere in the training text
    notices: list[str]
    parameters: int


@memo
def trained(rule: Rule, tied: bool, earlier: int, batch: int, seed: int) -> Trained:
    """On the CPU whatever the device: the steps are small."""
    run = TableTraining(built(VOCABULARY, WIDTH, tied, seed), rule)
    drawn = batches(text(seed), batch, generator(seed))
    for _ in range(earlier + 1):
        ids, following = next(drawn)
        step = run.step(ids, following)
    return Trained(run.model.table.detach().clone(), step, ids, parameter_count(run.model))


def run(controls: EmbeddingRowsControls, device: str) -> EmbeddingRowsResult:
    c, typed = controls, read(controls.text, MOST_TOKENS, "text", "cpu")
    others = {rule: trained(rule, c.tied, min(c.earlier, 30), c.batch, c.seed) for rule in RULES}
    own = trained(c.rule, c.tied, c.earlier, c.batch, c.seed)
    never = torch.bincount(text(c.seed), minlength=VOCABULARY) == 0
    return EmbeddingRowsResult(
        c, typed.ids[0], typed.pieces, own, others | {c.rule: own}, never, typed.notices, own.parameters
    )


def in_batch(trained: Trained) -> Tensor:
    """Which tokens stand in the last batch, (V,)."""
    return torch.bincount(trained.batch, minlength=len(trained.table)) > 0


def changed_absent(trained: Trained) -> int:
    """Rows that the last step changed although their token is not in its batch."""
    return int(((trained.step.change > 0) & ~in_batch(trained)).sum())


def measure(result: EmbeddingRowsResult) -> Measurements:
    own = result.trained
    here = in_batch(own)
    rows = lookup(result.ids, own.table)
    return {
        "absent_rows_changed": changed_absent(own),
        "absent_rows_with_gradient": int(((own.step.gradient > 0) & ~here).sum()),
        "earlier_tokens": result.controls.earlier * result.controls.batch,
        "rows_in_the_batch": int(here.sum()),
        "rows_changed": int((own.step.change > 0).sum()),
        "lookup_difference": (rows - one_hot_product(result.ids, own.table)).abs().max().item(),
        "never_used_mean_cosine": mean_cosine(own.table[result.never_used]).item(),
        "loss_nats": own.step.loss.item(),
    }
