# SPDX-License-Identifier: Apache-2.0
"""Draws what it fails on: pictures held out with the most missed and false people, everybody in them pixelated.

    fails.py WEIGHTS PICTURE.jpg [--config CONFIG]

Only of sources with a stated open licence and of synthetic scenes, half of the places each, one picture a scene. Red:
missed; yellow: found where nobody is; green: found. Faults are counted at the score that serves best on these
pictures; whatever was thought a person at all is pixelated.
"""
import argparse
import os

import cv2
import numpy as np

from calibrate import logit
from data import HERE, load_config, set_names
from evaluate import examine, match
from geometry import iou_of, part_inside
from train import load_for_use

SIZE, COLUMNS, ROWS = (448, 256), 3, 2
BLOCK = 6  # pixels of the input that become one
LEAST_HIDDEN = 0.06  # score
COLOURS = {"missed": (40, 40, 230), "false": (30, 220, 240), "found": (80, 200, 60)}


def faults(boxes, people, ignore, least):
    """Boxes by kind: missed, false, found."""
    boxes = boxes[boxes[:, 4] >= least]
    hidden = part_inside(boxes[:, :4], ignore).max(1) >= 0.5 if len(ignore) else np.zeros(len(boxes), bool)
    overlap = iou_of(boxes[:, :4], people)
    verdict = match(overlap, hidden, 0.5)
    found = overlap[verdict == 1].argmax(1) if (verdict == 1).any() else []
    missed = np.delete(people, found, 0)
    return {"missed": missed, "false": boxes[verdict == 0, :4], "found": boxes[verdict == 1, :4]}


def best_score(every):
    """The score at which fewest people are missed or made up."""
    scores = 1 / (1 + np.exp(-np.linspace(logit(0.2), logit(0.7), 11)))
    cost = [sum(len(f["missed"]) + len(f["false"]) for f in (faults(*one, s) for one in every)) for s in scores]
    return scores[int(np.argmin(cost))]


def hide(pixels, boxes):
    for box in np.round(boxes).astype(int):
        x0, y0, x1, y1 = np.clip(box, 0, [pixels.shape[1], pixels.shape[0]] * 2)
        part = pixels[y0:y1, x0:x1]
        if part.size:
            small = cv2.resize(part, (max(1, (x1 - x0) // BLOCK), max(1, (y1 - y0) // BLOCK)),
                               interpolation=cv2.INTER_AREA)
            part[:] = cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)


def draw(pixels, seen, thought):
    pixels = pixels.copy()
    hide(pixels, np.concatenate([*seen.values(), thought]))
    for kind, boxes in seen.items():
        for x0, y0, x1, y1 in np.round(boxes).astype(int).tolist():
            cv2.rectangle(pixels, (x0, y0), (x1 - 1, y1 - 1), COLOURS[kind], 1 if kind == "found" else 2)
    return pixels


def worst_of(seen, scenes):
    """Numbers of pictures, most faults first, one a scene."""
    chosen = {}
    for i in sorted(range(len(seen)), key=lambda i: (-len(seen[i]["missed"]) - len(seen[i]["false"]), i)):
        chosen.setdefault(scenes[i], i)
    return list(chosen.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights")
    parser.add_argument("picture")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    given = parser.parse_args()
    config, network = {**load_config(given.config), "open_only": True}, load_for_use(given.weights)[0]
    cells, told = [], []
    for name in set_names(config):
        kept, found, truths = examine(network, config, SIZE, name=name)
        every = [(boxes, people, ignore) for boxes, (people, ignore) in zip(found, truths)]
        least = best_score(every)
        seen = [faults(*one, least) for one in every]
        for i in worst_of(seen, [picture.scene for picture, _, _ in kept])[:COLUMNS * ROWS // 2]:
            cells.append(draw(kept[i][1], seen[i], found[i][found[i][:, 4] >= LEAST_HIDDEN, :4]))
            told.append(f"{kept[i][0].source}/{os.path.basename(kept[i][0].path)}")
        print(f"{name}: at score {least:.2f} " +
              ", ".join(f"{sum(len(s[k]) for s in seen)} {k}" for k in COLOURS))
    cells += [np.zeros_like(cells[0])] * (COLUMNS * ROWS - len(cells))
    sheet = np.vstack([np.hstack(cells[r * COLUMNS:(r + 1) * COLUMNS]) for r in range(ROWS)])
    cv2.imwrite(given.picture, sheet, [cv2.IMWRITE_JPEG_QUALITY, 80])
    print(f"{given.picture}: " + ", ".join(told))


if __name__ == "__main__":
    main()
