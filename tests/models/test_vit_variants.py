"""DeiT, Swin, MAE, DINO and SigLIP: what must not change, and values by hand."""

import pytest
import torch

from models.data.marked_pairs import marked, marked_pairs
from models.seeding import generator, normal, seeded
from models.transformer import swin
from models.transformer.image_text_pairs import ImageTextModel, pair_scores, sigmoid_losses, softmax_losses
from models.transformer.masked_autoencoder import MaskedAutoencoder, hidden_error, visible_patches
from models.transformer.self_distillation import (
    DinoNetwork,
    follow,
    moved_centre,
    teacher_probabilities,
    used_outputs,
    view_loss,
)
from models.transformer.vision_transformer import patches

SIZES = {"width": 12, "layers": 2, "heads": 3, "hidden": 17}


def test_windows_are_joined_again():
    x = normal(2, 6, 6, 5, seed=0)
    cut = swin.windows(x, 3)
    assert cut.shape == (8, 9, 5)
    assert torch.equal(cut[1, 0], x[0, 0, 3])
    assert torch.equal(swin.joined(cut, 6), x)


def test_the_mask_of_a_shift_by_hand():
    assert swin.shift_mask(4, 2, 0).all()
    assert swin.shift_mask(4, 2, 2).all(), "moved by a whole window, nothing is joined over the edge"
    whole, right, _, corner = swin.shift_mask(4, 2, 1)
    assert whole.all()
    assert right.int().tolist() == [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    assert torch.equal(corner, torch.eye(4, dtype=torch.bool))


def test_offsets_are_numbered_by_their_difference():
    number = swin.offset_numbers(3)
    assert number.unique().tolist() == list(range(25))
    assert (number.diagonal() == 12).all()
    assert number[0, 1] == number[3, 4] == 11


@pytest.mark.parametrize(("shifts", "reached"), [((0, 0), 4), ((0, 2), 4)])
def test_windows_that_stay_reach_no_further(shifts, reached):
    assert (swin.reach(4, 2, shifts)[-1].sum(dim=1) == reached).all()


def test_windows_that_move_reach_over_the_border_and_not_over_the_edge():
    after = swin.reach(4, 2, (0, 1))[-1]
    middle = 1 * 4 + 1
    assert after[middle].all(), "a patch at the middle meets all four windows"
    assert set(after[0].nonzero()[:, 0].tolist()) == {0, 1, 4, 5}
    assert swin.score_count(4, 2) == 64


def test_what_is_reached_is_what_gradients_reach():
    model = seeded(lambda: swin.Swin((0, 1), width=12, heads=3, hidden=17), 0)
    state = normal(1, 4, 4, 12, seed=1).requires_grad_()
    x = state
    for block in model.blocks:
        x, _ = block(x)
    x[0, 1, 2].sum().backward()
    assert torch.equal((state.grad[0].abs().sum(dim=-1) > 1e-12).flatten(), swin.reach(4, 2, (0, 1))[-1][6])


def test_marks_stand_on_both_sides_of_the_border():
    image = marked(torch.zeros(1, 1, 8, 8), torch.tensor([2]), torch.tensor([True]), torch.tensor([False]))
    assert (image[0, 0, 4:6, 2:4] == 1).all()
    assert (image[0, 0, 4:6, 4:6] == -1).all()
    assert (image == 0).sum() == 64 - 8
    images, alike = marked_pairs(torch.zeros(400, 1, 8, 8), generator(0))
    assert 0.4 < alike.float().mean() < 0.6
    assert torch.equal(alike == 1, images.sum(dim=(1, 2, 3)).abs() == 8)


def test_mae_reads_visible_patches_alone():
    model = seeded(lambda: MaskedAutoencoder(**SIZES), 0)
    x, visible = normal(2, 1, 8, 8, seed=0), visible_patches(2, 16, 4, generator(1))
    rebuilt, trace = model(x, visible)
    assert rebuilt.shape == x.shape
    assert (trace.hidden.sum(dim=1) == 12).all()
    assert not trace.hidden.gather(1, visible).any()
    changed = torch.where(trace.hidden[..., None], 5.0, patches(x, 2))
    other = torch.nn.functional.fold(changed.mT, 8, 2, stride=2)
    torch.testing.assert_close(model(other, visible)[0], rebuilt)


def test_the_error_counts_masked_patches_alone():
    x, hidden = torch.zeros(1, 1, 4, 4), torch.tensor([[True, False, False, True]])
    predicted = torch.tensor([1.0, 9.0, 9.0, 3.0])[None, :, None].expand(1, 4, 4)
    assert hidden_error(predicted, x, hidden, 2) == 5


def test_dino_s_parts():
    t = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    torch.testing.assert_close(
        teacher_probabilities(t, t.mean(dim=0), 1.0)[0, 0], torch.tensor(1 / (1 + 2.718281828**-2))
    )
    torch.testing.assert_close(moved_centre(torch.zeros(2), t, 0.9), torch.tensor([0.1, 0.1]))
    student = t.clone().requires_grad_()
    target = teacher_probabilities(t.requires_grad_(), torch.zeros(2))
    view_loss(student, target).backward()
    assert t.grad is None, "the teacher gets no gradient"
    torch.testing.assert_close(student.grad, ((t.detach() / 0.1).softmax(dim=-1) - target.detach()) / 0.1 / 2)
    assert used_outputs(torch.full((5, 8), 1 / 8)) == pytest.approx(8)
    assert used_outputs(torch.eye(8)[:1].expand(5, 8)) == pytest.approx(1)


def test_the_teacher_follows_the_student_slowly():
    student, teacher = (seeded(lambda: DinoNetwork(4, **SIZES), seed) for seed in (0, 1))
    before = [weight.clone() for weight in teacher.parameters()]
    follow(teacher, student, 0.9)
    for old, new, fast in zip(before, teacher.parameters(), student.parameters(), strict=True):
        torch.testing.assert_close(new.data, 0.9 * old + 0.1 * fast.data)


def test_a_pair_s_sigmoid_loss_does_not_know_the_batch_and_its_softmax_loss_does():
    u, v = (torch.nn.functional.normalize(normal(6, 5, seed=seed), dim=-1) for seed in (0, 1))
    z, matches = pair_scores(u, v, torch.tensor(10.0), torch.tensor(-10.0)), torch.eye(6, dtype=torch.bool)
    torch.testing.assert_close(sigmoid_losses(z, matches)[:3, :3], sigmoid_losses(z[:3, :3], matches[:3, :3]))
    assert not torch.allclose(softmax_losses(z)[:3], softmax_losses(z[:3, :3]))
    assert sigmoid_losses(torch.zeros(1, 1), torch.ones(1, 1, dtype=torch.bool)).item() == pytest.approx(
        0.693147, abs=1e-5
    )


def test_siglip_starts_as_published():
    model = seeded(lambda: ImageTextModel(**SIZES), 0)
    scores, (u, v) = model(normal(2, 1, 8, 8, seed=0), torch.arange(10))
    torch.testing.assert_close(scores, 10 * u @ v.mT - 10)
    torch.testing.assert_close(u.norm(dim=-1), torch.ones(2))
