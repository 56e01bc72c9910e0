#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`model bench`: its figures and what is absent, its table, and the peers: a fake ONNX Runtime, or none."""
import json
import os
import shutil
import signal
import subprocess
import sys

import harness
from harness import MODEL, ROOT, main, picture_folder, run

FAKE = os.path.join(sys.argv[3], "tests/peers/libfake_onnxruntime.so")


def has_opencv():
    return subprocess.run(["/usr/bin/python3", "-c", "import cv2"], capture_output=True).returncode == 0


def bench(*arguments, **more):
    return json.loads(run("model", "bench", *arguments, "--json", **more).stdout)


def with_library(path):
    return dict(os.environ, ORT_LIB=path)


def test_figures_and_layers():
    result = bench(MODEL)
    assert result["threads"] == 1 and result["model"] == MODEL and "load_average" in result
    peak = result["peak"]
    assert peak["fp32_gflops"] > 0.5 and peak["int8_gops"] > 0.5 and peak["memory_gb_s"] > 0.1, peak
    fp32 = result["fp32"]
    assert fp32["samples"] == 662 and 0 < fp32["median_ms"] <= fp32["p90_ms"] <= fp32["p99_ms"], fp32
    assert abs(fp32["p99_to_median"] / (fp32["p99_ms"] / fp32["median_ms"]) - 1) < 0.01, fp32
    layers = fp32["layers"]
    assert sum(layer["op"].startswith("conv") for layer in layers) == 3, layers
    for layer in layers:
        assert ("gops" in layer) == layer["op"].startswith("conv"), layer
        assert layer.get("part_of_peak", 1) > 0 and layer["kernel"] and layer["node"], layer
    # the layers are the network, timed apart; machines that run tests are busy
    assert 0.2 < sum(layer["median_ms"] for layer in layers) / fp32["median_ms"] < 5
    assert "int8" not in result and "peers" not in result
    assert not any(key.startswith("ratio") for key in result)


def test_too_few_samples_say_less():
    result = bench(MODEL, "--seconds", "0.01", "--cpu", "c")
    assert result["cpu"] == "c"
    fp32 = result["fp32"]
    assert fp32["samples"] >= 1 and fp32["median_ms"] > 0
    assert ("p90_ms" in fp32) == (fp32["samples"] >= 64), fp32
    assert ("p99_ms" in fp32) == (fp32["samples"] >= 662), fp32


def test_words():
    text = run("model", "bench", os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "--seconds", "0.1").stdout
    for word in ("GFLOP/s", "GOP/s", "conv 11x11", "load average", "median", "samples"):
        assert word in text, text


def test_without_peers_is_exit_4():
    shutil.copy(harness.PASSERBY, "passerby")
    done = subprocess.run(["./passerby", "model", "bench", MODEL, "--peers", "--seconds", "0.1"], capture_output=True,
                          text=True, env=with_library(""), timeout=harness.LONGEST_S)
    assert done.returncode == 4 and done.stdout == "", done
    assert "found no ONNX Runtime" in done.stderr and "make peers" in done.stderr, done.stderr
    run("model", "bench", MODEL, "--peers", code=4, error=["make peers", "/nowhere"], env=with_library("/nowhere"))
    with open("text.so", "w") as out:
        out.write("not a library")
    run("model", "bench", MODEL, "--peers", code=4, error="text.so", env=with_library(os.path.abspath("text.so")))


def test_with_peers():
    more = {"env": with_library(FAKE)}
    if not has_opencv():
        run("model", "bench", MODEL, "--peers", code=4, error=["no OpenCV", "make peers"], **more)
        return
    result = bench(MODEL, "--peers", **more)  # as many rounds as p99 needs, however long a busy machine takes
    runtime, opencv = result["peers"]
    assert runtime["name"] == "onnxruntime fp32" and runtime["version"] == "0.0-fake"
    assert opencv["name"] == "opencv fp32" and opencv["version"][0].isdigit()
    # which is faster, a nap or a small network, and by how much, is the machine's affair (tests/timing has a clock of
    # its own to see who leaves); nobody leaves but after 20 samples, and somebody stays
    rounds = result["fp32"]["samples"]
    assert rounds >= 64 and {rounds} <= {peer["samples"] for peer in (runtime, opencv)} <= {20, rounds}, result
    best = min((runtime, opencv), key=lambda peer: peer["median_ms"])
    behind = result["ratio_fp32_to_best_peer_fp32_is"]
    assert behind["peer"]["name"] == best["name"] and behind["ours"]["samples"] == result["fp32"]["samples"]
    ratio = behind["ours"]["median_ms"] / behind["peer"]["median_ms"]
    assert abs(result["ratio_fp32_to_best_peer_fp32"] / ratio - 1) < 0.01, result
    assert "p90_ms" in behind["ours"] and ("p90_ms" in behind["peer"]) == (behind["peer"]["samples"] >= 64), behind
    assert "ratio_int8_to_best_peer" not in result
    shutil.copy(os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "q.onnx")
    names = [peer["name"] for peer in bench(MODEL, "--peers", "--seconds", "0.1", "--qdq", "q.onnx", **more)["peers"]]
    assert names == ["onnxruntime fp32", "onnxruntime int8", "opencv fp32"], names


def test_quantised_on_the_way():
    os.mkdir("tmp")
    os.mkdir("golden")
    for name in "blob.yaml", "blob.onnx":
        shutil.copy(os.path.join(ROOT, "tests/e2e/data", name), name)
    assert "int8" not in bench("blob.yaml", "--seconds", "0.05"), "no pictures, nothing to quantise on"
    picture_folder("golden/pictures", 3)
    picture_folder("other", 2)
    more = {"env": dict(with_library(FAKE), TMPDIR=os.path.abspath("tmp"))}
    for images, options in ("golden/pictures", []), ("other", ["--images", "other"]):
        int8 = bench("blob.yaml", "--seconds", "0.05", *options, **more)["int8"]
        assert int8["quantised_on"] == images and "file" not in int8 and int8["median_ms"] > 0, int8
        assert any(layer["op"].startswith("int8 conv") for layer in int8["layers"])
    if has_opencv():
        result = bench("blob.yaml", "--peers", "--seconds", "0.1", **more)
        assert [peer["name"] for peer in result["peers"]][:2] == ["onnxruntime fp32", "onnxruntime int8"], result
        assert "ratio_int8_to_best_peer" in result and "ratio_fp32_to_best_peer_fp32" in result
    run("model", "quantize", "blob.yaml", "--images", "other", "-o", "blob.int8.psb")
    assert bench("blob.yaml", "--seconds", "0.05", **more)["int8"]["file"] == "blob.int8.psb"
    assert bench("blob.yaml", "--seconds", "0.05", "--images", "other", **more)["int8"]["quantised_on"] == "other"
    run("model", "bench", "blob.onnx", "--images", "other", code=2, error="descriptor")
    run("model", "bench", "blob.yaml", "--images", "nowhere", code=3, error="nowhere", **more)
    assert os.listdir("tmp") == [], "what was made on the way goes away"


def test_interrupted_on_the_way():
    for folder in "tmp", "large":
        os.mkdir(folder)
    harness.picture("large/0.png", [(400, 300)], 1600, 1200)
    for i in range(1, 64):
        os.link("large/0.png", "large/%d.png" % i)
    for signal_number, delay_s in (signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGINT, 0.2), (signal.SIGTERM, 0.5):
        process = subprocess.Popen([harness.PASSERBY, "model", "bench", MODEL, "--images", "large"],
                                   stdout=subprocess.DEVNULL, env=dict(os.environ, TMPDIR=os.path.abspath("tmp")))
        harness.interrupt_after(process, lambda: harness.blocks(process.pid, signal_number), signal_number, delay_s)
        code = process.wait(timeout=harness.LONGEST_S)
        assert code == 130 or delay_s and code == 0, code
        assert os.listdir("tmp") == [], "what was made on the way goes away"


def test_the_built_in_one_and_other_sizes():
    done = subprocess.run([harness.PASSERBY, "model", "bench", "--seconds", "0.05", "--json"], capture_output=True,
                          text=True)
    if done.returncode == 3:
        assert "built without a model" in done.stderr, done.stderr
    else:
        own = json.loads(done.stdout)
        assert own["model"] == own["int8"]["file"] == "builtin" and "fp32" not in own, own
    own = bench(MODEL, "--seconds", "0.05")["fp32"]["layers"]
    small = bench(MODEL, "--seconds", "0.05", "--input-size", "64x64")["fp32"]["layers"]
    work = [max(layer.get("gops", 0) * layer["median_ms"] for layer in layers) for layers in (own, small)]
    assert 4.8 < work[0] / work[1] < 5.2, "160x128 has five times the pixels of 64x64: %s" % work
    run("model", "bench", MODEL, "--peers", "--input-size", "64x64", code=2, error="--input-size")


def test_a_peer_that_refuses_is_listed():
    if not has_opencv():
        return
    shutil.copy(os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "bad.onnx")
    result = bench("bad.onnx", "--peers", "--seconds", "0.2", env=with_library(FAKE))
    runtime, opencv = result["peers"]
    assert "this model is bad" in runtime["error"] and "median_ms" not in runtime, runtime
    assert result["ratio_fp32_to_best_peer_fp32_is"]["peer"]["name"] == opencv["name"] == "opencv fp32"
    text = run("model", "bench", "bad.onnx", "--peers", "--seconds", "0.1", env=with_library(FAKE)).stdout
    assert "left out: bad.onnx: ONNX Runtime: this model is bad" in text, text


def test_bad_files_are_exit_3():
    run("model", "bench", "nowhere.yaml", code=3, error="nowhere.yaml")
    with open("short.psb", "w") as out:
        out.write("psb")
    run("model", "bench", "short.psb", code=3, error="short.psb")


if __name__ == "__main__":
    main()
