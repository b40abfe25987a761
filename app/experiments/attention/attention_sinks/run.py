"""A small model with a sink reads a long stream: from a window, with the first tokens kept, from a full cache."""

from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.attention_sinks.published import PublishedSinks, measure_published, published
from app.experiments.attention.attention_sinks.streams import SHORT, Cache, Keep, Places, excess, formation, recall
from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.text_model import ModelControls
from models.attention.multi_head import MultiHeadTrace
from models.data.bigram_backcopy import ASK, FACTS, LABELS, LENGTH, TRIGGERS, texts
from models.language.pretrained_text_models import sink_former
from models.seeding import generator
from models.training.sinks import SNAPSHOTS

TEXT = (
    "The harbour master kept two ledgers. In the first he wrote the ships as they came in, with their cargo and their"
    " masters. In the second he wrote what he thought of them, and nobody but his daughter had ever read a line of it."
    " When the old man died, she opened the second one."
)
FAR = 2 * LENGTH
SHOWN = 24
NEAR, BEYOND = 8, 52  # how far back a fact lies that is in every cache, and one in none but the full one


class SinkControls(ModelControls):
    sinks: int = Field(4, ge=0, le=4, title="Old tokens kept", description="They take slots of the cache")
    keep: Keep = Field("the first tokens", title="Which old tokens")
    slots: int = Field(32, ge=16, le=48, title="Cache size", description="Tokens that it holds, kept ones included")
    places: Places = Field("in the cache", title="Positions are counted")
    layers: int = Field(1, ge=1, le=2, title="Attention layers")
    trained: int = Field(
        len(SNAPSHOTS) - 1, ge=0, le=len(SNAPSHOTS) - 1, title="Training",
        description=f"0: after {SNAPSHOTS[0]} steps; {len(SNAPSHOTS) - 1}: after {SNAPSHOTS[-1]}",
    )  # fmt: skip
    text: Sentence = Field(TEXT, title="Text", description="For a published model alone", json_schema_extra=MORE)


class SinkResult(NamedTuple):
    controls: SinkControls
    losses: dict[str, Tensor]  # cache → (T − 1,) nats above the best possible at each position of the stream
    shares: Tensor  # (SNAPSHOTS, L) attention of idle symbols on the first one
    norms: Tensor  # (SNAPSHOTS, L) length of the first one's value, over that of the others
    busy_share: float  # attention of triggers on the first symbol, in the last layer
    attention: MultiHeadTrace  # of the last layer, the beginning of one text: (1, H, SHOWN, …)
    labels: list[str]
    near_recall: float
    far_recall: float
    parameters: int


def beginning(trace: MultiHeadTrace, row: int) -> MultiHeadTrace:
    """The first SHOWN symbols of one text; none of them looks at what comes later."""
    q, k, v, scores, weights, mixed = (part[row : row + 1, :, :SHOWN] for part in trace)
    return MultiHeadTrace(q, k, v, scores[..., :SHOWN], weights[..., :SHOWN], mixed)


@torch.inference_mode()
def run(controls: SinkControls, device: str) -> SinkResult | PublishedSinks:
    c, seed = controls, controls.seed
    if c.published:
        return published(c.model, c.text, c.slots, c.sinks, c.keep, c.places == "in the cache", device)
    ids = texts(SHORT, LENGTH, generator(seed)).to(device)
    model = sink_former(c.layers, c.trained, device)
    last = model(ids)[1].layers[-1]
    busy, asked = ids < TRIGGERS, (ids[:, :SHOWN] == ASK).any(dim=1)
    eventful = (busy[:, :SHOWN].sum(dim=1) + 2 * asked).argmax()
    yours = Cache(c.layers, c.trained, c.slots, c.sinks, c.keep, c.places)
    compared = {
        "full cache": yours._replace(keep="everything"),
        "window only": yours._replace(keep="the first tokens", sinks=0),
        "others kept": yours._replace(keep="other old tokens", sinks=4),
        "one first kept": yours._replace(keep="the first tokens", sinks=1),
        "two first kept": yours._replace(keep="the first tokens", sinks=2),
        "yours": yours,
    }
    return SinkResult(
        controls,
        {name: excess(cache, seed, device) for name, cache in compared.items()},
        *formation(c.layers, seed, device),
        last.weights[:, 0, :, 0][busy].mean().item(),
        beginning(last, int(eventful)),
        [LABELS[symbol] for symbol in ids[eventful, :SHOWN].tolist()],
        recall(yours, NEAR, seed, device),
        recall(yours, BEYOND, seed, device),
        sum(weight.numel() for weight in model.parameters()),
    )


def measure(result: SinkResult | PublishedSinks) -> Measurements:
    if isinstance(result, PublishedSinks):
        return measure_published(result)
    c, far = result.controls, {name: line[FAR:].mean().item() for name, line in result.losses.items()}
    within = slice(c.slots + 4, LENGTH - 1)  # the first token is out of the window, the text no longer than in training
    share, norm = result.shares[c.trained], result.norms[c.trained]
    return {
        "excess_nats": far["yours"],
        "window_only_excess_nats": far["window only"],
        "one_first_kept_excess_nats": far["one first kept"],
        "two_first_kept_excess_nats": far["two first kept"],
        "others_kept_excess_nats": far["others kept"],
        "full_cache_excess_nats": far["full cache"],
        "share_recovered_by_first": 1 - far["one first kept"] / far["window only"],
        "full_cache_within_training_length_excess_nats": result.losses["full cache"][within].mean().item(),
        "window_only_within_training_length_excess_nats": result.losses["window only"][within].mean().item(),
        "idle_share_on_first": share[-1].item(),
        "trigger_share_on_first": result.busy_share,
        "first_value_norm_over_others": norm[-1].item(),
        "recall_beyond_cache": result.far_recall,
        "recall_within_cache": result.near_recall,
        "chance": 1 / FACTS,
        **{f"idle_share_on_first_layer_{layer}": value.item() for layer, value in enumerate(share)},
        **{f"first_value_norm_over_others_layer_{layer}": value.item() for layer, value in enumerate(norm)},
    }
