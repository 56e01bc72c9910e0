#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With PSB_SHARED (the test data beside the repository): all golden outputs on every CPU path, and a short real run.

Left out (exit code 77) where PSB_SHARED is not set or not there. What takes minutes is measured by bench/.
"""
import glob
import lzma
import os
import shutil
import sys

from harness import SKIPPED, json_file, json_lines, main, mot_rows, run, shared


def test_golden_outputs_of_every_model():
    for folder in sorted(glob.glob(shared() + "/models/golden/*/*/outputs.json")):
        picture = os.path.dirname(folder)
        name = os.path.basename(os.path.dirname(picture))
        here = os.path.join("golden", name, os.path.basename(picture))
        shutil.copytree(picture, here)
        for packed in glob.glob(here + "/*.bin.xz"):
            with lzma.open(packed) as data, open(packed[:-3], "wb") as out:
                out.write(data.read())
    names = sorted(os.listdir("golden"))
    assert len(names) >= 8, names
    for name in names:
        for cpu in ("c", "avx2", "avx512"):
            model = "%s/models/%s.yaml" % (shared(), name)
            done = run("model", "check", model, "--golden", "golden/" + name, "--cpu", cpu)
            print("   ", name, cpu, done.stdout.strip().replace("\n", "; "))


def test_one_set_of_weights_serves_another_size():
    """The exporter made the same weights for 416x416 and for 448x256; resized by us, the first is the second."""
    video = shared() + "/data/mot/TUD-Campus/video.mp4"
    models = shared() + "/models/yolox_nano_"
    run("detect", video, "--model", models + "448x256.yaml", "--every", "10", "-o", "own.txt")
    run("detect", video, "--model", models + "416x416.yaml", "--input-size", "448x256", "--every", "10",
        "-o", "set.txt")
    assert mot_rows("own.txt"), "nobody found"
    assert mot_rows("own.txt") == mot_rows("set.txt")
    run("detect", video, "--model", models + "416x416.yaml", "--input-size", "448x250", code=3, error="multiples of 32")
    run("detect", video, "--model", shared() + "/models/fastestdet_352x352.yaml", "--input-size", "448x256", code=3,
        error=["node ", "does not follow"])


def test_a_real_street():
    video = shared() + "/data/mot/PETS09-S2L1/video.mp4"
    run("track", video, "--model", shared() + "/models/yolox_nano_416x416.yaml", "--to", "4s", "-o", "out")
    summary = json_file("out/summary.json")
    assert (summary["frames"], summary["width"], summary["height"]) == (28, 768, 576), summary
    assert summary["peak_mb"] < 200, summary
    tracks = mot_rows("out/tracks.txt")
    assert 4 <= len(set(row[1] for row in tracks)) <= 12, tracks
    assert len(json_lines("out/tracks.jsonl")) >= len(tracks)


if __name__ == "__main__":
    if not shared():
        print("PSB_SHARED is not set to a folder with models and data: skipped")
        sys.exit(SKIPPED)
    main()
