#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`model info` and `model check`: golden outputs that can be worked out by hand, right ones and wrong ones.

On a black picture every wide sum of the blob network is 0: what comes out are its biases.
"""
import json
import math
import os
import struct

from harness import HEIGHT, MODEL, ROOT, WIDTH, main, run

CELLS = WIDTH * HEIGHT // 64


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def golden(folder, change=None):
    """A golden folder of the black picture; change: (element, value) of the output to falsify."""
    os.makedirs(folder)
    cell = [0.5, 0.5, math.log(2), math.log(4), sigmoid(-5), sigmoid(5)]
    values = cell * CELLS
    if change:
        values[change[0]] = change[1]
    for name, data in [("input.bin", [0.0] * (3 * WIDTH * HEIGHT)), ("out0.bin", values)]:
        with open(folder + "/" + name, "wb") as out:
            out.write(struct.pack("<%df" % len(data), *data))
    with open(folder + "/outputs.json", "w") as out:
        json.dump({"input": {"name": "images", "shape": [1, 3, HEIGHT, WIDTH], "file": "input.bin"},
                   "outputs": [{"name": "output", "shape": [1, CELLS, 6], "file": "out0.bin"}]}, out)


def test_right_outputs_pass():
    golden("golden/black")
    golden("golden/again")
    for cpu in ("c", "avx2", "avx512"):
        done = run("model", "check", MODEL, "--golden", "golden", "--cpu", cpu)
        assert done.stdout.count("of the tolerance") == 2, done.stdout
    run("model", "check", MODEL, "--golden", "golden/black")
    assert json.loads(run("model", "check", MODEL, "--golden", "golden", "--json").stdout)["passed"] is True


def test_wrong_outputs_are_named():
    golden("golden/black")
    golden("golden/wrong", (6 * 7 + 1, 0.5 + 0.00125 * 2.0))  # the tolerance of 0.5 is 0.001 + 0.0005 * 0.5
    done = run("model", "check", MODEL, "--golden", "golden", code=1)
    assert "output, element 43" in done.stdout and "2.00 times the tolerance" in done.stdout, done.stdout
    assert "golden/wrong" in done.stdout.splitlines()[-1]
    done = run("model", "check", MODEL, "--golden", "golden", "--json", code=1)
    assert json.loads(done.stdout)["passed"] is False
    golden("nan/here", (5, float("nan")))
    run("model", "check", MODEL, "--golden", "nan", code=1)


def test_shapes_must_agree():
    golden("golden")
    with open("golden/outputs.json") as text:
        form = json.load(text)
    form["outputs"][0]["name"] = "other"
    with open("golden/outputs.json", "w") as out:
        json.dump(form, out)
    run("model", "check", MODEL, "--golden", "golden", code=3, error="other")
    with open("golden/input.bin", "ab") as out:
        out.write(b"more")
    run("model", "check", MODEL, "--golden", "golden", code=3, error=["input.bin", "bytes"])


def test_info():
    text = run("model", "info", MODEL, "--kernels", "--cpu", "c").stdout
    for word in ("160x128", "yolox", "images", "output", "conv 11x11"):
        assert word in text, text
    assert "output" in run("model", "info", os.path.join(ROOT, "tests/e2e/data/blob.onnx")).stdout


if __name__ == "__main__":
    main()
