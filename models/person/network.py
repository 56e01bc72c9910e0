# SPDX-License-Identifier: Apache-2.0
"""The network: one score and one box for every cell at strides 8, 16 and 32.

Built for int8 and for training on CPUs, which like the same things: dense 3x3 convolutions (our int8 kernels reach
600 to 750 GOP/s there and 50 in depthwise ones, whose gradients cost oneDNN five times their share), depthwise 5x5
only at stride 32, channel counts in multiples of 16 (a vector of bytes), ReLU (a clamp of the rounding step, free in
bytes), sums but no concatenations (a residual sum rides along with a convolution). The head's form is YOLOX's (Ge et
al., 2021, arXiv 2107.08430): dx dy log_w log_h score; a centre is (column + 0.5 + dx) * stride, a size exp(log) *
stride. The pyramid goes down and up as in PANet (Liu et al., 2018, arXiv 1803.01534), with sums.
"""
import math

import torch
from torch import nn
from torch.nn import functional

from targets import STRIDES

VALUES = 5  # of a cell: dx dy log_w log_h score
GREY, CONTRAST = 114.0, 64.0  # a value is (pixel - GREY) / CONTRAST: letterbox grey is 0, as is a convolution's padding


def convolution(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.03))


class Dense(nn.Module):
    """A convolution and ReLU; `plus` is added before the ReLU, or the block's own input where it skips."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, skip=False):
        super().__init__()
        self.body = convolution(inputs, outputs, kernel, stride)
        self.skip = skip

    def forward(self, x, plus=None):
        y = self.body(x)
        if self.skip:
            plus = x
        return functional.relu(y if plus is None else y + plus)


class Separable(nn.Module):
    """A 5x5 depthwise convolution, then 1x1; `plus` is added before the ReLU."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.spread = convolution(inputs, inputs, 5, stride, inputs)
        self.mix = convolution(inputs, outputs, 1)

    def forward(self, x, plus=None):
        y = self.mix(functional.relu(self.spread(x)))
        return functional.relu(y if plus is None else y + plus)


class Backbone(nn.Module):
    def __init__(self, widths, depths):
        super().__init__()
        stem, *stages = widths
        self.stem = Dense(3, stem, 3, 2)
        self.stages = nn.ModuleList()
        before = stem
        for width, depth in zip(stages[:-1], depths[:-1]):
            blocks = [Dense(before, width, 3, 2)] + [Dense(width, width, skip=True) for _ in range(depth)]
            self.stages.append(nn.Sequential(*blocks))
            before = width
        self.narrow = Separable(before, stages[-1], 2)
        self.deep = nn.ModuleList(Separable(stages[-1], stages[-1]) for _ in range(depths[-1]))

    def forward(self, x):
        """The pictures at strides 8, 16, 32."""
        found = []
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        x = self.narrow(x)
        for block in self.deep:
            x = block(x, plus=x)
        return [*found[1:], x]


class Head(nn.Module):
    def __init__(self, width, prior):
        super().__init__()
        self.body = Dense(width, width)
        self.out = nn.Conv2d(width, VALUES, 1)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.zeros_(self.out.bias)
        with torch.no_grad():
            self.out.bias[2] = math.log(2.0)
            self.out.bias[3] = math.log(4.0)
            self.out.bias[4] = -math.log((1 - prior) / prior)

    def forward(self, x):
        return self.out(self.body(x))


class Person(nn.Module):
    """Pictures [n, 3, h, w] as (pixel - GREY) / CONTRAST, blue green red, to [n, cells, 5], the score as a logit."""

    def __init__(self, widths=(16, 32, 64, 96, 128), depths=(0, 2, 2, 2), pyramid=64, prior=0.01):
        super().__init__()
        self.backbone = Backbone(widths, depths)
        self.lateral = nn.ModuleList(convolution(w, pyramid, 1) for w in widths[2:])
        self.down = nn.ModuleList(Dense(pyramid, pyramid) for _ in range(2))
        self.up = nn.ModuleList(Dense(pyramid, pyramid, 3, 2) for _ in range(2))
        self.heads = nn.ModuleList(Head(pyramid, prior) for _ in STRIDES)

    def maps(self, x):
        """One map [n, 5, rows, columns] for each stride."""
        fine, middle, coarse = (lateral(level) for lateral, level in zip(self.lateral, self.backbone(x)))
        coarse = functional.relu(coarse)
        middle = functional.relu(middle + functional.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        middle = self.down[0](middle)
        fine = functional.relu(fine + functional.interpolate(middle, scale_factor=2.0, mode="nearest"))
        fine = self.down[1](fine)
        middle = self.up[0](fine, plus=middle)
        coarse = self.up[1](middle, plus=coarse)
        return [head(level) for head, level in zip(self.heads, (fine, middle, coarse))]

    def forward(self, x):
        return torch.cat([m.flatten(2).transpose(1, 2) for m in self.maps(x)], 1)


def cells_of(width, height, strides=STRIDES):
    """Three tensors [cells]: column, row, stride of each cell, in the order of the network's output."""
    columns, rows, sizes = [], [], []
    for stride in strides:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        columns.append(x.flatten())
        rows.append(y.flatten())
        sizes.append(torch.full((x.numel(),), stride))
    return torch.cat(columns).float(), torch.cat(rows).float(), torch.cat(sizes).float()


def boxes_of(out, cells):
    """Corner boxes [n, cells, 4] in pixels of the input."""
    column, row, stride = cells
    x, y = (column + 0.5 + out[..., 0]) * stride, (row + 0.5 + out[..., 1]) * stride
    w, h = (out[..., i].clamp(-4, 6).exp() * stride / 2 for i in (2, 3))
    return torch.stack([x - w, y - h, x + w, y + h], -1)


def count_macs(network, width, height):
    """Multiply-adds of the convolutions for one picture."""
    total = 0

    def add(layer, _, out):
        nonlocal total
        total += out.shape[2] * out.shape[3] * layer.weight.numel()
    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        network(torch.zeros(1, 3, height, width))
    for hook in hooks:
        hook.remove()
    return total
