"""Seven readers of long paths, each trained several times; they lie in one checkpoint as ``<training>.<arm>``.

Four are one graph transformer with different encodings, three pass messages along edges. Share them, do not train them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from models.checkpoints import restored
from models.data.long_paths import NODES, LongPaths
from models.graphs.graph_transformer import GraphTransformer, laplacian_encoding, random_walk_encoding
from models.graphs.hops import hop_distances
from models.graphs.long_range import DeepGCN

NAME = "long_paths"
TRAININGS = 3
WIDTH, HEADS, LAYERS, DEPTH = 32, 4, 2, 8
ENCODED = 15
"""Numbers in the encoding of a node."""

transformer = lambda: GraphTransformer(2, ENCODED, NODES + 1, WIDTH, HEADS, LAYERS)

TRANSFORMERS: Mapping[str, str] = {
    "no encoding": "none",
    "shortest paths": "hops",
    "Laplacian": "laplacian",
    "Laplacian, signs fixed": "laplacian",
    "random walks": "walks",
}
"""Graph transformer → the encoding that it reads. Signs of eigenvectors are drawn anew in training, or stay fixed."""

BUILDS: Mapping[str, Callable[[], nn.Module]] = {
    **dict.fromkeys(TRANSFORMERS, transformer),
    "GCN, 2 layers": lambda: DeepGCN(2, WIDTH, LAYERS),
    "GCN, 8 layers": lambda: DeepGCN(2, WIDTH, DEPTH),
    "virtual node": lambda: DeepGCN(2, WIDTH, LAYERS, virtual=True),
}


class Encoded(NamedTuple):
    """Graphs with all that any of the readers is told of them."""

    graphs: LongPaths
    hops: Tensor  # (B, N, N)
    laplacian: Tensor  # (B, N, P) of size about 1
    walks: Tensor  # (B, N, P)


def encoded(graphs: LongPaths) -> Encoded:
    laplacian = torch.zeros(*graphs.mask.shape, ENCODED)
    for number, (adjacency, mask) in enumerate(zip(graphs.adjacency, graphs.mask)):
        size = int(mask.sum())
        own = laplacian_encoding(adjacency[mask][:, mask], ENCODED) * size**0.5
        laplacian[number, mask] = own
    walks = random_walk_encoding(graphs.adjacency, ENCODED) * graphs.mask[..., None]
    return Encoded(graphs, hop_distances(graphs.adjacency), laplacian, walks)


def random_signs(B: int, draws: torch.Generator) -> Tensor:
    """A sign for every eigenvector of every graph.  (B, 1, P)"""
    return torch.randint(2, (B, 1, ENCODED), generator=draws) * 2.0 - 1


def inputs(arm: str, given: Encoded, signs: Tensor) -> tuple[Tensor, ...]:
    """What the reader's ``forward`` takes."""
    graphs = given.graphs
    if arm not in TRANSFORMERS:
        return graphs.features, graphs.adjacency, graphs.mask
    kind, nothing = TRANSFORMERS[arm], torch.zeros_like(given.walks)
    encoding = {"laplacian": given.laplacian * signs, "walks": given.walks}.get(kind, nothing)
    hops = given.hops if kind == "hops" else torch.zeros_like(given.hops)
    return graphs.features, encoding, hops, graphs.mask


@lru_cache(maxsize=32)
def pretrained(arm: str, training: int, device: str = "cpu") -> Any:
    """A ``GraphTransformer`` or ``DeepGCN``."""
    return restored(BUILDS[arm], NAME, device, own=f"{training}.{arm}.")
