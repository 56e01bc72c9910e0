# SPDX-License-Identifier: Apache-2.0
"""Writes the trained network as ONNX with its descriptor, one pair for each step of the ladder of input sizes.

    export.py WEIGHTS OUT_DIR [--sizes 320x192,448x256,640x384] [--config CONFIG] [--raw]

Batch normalisation is folded. The form is YOLOX's (one output of dx dy log_w log_h object class), so that passerby's
head of that name reads it: the score is the object's, calibrated (its logit divided by T, plus S, in the last
convolution), the only class is always sure, and half a cell is added to the offsets.
"""
import argparse
import copy
import json
import os

import torch
from torch import nn

from data import HERE, load_config, prepared_folder, set_names
from network import CONTRAST, GREY, STRIDES, Person, convolution

SURE = 30.0  # a logit whose sigmoid is 1 in float32

DESCRIPTOR = """# Written by models/person/export.py. The keys: docs/howto-add-a-head.md.
model: {model}
licence: Apache-2.0
source: models/person of passerby, {origin}
input:
  name: images
  width: {width}
  height: {height}
  layout: nchw
  channels: bgr
  scale: 1.0
  mean: [{grey}, {grey}, {grey}]
  std: [{contrast}, {contrast}, {contrast}]
  resize: letterbox
  pad: {pad}
  anchor: topleft
head:
  type: yolox
  strides: [8, 16, 32]
  outputs:
    - {{name: output, layout: "[1, cells, 6]: dx dy log_w log_h object class", activations: "sigmoid applied to both"}}
classes: {{person: 0, count: 1}}
nms: {{iou: {iou}}}
score: {{min: 0.01, default: {score}}}
"""


def fold(block):
    """A convolution that does what a convolution and the normalisation behind it do."""
    layer, norm = block
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    made = nn.Conv2d(layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding,
                     groups=layer.groups)
    made.weight.data = layer.weight * gain[:, None, None, None]
    made.bias.data = norm.bias - norm.running_mean * gain
    return made


def fold_all(module):
    for name, child in module.named_children():
        is_pair = isinstance(child, nn.Sequential) and len(child) == 2 and isinstance(child[1], nn.BatchNorm2d)
        if is_pair:
            setattr(module, name, fold(child))
        else:
            fold_all(child)
    return module


class Exported(nn.Module):
    """The network with YOLOX's output."""

    def __init__(self, network, size, temperature=1.0, shift=0.0):
        super().__init__()
        self.counts = [(size[0] // stride) * (size[1] // stride) for stride in STRIDES]
        self.network = fold_all(copy.deepcopy(network).eval())
        self.box, self.score = nn.ModuleList(), nn.ModuleList()
        for head in self.network.heads:
            weight, bias = head.out.weight.data, head.out.bias.data.clone()
            bias[:2] += 0.5
            box, score = nn.Conv2d(weight.shape[1], 4, 1), nn.Conv2d(weight.shape[1], 2, 1)
            box.weight.data, box.bias.data = weight[:4].clone(), bias[:4]
            score.weight.data = torch.cat([weight[4:] / temperature, torch.zeros_like(weight[4:])])
            score.bias.data = torch.stack([bias[4] / temperature + shift, torch.tensor(SURE)])
            self.box.append(box)
            self.score.append(score)
            head.out = nn.Identity()

    def forward(self, x):
        levels = []
        for features, box, score, count in zip(self.network.maps(x), self.box, self.score, self.counts):
            level = torch.cat([box(features), torch.sigmoid(score(features))], 1)
            levels.append(level.reshape(1, 6, count))  # sizes in numbers: a traced flatten() leaves Shape nodes
        return torch.cat(levels, 2).transpose(1, 2)


def export(network, folder, sizes, name="person", temperature=1.0, shift=0.0, iou=0.6, score=0.5, origin="untrained"):
    """Writes NAME_WxH.onnx and .yaml for each size; returns the descriptors' paths."""
    os.makedirs(folder, exist_ok=True)
    paths = []
    for width, height in sizes:
        whole = Exported(network, (width, height), temperature, shift).eval()
        stem = f"{name}_{width}x{height}"
        with torch.no_grad():
            torch.onnx.export(whole, torch.zeros(1, 3, height, width), os.path.join(folder, stem + ".onnx"),
                              opset_version=13, input_names=["images"], output_names=["output"])
        paths.append(os.path.join(folder, stem + ".yaml"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            file.write(DESCRIPTOR.format(model=stem + ".onnx", width=width, height=height, grey=GREY, pad=int(GREY),
                                         contrast=CONTRAST, iou=iou, score=score, origin=origin))
    return paths


def write_canvases(config, folder, count=96):
    """Some of the prepared canvases as pictures, for the quantiser to look at; none where nothing is prepared."""
    import cv2
    import numpy as np

    from batches import Prepared
    place = os.path.join(folder, "calibration")
    os.makedirs(place, exist_ok=True)
    for name in set_names(config):
        prepared = prepared_folder(config, name)
        if os.path.exists(os.path.join(prepared, "done.npy")):
            part = Prepared(prepared)
            chosen = part.there[np.linspace(0, len(part.there) - 1, count // len(set_names(config))).astype(int)]
            for i in chosen:
                cv2.imwrite(os.path.join(place, f"{name}_{i:05d}.png"), part.data["pictures"][i])


def parse_sizes(text):
    return [tuple(int(v) for v in size.split("x")) for size in text.split(",")]


def main():
    from calibrate import calibrate
    from train import load_for_use
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights")
    parser.add_argument("folder")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    parser.add_argument("--sizes", default="320x192,448x256,640x384", type=parse_sizes)
    parser.add_argument("--raw", action="store_true", help="leave the scores as they are")
    given = parser.parse_args()
    config = load_config(given.config)
    network, origin = load_for_use(given.weights)
    fitted = None if given.raw else calibrate(network, config)
    fitted = fitted or {"temperature": 1.0, "shift": 0.0}
    for path in export(network, given.folder, given.sizes, temperature=fitted["temperature"], shift=fitted["shift"],
                       score=config["export"]["default_score"], origin=origin):
        print(path)
    write_canvases(config, given.folder)
    with open(os.path.join(given.folder, "calibration.json"), "w", encoding="utf-8") as file:
        json.dump({**fitted, "weights": origin}, file, indent=1)
    print(fitted)


if __name__ == "__main__":
    main()
