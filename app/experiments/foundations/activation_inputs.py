"""Where the pre-activations of trained networks lie on the curve of their activation function."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.foundations.activation_forms import Phi
from app.experiments.live_training import Progress
from app.provenance.origin import Computed, Plotted
from visualizers.activation import FLAT, Inputs, curve_over_inputs, histogram

EDGES = np.linspace(-6, 6, 49)
GRID = torch.linspace(-6, 6, 121)


def inputs_of(shares: np.ndarray, phi: Phi, edges: np.ndarray = EDGES) -> Inputs:
    """Histograms over ``edges`` (bins,) or (S, bins), and where ``phi`` is flat there."""
    middles = torch.as_tensor((edges[:-1] + edges[1:]) / 2)
    return Inputs(edges, shares, (phi.slope(middles).abs() < FLAT).numpy())


def shares_by_bin(z: Sequence[Tensor], network: int, edges: np.ndarray = EDGES) -> np.ndarray:
    """Of the pre-activations of one network, in all its layers: (R, B, F) each → (bins,)"""
    return histogram(torch.cat([layer[network].flatten() for layer in z]).cpu().numpy(), edges)


def flat_share(z: Sequence[Tensor], network: int, phi: Phi) -> float:
    """The share of one network's pre-activations at which ``phi`` is flat."""
    own = torch.cat([layer[network].flatten() for layer in z])
    return (phi.slope(own).abs() < FLAT).float().mean().item()


def of_curve(phi: Phi, trace: str, grid: Tensor = GRID) -> Plotted:
    """The source of a curve over ``grid``."""
    return Plotted(Computed(phi(grid), phi.form.function, phi.given(grid)), trace=trace)


def over_inputs(
    curves: Mapping[str, Callable[[Tensor], Tensor]],
    phi: Phi,
    shares: np.ndarray,
    frames: Sequence[str] = (),
    grid: Tensor = GRID,
    edges: np.ndarray = EDGES,
) -> go.Figure:
    """The curves and the derivative of ``phi``, above how often each z occurs: (bins,), or (frames, bins)."""
    drawn = {name: curve(grid).numpy() for name, curve in curves.items()}
    return curve_over_inputs(grid.numpy(), drawn, phi.slope(grid).numpy(), inputs_of(shares, phi, edges), frames=frames)


def over_training(progress: Progress[Any], curves: Mapping[str, Callable[[Tensor], Tensor]], phi: Phi) -> go.Figure:
    """The same at every step of a training that is shown, for all layers of its first network."""
    shares = np.stack([shares_by_bin(look.trace.z, 0) for look in progress.shown])
    return over_inputs(curves, phi, shares, frames=[f"step {taken}" for taken in progress.shown_steps])
