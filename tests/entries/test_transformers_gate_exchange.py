"""What the page on GEGLU says beyond its claims."""

import torch

from app.experiments.transformers.gate_exchange.run import CHECKPOINT, GateControls, rescaled_curve, run
from models.language.pretrained_decoders import pretrained
from models.layers.activations import gelu, quick_gelu, relu
from models.layers.geglu import SCALE
from models.layers.swiglu import swish
from models.seeding import seeded
from models.training.decoder_arms import ARMS
from models.transformer.exchanged_gate import half, with_exchanged_gates
from tests.entries.evidence import runs_of


def test_the_trained_function_put_back_gives_the_same_logits() -> None:
    model, ids = pretrained(CHECKPOINT, "cpu"), torch.arange(24)[None]
    with torch.inference_mode():
        torch.testing.assert_close(with_exchanged_gates(model, swish)(ids)[0], model(ids)[0])
        assert (with_exchanged_gates(model, gelu)(ids)[0] - model(ids)[0]).abs().max() > 0.01
        assert type(model.blocks[0].feed_forward).__name__ == "SwiGLU"


def test_the_sigmoid_form_rescaled_is_swish() -> None:
    z = torch.linspace(-6, 6, 50)
    torch.testing.assert_close(
        rescaled_curve(z, "GELU, sigmoid form", "gates ÷ 1.702, values × 1.702"), swish(z), atol=1e-6, rtol=1e-5
    )
    torch.testing.assert_close(SCALE * quick_gelu(z / SCALE), swish(z), atol=1e-6, rtol=1e-5)


def test_rescaling_leaves_relu_as_it_is() -> None:
    z = torch.linspace(-6, 6, 50)
    torch.testing.assert_close(SCALE * relu(z / SCALE), relu(z))
    found = runs_of("geglu").metrics()({"gate": "ReLU"})
    assert abs(found["divergence_nats"] - found["relu_divergence_nats"]) < 1e-4


def test_half_of_z_has_the_slope_of_swish_at_zero() -> None:
    z = torch.zeros(1, requires_grad=True)
    slopes = [torch.autograd.grad(function(z), z)[0].item() for function in (swish, gelu, half)]
    assert slopes == [0.5, 0.5, 0.5]


def test_512_tokens_are_compared_and_divergence_is_no_less_than_zero() -> None:
    result = run(GateControls(), "cpu")
    assert all(one.divergence > 0 for one in result.arms.values())
    assert result.parameters == 1_820_352


def test_decoders_trained_with_either_gate_differ_by_no_more_than_their_spread() -> None:
    found = runs_of("geglu").metrics()({})
    assert round(abs(found["trained_gain_nats"]), 3) == 0.002
    assert round(found["trained_gain_spread_nats"], 3) == 0.003


def test_a_pair_of_decoders_starts_from_the_same_weights() -> None:
    one, other = (seeded(ARMS[arm], 3).state_dict() for arm in ("swiglu", "geglu"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
