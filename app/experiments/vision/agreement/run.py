"""Routing by agreement on planted votes, iteration by iteration, and what it does in a trained network."""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cosine_similarity

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.convolution.capsule_network import lengths_of
from models.convolution.dynamic_routing import (
    RoutingByAgreementTrace,
    agreement,
    agreement_at_length_of_next,
    agreement_with_next,
    coupling,
    coupling_over_inputs,
    dynamic_routing,
    votes_of,
)
from models.convolution.pretrained_networks import digit_capsules
from models.data.digits import digits
from models.data.planted_votes import PlantedVotes, planted_votes
from models.training.digit_capsules import TRAININGS

SETS, ITERATIONS = 64, 10
ONE, THREE = 1, 3
INPUTS = 32

Partner = Literal["its own output", "the output of the next capsule", "its own output, as long as the next"]
Over = Literal["the capsules above", "the capsules below"]


AGREES: dict[Partner, Callable[[Tensor, Tensor], Tensor]] = {
    "its own output": agreement,
    "the output of the next capsule": agreement_with_next,
    "its own output, as long as the next": agreement_at_length_of_next,
}
COUPLES: dict[Over, Callable[[Tensor], Tensor]] = {
    "the capsules above": coupling,
    "the capsules below": coupling_over_inputs,
}


class AgreementControls(Controls):
    iterations: int = Field(3, ge=1, le=ITERATIONS, title="Iterations")
    agreeing: int = Field(
        10, ge=0, le=INPUTS, title="Votes that agree", description="Of 32 for the first capsule above; 0: none planted"
    )
    partner: Partner = Field("its own output", title="A vote is compared with")
    over: Over = Field("the capsules above", title="Softmax runs over")


class Trained(NamedTuple):
    """What a trained network does with these iterations on held-out digits."""

    accuracy: float
    entropy_share: float  # of the couplings, over that of uniform ones


class AgreementResult(NamedTuple):
    controls: AgreementControls
    planted: PlantedVotes
    routing: RoutingByAgreementTrace  # of the planted votes, ITERATIONS iterations
    angles: Tensor  # (ITERATIONS, S) between the first output and the planted pose, degrees
    trained: list[Trained]  # by iterations, 1 to ITERATIONS, of the network trained with three
    trained_with_one: float  # accuracy of the network trained and run with one

    @property
    def at(self) -> int:
        return self.controls.iterations - 1


@memo
@torch.inference_mode()
def trained_routing(seed: int, partner: Partner, over: Over, device: str) -> list[Trained]:
    """Accuracy and coupling entropy after each iteration, of one of the trainings."""
    held_out = digits()[1]
    model = digit_capsules(seed % TRAININGS, "three iterations", device=device)
    _, primary = model.primary_capsules(held_out.images.to(device))
    route = partial(dynamic_routing, agrees=AGREES[partner], couples=COUPLES[over])
    _, trace = route(votes_of(primary, model.votes), ITERATIONS)
    found = []
    for c, v in zip(trace.coupling, trace.outputs):
        right = lengths_of(v).argmax(dim=1) == held_out.labels.to(device)
        found.append(Trained(right.float().mean().item(), entropy_share(c).item()))
    return found


@memo
@torch.inference_mode()
def trained_with_one(seed: int, device: str) -> float:
    """Accuracy on held-out digits of the network that was trained with one iteration, run with one."""
    held_out = digits()[1]
    v, _ = digit_capsules(seed % TRAININGS, "one iteration", ONE, device=device)(held_out.images.to(device))
    return (lengths_of(v).argmax(dim=1) == held_out.labels.to(device)).float().mean().item()


def entropy_share(c: Tensor) -> Tensor:
    """Mean entropy of the couplings c (B, I, J) over the capsules above, over that of uniform ones."""
    shares = c / c.sum(dim=-1, keepdim=True)
    return torch.special.entr(shares).sum(dim=-1).mean() / torch.tensor(float(c.shape[-1])).log()


def angle(v: Tensor, pose: Tensor) -> Tensor:
    """Degrees between (…, K) and (…, K)."""
    return torch.rad2deg(torch.acos(cosine_similarity(v, pose, dim=-1).clamp(-1, 1)))


@torch.inference_mode()
def run(controls: AgreementControls, device: str) -> AgreementResult:
    c = controls
    planted = PlantedVotes(*(part.to(device) for part in planted_votes(SETS, c.seed, c.agreeing)))
    _, routing = dynamic_routing(planted.votes, ITERATIONS, agrees=AGREES[c.partner], couples=COUPLES[c.over])
    return AgreementResult(
        c,
        planted,
        routing,
        angle(routing.outputs[:, :, 0], planted.pose),
        trained_routing(c.seed, c.partner, c.over, device),
        trained_with_one(c.seed, device),
    )


def measure(result: AgreementResult) -> Measurements:
    angles, at, trained = result.angles.mean(dim=1), result.at, result.trained[result.at]
    first = result.routing.coupling[at][..., 0]  # (S, I) towards the first capsule above
    agrees = result.planted.agrees
    return {
        "pose_error_degrees": angles[at].item(),
        "average_error_degrees": angles[0].item(),
        "pose_error_over_average": (angles[at] / angles[0]).item(),
        "sets_improved_share": (result.angles[at] < result.angles[0]).float().mean().item(),
        "coupling_of_agreeing": first[agrees].mean().item(),
        "coupling_of_others": first[~agrees].mean().item(),
        "entropy_share": entropy_share(result.routing.coupling[at]).item(),
        "trained_entropy_share": trained.entropy_share,
        "trained_accuracy": trained.accuracy,
        "trained_accuracy_change": trained.accuracy - result.trained[THREE - 1].accuracy,
        "accuracy_with_one": result.trained_with_one,
        "accuracy_lead_of_three": trained.accuracy - result.trained_with_one,
        "iterations": result.controls.iterations,
        "agreeing": result.controls.agreeing,
    }
