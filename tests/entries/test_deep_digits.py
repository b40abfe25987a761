"""What the pages on residual networks and the U-Net say beyond their claims."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from app.experiments.vision.bottleneck import run as bottleneck
from app.experiments.vision.deep_digits import WatchedTraining, accuracy, on, without_block
from app.experiments.vision.preactivation import run as preactivation
from app.experiments.vision.residual_depth import run as depth
from app.experiments.vision.scene_unet import figures as unet_figures
from app.experiments.vision.scene_unet import run as unet
from app.experiments.vision.scene_unet.cleaned_digits import DIGITS, noisy_digits
from app.experiments.vision.scene_unet.replaced import LEVELS
from models.convolution.bottleneck import channel_rows, effective_rank
from models.convolution.pretrained_networks import denoising_unet
from models.data.digits import Digits, digits
from models.seeding import normal
from models.training.scene_unet import TWINS, error_shares

SHORT = {"steps": 50, "depth": 8}


def test_both_networks_start_alike_but_for_the_scale_of_the_branches():
    residual, plain = depth.networks(depth.ResidualDepthControls(depth=8), "cpu")
    for (name, ours), theirs in zip(residual.named_parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours * (2.0 if name.endswith("last.weight") else 1.0), theirs)
    alike = depth.networks(depth.ResidualDepthControls(depth=8, start="unscaled"), "cpu")
    assert all(torch.equal(a, b) for a, b in zip(*(one.parameters() for one in alike), strict=True))


def test_a_network_without_a_block_shares_the_weights_and_leaves_the_whole_one_alone():
    network, _ = depth.networks(depth.ResidualDepthControls(depth=8), "cpu")
    rest = without_block(network, 1)
    assert [id(block) for block in rest.blocks] == [id(network.blocks[number]) for number in (0, 2, 3)]
    assert len(network.blocks) == 4
    assert rest.stem is network.stem


def test_shortcuts_carry_what_they_say():
    x = normal(3, 8, 2, 2, seed=0)
    assert torch.equal(depth.of_another(x)[1], x[0])
    moved = depth.exchanged(x)
    assert torch.equal(moved.sort(dim=1).values, x.sort(dim=1).values)
    assert not torch.equal(moved, x)
    assert depth.SHORTCUTS["the input, without its gradient"](x.requires_grad_()).requires_grad is False


def test_a_training_is_repeated_and_its_loss_is_that_of_its_batch():
    controls = depth.ResidualDepthControls(**SHORT)
    trainings = [WatchedTraining(depth.networks(controls, "cpu")[0], controls, "cpu") for _ in range(2)]
    for training in trainings:
        for _ in range(3):
            training.step()
    assert torch.equal(*(torch.stack(one.losses) for one in trainings))
    rows = torch.randint(1500, (32,), generator=torch.Generator().manual_seed(controls.seed))
    learned, _ = on("cpu")
    fresh = depth.networks(controls, "cpu")[0]
    first = cross_entropy(fresh(learned.images[rows])[0], learned.labels[rows])
    torch.testing.assert_close(trainings[0].losses[0], first.detach())


def test_accuracy_counts_right_answers():
    class Fixed(torch.nn.Module):
        def forward(self, x):
            return torch.eye(10)[[0, 1, 2, 3]], None

    data = Digits(torch.zeros(4, 1, 8, 8), torch.tensor([0, 1, 2, 9]))
    assert accuracy(Fixed(), data) == 0.75


def test_the_ranks_are_those_of_what_blocks_add():
    controls = bottleneck.BottleneckControls(blocks=2, channels=16)
    network = bottleneck.network(controls, "cpu")
    x = on("cpu")[1].images[:20]
    alone, together = bottleneck.ranks(network, x)
    first, second = network(x)[1].branches
    torch.testing.assert_close(alone[1], effective_rank(channel_rows(second)), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together[1], effective_rank(channel_rows(first + second)), atol=1e-4, rtol=1e-4)
    assert alone[0] == together[0]


def test_shared_directions_are_shared_by_all_blocks():
    network = bottleneck.network(bottleneck.BottleneckControls(adds="the same directions"), "cpu")
    assert all(block.adds is network.blocks[0].adds for block in network.blocks)
    assert torch.linalg.matrix_rank(network.blocks[0].adds) == 8
    assert torch.equal(network.blocks[0].reads, torch.eye(32))


def test_probed_gradients_are_those_of_the_loss():
    network = preactivation.network(preactivation.PreactivationControls(blocks=4), "cpu")
    data = Digits(*(part[:5] for part in on("cpu")[1]))
    found = preactivation.probe(network, data)
    logits, trace = network(data.images)
    loss = cross_entropy(logits, data.labels, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, trace.states[2])
    torch.testing.assert_close(found.gradients[2], gradient.flatten(1).norm(dim=1).mean())
    torch.testing.assert_close(found.sizes, found.sums)
    assert found.sum_error < 1e-5


def test_an_extreme_setting_gives_numbers_or_gaps():
    for change in ({"skip_scale": 0.0}, {"branch_scale": 0.0}, {"learning_rate": 0.008}):
        *_, result = preactivation.run(preactivation.PreactivationControls(steps=50, blocks=4, **change), "cpu")
        assert preactivation.measure(result)["training_accuracy"] >= 0


def test_the_intact_unet_is_its_own_forward_and_altered_levels_differ():
    model = unet.scene_unet(0, TWINS[0])
    images, labels = unet.held_out(0, 0.4)
    x = images[:6]
    with torch.inference_mode():
        whole = model(x)[0]
        torch.testing.assert_close(unet.altered(model, x, "nothing", "zeros"), whole)
        for level in LEVELS:
            for by in ("zeros", "another picture’s"):
                assert not torch.equal(unet.altered(model, x, level, by), whole)
    wrong = whole.argmax(dim=1) != labels[:6]
    edge, interior = error_shares(whole, labels[:6])
    assert 0 < interior < edge < 1
    found = unet.edges(labels[:6])
    assert edge * found.sum() + interior * (~found).sum() == pytest.approx(wrong.sum().item(), rel=1e-4)


def test_crosses_stand_on_wrong_pixels():
    result = unet.run(unet.SceneUNetControls(scene=3), "cpu")
    figure = unet_figures.figures(result, unet.measure(result))["pictures"]
    (crosses,) = [trace for trace in figure.plot.data if trace.name == f"wrong, {TWINS[1]}"]
    expected = (result.maps[TWINS[1]] != result.labels).nonzero()
    assert sorted(zip(crosses.y, crosses.x)) == sorted(map(tuple, expected.tolist()))
    assert str(len(expected)) in figure.text


def test_cleaned_digits_are_what_the_twins_say_of_noisy_ones():
    result = unet.run(unet.SceneUNetControls(task="clean a digit", scene=2), "cpu")
    digit, metrics = result.digits, unet.measure(result)
    with torch.inference_mode():
        truth, noisy = noisy_digits(0, 0.4, "cpu")
        cleaned = denoising_unet(0, TWINS[0])(noisy)[0]
    torch.testing.assert_close(digit.shown["truth"][0], truth[2, 0])
    torch.testing.assert_close(digit.shown[TWINS[0]], cleaned[2 : 2 + DIGITS, 0])
    assert metrics["digit_error"] == pytest.approx(((cleaned - truth) ** 2).mean().item(), rel=1e-4)
    assert metrics["digit_noise"] == pytest.approx(0.4**2, rel=0.05)
    assert metrics["digit_error_without_skips"] < 0.5 * metrics["digit_noise"], "both twins remove noise"
    assert digit.zeroed["nothing"] == pytest.approx(metrics["digit_error"])
    twins = [denoising_unet(0, twin) for twin in TWINS]
    assert unet.parameter_count(twins[0]) == unet.parameter_count(twins[1]) == result.parameters
    drawn = unet_figures.figures(result, metrics)
    assert list(drawn) == ["pictures", "errors", "detail"]
    level = max(digit.zeroed, key=digit.zeroed.__getitem__)
    assert level in drawn["detail"].text


@pytest.mark.parametrize("seed", range(3))
def test_the_first_skip_of_the_digit_before_shows_that_digit(seed):
    replaced = unet.run(unet.SceneUNetControls(seed=seed, task="clean a digit", replaced="first level’s skip"), "cpu")
    cleaned, truth = (replaced.digits.shown[name] for name in (TWINS[0], "truth"))
    assert ((cleaned[1:] - truth[:-1]) ** 2).mean() < ((cleaned - truth) ** 2).mean()


@pytest.mark.parametrize("seed", range(3))
def test_under_noise_far_above_that_of_training_the_skips_no_longer_help(seed):
    over_twin = [
        unet.measure(unet.run(unet.SceneUNetControls(seed=seed, noise=noise), "cpu"))["digit_error_over_twin"]
        for noise in (0.1, 0.4, 0.8, 1.0)
    ]
    assert over_twin == sorted(over_twin)
    assert over_twin[0] < 0.5
    assert over_twin[-1] > 1.05


@torch.inference_mode()
def test_digits_that_are_first_read_without_gradients_can_still_be_trained_on():
    learned, held_out = digits.__wrapped__()
    assert not any(part.is_inference() for part in (*learned, *held_out))
