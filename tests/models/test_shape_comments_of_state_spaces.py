"""The shape comments of state space models and of the data that they read, executed; all sizes differ."""

import torch

from models.data import early_cue, smooth_signals
from models.seeding import generator, normal, seeded
from models.statespace import classifiers, hippo, linear_ssm, s4d
from tests.shape_comments import check_fields, shapes_checked

B, T, H, N, M, S = 3, 11, 5, 6, 7, 13


def test_linear_ssm() -> None:
    kept, taken, c = (normal(N, seed=seed).to(torch.cfloat) / 3 for seed in range(3))
    with shapes_checked(linear_ssm, B=B, T=T, N=N) as watch:
        K = linear_ssm.kernel(kept, taken, c, T)
        linear_ssm.recurrent(normal(B, T, seed=3), kept, taken, c)
        linear_ssm.convolved(normal(B, T, seed=3), K)
    assert not watch.unreached()


def test_s4d_and_its_classifiers() -> None:
    with shapes_checked(s4d, B=B, T=T, H=H, N=N) as watch:
        _, trace = seeded(lambda: s4d.S4D(H, N), 0).start()(normal(B, T, H, seed=0))
    assert not watch.unreached()
    assert check_fields(trace, H=H, N=N, T=T) >= 4
    with shapes_checked(classifiers, B=B, T=T) as last:
        seeded(lambda: classifiers.LastStepReader(N), 0)(normal(B, T, seed=0))
    with shapes_checked(classifiers, B=B, T=T, H=H) as tone:
        seeded(lambda: classifiers.ToneClassifier(H, N, 4), 0)(normal(B, T, seed=0))
    assert not set(last.unreached()) & set(tone.unreached())


def test_hippo() -> None:
    with shapes_checked(hippo, N=N, M=M, S=S) as watch:
        step = hippo.held_input(hippo.window_hippo(N), 0.1)
        hippo.scaled_hippo(N)
        hippo.memory(step, T)
        hippo.legendre(N, torch.linspace(0, 1, S))
        hippo.fitted_decoder(normal(M, N, seed=0), normal(M, S, seed=1))
    assert not watch.unreached()


def test_data() -> None:
    with shapes_checked(early_cue, smooth_signals, B=B, M=M, S=S, W=smooth_signals.WAVES) as watch:
        early_cue.early_cue(B, generator(0))
        smooth_signals.smooth_signals(M, S, 0.1, generator(0))
    assert not watch.unreached()
