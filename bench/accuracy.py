#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Person AP50 of every model on every sequence, beside its row of baseline.md (of the resize mode it names).

    accuracy.py PASSERBY MODELS MOT [NAME.yaml...]

PASSERBY is the program, MODELS the folder with descriptors, baseline.md and evaluate.py, MOT the folder of sequences.
Each descriptor (default: all of MODELS) goes through `passerby detect --min-score 0.01`; MODELS/evaluate.py --det
scores what it wrote. Exit code 1 where an AP50 lies more than 1 percent point below its row.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

MOST_BELOW = 1.0


def rows_of_baseline(path):
    """{(network, resize): {sequence: AP50}}"""
    rows, sequences = {}, []
    for line in open(path):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if cells[:2] == ["network", "resize"]:
            sequences = cells[2:-1]
        elif len(cells) == len(sequences) + 3 and "/" in cells[2]:
            rows[cells[0], cells[1]] = {s: float(c.split("/")[0]) for s, c in zip(sequences, cells[2:])}
    return rows


def measure(program, models, descriptor, sequences):
    """{sequence: AP50} of what the program finds."""
    with tempfile.TemporaryDirectory() as out:
        for folder in sequences:
            name = os.path.basename(folder)
            subprocess.run([program, "detect", os.path.join(folder, "video.mp4"), "--model", descriptor, "--min-score",
                            "0.01", "--quiet", "-o", os.path.join(out, name + ".txt")], check=True)
        said = subprocess.run([sys.executable, os.path.join(models, "evaluate.py"), "--tsv", "--det", out, *sequences],
                              check=True, capture_output=True, text=True).stdout
    cells = [line.split("\t") for line in said.splitlines()]
    return {c[-4]: float(c[-3]) for c in cells if c[-4] != "mean"}


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, models, mot = sys.argv[1:4]
    sequences = sorted(f for f in glob.glob(os.path.join(mot, "*")) if os.path.exists(os.path.join(f, "video.mp4")))
    baseline = rows_of_baseline(os.path.join(models, "baseline.md"))
    worst = 0.0
    for descriptor in sys.argv[4:] or sorted(glob.glob(os.path.join(models, "*.yaml"))):
        name = os.path.splitext(os.path.basename(descriptor))[0]
        resize = re.search(r"^  resize: (\w+)", open(descriptor).read(), re.M).group(1)
        found, row = measure(program, models, descriptor, sequences), baseline[name, resize]
        print(f"{name:30} {resize:10}" + "".join(f"  {s} {found[s]:.1f} ({found[s] - row[s]:+.2f})" for s in found),
              flush=True)
        worst = min(worst, min(found[s] - row[s] for s in found))
    print(f"farthest below its row: {-worst:.2f} percent points, {MOST_BELOW} allowed")
    return worst < -MOST_BELOW


if __name__ == "__main__":
    sys.exit(main())
