"""The shape comments of the affine layers and of the digit network, executed."""

from models.layers import affine, digit_mlp
from models.layers.activations import relu
from models.seeding import normal
from tests.shape_comments import shapes_checked

R, B, P, F, Y = 3, 5, 7, 4, 6


def test_shape_comments_are_true():
    with shapes_checked(digit_mlp, R=R, B=B, P=P, F=F, Y=Y) as watch:
        model = digit_mlp.DigitMLP(relu, networks=R, inputs=P, hidden=F, depth=2, classes=Y)
        _, trace = model(normal(B, P, seed=0))
    assert watch.reached
    assert not watch.unreached()
    assert [tuple(z.shape) for z in trace.z + trace.h] == 4 * [(R, B, F)]


def test_the_shapes_of_affine_layers():
    with shapes_checked(affine, N=B, F=F, O=Y) as watch:
        affine.AffineStack([P, F, F, Y])(normal(B, P, seed=0))
        affine.descended(normal(Y, P, seed=1), normal(B, P, seed=0), normal(B, Y, seed=2), 0.1)
    assert watch.reached
    assert not watch.unreached()
