"""One token of a text is changed: which of the trained model's numbers move, with the causal mask and without it."""

from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import attention_of
from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.text_model import LARGEST, ModelControls, text_model
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadTrace
from models.data.corpus import encoded
from models.data.one_token_changed import with_one_changed
from models.data.tiny_world import questions
from models.language.evaluation import token_losses
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.decoder import Decoder

LONGEST = 24  # tokens; more labels than this cannot be read in half a page
OTHER_TEXTS = 6


class MaskControls(ModelControls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ben lives in", title="Sentence")
    changed: int = Field(
        9,
        ge=0,
        le=LONGEST - 1,
        title="Token to change",
        description="Its position; in the tiny world 0 is the <|end|> before every text",
    )
    instead: str = Field("Rome", min_length=1, max_length=24, title="Change it to", description="One word")
    mask: Literal["causal", "none", "self"] = Field("causal", title="Mask")
    layer: int = Field(1, ge=0, le=LARGEST, title="Layer of the map", json_schema_extra=MORE)
    head: int = Field(0, ge=0, le=LARGEST, title="Head of the map", json_schema_extra=MORE)


class Change(NamedTuple):
    """Texts, and the same with one other token each, through the model."""

    places: Tensor  # (B,) which token was changed
    layers: list[MultiHeadTrace]  # of the texts as they were
    stream: Tensor  # (L + 1, B, T) ‖Δx‖ / ‖x‖ of the residual stream
    prediction: Tensor  # (B, T) total variation distance of the next token's probabilities
    logits: Tensor  # (B, T) largest change of any logit

    @property
    def weights(self) -> Tensor:
        """(L, B, H, T, T)"""
        return torch.stack([layer.weights for layer in self.layers])

    @property
    def earlier(self) -> Tensor:
        """(B, T) True before the changed token."""
        return torch.arange(self.logits.shape[1]) < self.places[:, None]

    @property
    def later(self) -> Tensor:
        """(B, T) True after the changed token."""
        return torch.arange(self.logits.shape[1]) > self.places[:, None]


class MaskResult(NamedTuple):
    controls: MaskControls
    pieces: list[str]
    instead: str
    allowed: Tensor  # (T, T) what each token may attend to
    shown: Change  # the sentence, B = 1
    others: Change  # texts, positions and tokens sampled by the seed; of a published model, your text
    losses: dict[str, Tensor]  # mask → nats per token over these texts
    parameters: int
    notices: list[str]


def mask_of(name: str, ids: Tensor) -> Tensor:
    """(T, T): what the mask of that name allows."""
    allowed = causal_mask(ids.shape[1], device=ids.device)
    return {"causal": allowed, "none": torch.ones_like(allowed), "self": allowed & allowed.T}[name]


def change(model: Decoder, ids: Tensor, changed: Tensor, places: Tensor, mask: Tensor) -> Change:
    """Run the texts (B, T) as they are and as ``changed`` (B, T), each at one of the ``places`` (B,)."""
    (before, trace), (after, other) = model(ids, mask=mask), model(changed, mask=mask)
    x, y = torch.stack(trace.residual), torch.stack(other.residual)  # (L + 1, B, T, D)
    return Change(
        places,
        attention_of(trace),
        (y - x).norm(dim=-1) / x.norm(dim=-1),
        total_variation(before.softmax(-1), after.softmax(-1)),
        (before - after).abs().amax(-1),
    )


def world_texts(seed: int) -> Tensor:
    """Texts of two people and their cities: (B, T)."""
    rows = [encoded(sample).ids for sample in questions("context_facts", OTHER_TEXTS, seed, "held_out", people=2)]
    shortest = min(map(len, rows))
    return torch.tensor(np.stack([row[:shortest] for row in rows]))


def own_text_changed(ids: Tensor, words: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """The text (1, T) OTHER_TEXTS times, each with one token changed into a random whole word, and its positions."""
    rows = ids.expand(OTHER_TEXTS, -1)
    places = torch.randint(min(1, ids.shape[1] - 1), ids.shape[1], (OTHER_TEXTS,), generator=draws)
    new = words[torch.randint(len(words), (OTHER_TEXTS,), generator=draws)]
    return rows, rows.scatter(1, places[:, None].to(ids.device), new[:, None].to(ids.device)), places


@torch.inference_mode()
def run(controls: MaskControls, device: str) -> MaskResult:
    reader = text_model(controls.model, device)
    model = reader.decoder
    text = reader.read(controls.sentence, LONGEST, "sentence")
    exchange = reader.exchange(controls.changed, controls.instead, len(text.pieces) - 1)
    if controls.published:
        rows, changed, places = own_text_changed(text.ids, reader.words(), generator(controls.seed))
    else:
        rows = world_texts(controls.seed)
        changed, places = with_one_changed(rows, generator(controls.seed))
    rows, changed, places = rows.to(device), changed.to(device), places.to(device)
    at = torch.tensor([exchange.place], device=device)
    told = rows[:1] if controls.published else rows  # a published model's rows are one text
    return MaskResult(
        controls,
        text.pieces,
        exchange.piece,
        mask_of(controls.mask, text.ids),
        change(model, text.ids, exchange.applied(text.ids), at, mask_of(controls.mask, text.ids)),
        change(model, rows, changed, places, mask_of(controls.mask, rows)),
        {name: token_losses(model(told, mask=mask_of(name, told))[0], told).mean() for name in ("causal", "none")},
        parameter_count(model),
        [*text.notices, *exchange.notices],
    )


def measure(result: MaskResult) -> Measurements:
    both = (result.shown, result.others)
    size = len(result.pieces)
    allowed = result.allowed.sum().item()
    moved = result.shown.prediction[result.shown.later]
    return {
        "attention_on_the_future": max(c.weights.triu(1).sum(-1).max().item() for c in both),
        "largest_change_before": max((c.logits * c.earlier).max().item() for c in both),
        "share_of_later_tokens_moved": torch.cat([c.logits[c.later] for c in both]).gt(0).float().mean().item(),
        "mean_prediction_change_after": moved.mean().item() if len(moved) else 0.0,
        "allowed_pairs": allowed,
        "allowed_pairs_percent": 100 * allowed / size**2,
        "loss_nats": result.losses["causal"].item(),
        "loss_without_mask_nats": result.losses["none"].item(),
        "loss_rise_without_mask_nats": (result.losses["none"] - result.losses["causal"]).item(),
    }
