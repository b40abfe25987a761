"""The numbers on a language model's card, all on texts that it never saw."""

from collections.abc import Callable, Mapping, Sequence

import torch

from models.checkpoints import load_card
from models.data import corpus
from models.data.kinds.context import ANY_WORD
from models.data.kinds.facts import STATEMENTS, statement
from models.data.sample import parse
from models.data.tiny_world import world
from models.data.world import SHARES
from models.language.evaluation import accuracy, held_out_loss, repetition_metrics, routing_metrics
from models.language.pretrained_decoders import pretrained
from models.tokenization.tokenizer import ids_of
from models.training.recipes import UNSEEN
from models.transformer.decoder import Decoder

NEEDLE_WORDS = (16, 32, 64, 128)


def held_out_rows(mixture: str, length: int, rows: int = 128) -> torch.Tensor:
    """New documents of the kinds that training used, packed: (rows, length)."""
    ids = corpus.tokens(mixture, rows * length, UNSEEN)
    return torch.from_numpy(ids).view(rows, length)


def word_tokens() -> torch.Tensor:
    """The tokens that are a whole word of the world: (words,)."""
    spelt = [ids_of(word) for word in ANY_WORD]
    return torch.tensor(sorted(ids[0] for ids in spelt if len(ids) == 1))


def told_facts(tier: str) -> list[corpus.Question]:
    """Every fact of a tier in each of its wordings, the value as the answer."""
    return [
        corpus.encoded(parse(statement(fact, form), "told"))
        for fact in world().by_tier[tier]
        for form in range(len(STATEMENTS[fact.relation]))
    ]


def recall_metrics(model: Decoder) -> dict[str, float]:
    """The share of facts told often, seldom and never whose value the model says."""
    return {f"recall_{tier}": accuracy(model, told_facts(tier)) for tier in SHARES}


def kind_metrics(model: Decoder, kinds: Sequence[str], count: int = 300) -> dict[str, float]:
    """Accuracy on the combinations set aside, for each kind of text."""
    metrics = {}
    for kind in kinds:
        samples = corpus.questions(kind, count, UNSEEN, "held_out")
        metrics[f"accuracy_{kind}"] = accuracy(model, [corpus.encoded(sample) for sample in samples if sample.answers])
    return metrics


def needle_metrics(model: Decoder, count: int = 150) -> dict[str, float]:
    """Accuracy on facts hidden in so many words of filler."""
    metrics = {}
    for words in NEEDLE_WORDS:
        samples = corpus.questions("needles", count, UNSEEN, "held_out", length=words)
        metrics[f"accuracy_needles_{words}_words"] = accuracy(model, list(map(corpus.encoded, samples)))
    return metrics


def language_metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """Loss, recall, accuracy by kind and of needles by length, induction, and routing where there is a router."""
    rows = held_out_rows(mixture, model.config.context)
    kinds = [kind for kind in corpus.MIXTURES[mixture] if kind != "told"]  # recall_never says it for told
    return {
        "loss_nats": held_out_loss(model, rows.split(32)),
        **recall_metrics(model),
        **kind_metrics(model, kinds),
        **(needle_metrics(model) if "needles" in kinds else {}),
        **repetition_metrics(model, word_tokens()),
        **routing_metrics(model, rows[:32]),
    }


def shipped_metrics(
    name: str, measured: Callable[[Decoder, str], Mapping[str, float]] = language_metrics
) -> Mapping[str, float]:
    """A shipped decoder, measured again with the mixture that it was trained on."""
    return measured(pretrained(name), load_card(name)["data"]["tiny world"])
