# SPDX-License-Identifier: Apache-2.0
"""Public networks as teachers: what they think of every cell, and of whole pictures over parts and flips.

Their descriptors and the code that reads them (detector.py, ort.py) lie in the teachers' folder. ONNX Runtime runs
them where its library is found (`make peers` brings it, ORT_LIB names another), else OpenCV, eight times slower.
"""
import glob
import os
import sys

import cv2
import numpy as np

from geometry import iou_of, suppress

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


class OpenCvSession:
    """The face of ort.Session over cv2.dnn."""

    def __init__(self, path, threads=1, optimise=99):
        cv2.setNumThreads(threads)
        self.net = cv2.dnn.readNetFromONNX(path)
        self.inputs, self.shape = [None], None
        self.outputs = self.net.getUnconnectedOutLayersNames()

    def run(self, x):
        self.net.setInput(x)
        return self.net.forward(self.outputs)


def find_runtime():
    """Sets ORT_LIB where a library lies in one of the usual places; says whether there is one."""
    if not os.environ.get("ORT_LIB"):
        inside = "node_modules/onnxruntime-node/bin/napi-*/linux/x64/libonnxruntime.so.1"
        for place in ("peers", "main/build/peers", "build/peers"):
            for path in glob.glob(os.path.join(PEERS, place, inside)):
                os.environ["ORT_LIB"] = path
    return bool(os.environ.get("ORT_LIB"))


def load(folder, names):
    """{name: detector} of detector.py in the teachers' folder."""
    if folder not in sys.path:
        sys.path.append(folder)
    have_runtime = find_runtime()
    import detector
    found = {}
    for name in names:
        path = os.path.join(folder, name + ".yaml")
        if not have_runtime:
            detector.ort.Session = OpenCvSession
            OpenCvSession.described = path
        found[name] = open_detector(detector, path, have_runtime)
    return found


def open_detector(detector, path, have_runtime):
    if have_runtime:
        return detector.Detector(path)
    import yaml
    made = detector.Detector.__new__(detector.Detector)
    made.d = yaml.safe_load(open(path, encoding="utf-8"))
    made.name, made.i, made.h = os.path.basename(path)[:-5], made.d["input"], made.d["head"]
    try:
        made.session = OpenCvSession(os.path.join(os.path.dirname(path), made.d["model"]))
    except cv2.error as fault:
        raise SystemExit(f"{path}: found no ONNX Runtime and a teacher that OpenCV does not read, expected the one "
                         "(`make peers`, or ORT_LIB) or another list of teachers") from fault
    return made


def dense_cells(teacher, canvas):
    """Scores [cells] and boxes [cells, 4] of a teacher whose input has the canvas's size and our strides."""
    x, _ = teacher.prepare(canvas)
    found = teacher.decode(teacher.session.run(x))
    return found[:, 4].astype(np.float32), found[:, :4].astype(np.float32)


def dense_targets(teachers, canvas):
    """Cell by cell: where two teachers mean the same box, between them; elsewhere the surer one, doubted a little."""
    scores, boxes = dense_cells(teachers[0], canvas)
    for teacher in teachers[1:]:
        other_scores, other_boxes = dense_cells(teacher, canvas)
        agree = aligned_iou(boxes, other_boxes) > 0.5
        total = np.maximum(scores + other_scores, 1e-6)
        part = (other_scores / total)[:, None]
        surer = (other_scores > scores)[:, None]
        boxes = np.where(agree[:, None], boxes * (1 - part) + other_boxes * part,
                         np.where(surer, other_boxes, boxes))
        best, mean = np.maximum(scores, other_scores), total / 2
        scores = np.where(agree, (best + mean) / 2, 0.8 * best)
    return scores, boxes


def aligned_iou(a, b):
    """IoU of row i of a with row i of b."""
    corner = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    inter = np.prod(np.maximum(corner, 0), 1)
    union = np.prod(np.maximum(a[:, 2:] - a[:, :2], 0), 1) + np.prod(np.maximum(b[:, 2:] - b[:, :2], 0), 1) - inter
    return inter / np.maximum(union, 1e-6)


def looks_at(width, height):
    """Parts of a picture as x0 y0 x1 y1: the whole, and four that overlap."""
    w, h = round(width * 0.6), round(height * 0.6)
    return [(0, 0, width, height)] + [(x, y, x + w, y + h) for y in (0, height - h) for x in (0, width - w)]


def look(teacher, picture, part, flip):
    """Boxes [n, 5] in the picture; of a part, those that do not touch a cut."""
    x0, y0, x1, y1 = part
    seen = picture[y0:y1, x0:x1]
    boxes = teacher.detect(np.ascontiguousarray(seen[:, ::-1]) if flip else seen, 0.1)
    if flip:
        boxes[:, [0, 2]] = (x1 - x0) - boxes[:, [2, 0]]
    height, width = picture.shape[:2]
    touches = ((boxes[:, 0] < 2) & (x0 > 0)) | ((boxes[:, 1] < 2) & (y0 > 0)) | \
        ((boxes[:, 2] > x1 - x0 - 2) & (x1 < width)) | ((boxes[:, 3] > y1 - y0 - 2) & (y1 < height))
    boxes = boxes[~touches]
    boxes[:, :4] += [x0, y0, x0, y0]
    return boxes


def soft_boxes(teachers, picture):
    """Boxes [n, 5] of all teachers over parts and flips: the best box of a person, its score the mean of those looks
    that should have seen it, but at least 0.6 of the best."""
    height, width = picture.shape[:2]
    parts = looks_at(width, height)
    looks = [look(teachers[0], picture, part, flip=i == 0) for i, part in enumerate(parts)]
    looks += [look(teacher, picture, parts[0], flip=False) for teacher in teachers]
    every = np.concatenate(looks)
    every[:, :4] = np.clip(every[:, :4], 0, [width, height, width, height])
    kept = suppress(every, 0.55)
    if not len(kept):
        return kept
    whole = [looks[0]] + looks[len(parts):]
    seen = np.stack([((iou_of(kept[:, :4], b[:, :4]) > 0.5) * b[:, 4]).max(1) if len(b) else np.zeros(len(kept))
                     for b in whole])
    kept[:, 4] = np.maximum(seen.mean(0), 0.6 * kept[:, 4])
    return kept[kept[:, 4] >= 0.2]
