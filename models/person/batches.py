# SPDX-License-Identifier: Apache-2.0
"""Batches from the prepared arrays: windows of canvases, flipped and tinted on the way.

A window begins at multiples of 32 pixels, so that the prepared targets of its cells stay true and smaller inputs cost
nothing but a copy: that is how one set serves every size. Which samples a step sees depends on the seed and the step
alone, so a run that goes on sees what it would have seen.
"""
import numpy as np

from arrays import arrays
from targets import STRIDES, WEIGHT_ONE

GRID = 32
SEEN_PART = 0.35  # of a target box that a window cuts: less of it is not asked for


class Prepared:
    """One set's samples."""

    def __init__(self, folder):
        self.data = arrays(folder)
        self.height, self.width = self.data["pictures"].shape[1:3]
        self.refresh()

    def refresh(self):
        """Looks again which samples are there: preparing may still go on."""
        self.there = np.flatnonzero(self.data["done"])
        return len(self.there)

    def level_maps(self, values):
        """One view [rows, columns, ...] of a sample's cells for each stride."""
        first = 0
        for s in STRIDES:
            rows, columns = self.height // s, self.width // s
            yield s, values[first:first + rows * columns].reshape(rows, columns, *values.shape[1:])
            first += rows * columns

    def window(self, i, x, y, width, height):
        """Sample i's pixels and targets in a window; boxes move along, cut at its edges."""
        pixels = self.data["pictures"][i, y:y + height, x:x + width]
        found = {}
        for name in ("scores", "weights", "boxes"):
            parts = [m[y // s:(y + height) // s, x // s:(x + width) // s]
                     for s, m in self.level_maps(self.data[name][i])]
            found[name] = np.concatenate([p.reshape(-1, *p.shape[2:]) for p in parts])
        boxes = found["boxes"].astype(np.float32) - np.float32([x, y, x, y])
        if (width, height) != (self.width, self.height):
            cut = np.clip(boxes, 0, np.float32([width, height, width, height]))
            before, after = (np.prod(np.maximum(b[:, 2:] - b[:, :2], 0), 1) for b in (boxes, cut))
            lost = (after < SEEN_PART * before) & (found["scores"] > 12)
            found["weights"] = np.where(lost, 0, found["weights"])
            boxes = cut
        return pixels, found["scores"], found["weights"], boxes

    def sample(self, rng, width, height):
        i = self.there[rng.integers(len(self.there))]
        x = GRID * rng.integers((self.width - width) // GRID + 1)
        y = GRID * rng.integers((self.height - height) // GRID + 1)
        pixels, scores, weights, boxes = self.window(i, x, y, width, height)
        if rng.random() < 0.5:
            pixels, scores, weights, boxes = flip(pixels, scores, weights, boxes, width, height)
        return tint(pixels, rng), scores, weights, boxes


class Batches:
    """Samples of several sets, each with its share: sets is [(folder, share)]."""

    def __init__(self, sets, seed):
        self.sets, self.seed = [Prepared(folder) for folder, _ in sets], seed
        shares = np.array([share for _, share in sets], float)
        self.edges = np.cumsum(shares / shares.sum())

    def refresh(self):
        return sum(part.refresh() for part in self.sets)

    def sample(self, rng, width, height):
        part = self.sets[0]
        if len(self.sets) > 1:
            part = self.sets[min(int(np.searchsorted(self.edges, rng.random())), len(self.sets) - 1)]
        return part.sample(rng, width, height)

    def batch(self, step, count, width, height, device="cpu"):
        """Input and targets as tensors."""
        import torch

        from network import CONTRAST, GREY
        rng = np.random.default_rng([self.seed, 1, step])
        made = [self.sample(rng, width, height) for _ in range(count)]
        pixels, scores, weights, boxes = (np.stack(v) for v in zip(*made))
        x = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().float().sub_(GREY).div_(CONTRAST)
        return x.to(device), {"scores": torch.from_numpy(scores).to(device).float() / 255,
                              "weights": torch.from_numpy(weights).to(device).float() / WEIGHT_ONE,
                              "boxes": torch.from_numpy(boxes).to(device)}


def flip(pixels, scores, weights, boxes, width, height):
    order, first = [], 0
    for s in STRIDES:
        rows, columns = height // s, width // s
        order.append(first + np.arange(rows * columns).reshape(rows, columns)[:, ::-1].ravel())
        first += rows * columns
    order = np.concatenate(order)
    boxes = boxes[order]
    boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], 1)
    return pixels[:, ::-1], scores[order], weights[order], boxes


def tint(pixels, rng):
    """Brightness, contrast and gamma by one byte table; now and then another for each channel."""
    levels = np.arange(256) / 255.0
    channels = 3 if rng.random() < 0.3 else 1
    tables = []
    for _ in range(channels):
        curve = levels ** np.exp(rng.uniform(-0.35, 0.35))
        curve = (curve - 0.5) * rng.uniform(0.7, 1.3) + 0.5 + rng.uniform(-0.12, 0.12)
        tables.append(np.clip(curve * 255, 0, 255).astype(np.uint8))
    if channels == 1:
        return tables[0][pixels]
    return np.stack([table[pixels[..., c]] for c, table in enumerate(tables)], -1)
