# SPDX-License-Identifier: Apache-2.0
"""Robustness: AP50 under noise, blur, darkness and compression at five strengths, beside YOLOX-nano's.

    robust.py WEIGHTS OUT_DIR [--config CONFIG]

On held-out pictures that YOLOX-nano has not been trained on (sources whose name begins with coco are left out).
Damage is done to the picture as the camera would give it, before it is scaled. Writes OUT_DIR/robust.json.
"""
import argparse
import json
import os

import cv2
import numpy as np

import teachers
from data import HERE, load_config, part_of, read_sources
from evaluate import average_precision, detect, judge, letterbox, truth_of
from train import load_for_use

SIZE = (448, 256)
TEACHER = "yolox_nano_448x256"
STRENGTHS = {"noise (sigma)": (5, 10, 20, 30, 45), "blur (sigma, px)": (0.7, 1.2, 2.0, 3.0, 4.5),
             "dark (gain)": (0.5, 0.35, 0.22, 0.14, 0.08), "JPEG (quality)": (50, 30, 18, 10, 5)}


def damage(pixels, kind, strength, rng):
    if kind.startswith("noise"):
        return np.clip(pixels + rng.normal(0, strength, pixels.shape), 0, 255).astype(np.uint8)
    if kind.startswith("blur"):
        return cv2.GaussianBlur(pixels, (0, 0), strength)
    if kind.startswith("dark"):
        return np.clip(pixels * strength + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(strength)])[1], cv2.IMREAD_COLOR)


def ap50(found, truths):
    _, verdicts, count = judge(found, truths, 0.5)
    return 100 * average_precision(verdicts, count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights")
    parser.add_argument("folder")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    given = parser.parse_args()
    config = load_config(given.config)
    network, _ = load_for_use(given.weights)
    teacher = teachers.load(os.path.join(config["here"], config["teachers"]["folder"]), [TEACHER])[TEACHER]
    pictures = [p for p in read_sources(part_of(config, "real")) if p.held_out and p.complete and p.labelled
                and not p.source.startswith("coco")]
    pixels = [cv2.imread(p.path) for p in pictures]
    rows, cases = {}, [("as it is", 0, pixels)]
    for kind, strengths in STRENGTHS.items():
        for strength in strengths:
            rng = np.random.default_rng(1)
            cases.append((kind, strength, [damage(x, kind, strength, rng) for x in pixels]))
    for kind, strength, damaged in cases:
        boxed = [letterbox(x, *SIZE) for x in damaged]
        truths = [truth_of(p, factors) for p, (_, factors) in zip(pictures, boxed)]
        ours = ap50(detect(network, [x for x, _ in boxed], SIZE), truths)
        plain = [(b[:, :4], i) for b, i in ((np.float32(p.boxes), p.ignore) for p in pictures)]
        theirs = ap50([teacher.detect(x).astype(np.float32) for x in damaged], plain)
        rows[f"{kind} {strength}"] = [round(ours, 1), round(theirs, 1)]
        print(kind, strength, rows[f"{kind} {strength}"], flush=True)
    os.makedirs(given.folder, exist_ok=True)
    with open(os.path.join(given.folder, "robust.json"), "w", encoding="utf-8") as file:
        json.dump({"pictures": len(pictures), "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
