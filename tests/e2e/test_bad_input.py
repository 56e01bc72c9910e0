#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: exit code 3, one sentence that names file, place and expectation, and nothing left behind."""
import os
import struct

from harness import MODEL, ROOT, blob_detections, json_file, main, names_in, picture, picture_folder, run, video

import sys
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
import make_blob_model as blob


def track_fails(*arguments, error, code=3):
    """The run fails with these words and the folder of its outputs is not even made."""
    before = names_in(".")
    done = run("track", *arguments, "-o", "out", code=code, error=error)
    said = [line for line in done.stderr.splitlines() if not line.startswith("passerby: warning: ")]
    assert len(said) == 1, done.stderr
    assert names_in(".") == before, names_in(".")


def write(path, data):
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())
    return path


def test_inputs_that_are_no_video():
    os.mkdir("empty")
    os.mkdir("texts")
    write("texts/readme.txt", "no picture here")
    write("noise.mp4", bytes(range(256)) * 64)
    write("zero.mp4", b"")
    write("text.mp4", "this is not a video\n" * 20)
    write("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
    os.mkdir("broken")
    os.rename("broken.png", "broken/1.png")
    for name in ("missing.mp4", "noise.mp4", "zero.mp4", "text.mp4", "empty", "texts", "broken"):
        track_fails(name, "--model", MODEL, error=name)
        run("detect", name, "--model", MODEL, "-o", "det.txt", code=3, error=name)
        assert not os.path.exists("det.txt")


def test_picture_of_another_size():
    picture_folder("img", 5)
    picture("img/000004.png", [], 100, 100)
    track_fails("img", "--model", MODEL, "--fps", "5", error=["000004.png", "100x100", "160x128"])


def test_codec_that_is_not_allowed():
    # a WAV file is a container that FFmpeg knows and we refuse
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    sound = b"data" + struct.pack("<I", 800) + bytes(800)
    write("sound.wav", b"RIFF" + struct.pack("<I", 4 + len(form) + len(sound)) + b"WAVE" + form + sound)
    track_fails("sound.wav", "--model", MODEL, error="sound.wav")


def test_cut_videos():
    video()
    with open("video.mp4", "rb") as whole:
        data = whole.read()
    write("head.mp4", data[:200])
    track_fails("head.mp4", "--model", MODEL, error="head.mp4")
    write("cut.mp4", data[:len(data) * 8 // 10])  # fast start: the index is there, the end is not
    run("track", "cut.mp4", "--model", MODEL, "-o", "cut", error="cut.mp4")
    summary = json_file("cut/summary.json")
    assert summary["truncated"] is True and 0 < summary["frames"] < 20, summary
    assert "redacted.mp4" in names_in("cut")
    run("track", "cut.mp4", "--model", MODEL, "--quiet", "-o", "cut", error="cut.mp4: the file ends before")
    done = run("track", "cut.mp4", "--model", MODEL, "--quiet", "--log-level", "error", "-o", "cut")
    assert done.stderr == "", done.stderr


def test_networks():
    video()
    with open(os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "rb") as whole:
        data = whole.read()
    with open(MODEL) as text:
        descriptor = text.read()
    write("m.yaml", descriptor.replace("blob.onnx", "m.onnx"))
    unknown = data.replace(b"Sigmoid", b"Sigmoud")
    assert unknown != data
    for name, bad in [("truncated", data[:len(data) // 2]), ("text", b"hello, network"), ("empty", b""),
                      ("unknown operator", unknown), ("missing", None)]:
        if bad is None:
            os.remove("m.onnx")
        else:
            write("m.onnx", bad)
        track_fails("video.mp4", "--model", "m.yaml", error="m.onnx")
        run("model", "info", "m.onnx", code=3, error="m.onnx")
    run("model", "info", ".", code=3)


def network(path, nodes, *, tensors=b"", dims=(1, 3, 128, 160)):
    """An ONNX file around these nodes, from "images" to "output"."""
    graph = nodes + tensors + blob.field(2, "bad") + blob.value_info(11, "images", dims)
    graph += blob.value_info(12, "output", dims)
    write(path, blob.field(1, 7) + blob.field(7, graph) + blob.field(8, blob.field(1, "") + blob.field(2, 11)))


def test_hostile_networks():
    """Each is refused with its own sentence, by every command, before any output is there."""
    video()
    with open(MODEL) as text:
        write("m.yaml", text.read().replace("blob.onnx", "m.onnx"))
    external = blob.field(1, 3) + blob.field(2, 1) + blob.field(8, "w") + blob.field(14, 1)
    external += blob.field(13, blob.field(1, "location") + blob.field(2, "/etc/passwd"))
    relu = blob.node("Relu", ["images"], "output")
    add_w = blob.node("Add", ["images", "w"], "output")
    for error, nodes, more in [
            ("cycle", blob.node("Add", ["images", "b"], "a") + blob.node("Relu", ["a"], "b") +
             blob.node("Relu", ["b"], "output"), {}),
            ("cycle", blob.node("Add", ["images", "output"], "output"), {}),
            ("twice", relu + relu, {}),
            ("no node", blob.node("Relu", ["images"], "elsewhere"), {}),
            ("Frobnicate", blob.node("Frobnicate", ["images"], "output"), {}),
            ("external data", add_w, {"tensors": blob.field(5, external)}),
            ("2^31", add_w, {"tensors": blob.tensor("w", [1 << 40, 1 << 40], [1.0])}),
            ("expected 4096", add_w, {"tensors": blob.tensor("w", [1024], [1.0])}),
            ("2^31", relu, {"dims": (1, 3, 1 << 15, 1 << 15)}),
            ("dimension", relu, {"dims": (1, 3, 0, 160)}),
            ("1 GB", blob.node("Relu", ["images"], "a") + blob.node("Sigmoid", ["a"], "output"),
             {"dims": (1, 2, 1 << 14, 1 << 13)}),
            ("100000", b"".join(blob.node("Relu", ["images"], "n%d" % i) for i in range(100000)) + relu, {})]:
        network("m.onnx", nodes, **more)
        track_fails("video.mp4", "--model", "m.yaml", error=["m.onnx: ", error])
        run("model", "info", "m.onnx", code=3, error=["m.onnx: ", error])
    with open("m.onnx", "wb") as out:
        out.truncate((512 << 20) + 1)  # sparse: it takes no disk
    track_fails("video.mp4", "--model", "m.yaml", error=["m.onnx", "at most 536870912"])


def test_descriptors():
    video()
    with open(MODEL) as text:
        descriptor = text.read().replace("model: blob.onnx", "model: " + os.path.join(ROOT, "tests/e2e/data/blob.onnx"))
    for old, new, error in [("nms: {iou: 0.3}", "nms: {iou: 0.3}\ncolour: red", "colour"),
                            ("width: 160", "width: wide", "width"),
                            ("width: 160", "width: [160]", "width"),
                            ("type: yolox", "type: yolo99", "yolo99"),
                            ("iou: 0.3", "iou: 7", "iou"),
                            ("classes: {person: 0, count: 1}", "", "classes"),
                            ("strides: [8]", "strides: [8", "bad.yaml"),
                            ("width: 160", "width: 168", "168")]:
        assert old in descriptor
        write("bad.yaml", descriptor.replace(old, new))
        track_fails("video.mp4", "--model", "bad.yaml", error=["bad.yaml", error])
    track_fails("video.mp4", "--model", "missing.yaml", error="missing.yaml")
    track_fails("video.mp4", "--model", ".", error=".")


def test_detection_texts():
    for row in ["a,-1,1,1,5,5,1", "1,-1,nan,1,5,5,1", "1,-1,1,inf,5,5,1", "1,-1,1,1,-5,5,1", "1,-1,1,1,0,5,1",
                "0,-1,1,1,5,5,1", "-3,-1,1,1,5,5,1", "1.5,-1,1,1,5,5,1", "1,-1,1,1,5,5", "1,-1,1,1,5,5x,1", "1;2"]:
        write("bad.txt", "1,-1,1,1,5,5,1\n" + row + "\n")
        track_fails("--detections", "bad.txt", error=["bad.txt:2", "expected"])
    write("bad.txt", "")
    track_fails("--detections", "bad.txt", error="bad.txt")
    track_fails("--detections", "missing.txt", error="missing.txt")
    track_fails("--detections", ".", error=".")
    write("wide.txt", "1,-1,1,1,5,5,0.5,-1,-1,-1,7,8,9\n2,-1,1,1,5,5,0.5\n")  # more columns are ignored
    run("track", "--detections", "wide.txt", "-o", "fine", "-q", "--log-level", "error")


def test_sequence_and_time_texts():
    blob_detections()
    for text in ["frameRate=0", "frameRate=-3", "frameRate=often", "frameRate=inf"]:
        write("bad.ini", "[Sequence]\n" + text + "\nseqLength=20\n")
        track_fails("--detections", "det.txt", "--seqinfo", "bad.ini", error=["bad.ini", "expected"])
    track_fails("--detections", "det.txt", "--seqinfo", "missing.ini", error="missing.ini")
    for text in ["1,0.0\n1,0.1\n", "2,0.1\n1,0.2\n", "1,0.2\n2,0.1\n", "1,soon\n", "0,0.0\n", "1,0.0\n2\n"]:
        write("bad.csv", "frame,time_s\n" + text)
        track_fails("--detections", "det.txt", "--times", "bad.csv", error=["bad.csv:", "expected"])


def test_golden_folders():
    os.mkdir("none")
    run("model", "check", MODEL, "--golden", "none", code=3, error="none")
    run("model", "check", MODEL, "--golden", "missing", code=3, error="missing")
    for text in ["{", "[]", "{}", '{"input":{"name":"images","shape":[1,3,4],"file":"no.bin"},"outputs":[]}',
                 '{"input":{"name":"images","shape":[1,3,128,160],"file":"no.bin"},"outputs":[{}]}']:
        write("none/outputs.json", text)
        run("model", "check", MODEL, "--golden", "none", code=3, error="none/")


if __name__ == "__main__":
    main()
