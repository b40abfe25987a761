import pytest
import torch

from app.experiments.position.context_extension import Shape, stretched
from models.language.loss_by_length import losses, scheme_model, texts

METHODS = ("none", "interpolation", "NTK-aware", "base · s²", "NTK-by-parts", "YaRN")


@pytest.mark.parametrize("method", METHODS)
def test_without_stretch_every_method_is_plain_rope_exactly(method):
    ids = texts(0, 1, 80)
    model = stretched(method, 1, Shape(16, 64, 0.5, 4.0), "cpu")
    assert torch.equal(losses(model, ids), losses(scheme_model("rope"), ids))
