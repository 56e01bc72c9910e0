# SPDX-License-Identifier: Apache-2.0
"""AP50, AP and miss rate of finished candidates on the four sequences of data/mot, and a line in looks.md for the look.

    mot.py PASSERBY MODELS MOT OUT_DIR WHY FILE...

FILE is a .psb or a descriptor, FILE@640x384 the same at another input size; the program itself detects,
MODELS/evaluate.py judges. These sequences choose between finished candidates and nothing else, so each look is
written down, whatever came out; WHY says in a few words what was to be chosen. Writes OUT_DIR/mot.json for the card.
"""
import datetime
import glob
import json
import os
import subprocess
import sys
import tempfile

from data import HERE


def measure(program, models, file, sequences):
    """[(AP50, AP, miss rate)] in percent for each sequence, and their mean last."""
    name, _, size = file.partition("@")
    model = ["--model", name] + (["--input-size", size] if size else [])
    with tempfile.TemporaryDirectory() as out:
        for folder in sequences:
            subprocess.run([program, "detect", os.path.join(folder, "video.mp4"), *model, "--min-score", "0.01",
                            "--quiet", "-o", os.path.join(out, os.path.basename(folder) + ".txt")], check=True)
        judge = ["/usr/bin/python3", os.path.join(models, "evaluate.py"), "--tsv", "--det", out]
        said = subprocess.run([*judge, *sequences], check=True, capture_output=True, text=True).stdout
    cells = [line.split("\t") for line in said.splitlines()]
    return {c[-4]: [float(v) for v in c[-3:]] for c in cells}


def main():
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    program, models, mot, out, why = sys.argv[1:6]
    sequences = sorted(f for f in glob.glob(os.path.join(mot, "*")) if os.path.exists(os.path.join(f, "video.mp4")))
    names, rows = [os.path.basename(s) for s in sequences], {}
    for file in sys.argv[6:]:
        found = measure(program, models, file, sequences)
        rows[os.path.basename(file)] = [found[n] for n in names] + [found["mean"]]
        mean = " / ".join(f"{v:.1f}" for v in found["mean"])
        print(os.path.basename(file), {n: found[n] for n in [*names, "mean"]}, flush=True)
        with open(os.path.join(HERE, "looks.md"), "a", encoding="utf-8") as looks:
            now = datetime.datetime.now(datetime.timezone.utc)
            looks.write(f"| {now:%Y-%m-%d %H:%M} | {os.path.basename(file)} | {why} | {mean} |\n")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "mot.json"), "w", encoding="utf-8") as file:
        json.dump({"sequences": names, "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
