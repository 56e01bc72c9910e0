# SPDX-License-Identifier: Apache-2.0
"""Boxes in numpy: overlap, suppression, clipping. A box is x0 y0 x1 y1 in pixels."""
import numpy as np


def area_of(boxes):
    return np.prod(np.maximum(boxes[:, 2:4] - boxes[:, :2], 0), 1)


def shared_area(a, b):
    """[n, m] pixels that box i of a and box j of b share."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:4], b[None, :, 2:4])
    return np.prod(np.maximum(high - low, 0), 2)


def iou_of(a, b):
    inter = shared_area(a, b)
    return inter / np.maximum(area_of(a)[:, None] + area_of(b)[None] - inter, 1e-6)


def part_inside(a, b):
    """[n, m] part of box i of a that lies in box j of b."""
    return shared_area(a, b) / np.maximum(area_of(a)[:, None], 1e-6)


def suppress(boxes, iou):
    """Greedy suppression of rows x0 y0 x1 y1 score; best first."""
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    near = iou_of(boxes, boxes) > iou
    kept, alive = [], np.ones(len(boxes), bool)
    for i in range(len(boxes)):
        if alive[i]:
            kept.append(i)
            alive &= ~near[i]
    return boxes[kept]


def clip(boxes, x0, y0, x1, y1):
    return np.clip(boxes, np.float32([x0, y0, x0, y0]), np.float32([x1, y1, x1, y1])).astype(np.float32)
