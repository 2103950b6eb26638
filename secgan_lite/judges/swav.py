"""SwAV (Caron et al., 2020): features learned without labels, in which ssFID compares sets (§4.4).

Two random views of each image are assigned to prototypes; each view has to predict the other's
assignment. Afterwards projection head and prototypes are dropped, and only the encoder is kept.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.datasets import FaceData

TEMPERATURE = 0.1
EPSILON = 0.05  # of Sinkhorn-Knopp: the smaller, the harder the assignments


class SmallEncoder(nn.Module):
    """Images (B, 3, h, h) in [−1, 1] to features (B, 8·width): four halvings, then the mean."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        channels = [3, width, 2 * width, 4 * width, 8 * width]
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            for c, stride in ((before, 2), (after, 1)):
                layers += [
                    nn.Conv2d(c, after, 3, stride, 1, bias=False),
                    nn.BatchNorm2d(after),
                    nn.ReLU(inplace=True),
                ]
        self.layers = nn.Sequential(*layers)
        self.num_features = channels[-1]

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).mean(dim=(2, 3))


class SwAV(nn.Module):
    """An encoder with what trains it: a projection to the unit sphere, and prototypes on it.

    Images to scores (B, prototypes), cosines in [−1, 1].
    """

    def __init__(self, width: int = 16, prototypes: int = 64, projection: int = 64) -> None:
        super().__init__()
        self.encoder = SmallEncoder(width)
        features = self.encoder.num_features
        self.projection_head = nn.Sequential(
            nn.Linear(features, features),
            nn.BatchNorm1d(features),
            nn.ReLU(inplace=True),
            nn.Linear(features, projection),
        )
        self.prototypes = nn.Linear(projection, prototypes, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        z = F.normalize(self.projection_head(self.encoder(x)), dim=1)
        return F.linear(z, F.normalize(self.prototypes.weight, dim=1))


@torch.no_grad()
def sinkhorn(scores: Tensor, iterations: int = 3) -> Tensor:
    """Assignments (B, K) of images to prototypes: each row sums to 1, each prototype gets B/K.

    Without the second condition all images would end at one prototype.
    """
    q = (scores / EPSILON).sub(scores.max() / EPSILON).exp()
    for _ in range(iterations):
        q = q / q.sum(dim=0, keepdim=True).clamp(min=1e-30) / q.shape[1]
        q = q / q.sum(dim=1, keepdim=True).clamp(min=1e-30) / q.shape[0]
    return q * q.shape[0]


def swapped_prediction(scores: Tensor, y: Tensor | None = None, s: Tensor | None = None) -> Tensor:
    """SwAV's loss for scores (2B, K) of both views: cross entropy against the other view's code."""
    first, second = scores.chunk(2)
    ways = ((first, second), (second, first))
    losses = [
        -(sinkhorn(code) * (guess / TEMPERATURE).log_softmax(dim=1)).sum(dim=1).mean()
        for code, guess in ways
    ]
    return torch.stack(losses).mean()


def two_views(x: Tensor, s: Tensor | None, draws: torch.Generator) -> tuple[Tensor, Tensor | None]:
    """(2B, 3, h, h): of each image two crops of 0.3 to 1 of its area, off in colour and sharpness.

    The published code adds crops of lower resolution; at 32 and 64 px there is nothing below.
    """
    x = x.repeat(2, 1, 1, 1)
    side = (0.3 + 0.7 * torch.rand(len(x), generator=draws).to(x)).sqrt()
    centre = (1 - side)[:, None] * (2 * torch.rand(len(x), 2, generator=draws).to(x) - 1)
    theta = torch.cat([torch.diag_embed(side[:, None].expand(-1, 2)), centre[:, :, None]], dim=2)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    amount = torch.rand(len(x), 3, 3, 1, 1, generator=draws).to(x)
    blurred = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = torch.lerp(x, blurred, (2 * amount[:, 0, :1] - 1).clamp(min=0))  # every second image
    x = x * (0.8 + 0.4 * amount[:, 1, :1]) + 0.2 * (2 * amount[:, 2] - 1)
    return x.clamp(-1, 1), s


def probe(network: SwAV, data: FaceData) -> dict:
    """Accuracy by attribute of a linear map from features, fitted on one half, tested on the other.

    It says what the features know of faces, although no label took part in their training.
    """
    x, y, _ = data.batch(torch.arange(len(data)))
    device = next(network.parameters()).device
    with torch.inference_mode():
        features = torch.cat([network.encoder(part.to(device)).cpu() for part in x.split(250)])
    features = features.double()
    features = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    half = len(data) // 2
    fit = torch.linalg.lstsq(features[:half], 2 * y[:half].double() - 1, driver="gelsd").solution
    hits = ((features[half:] @ fit > 0) == (y[half:] > 0)).double().mean(dim=0)
    names = zip(data.attributes, hits.tolist(), strict=True)
    return {"accuracy": {name: round(value, 4) for name, value in names}}
