# SPDX-License-Identifier: Apache-2.0
"""Dense distillation's loss: every cell has a score to say and a box to give.

Scores: quality focal loss (Li et al., "Generalized Focal Loss", 2020, arXiv 2006.04388) with exponent 1.5, in units
of the batch's people (the sum of squared target scores). Boxes: generalised IoU (Rezatofighi et al., 2019, arXiv
1902.09630), weighted by the target's score.
"""
import torch
from torch.nn import functional

EXPONENT = 1.5
LEAST_SCORE = 0.05  # of a target whose box is worth learning


def score_loss(logits, scores, weights):
    far = (logits.sigmoid() - scores).abs()
    each = functional.binary_cross_entropy_with_logits(logits, scores, reduction="none")
    return (weights * far.pow(EXPONENT) * each).sum()


def giou(a, b):
    """Of row i of a with row i of b: 1 for the same box, towards -1 for far ones."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    inter = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).clamp(min=0).prod(1) + (b[:, 2:] - b[:, :2]).clamp(min=0).prod(1) - inter
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    return inter / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)


def box_loss(boxes, target_boxes, scores, weights):
    asked = (scores > LEAST_SCORE) & (weights > 0)
    strength = (weights * scores)[asked]
    return (strength * (1 - giou(boxes[asked], target_boxes[asked]))).sum() / strength.sum().clamp(min=1)


def total_loss(out, boxes, targets, settings):
    """out [n, cells, 5], boxes [n, cells, 4] of it; targets: scores, weights [n, cells], boxes. Returns loss, parts."""
    scores, weights = targets["scores"], targets["weights"]
    unit = (weights * scores.square()).sum().clamp(min=1)
    said = score_loss(out[..., 4], scores, weights) / unit
    drawn = box_loss(boxes, targets["boxes"], scores, weights)
    return settings["score_weight"] * said + settings["box_weight"] * drawn, (said.item(), drawn.item())
