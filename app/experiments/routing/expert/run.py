"""What each expert of a trained layer is sent, how well a word's class or a text's kind explains it, who needs it."""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.routing.mixture_decoder import (
    EXPERTS,
    LENGTH,
    SENTENCE,
    TOKENS,
    TOPICS,
    Router,
    labelled_text,
    typed,
    with_routers,
)
from app.experiments.text import Reading
from models.data.word_classes import CLASSES, class_of_token
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.routing.rerouted import rerouted, routings, without
from models.routing.specialisation import (
    expert_information,
    joint_shares,
    loss_rise,
    repeat_rate,
    repeat_rate_by_chance,
)
from models.seeding import generator
from models.transformer.decoder import Decoder

Order = Literal["as written", "shuffled"]
RARE = 8  # classes with fewer tokens are left out of the comparison
ROUTED_ROWS, READ_ROWS = 48, 16  # held-out rows to route, and those of them to read without each expert


class ExpertControls(Controls):
    renamed: ClassVar = {"choice": "router", "choice=learned": "trained", "choice=by lot": "random"}
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    layer: Literal[0, 1] = Field(0, title="Layer", description="0 is the first")
    expert: int = Field(5, ge=0, le=EXPERTS - 1, title="Expert to leave out", description="Or click a column")
    router: Router = Field(
        "trained", title="Router of this layer", description="As trained, or random of the same size"
    )
    order: Order = Field("as written", title="Order of the held-out tokens")


class Survey(NamedTuple):
    """What the experts of a layer are sent of labelled text, and what a third of that text loses without each."""

    by_class: Tensor  # (C, E) shares of all tokens
    by_topic: Tensor  # (K, E)
    shuffled: Tensor  # (C, E) with the classes shuffled among the tokens
    repeats: Tensor  # () share of tokens with the expert of the token before
    repeats_by_chance: Tensor  # ()
    harm: Tensor  # (C, E) rise of the mean loss after tokens of a class when an expert is left out, nats


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


def losses_without(model: Decoder, expert: int | None, layer: int, ids: Tensor) -> Tensor:
    """Loss of every next token (B, T - 1) with that expert never chosen in the layer."""
    changed = model if expert is None else rerouted(model, 2, without(expert), only=layer)
    return token_losses(changed(ids)[0], ids)


@memo
def survey(layer: int, router: Router, order: Order, seed: int, device: str) -> Survey:
    ids, topics = labelled_text(seed, ROUTED_ROWS)
    if order == "shuffled":
        dice = generator(seed)
        places = torch.stack([torch.randperm(ids.shape[1], generator=dice) for _ in ids])
        ids, topics = ids.gather(1, places), topics.gather(1, places)
    classes = class_of_token()[ids]
    ids, model = ids.to(device), with_routers(router, [layer], seed, device)
    with torch.inference_mode():
        first = routings(model(ids)[1])[layer].chosen[..., 0].cpu()
        read = ids[:READ_ROWS]
        whole = losses_without(model, None, layer, read)
        harm = torch.stack([losses_without(model, e, layer, read) - whole for e in range(EXPERTS)], dim=-1).cpu()
    member = torch.nn.functional.one_hot(classes[:READ_ROWS, :-1], len(CLASSES)).float()  # (B, T - 1, C)
    shuffled = classes.flatten()[torch.randperm(classes.numel(), generator=generator(seed))].view(classes.shape)
    return Survey(
        by_class=joint_shares(classes, first, len(CLASSES), EXPERTS),
        by_topic=joint_shares(topics, first, len(TOPICS), EXPERTS),
        shuffled=joint_shares(shuffled, first, len(CLASSES), EXPERTS),
        repeats=repeat_rate(first),
        repeats_by_chance=repeat_rate_by_chance(first, EXPERTS),
        harm=torch.einsum("btc,bte->ce", member, harm) / member.sum(dim=(0, 1)).clamp_min(1)[:, None],
    )


@torch.inference_mode()
def run(controls: ExpertControls, device: str) -> ExpertResult:
    c, text = controls, typed(controls.sentence, device)
    model = with_routers(c.router, [c.layer], c.seed, device)
    whole, left = (losses_without(model, e, c.layer, text.ids) for e in (None, c.expert))
    return ExpertResult(
        controls=c,
        text=text,
        survey=survey(c.layer, c.router, c.order, c.seed, device),
        uses=(routings(model(text.ids)[1])[c.layer].chosen[0, 1:] == c.expert).any(dim=-1),
        p=(-whole).exp()[0, 1:],
        p_without=(-left).exp()[0, 1:],
        parameters=parameter_count(model),
    )


def harm_by_class(survey: Survey) -> tuple[float, float]:
    """Mean over the classes of the harm done by leaving out their main expert, and by leaving out another one."""
    common = survey.by_class.sum(dim=1) * READ_ROWS * LENGTH >= RARE
    harm, main = survey.harm[common], survey.by_class[common].argmax(dim=1, keepdim=True)
    own = harm.gather(1, main).mean()
    return own.item(), ((harm.sum() - own * len(harm)) / (harm.numel() - len(harm))).item()


def measure(result: ExpertResult) -> Measurements:
    found, mine = result.survey, result.controls.expert
    by_class, by_topic = expert_information(found.by_class).item(), expert_information(found.by_topic).item()
    own, other = harm_by_class(found)
    return {
        "choice_explained_by_word_class_share": by_class,
        "choice_explained_by_kind_of_text_share": by_topic,
        "choice_explained_by_shuffled_class_share": expert_information(found.shuffled).item(),
        "word_class_over_kind_of_text": by_class / by_topic,
        "repeats_share": found.repeats.item(),
        "repeats_over_chance": (found.repeats / found.repeats_by_chance).item(),
        "loss_added_without_the_main_expert_nats": own,
        "loss_added_without_another_expert_nats": other,
        "loss_added_main_minus_another_nats": own - other,
        "sent_to_the_expert_share": found.by_class[:, mine].sum().item(),
    }
