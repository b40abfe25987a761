"""Four next-symbol models that learn one rule: with one table or two, with an MLP between them or nothing."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.transformers.recorded_arms import gains, row_similarity
from models.data.successors import SYMBOLS, Rule, successors
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS, ModelConfig
from models.published.weights import total_weights
from models.seeding import seeded
from models.transformer.tied_tables import OneMLP, Straight, TableGradients, Tied, Untied, table_gradients

STEPS, RATE, SNAPSHOTS = 300, 0.02, 12
EARLY = 100
"""Steps of the recorded decoders after which one table and two are compared a first time."""

Tables = Literal["one tensor", "a copy that trains apart", "two, drawn separately"]
Between = Literal["one MLP", "nothing"]
Arm = tuple[bool, Between]
"""Whether the tables are tied, and what stands between them."""

ARMS: dict[Arm, str] = {
    (True, "nothing"): "tied, nothing between", (True, "one MLP"): "tied, one MLP between",
    (False, "nothing"): "two tables, nothing between", (False, "one MLP"): "two tables, one MLP between",
}  # fmt: skip


class TieControls(Controls):
    tables: Tables = Field("one tensor", title="Input and output table")
    between: Between = Field("one MLP", title="Between the tables")
    rule: Rule = Field("one ring", title="Which symbol comes next", description="Of 32 symbols, one after each")
    width: Literal[16, 32, 64] = Field(32, title="Width")
    steps: int = Field(STEPS, ge=50, le=1200, multiple_of=50, title="Steps of training", json_schema_extra=MORE)

    @property
    def arm(self) -> Arm:
        return self.tables == "one tensor", self.between


class TieResult(NamedTuple):
    controls: TieControls
    progress: Progress[Tensor]  # share of right next symbols by arm, (4,)
    targets: Tensor  # (S,)
    order: Tensor  # (S,)
    z: dict[Arm, Tensor]  # logits now, each (S, S)
    gradients: TableGradients  # of the chosen model before training
    saved: dict[str, tuple[int, float]]  # published model → V·D, and its share of all weights with two tables
    parameters: int

    def at(self, arm: Arm) -> float:
        return self.progress.newest[list(ARMS).index(arm)].item()


def started(arm: Arm, c: TieControls) -> Tied:
    """One of the four before training; a copied table begins as the input table does."""
    tied, between = arm
    layer = OneMLP if between == "one MLP" else lambda width: Straight()
    model = seeded(lambda: (Tied if tied else Untied)(SYMBOLS, c.width, layer(c.width)), c.seed)
    if isinstance(model, Untied) and c.tables == "a copy that trains apart":
        with torch.no_grad():
            model.output_table.weight.copy_(model.input.weight)
    return model


def twin(config: ModelConfig) -> tuple[int, float]:
    """Weights of one table, and their share of the model if it has two."""
    table = config.vocabulary * config.width
    return table, table / (total_weights(config) + (table if config.tied else 0))


def run(controls: TieControls, device: str) -> Iterator[TieResult]:
    """On the CPU whatever the device: the largest model has 37,000 weights."""
    c, ids = controls, torch.arange(SYMBOLS)
    targets, order = successors(c.rule, c.seed)
    models = {arm: started(arm, c) for arm in ARMS}
    optimiser = torch.optim.Adam([weight for model in models.values() for weight in model.parameters()], RATE)
    gradients = table_gradients(models[c.arm], ids, targets)
    saved = {name: twin(config) for name, config in CONFIGS.items()}

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        torch.stack([cross_entropy(model(ids)[0], targets) for model in models.values()]).sum().backward()
        optimiser.step()

    @torch.no_grad()
    def evaluate() -> Tensor:
        right = [(model(ids)[0].argmax(dim=1) == targets).float().mean() for model in models.values()]
        return torch.stack(right)

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            z = {arm: model(ids)[0] for arm, model in models.items()}
        yield TieResult(c, progress, targets, order, z, gradients, saved, parameter_count(models[c.arm]))


def measure(result: TieResult) -> Measurements:
    g, c = result.gradients, result.controls
    both = g.as_input + g.as_output
    p = result.z[True, "nothing"].softmax(dim=1)
    read = torch.arange(SYMBOLS)
    gain, rows = gains("untied", "tied"), row_similarity()
    return {
        "right_share": result.at(c.arm),
        "tied_alone_right_share": result.at((True, "nothing")),
        "two_tables_alone_right_share": result.at((False, "nothing")),
        "tied_alone_next_probability": p[read, result.targets].mean().item(),
        "tied_alone_back_probability": p[result.targets, read].mean().item(),
        "gradient_missing_share": ((g.whole - both).norm() / both.norm()).item(),
        "decoder_early_gain_nats": gains("untied", "tied", EARLY).mean().item(),
        "decoder_gain_nats": gain.mean().item(),
        "decoder_gain_spread_nats": gain.std().item(),
        "decoder_row_cosine": rows["same"].mean().item(),
        "decoder_other_row_cosine": rows["other"].mean().item(),
        "decoder_pair_correlation": rows["pairs"].mean().item(),
        "steps_done": result.progress.step,
    }
