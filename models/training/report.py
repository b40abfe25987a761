"""What every checkpoint can do now, beside what its card says: ``python -m models.training.report [NAME …]``.

Everything is measured again on held-out data; the skills are summed up at the end. A checkpoint that is missing or
damaged is named with the command that makes it; the exit status is then 1.
"""

import argparse
import sys
from collections.abc import Callable, Mapping

import torch

from models.checkpoints import DIRECTORY, CheckpointError, load_card
from models.data.digits import digits
from models.generative import pretrained_networks as pictures
from models.language import pretrained_text_models as texts
from models.language.pretrained_decoders import pretrained
from models.training import (
    digit_autoencoder,
    digit_denoiser,
    digit_vae,
    masked_encoder,
    narrow_heads,
    offset_copiers,
    point_denoiser,
    positions,
    reasoner,
    reply_worth,
    reward_model,
    sequence_models,
    sft,
    sinks,
    skills,
    sparse_selection,
    translator,
)
from models.training.digit_pictures import accuracy
from models.training.metrics import language_metrics

Metrics = dict[str, float]
Measure = Callable[[], Metrics]

WIDTH = 46
SPREAD = 0.03
"""By how much a metric may differ on another machine, absolutely or as a share of itself: sums round differently."""


def decoder(name: str, measured: Callable[..., Metrics] = language_metrics) -> Measure:
    """A decoder, measured with the mixture that it was trained on."""
    return lambda: measured(pretrained(name), load_card(name)["data"]["tiny world"])


def classifier(name: str) -> Measure:
    learned, held_out = digits()
    model = getattr(pictures, name)
    return lambda: {
        "held_out_accuracy": accuracy(model(), held_out),
        "learned_accuracy": accuracy(model(), learned),
    }


def drawer(name: str) -> Measure:
    return lambda: digit_denoiser.measured(getattr(pictures, name)(), pictures.digit_classifier(), *digits())


MEASURES: Mapping[str, Measure] = {
    "decoder": decoder("decoder"),
    "decoder_multi_head": decoder("decoder_multi_head", positions.metrics),
    "decoder_alibi_position": decoder("decoder_alibi_position", positions.metrics),
    "decoder_learned_position": decoder("decoder_learned_position", positions.metrics),
    "decoder_sinusoidal_position": decoder("decoder_sinusoidal_position", positions.metrics),
    "decoder_none_position": decoder("decoder_none_position", positions.metrics),
    "decoder_long_context": decoder("decoder_long_context", positions.metrics),
    "moe_decoder": decoder("moe_decoder"),
    "moe_decoder_collapsed": decoder("moe_decoder_collapsed"),
    "induction": decoder("induction"),
    "induction_one_layer": decoder("induction_one_layer"),
    "decoder_small": decoder("decoder_small"),
    "decoder_medium": decoder("decoder_medium"),
    "decoder_large": decoder("decoder_large"),
    "draft": decoder("draft"),
    "reasoner_direct": decoder("reasoner_direct", reasoner.metrics),
    "reasoner_steps": decoder("reasoner_steps", reasoner.metrics),
    "sft": lambda: sft.measured(pretrained("sft")) | sft.before(pretrained("decoder")),
    "reward_model": lambda: reward_model.measured(texts.reward_model()),
    "preference": lambda: reply_worth.tuned_metrics(pretrained("preference"), pretrained("sft")),
    "masked_encoder": lambda: masked_encoder.measured(texts.masked_encoder()),
    "offset_copiers": lambda: offset_copiers.measured(
        {
            (training, heads, places): texts.offset_copier(heads, places, training)
            for training in range(offset_copiers.TRAININGS)
            for heads in offset_copiers.HEADS
            for places in offset_copiers.PLACES
        }
    ),
    "narrow_heads": lambda: narrow_heads.measured(
        {
            (training, width, relation): texts.narrow_head(width, relation, training)
            for training in range(narrow_heads.TRAININGS)
            for width in narrow_heads.KEY_WIDTHS
            for relation in narrow_heads.RELATIONS
        }
    ),
    "sparse_selection": lambda: sparse_selection.measured(
        {width: texts.sparse_selection(width) for width in sparse_selection.WIDTHS}
    ),
    "sinks": lambda: sinks.measured({layers: texts.sink_former(layers) for layers in sinks.LAYERS}),
    "translator": lambda: translator.measured(texts.translator()),
    **{
        f"sequence_{kind}": lambda kind=kind: sequence_models.measured(texts.sequence(kind))
        for kind in sequence_models.KINDS
    },
    "digit_cnn": classifier("digit_cnn"),
    "digit_vit": classifier("digit_vit"),
    "digit_classifier": lambda: digit_denoiser.measured_judge(pictures.digit_classifier(), digits()[1]),
    "digit_autoencoder": lambda: digit_autoencoder.measured(pictures.digit_autoencoder(), *digits()),
    "digit_vae": lambda: digit_vae.measured(pictures.digit_vae(), digits()[1]),
    "digit_denoiser": drawer("digit_denoiser"),
    "digit_dit": drawer("digit_dit"),
    "point_denoiser": lambda: point_denoiser.measured(pictures.point_denoiser()),
}
"""Checkpoint → its metrics, measured again."""


def agrees(now: float, told: float) -> bool:
    """Within the spread."""
    return abs(now - told) <= SPREAD * max(1.0, abs(told))


def table(name: str, measured: Metrics) -> str:
    """A checkpoint's numbers, one a line: now, on its card, and a mark where they disagree."""
    card = load_card(name)
    size = (DIRECTORY / f"{name}.safetensors").stat().st_size / 1e6
    made = f"{card['steps']} steps" + (f" in {card['seconds']} s" if "seconds" in card else "")
    head = f"{name}   {card['parameters']:,} parameters, {size:.2f} MB, {made}"
    lines = [head, f"  {'':{WIDTH}} {'now':>9} {'card':>9}"]
    for metric, now in measured.items():
        told = card["metrics"].get(metric)
        beside = "        –" if told is None else f"{told:9.3f}"
        mark = "" if told is None or agrees(now, told) else "  differs"
        lines.append(f"  {metric:{WIDTH}} {now:9.3f} {beside}{mark}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MEASURES, []], default=[], metavar="NAME")
    names = parser.parse_args().names or list(MEASURES)
    measured: dict[str, Metrics] = {}
    torch.set_num_threads(1)
    for name in names:
        try:
            measured[name] = MEASURES[name]()
            print(table(name, measured[name]), end="\n\n", flush=True)
        except CheckpointError as error:
            print(f"{name}   {error}", end="\n\n", flush=True)
    print(*skills.lines(measured), "", sep="\n")
    total = sum(path.stat().st_size for path in DIRECTORY.glob("*.safetensors")) / 1e6
    print(f"{len(measured)} of {len(names)} checkpoints measured; {total:.1f} MB of weights in all")
    return int(len(measured) < len(names))


if __name__ == "__main__":
    sys.exit(main())
