# SPDX-License-Identifier: Apache-2.0
"""Measures: AP50, AP, miss rate and calibration on the pictures held out by scene, and false people on negatives.

    evaluate.py WEIGHTS [--config CONFIG] [--size 448x256] [--json FILE]

WEIGHTS is a branch's .pt or checkpoint.npz, measured in floats by torch. What counts is ../shared/models/README.md's
"Rules of measuring accuracy"; people under 12 pixels are ignored regions here, where pictures are small. The four
sequences of data/mot are measured by bench/accuracy.py with the program itself; each look is counted in looks.md.
"""
import argparse
import json
import os

import cv2
import numpy as np
import torch

from data import HERE, digest, is_negative, load_config, part_of, read_sources, set_names
from geometry import iou_of, part_inside, suppress
from network import CONTRAST, GREY, boxes_of, cells_of

LEAST_SCORE, NMS_IOU, LEAST_HEIGHT, MOST_BOXES = 0.01, 0.6, 12, 300
THRESHOLDS = tuple(np.arange(0.5, 0.96, 0.05))
RATES = np.logspace(-2, 0, 9)  # false people a picture, of the log-average miss rate
_kept = {}


def letterbox(pixels, width, height):
    """Pixels at the top left of the input, and the factors (x, y) that took them there."""
    h, w = pixels.shape[:2]
    r = min(width / w, height / h)
    nw, nh = min(width, round(w * r)), min(height, round(h * r))
    full = np.full((height, width, 3), int(GREY), np.uint8)
    full[:nh, :nw] = cv2.resize(pixels, (nw, nh), interpolation=cv2.INTER_LINEAR)
    return full, (nw / w, nh / h)


def held_out(config, size, name="real"):
    """[(picture, input pixels, factors)] of a set's pictures that validation may use: labelled throughout, or empty."""
    key = (name, digest(config), size)
    if key not in _kept:
        pictures = [p for p in read_sources(part_of(config, name)) if p.held_out and p.complete]
        _kept[key] = [(p, *letterbox(cv2.imread(p.path), *size)) for p in pictures]
    return _kept[key]


@torch.no_grad()
def detect(network, inputs, size, device="cpu", batch=8):
    """Boxes [n, 5] in the input's pixels for each input."""
    cells, found = [c.to(device) for c in cells_of(*size)], []
    for first in range(0, len(inputs), batch):
        x = torch.from_numpy(np.stack(inputs[first:first + batch])).to(device).permute(0, 3, 1, 2).float()
        out = network(x.sub_(GREY).div_(CONTRAST))
        rows = torch.cat([boxes_of(out, cells), out[..., 4:].sigmoid()], -1).cpu().numpy()
        for r in rows:  # untrained networks claim people everywhere: the best are enough
            best = np.argsort(-r[:, 4], kind="stable")[:MOST_BOXES]
            found.append(suppress(r[best[r[best, 4] >= LEAST_SCORE]], NMS_IOU))
    return found


def match(overlap, hidden, threshold):
    """1 hit, 0 false, -1 neither, for each box found, best first. overlap [found, people]: their IoU."""
    verdict, overlap = np.where(hidden, -1, 0), overlap.copy()
    for i in np.flatnonzero((overlap >= threshold).any(1)) if overlap.size else ():
        best = overlap[i].argmax()
        if overlap[i, best] >= threshold:
            overlap[:, best], verdict[i] = -1, 1
    return verdict


def judge(found, truths, threshold):
    """Scores and verdicts of all boxes that count, best first, and how many people there are."""
    scores, verdicts = [], []
    for boxes, (people, ignore) in zip(found, truths):
        hidden = part_inside(boxes[:, :4], ignore).max(1) >= 0.5 if len(ignore) else np.zeros(len(boxes), bool)
        verdict = match(iou_of(boxes[:, :4], people), hidden, threshold)
        scores.append(boxes[verdict >= 0, 4])
        verdicts.append(verdict[verdict >= 0])
    scores, verdicts = np.concatenate(scores), np.concatenate(verdicts)
    order = np.argsort(-scores, kind="stable")
    return scores[order], verdicts[order], sum(len(p) for p, _ in truths)


def average_precision(verdicts, count):
    """101 recall points, precision made monotonic."""
    hits = np.cumsum(verdicts)
    recall, precision = hits / max(count, 1), hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.mean(np.append(precision, 0)[np.minimum(at, len(precision))]))


def miss_rate(verdicts, count, pictures):
    hits, false = np.cumsum(verdicts), np.cumsum(verdicts == 0)
    at = np.searchsorted(false / pictures, RATES, side="right") - 1
    misses = np.where(at >= 0, 1 - hits[np.maximum(at, 0)] / max(count, 1), 1)
    return float(np.exp(np.log(np.maximum(misses, 1e-4)).mean()))


def calibration_error(scores, verdicts, bins=10):
    """Expected calibration error over bins of equal width, of boxes with a score of 0.05 or more."""
    use = scores >= 0.05
    at = np.minimum((scores[use] * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        mine = at == b
        if mine.any():
            error += mine.mean() * abs(scores[use][mine].mean() - verdicts[use][mine].mean())
    return float(error)


def truth_of(picture, factors):
    scale = np.float32([*factors, *factors])
    tall = picture.boxes[:, 3] - picture.boxes[:, 1] >= LEAST_HEIGHT
    return picture.boxes[tall] * scale, np.concatenate([picture.ignore, picture.boxes[~tall]]) * scale


def examine(network, config, size, device="cpu", name="real"):
    kept = held_out(config, size, name)
    if not kept:
        return None
    found = detect(network, [pixels for _, pixels, _ in kept], size, device)
    return kept, found, [truth_of(p, factors) for p, _, factors in kept]


def held_out_accuracy(network, config, device="cpu", size=(448, 256)):
    """AP50 and AP of all held-out pictures together; nothing where there are none."""
    seen = examine(network, config, size, device)
    if seen is None:
        return []
    every = []
    for threshold in THRESHOLDS:
        _, verdicts, count = judge(seen[1], seen[2], threshold)
        every.append(average_precision(verdicts, count))
    return [every[0], float(np.mean(every))]


HEIGHTS = (0, 20, 32, 64, 128, 1000)  # of a person in the input, pixels


def recall_by_height(found, truths, least=0.3):
    """The part of people found at IoU 0.5 by boxes of at least this score, by height in the input."""
    hits, counts = np.zeros(len(HEIGHTS) - 1), np.zeros(len(HEIGHTS) - 1)
    for boxes, (people, _) in zip(found, truths):
        sure = boxes[boxes[:, 4] >= least, :4]
        hit = iou_of(people, sure).max(1) >= 0.5 if len(sure) else np.zeros(len(people), bool)
        bucket = np.digitize(people[:, 3] - people[:, 1], HEIGHTS) - 1
        np.add.at(counts, bucket, 1)
        np.add.at(hits, bucket, hit)
    return {f"recall {low} to {high} px, score {least}": f"{100 * h / c:.0f} % of {c:.0f}"
            for low, high, h, c in zip(HEIGHTS, HEIGHTS[1:], hits, counts) if c}


def kinds_of(pixels, people):
    """Names of the kinds that each person belongs to: light of the picture, company, and cover by others."""
    light = "dark picture" if pixels.mean() < 70 else "bright picture"
    company = "alone or two" if len(people) < 3 else "3 to 9 people" if len(people) < 10 else "10 people or more"
    shared = part_inside(people, people) - np.eye(len(people))
    cover = np.where(shared.max(1) > 0.3, "overlapped by over 0.3", "hardly overlapped") if len(people) else []
    return [(light, company, str(c)) for c in cover]


def recall_by_kind(kept, found, truths, least=0.3):
    """The part of people found at IoU 0.5, by light, company and cover (of boxes: labels know no occlusion)."""
    hits, counts = {}, {}
    for (_, pixels, _), boxes, (people, _) in zip(kept, found, truths):
        sure = boxes[boxes[:, 4] >= least, :4]
        hit = iou_of(people, sure).max(1) >= 0.5 if len(sure) else np.zeros(len(people), bool)
        for one, kinds in zip(hit, kinds_of(pixels, people)):
            for kind in kinds:
                counts[kind] = counts.get(kind, 0) + 1
                hits[kind] = hits.get(kind, 0) + int(one)
    return {f"recall {k}, score {least}": f"{100 * hits[k] / counts[k]:.0f} % of {counts[k]}" for k in sorted(counts)}


def report(network, config, size):
    """All figures of the held-out pictures, as a dictionary."""
    kept, found, truths = examine(network, config, size)
    scores, verdicts, count = judge(found, truths, 0.5)
    figures = {"pictures": len(kept), "people": count, "size": list(size),
               "miss_rate": miss_rate(verdicts, count, len(kept)), "ece": calibration_error(scores, verdicts)}
    figures["ap50"], figures["ap"] = held_out_accuracy(network, config, size=size)
    for source in sorted({p.source for p, _, _ in kept if not is_negative(p)}):
        mine = [i for i, (p, _, _) in enumerate(kept) if p.source == source]
        _, verdicts, people = judge([found[i] for i in mine], [truths[i] for i in mine], 0.5)
        figures["ap50 " + source] = average_precision(verdicts, people)
    figures.update(recall_by_height(found, truths))
    figures.update(recall_by_kind(kept, found, truths))
    for name in set_names(config)[1:]:
        apart = examine(network, config, size, name=name)
        if apart:
            _, verdicts, people = judge(apart[1], apart[2], 0.5)
            figures[f"ap50 the set {name}, apart from these,"] = average_precision(verdicts, people)
    empty = [found[i] for i, (p, _, _) in enumerate(kept) if is_negative(p)]
    figures["negatives"] = len(empty)
    for least in (0.3, 0.4, 0.5, 0.6):
        figures[f"false people on negatives at {least}"] = int(sum((b[:, 4] >= least).sum() for b in empty))
    return figures


if __name__ == "__main__":
    from train import load_for_use
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    parser.add_argument("--size", default="448x256")
    parser.add_argument("--json")
    given = parser.parse_args()
    made, origin = load_for_use(given.weights)
    answer = report(made, load_config(given.config), tuple(int(v) for v in given.size.split("x")))
    answer["weights"] = origin
    text = json.dumps(answer, indent=1)
    print(text)
    if given.json:
        os.makedirs(os.path.dirname(given.json) or ".", exist_ok=True)
        with open(given.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
