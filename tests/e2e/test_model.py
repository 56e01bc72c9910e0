#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`model info`, `model check` and `model quantize`: golden outputs that can be worked out by hand, right ones and wrong
ones; and what a quantised model finds beside the one it was made of.

On a black picture every wide sum of the blob network is 0: what comes out are its biases.
"""
import json
import math
import os
import signal
import struct
import subprocess

from harness import (HEIGHT, LONGEST_S, MODEL, PASSERBY, ROOT, WIDTH, interrupt_after, main, mot_rows, picture_folder,
                     run)

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


def quantised(path="blob.psb", *options):
    picture_folder("pictures", 6)
    return run("model", "quantize", MODEL, "--images", "pictures", "-o", path, *options)


def test_quantised_model_detects_the_same():
    words = quantised().stdout
    assert "layers in int8" in words and "6 pictures" in words, words
    picture_folder("img", 8)
    run("detect", "img", "--fps", 10, "--model", MODEL, "-o", "float.txt", "-q")
    run("detect", "img", "--fps", 10, "--model", "blob.psb", "-o", "bytes.txt", "-q")
    expected, found = mot_rows("float.txt"), mot_rows("bytes.txt")
    assert len(expected) >= 16 and len(found) == len(expected), (len(expected), len(found))
    assert [row[0] for row in found] == [row[0] for row in expected]
    info = run("model", "info", "blob.psb", "--kernels").stdout
    assert "int8 conv" in info and "yolox" in info, info


def test_quantised_model_is_refused_when_damaged():
    assert len(json.loads(quantised("blob.psb", "--json").stdout)["layers"]) >= 2
    with open("blob.psb", "rb") as model:
        good = model.read()
    for name, bad, word in [("flipped", good[:2000] + bytes([good[2000] ^ 1]) + good[2001:], "damaged"),
                            ("cut", good[:-1], "cut"), ("longer", good + b"x", "added")]:
        with open(name + ".psb", "wb") as out:
            out.write(bad)
        run("model", "info", name + ".psb", code=3, error=[name + ".psb", word])


def test_labels_tell_the_precision():
    os.mkdir("set")
    picture_folder("set/images", 4)
    picture_folder("pictures", 6)
    quantise = ["model", "quantize", MODEL, "--images", "pictures", "-o", "blob.psb", "--floats", 0]
    run("detect", "set/images", "--fps", 10, "--model", MODEL, "-o", "float.txt", "-q")
    names = sorted(os.listdir("set/images"))
    truth = {"images": [{"id": i + 1, "file_name": name} for i, name in enumerate(names)] +
                       [{"id": 99, "file_name": "gone.png"}],
             "categories": [{"id": 1, "name": "person"}],
             "annotations": [{"id": i, "image_id": int(row[0]), "category_id": 1, "bbox": row[2:6],
                              "area": row[4] * row[5], "iscrowd": 0} for i, row in enumerate(mot_rows("float.txt"))]}
    truth["annotations"].append({"id": 1000, "image_id": 99, "category_id": 1, "bbox": [1, 1, 9, 9], "area": 81,
                                 "iscrowd": 0})  # of a picture that is not there: in neither figure
    with open("set/truth.json", "w") as out:
        json.dump(truth, out)
    said = json.loads(run(*quantise, "--labels", "set/truth.json", "--json").stdout)["labels"]
    assert said["pictures"] == 4 and said["unreadable"] == 1, said
    assert said["before"]["ap50"] > 0.99 and said["after"]["ap50"] > 0.9, said
    words = run(*quantise, "--labels", "set/truth.json").stdout
    assert "on 4 labelled pictures: AP " in words and "missing" in words, words
    run(*quantise, "--labels", "set/absent.json", code=3, error="absent.json")


def test_pictures_lie_in_folders_and_may_be_damaged():
    for folder in ("deep/a", "deep/b"):
        os.makedirs(folder)
        picture_folder(folder + "/images", 3)
    with open("deep/a/images/zz.png", "wb") as out:
        out.write(b"no picture")
    os.symlink("..", "deep/a/circle")
    said = json.loads(run("model", "quantize", MODEL, "--images", "deep", "-o", "x.psb", "--json").stdout)
    assert said["pictures"] == 6 and said["unreadable"] == 1, said
    os.mkdir("bad")
    with open("bad/only.png", "wb") as out:
        out.write(b"no picture")
    run("model", "quantize", MODEL, "--images", "bad", "-o", "y.psb", code=3, error=["bad", "none can be read"])
    assert not os.path.exists("y.psb")


def test_same_pictures_make_the_same_bytes():
    picture_folder("pictures", 6)
    for name in ("first", "again"):
        run("model", "quantize", MODEL, "--images", "pictures", "-o", name + ".psb")
    with open("first.psb", "rb") as first, open("again.psb", "rb") as second:
        assert first.read() == second.read()


def scene(frames=12):
    """A drawn video: unlike the blobs' black and white, its numbers are not round."""
    run("synth", "synth://plaza?seed=7&people=8&fps=1&size=320x256&frames=%d" % frames, "-q", "-o", "scene")
    return "scene/video.mp4"


def test_a_video_is_looked_at_evenly():
    said = json.loads(run("model", "quantize", MODEL, "--images", scene(), "-o", "x.psb", "--json").stdout)
    assert said["pictures"] == 12 and said["unreadable"] == 0, said
    said = json.loads(run("model", "quantize", MODEL, "--images", "scene/video.mp4", "--pictures", 5, "-o", "y.psb",
                          "--json").stdout)
    assert said["pictures"] == 5, said


def test_every_instruction_set_makes_the_same_bytes():
    scene(4)
    for floats in (0, 2):
        files = set()
        for cpu in ("c", "avx2", "avx512"):
            run("model", "quantize", MODEL, "--images", "scene/video.mp4", "--floats", floats, "--cpu", cpu,
                "-o", "x.psb", "--qdq", "x.onnx")
            files.add((open("x.psb", "rb").read(), open("x.onnx", "rb").read()))
        assert len(files) == 1, "%d different files with %d layers in floats" % (len(files), floats)


def test_an_interrupted_one_leaves_nothing():
    picture_folder("pictures", 4)
    for i in range(1000):
        os.link("pictures/%06d.png" % (1 + i % 4), "pictures/again%d.png" % i)
    os.mkdir("out")
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen([PASSERBY, "model", "quantize", MODEL, "--images", "pictures", "--pictures", "1004",
                                    "-o", "out/x.psb", "--qdq", "out/x.onnx"], stdout=subprocess.DEVNULL)
        interrupt_after(process, lambda: len(os.listdir("out")) == 2, signal_number)
        assert process.wait(timeout=LONGEST_S) == 130, process.returncode
        assert os.listdir("out") == [], os.listdir("out")


def test_quantising_needs_pictures():
    os.mkdir("empty")
    run("model", "quantize", MODEL, "--images", "empty", "-o", "x.psb", code=3, error=["empty", "no picture"])
    run("model", "quantize", MODEL, "--images", "absent", "-o", "x.psb", code=3, error="absent")
    run("model", "quantize", MODEL, "-o", "x.psb", code=2, error="--images")
    assert not os.path.exists("x.psb")


if __name__ == "__main__":
    main()
