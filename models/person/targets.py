# SPDX-License-Identifier: Apache-2.0
"""What every cell of a canvas should say: a score, a box, and how much it counts.

The teachers speak first. Labels correct them: a cell whose box fits a labelled person is raised to that overlap, a
person whom no cell has found gets the cell at its centre, and where labels are complete a box that fits nobody loses
most of its score. Cells count by person, not by cell: a small person's two cells weigh as much as a large one's
twenty.
"""
import numpy as np

from geometry import iou_of, part_inside, suppress

STRIDES = (8, 16, 32)
MISSED = 0.5      # score of a labelled person's centre cell that no teacher found
DOUBTED = 0.25    # of a teacher's score where complete labels know nobody
WEIGHT_ONE = 64   # weights are stored as bytes: 64 is 1


def cell_grid(width, height):
    """Centres [cells, 2] in pixels and strides [cells]."""
    centres, strides = [], []
    for s in STRIDES:
        y, x = np.mgrid[:height // s, :width // s]
        centres.append((np.stack([x.ravel(), y.ravel()], 1) + 0.5) * s)
        strides.append(np.full(x.size, s))
    return np.concatenate(centres).astype(np.float32), np.concatenate(strides)


def level_of(box):
    """Which of the strides fits the box's size."""
    side = np.sqrt(max((box[2] - box[0]) * (box[3] - box[1]), 0))
    return 0 if side < 36 else 1 if side < 90 else 2


def cell_at(box, width, height):
    """The cell of the stride that fits the box's size, at its centre; -1 outside the canvas."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not (0 <= x < width and 0 <= y < height):
        return -1
    level = level_of(box)
    first = sum((width // s) * (height // s) for s in STRIDES[:level])
    s = STRIDES[level]
    return first + int(y // s) * (width // s) + int(x // s)


def centre_targets(people, width, height):
    """Scores and boxes where no teacher speaks: 1 and the person's box for cells of the stride that fits, within a
    stride and a half of its centre and inside it (as FCOS samples centres; Tian et al., 2019, arXiv 1904.01355)."""
    centres, strides = cell_grid(width, height)
    scores, boxes = np.zeros(len(strides), np.float32), np.zeros((len(strides), 4), np.float32)
    for i in np.argsort([-np.prod(b[2:] - b[:2]) for b in people["boxes"]], kind="stable"):
        x0, y0, x1, y1 = box = people["boxes"][i]
        s = STRIDES[level_of(box)]
        far = np.abs(centres - [(x0 + x1) / 2, (y0 + y1) / 2]).max(1)
        inside = (centres >= [x0, y0]).all(1) & (centres <= [x1, y1]).all(1)
        mine = (strides == s) & (far <= 1.5 * s) & inside
        scores[mine], boxes[mine] = people["sure"][i], box
    return scores, boxes


def raise_labelled(scores, boxes, people, width, height):
    """Labels' say, in place. people: boxes, sure, tight. Returns each cell's person, -1 for none."""
    owner = np.full(len(scores), -1)
    if not len(people["boxes"]):
        return owner
    overlap = iou_of(boxes, people["boxes"]) * (scores > 0.02)[:, None]
    owner = np.where(overlap.max(1) > 0.5, overlap.argmax(1), -1)
    for i, box in enumerate(people["boxes"]):
        mine = np.flatnonzero(owner == i)
        if not len(mine):
            at = cell_at(box, width, height)
            if at >= 0 and owner[at] < 0:
                owner[at], scores[at], boxes[at] = i, max(scores[at], MISSED * people["sure"][i]), box
            continue
        share = np.sqrt(scores[mine] / scores[mine].max())
        scores[mine] = np.maximum(scores[mine], share * overlap[mine, i] * people["sure"][i])
        if people["tight"][i]:
            boxes[mine] = box
    return owner


def own_the_rest(scores, boxes, owner, count):
    """Gives teachers' people who have no label numbers from `count` up, in place."""
    free = owner < 0
    rows = np.concatenate([boxes, scores[:, None]], 1)[free & (scores > 0.2)]
    if not len(rows):
        return
    kept = suppress(rows, 0.5)
    overlap = iou_of(boxes, kept[:, :4])
    joins = free & (overlap.max(1) > 0.4) & (scores > 0.02)
    owner[joins] = count + overlap.argmax(1)[joins]


def weigh(scores, owner):
    """1 for background; a person's cells share what grows with the root of their number."""
    weight = np.ones(len(scores), np.float32)
    if owner.max() < 0:
        return weight
    mass = np.bincount(owner[owner >= 0], scores[owner >= 0], owner.max() + 1)
    weight[owner >= 0] = np.clip(2.0 / np.sqrt(np.maximum(mass, 0.5)), 0.6, 2.8)[owner[owner >= 0]]
    return weight


def make_targets(scores, boxes, scene, width, height):
    """scene: people (boxes, sure, tight), ignore [n, 4], known [n, 4] (regions where every person is labelled), empty
    [n, 4] (nobody). Returns scores [cells] and weights [cells] as bytes, boxes [cells, 4] as float16."""
    scores, boxes = scores.copy(), boxes.copy()
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    points = np.concatenate([centres, centres + 1], 1)
    owner = raise_labelled(scores, boxes, scene["people"], width, height)
    ignored = (part_inside(boxes, scene["ignore"]).max(1) > 0.5) & (owner < 0) if len(scene["ignore"]) else \
        np.zeros(len(scores), bool)
    for regions, factor in ((scene["known"], DOUBTED), (scene["empty"], 0.0)):
        if len(regions):
            inside = (part_inside(points, regions).max(1) > 0.5) & (owner < 0) & ~ignored
            scores[inside] *= factor
    own_the_rest(scores, boxes, owner, len(scene["people"]["boxes"]))
    weight = weigh(scores, owner)
    weight[ignored] = 0
    boxes = np.clip(boxes, -width, 2 * width)
    return (np.clip(np.round(scores * 255), 0, 255).astype(np.uint8),
            np.clip(np.round(weight * WEIGHT_ONE), 0, 255).astype(np.uint8), boxes.astype(np.float16))
