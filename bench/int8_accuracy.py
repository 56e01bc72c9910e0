#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What int8 costs: person AP50 and AP of every model in floats and in bytes, means over the sequences.

    int8_accuracy.py PASSERBY MODELS MOT IMAGES [NAME.yaml...]

PASSERBY is the program, MODELS the folder with descriptors, MOT the folder of sequences, IMAGES the pictures to
calibrate on (others than those of MOT). Each descriptor (default: all of MODELS) is quantised as `passerby model
quantize` does by itself; both go through `passerby detect --min-score 0.01` and `passerby eval detections`. Exit code
1 where AP50 falls by more than 1 percent point or AP by more than 1.5.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

MOST_BELOW = {"AP50": 1.0, "AP": 1.5}


def measure(program, model, mot, sequences):
    """{"AP50": percent, "AP": percent}"""
    with tempfile.TemporaryDirectory() as out:
        for folder in sequences:
            boxes = os.path.join(out, os.path.basename(folder) + ".txt")
            subprocess.run([program, "detect", os.path.join(folder, "video.mp4"), "--model", model, "--min-score",
                            "0.01", "--quiet", "-o", boxes], check=True)
        said = subprocess.run([program, "eval", "detections", "--gt", mot, "--detections", out, "--json"], check=True,
                              capture_output=True, text=True).stdout
    mean = json.loads(said)["mean"]
    return {name: 100 * mean[name] for name in MOST_BELOW}


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    program, models, mot, images = sys.argv[1:5]
    sequences = sorted(f for f in glob.glob(os.path.join(mot, "*")) if os.path.exists(os.path.join(f, "video.mp4")))
    failed = False
    for descriptor in sys.argv[5:] or sorted(glob.glob(os.path.join(models, "*.yaml"))):
        name = os.path.splitext(os.path.basename(descriptor))[0]
        with tempfile.TemporaryDirectory() as folder:
            psb = os.path.join(folder, name + ".psb")
            said = json.loads(subprocess.run([program, "model", "quantize", descriptor, "--images", images, "-o", psb,
                                              "--json"], check=True, capture_output=True, text=True).stdout)
            floats, int8 = (measure(program, model, mot, sequences) for model in (descriptor, psb))
        kept = [layer["layer"] for layer in said["layers"] if not layer["int8"]]
        print(f"{name:30}" + "".join(f"  {m} {floats[m]:.2f} to {int8[m]:.2f} ({int8[m] - floats[m]:+.2f})"
                                     for m in MOST_BELOW) + f"  in floats: {', '.join(kept) or 'none'}", flush=True)
        failed = failed or any(int8[m] < floats[m] - most for m, most in MOST_BELOW.items())
    return failed


if __name__ == "__main__":
    sys.exit(main())
