"""Sums answered at once or step by step: ``python -m models.training.reasoner --style steps``.

Two decoders of one size and one training; only the texts differ, in what stands between question and answer.

Paper: Wei et al. 2022, "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", section 2.
"""

from functools import partial

import torch

from models.data.corpus import questions
from models.data.sample import Sample
from models.language.generation import continuation
from models.tokenization.tokenizer import END, decode, ids_of
from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.transformer.decoder import Decoder, DecoderConfig

MIXTURES = {"direct": "sums", "steps": "steps"}
LONGEST = 9  # chain of digits in training
TERMS = (0, *range(2, LONGEST + 3))  # 0: two numbers of two digits; the last two are longer than any in training
LONGEST_ANSWER = 90


def asked(sample: Sample) -> str:
    """The text up to where the model has to go on by itself."""
    return sample.text[: sample.answers[0].start] if sample.kind == "sums" else sample.text.rpartition(" : ")[0] + " :"


def stated(text: str) -> str:
    """The number that a text ends on."""
    words = text.replace("<|end|>", "").removesuffix(" .").split()
    return words[-1] if words else ""


def solved(model: Decoder, kind: str, terms: int, count: int = 60) -> float:
    """The share of held-out sums whose final number is right, the model writing all that leads to it."""
    samples = questions(kind, count, UNSEEN, "held_out", terms=terms, longest=LONGEST)
    by_length: dict[int, list[Sample]] = {}
    for sample in samples:
        by_length.setdefault(len(ids_of(asked(sample).rstrip())), []).append(sample)
    right = 0
    for some in by_length.values():
        rows = torch.tensor([[END, *ids_of(asked(sample).rstrip())] for sample in some])
        written = continuation(model, rows.to(model.embedding.weight.device), LONGEST_ANSWER, end=END).tolist()
        for sample, ids in zip(some, written, strict=True):
            text = decode(ids[: ids.index(END)] if END in ids else ids)
            right += stated(text) == sample.answers[-1].text
    return right / count


def metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """Right final answers by the number of terms, in free writing."""
    named = {terms: f"accuracy_{terms}_terms" if terms else "accuracy_two_digits" for terms in TERMS}
    return {name: solved(model, mixture, terms) for terms, name in named.items()}


def recipe(style: str) -> Recipe:
    return Recipe(
        name=f"reasoner_{style}",
        config=DecoderConfig(
            vocabulary=1024, width=96, layers=3, heads=6, kv_heads=3, head_width=16, hidden=256, context=128
        ),
        plan=Plan(steps=2000, learning_rate=3e-3, warm_up=100),
        mixture=MIXTURES[style],
        options={MIXTURES[style]: {"longest": LONGEST}},
        batch=16,
        corpus_tokens=1_500_000,
        measure=metrics,
    )


CHECKPOINTS = {
    f"reasoner_{style}": Made(partial(shipped_metrics, f"reasoner_{style}", metrics), f"--style {style}")
    for style in MIXTURES
}


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--style", choices=[*MIXTURES, "both"], default="both")
    options = parser.parse_args()
    for style in MIXTURES if options.style == "both" else [options.style]:
        make(recipe(style), options)
