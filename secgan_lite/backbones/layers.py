"""Layers that backbones share, and faster forms of some of them."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def summed_gradient(score: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """∇ₓ Σ score(x), with the graph that its own derivative needs."""
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(score(x).sum(), x, create_graph=True)[0]


def instance_norm(channels: int) -> nn.Module:
    """Instance norm with weights and without running statistics: training is evaluation.

    A group for each channel is the same computation as the module of that name, in half the time
    on a CPU.
    """
    return nn.GroupNorm(channels, channels)


def require_divisible(image_size: int, factor: int, network: str) -> None:
    """Refuse an image size that ``network`` can't halve often enough, and name those it can."""
    if image_size < factor or image_size % factor:
        below = max(factor, image_size // factor * factor)
        raise ValueError(
            f"image_size={image_size} does not fit {network}: it takes multiples of {factor}, "
            f"for example {below} or {below + factor}."
        )


class LabelConv2d(nn.Conv2d):
    """A 'same' convolution of cat(x, y tiled to h × h), without building the tiled planes.

    A constant plane is the same under every tap of the kernel that falls inside the image, so the
    label's share of a pixel is the sum of those taps, weighted by the label.
    """

    def __init__(self, in_channels: int, n_attributes: int, out_channels: int, kernel: int) -> None:
        super().__init__(
            in_channels + n_attributes, out_channels, kernel, padding=kernel // 2, bias=False
        )
        self.image_channels = in_channels

    def image_share(self, x: Tensor) -> Tensor:
        """(B, in_channels, h, h) -> (B, out_channels, h, h)."""
        return F.conv2d(x, self.weight[:, : self.image_channels], padding=self.padding)

    def label_share(self, y: Tensor, size: int) -> Tensor:
        """(B, n_attributes) -> (B, out_channels, size, size)."""
        kernel = self.kernel_size[0]
        taps = torch.arange(kernel, device=y.device) - kernel // 2
        position = torch.arange(size, device=y.device)[:, None] + taps
        inside = ((position >= 0) & (position < size)).to(self.weight)  # (size, kernel)
        kernels = torch.einsum("ba,oaij->boij", y, self.weight[:, self.image_channels :])
        return inside @ kernels @ inside.T


class NarrowConv2d(nn.Conv2d):
    """A 'same' convolution to few channels that computes four neighbouring pixels at once.

    Vector units work on 8 or 16 channels, whatever part of them is asked for. A kernel one larger,
    with a copy of the weights for each pixel of a 2 × 2 square and a stride of 2, puts out the
    square's pixels as channels. Under bf16 on a CPU it is computed plainly: oneDNN's kernel for AMX
    gets 8 to 12 channels under a kernel 8 wide wrong, and little would be won.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int) -> None:
        super().__init__(in_channels, out_channels, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_autocast_enabled("cpu"):
            return super().forward(x)
        shifts = ((0, 1, 0, 1), (1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 1, 0))
        squares = torch.stack([F.pad(self.weight, shift) for shift in shifts], dim=1)
        return F.pixel_shuffle(F.conv2d(x, squares.flatten(0, 1), None, 2, self.padding), 2)
