#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/: small descriptors, drawn network outputs, and the boxes that the reference decoder makes of them.

    make_data.py ../../../shared/models        # the folder of detector.py

data/bright.onnx and its descriptor are a detector of bright squares: the mean of each 16 x 16 cell is its object
score, and its box is the cell. ONNX is written with the helpers of tests/nn/make_models.py.

data/HEAD.yaml is a descriptor, data/HEAD.bin its outputs (float32, in the descriptor's order), data/HEAD.txt a line
`x0 y0 x1 y1 score` for each box before suppression (score >= score.min, in the order of the cells), an empty line, and
the same after suppression, best first.
"""
import os
import sys

import numpy as np
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, sys.argv[1])
sys.modules.setdefault("ort", type(sys)("ort"))     # the reference decoder is used without its engine
sys.path.insert(0, os.path.join(HERE, "../nn"))
import detector                                     # noqa: E402
import make_models as onnx                          # noqa: E402

COMMON = """# SPDX-License-Identifier: Apache-2.0
# Written by make_data.py.
model: {name}.onnx
input:
  name: images
  width: {w}
  height: {h}
  layout: nchw
  channels: bgr
  scale: 1.0
  mean: [0.0, 0.0, 0.0]
  std: [1.0, 1.0, 1.0]
  resize: letterbox
  pad: 114
  anchor: topleft
head:
{head}classes: {{person: 1, count: 3}}
nms: {{iou: {iou}}}
score: {{min: 0.05, default: 0.4}}
golden: {{abs: 0.0005, rel: 0.0005}}
"""
HEADS = {
    "yolox": (96, 64, 0.15, "  type: yolox\n  strides: [8, 16, 32]\n  outputs: [{name: out}]\n"),
    # 80 x 56 is no multiple of 16 or 32: partial cells
    "nanodet_gfl": (80, 56, 0.6, "  type: nanodet_gfl\n  strides: [8, 16, 32]\n"
                    "  reg_max: 7\n  shift: -1.5\n  outputs:\n" +
                    "".join(f"    - {{name: {k}{s}}}\n" for k in ("cls", "box") for s in (8, 16, 32))),
    "yolov3_anchors": (96, 64, 0.45, "  type: yolov3_anchors\n  strides: [16, 32]\n"
                       "  anchors: [[[12, 18], [37, 49]], [[115, 73], [19.5, 99]]]\n"
                       "  outputs: [{name: out16}, {name: out32}]\n"),
    "fastestdet": (96, 64, 0.45, "  type: fastestdet\n  strides: [16]\n  outputs: [{name: out}]\n"),
}


def squash(v):
    return 1 / (1 + np.exp(-v))


def draw(kind, d, rng):
    """The outputs of one head in the descriptor's order: raw values drawn from a normal, scores in 0..1."""
    w, h, classes = d["input"]["width"], d["input"]["height"], d["classes"]["count"]
    strides = d["head"]["strides"]
    if kind == "yolox":
        cells = sum((w // s) * (h // s) for s in strides)
        o = rng.normal(0, 0.7, (1, cells, 5 + classes))
        o[..., 4:] = squash(o[..., 4:] * 2)
        return [o]
    if kind == "nanodet_gfl":
        cells = [-(-w // s) * -(-h // s) for s in strides]
        return [squash(rng.normal(-2, 2, (1, n, classes))) for n in cells] + \
            [rng.normal(0, 3, (1, n, 4 * (d["head"]["reg_max"] + 1))) for n in cells]
    if kind == "yolov3_anchors":
        return [rng.normal(0, 1.2, (1, len(d["head"]["anchors"][i]) * (5 + classes), h // s, w // s))
                for i, s in enumerate(strides)]
    o = rng.normal(0, 1, (1, 5 + classes, h // strides[0], w // strides[0]))
    o[:, 0], o[:, 5:] = squash(o[:, 0]), squash(o[:, 5:])
    return [o]


def lines(boxes):
    return "".join(" ".join(f"{v:.7g}" for v in b) + "\n" for b in boxes)


for kind, (w, h, iou, head) in HEADS.items():
    text = COMMON.format(name=kind, w=w, h=h, iou=iou, head=head)
    d = yaml.safe_load(text)
    names = [o["name"] for o in d["head"]["outputs"]]
    outputs = [o.astype(np.float32) for o in draw(kind, d, np.random.default_rng(7))]
    it = detector.Detector.__new__(detector.Detector)
    it.d, it.i, it.h = d, d["input"], d["head"]
    it.session = type("Session", (), {"outputs": names})
    b = it.decode(outputs)
    b = b[b[:, 4] >= d["score"]["min"]]
    with open(f"{HERE}/data/{kind}.yaml", "w") as f:
        f.write(text)
    with open(f"{HERE}/data/{kind}.bin", "wb") as f:
        for o in outputs:
            f.write(o.astype("<f4").tobytes())
    with open(f"{HERE}/data/{kind}.txt", "w") as f:
        f.write(lines(b) + "\n" + lines(detector.nms(b, iou)))
    print(kind, len(b), len(detector.nms(b, iou)))

BRIGHT = (COMMON.format(name="bright", w=96, h=64, iou=0.45, head=HEADS["fastestdet"][3])
          .replace("std: [1.0, 1.0, 1.0]", "std: [255.0, 255.0, 255.0]").replace("pad: 114", "pad: 0")
          .replace("{person: 1, count: 3}", "{person: 0, count: 1}"))
weights, bias = np.zeros((6, 3, 1, 1), np.float32), np.zeros(6, np.float32)
weights[0] = 1 / 3                                          # object: the mean of the three channels
bias[1:3] = np.arctanh(0.5)                                 # the centre is half a cell on
bias[3], bias[4] = -np.log(96 / 16 - 1), -np.log(64 / 16 - 1)   # a cell's size as logits of fractions of the input
bias[5] = 1                                                 # surely a person
with open(f"{HERE}/data/bright.yaml", "w") as f:
    f.write(BRIGHT)
with open(f"{HERE}/data/bright.onnx", "wb") as f:
    f.write(onnx.model(
        [onnx.node("AveragePool", ["images"], ["mean"], {"kernel_shape": [16, 16], "strides": [16, 16]}, "pool"),
         onnx.node("Conv", ["mean", "weights", "bias"], ["out"], {"kernel_shape": [1, 1]}, "read")],
        [onnx.tensor("weights", weights), onnx.tensor("bias", bias)],
        [onnx.value_info("images", [1, 3, 64, 96])], [onnx.value_info("out", [1, 6, 4, 6])], 11))
