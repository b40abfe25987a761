"""What each expert of a trained layer is sent, how well a word's class or a text's kind explains it, who needs it."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.routing.mixture_decoder import (
    EXPERTS,
    SENTENCE,
    TOKENS,
    TOPICS,
    labelled_text,
    mixture_decoder,
    typed,
)
from app.experiments.text import Reading
from models.data.word_classes import CLASSES, class_of_token
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.routing.mixture_of_experts import Gate, softmax_over_chosen
from models.routing.rerouted import drawn_by_lot, rerouted, routings, without
from models.routing.specialisation import (
    expert_information,
    joint_shares,
    loss_rise,
    repeat_rate,
    repeat_rate_by_chance,
)
from models.seeding import generator

Choice = Literal["learned", "by lot"]
RARE, FRESH = 8, 1024  # classes with fewer tokens than RARE are left out of the comparison


class ExpertControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    layer: Literal[0, 1] = Field(0, title="Layer", description="0 is the first")
    expert: int = Field(5, ge=0, le=EXPERTS - 1, title="Expert left out", description="Or click a column")
    choice: Choice = Field("learned", title="Experts chosen", description="By the trained router, or drawn by lot")


class Survey(NamedTuple):
    """What the experts of a layer are sent of 1,024 tokens of labelled text, and what that text loses without them."""

    by_class: Tensor  # (C, E) shares of all tokens
    by_topic: Tensor  # (K, E)
    shuffled: Tensor  # (C, E) with the classes dealt out anew
    repeats: Tensor  # () share of tokens with the expert of the token before
    repeats_by_chance: Tensor  # ()
    harm: Tensor  # (C, E) rise of the mean loss behind tokens of a class when an expert is left out, nats


class ExpertResult(NamedTuple):
    controls: ExpertControls
    text: Reading
    survey: Survey
    uses: Tensor  # (T,) True where the expert left out is among the two chosen
    p: Tensor  # (T - 1,) probability of the next token
    p_without: Tensor  # (T - 1,) the same when the expert is left out
    parameters: int

    @property
    def typed_harm(self) -> Tensor:
        """(T - 1,) rise of the loss of the next token, nats."""
        return loss_rise(self.p, self.p_without)


def gate_of(choice: Choice, seed: int) -> Gate:
    return softmax_over_chosen if choice == "learned" else drawn_by_lot(generator(seed))


def losses_without(expert: int | None, layer: int, choice: Choice, seed: int, ids: Tensor, device: str) -> Tensor:
    """Loss of every next token (B, T - 1) with that expert never chosen in the layer."""
    gate = gate_of(choice, seed)
    changed = gate if expert is None else without(expert, gate)
    return token_losses(rerouted(mixture_decoder("on", device), 2, changed, only=layer)(ids)[0], ids)


@lru_cache(maxsize=32)
def survey(layer: int, choice: Choice, seed: int, device: str) -> Survey:
    ids, topics = labelled_text(seed)
    ids = ids.to(device)
    classes = class_of_token()[ids.cpu()]
    with torch.inference_mode():
        _, trace = rerouted(mixture_decoder("on", device), 2, gate_of(choice, seed), only=layer)(ids)
        first = routings(trace)[layer].chosen[..., 0].cpu()
        whole = losses_without(None, layer, choice, seed, ids, device)
        harm = torch.stack(
            [losses_without(e, layer, choice, seed, ids, device) - whole for e in range(EXPERTS)], dim=-1
        ).cpu()
    member = torch.nn.functional.one_hot(classes[:, :-1], len(CLASSES)).float()  # (B, T - 1, C)
    dealt = classes.flatten()[torch.randperm(classes.numel(), generator=generator(seed))].view(classes.shape)
    return Survey(
        by_class=joint_shares(classes, first, len(CLASSES), EXPERTS),
        by_topic=joint_shares(topics, first, len(TOPICS), EXPERTS),
        shuffled=joint_shares(dealt, first, len(CLASSES), EXPERTS),
        repeats=repeat_rate(first),
        repeats_by_chance=repeat_rate_by_chance(first, EXPERTS),
        harm=torch.einsum("btc,bte->ce", member, harm) / member.sum(dim=(0, 1)).clamp_min(1)[:, None],
    )


@torch.inference_mode()
def run(controls: ExpertControls, device: str) -> ExpertResult:
    text, model = typed(controls.sentence, device), mixture_decoder("on", device)
    layer, choice, seed = controls.layer, controls.choice, controls.seed
    _, trace = rerouted(model, 2, gate_of(choice, seed), only=layer)(text.ids)
    whole, left = (losses_without(e, layer, choice, seed, text.ids, device) for e in (None, controls.expert))
    return ExpertResult(
        controls=controls,
        text=text,
        survey=survey(layer, choice, seed, device),
        uses=(routings(trace)[layer].chosen[0, 1:] == controls.expert).any(dim=-1),
        p=(-whole).exp()[0, 1:],
        p_without=(-left).exp()[0, 1:],
        parameters=parameter_count(model),
    )


def harm_by_class(survey: Survey) -> tuple[float, float]:
    """Mean over the classes of the harm done by leaving out their main expert, and by leaving out another one."""
    common = survey.by_class.sum(dim=1) * FRESH >= RARE
    harm, main = survey.harm[common], survey.by_class[common].argmax(dim=1, keepdim=True)
    own = harm.gather(1, main).mean()
    return own.item(), ((harm.sum() - own * len(harm)) / (harm.numel() - len(harm))).item()


def measure(result: ExpertResult) -> Measurements:
    found, mine = result.survey, result.controls.expert
    by_class, by_topic = expert_information(found.by_class).item(), expert_information(found.by_topic).item()
    own, other = harm_by_class(found)
    return {
        "choice_explained_by_word_class": by_class,
        "choice_explained_by_kind_of_text": by_topic,
        "choice_explained_by_shuffled_class": expert_information(found.shuffled).item(),
        "word_class_over_kind_of_text": by_class / by_topic,
        "repeat_rate": found.repeats.item(),
        "repeat_rate_over_chance": (found.repeats / found.repeats_by_chance).item(),
        "harm_without_main_expert_nats": own,
        "harm_without_another_expert_nats": other,
        "harm_without_main_over_another": own / other if other > 0 else float("nan"),
        "share_sent_to_expert": found.by_class[:, mine].sum().item(),
    }
