# SPDX-License-Identifier: Apache-2.0
"""Makes scores mean probability: a temperature and a shift of the logit, fitted on the pictures held out.

Platt's scaling (1999) of what remains after suppression: a box is right where it takes a person at IoU 0.5. Both
numbers go into the last convolution (export.py), so that the calibrated network costs nothing. The error is reported
before and after, the latter across two halves told apart by scene: each half judged by the other's fit.
"""
import hashlib

import numpy as np

from evaluate import calibration_error, examine, judge

LEAST = 0.02  # of scores that are fitted: below stands the great mass of cells that claim nothing
ROUNDS = 50


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def fit(scores, verdicts):
    """gain, shift of sigmoid(gain * logit(score) + shift) by Newton's steps on the likelihood, slightly held back."""
    x, y = logit(scores), verdicts.astype(float)
    value, hold = np.array([1.0, 0.0]), 1e-3
    design = np.stack([x, np.ones_like(x)], 1)
    for _ in range(ROUNDS):
        p = sigmoid(design @ value)
        slope = design.T @ (p - y) / len(y) + hold * (value - [1, 0])
        bend = (design * (p * (1 - p))[:, None]).T @ design / len(y) + hold * np.eye(2)
        step = np.linalg.solve(bend, slope)
        value = value - step
        if np.abs(step).max() < 1e-7:
            break
    return max(float(value[0]), 0.05), float(value[1])


def apply(scores, fitted):
    return sigmoid(fitted[0] * logit(scores) + fitted[1])


def half_of(picture):
    return int(hashlib.sha256(f"{picture.source}/{picture.scene}".encode()).hexdigest(), 16) % 2


def pairs(found, truths, chosen):
    scores, verdicts, _ = judge([found[i] for i in chosen], [truths[i] for i in chosen], 0.5)
    return scores[scores >= LEAST], verdicts[scores >= LEAST]


def calibrate(network, config, size=(448, 256)):
    """{"temperature", "shift", "ece_before", "ece_after"}; None where nothing is held out."""
    seen = examine(network, config, size)
    if seen is None:
        return None
    kept, found, truths = seen
    halves = [[i for i, (p, _, _) in enumerate(kept) if half_of(p) == h] for h in (0, 1)]
    errors, counts = [], []
    for h in (0, 1):
        scores, verdicts = pairs(found, truths, halves[h])
        other = pairs(found, truths, halves[1 - h])
        if len(scores) and len(other[0]):
            errors.append(calibration_error(apply(scores, fit(*other)), verdicts))
            counts.append(len(scores))
    scores, verdicts = pairs(found, truths, range(len(kept)))
    gain, shift = fit(scores, verdicts)
    return {"temperature": 1 / gain, "shift": shift, "boxes": len(scores),
            "ece_before": calibration_error(scores, verdicts),
            "ece_after": float(np.average(errors, weights=counts)) if errors else None}
