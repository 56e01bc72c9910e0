#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""passerby synth, and synth:// where a video is taken: what is written, that it agrees with itself, what is refused."""
import json
import os

from harness import MODEL, main, run

URL = "synth://plaza?people=6&seed=3&fps=5&frames=20&size=320x192"


def truth(folder):
    with open(os.path.join(folder, "gt/gt.txt"), encoding="ascii") as file:
        return [[float(value) for value in line.split(",")] for line in file]


def test_a_sequence_is_written():
    said = json.loads(run("synth", URL, "-o", "scenes/one", "--json").stdout)
    assert sorted(os.listdir("scenes/one")) == ["gt", "seqinfo.ini", "video.mp4"], os.listdir("scenes/one")
    rows = truth("scenes/one")
    assert said == {"frames": 20, "boxes": len(rows), "people": int(max(row[1] for row in rows))}, said
    assert {row[0] for row in rows} == set(range(1, 21))
    assert all(row[7] == 1 and 0 <= row[8] <= 1 and (row[6] == 1) == (row[8] > 0) for row in rows)
    with open("scenes/one/seqinfo.ini", encoding="ascii") as file:
        info = file.read().split()
    assert {"frameRate=5", "seqLength=20", "imWidth=320", "imHeight=192"} <= set(info), info


def test_truth_against_itself_is_perfect():
    os.makedirs("tracks")
    run("synth", URL, "-o", "scenes/one", "--truth-only")
    assert not os.path.exists("scenes/one/video.mp4")
    with open("tracks/one.txt", "w", encoding="ascii") as out:
        for row in truth("scenes/one"):
            if row[6]:
                out.write("%d,%d,%g,%g,%g,%g,1,-1,-1,-1\n" % tuple(row[:6]))
    done = run("eval", "tracks", "--gt", "scenes", "--tracks", "tracks", "--json")
    scores = json.loads(done.stdout)["combined"]
    assert abs(scores["HOTA"] - 1) < 1e-9 and abs(scores["IDF1"] - 1) < 1e-9, scores


def test_the_same_twice_and_from_a_file():
    run("synth", URL, "-o", "one", "--truth-only")
    run("synth", URL, "-o", "two", "--truth-only")
    with open("scene.yaml", "w", encoding="ascii") as out:
        out.write("scene: plaza\npeople: 6\nseed: 3\nfps: 5\nframes: 20\nsize: 320x192\n")
    run("synth", "scene.yaml", "-o", "three", "--truth-only")
    run("synth", URL + "&rain=0", "-o", "four", "--truth-only")
    run("synth", URL.replace("seed=3", "seed=4"), "-o", "five", "--truth-only")
    assert truth("one") == truth("two") == truth("three") == truth("four") != truth("five")


def test_commands_take_a_scene():
    run("detect", URL, "--model", MODEL, "-o", "det.txt")
    done = run("track", URL, "--model", MODEL, "-o", "out", "--json")
    summary = json.loads(done.stdout)
    assert (summary["frames"], summary["width"], summary["height"], summary["fps"]) == (20, 320, 192, 5), summary
    assert os.path.exists("out/redacted.mp4")
    run("track", URL, "--model", MODEL, "-o", "alone", "--threads", "1")
    for name in ("tracks.txt", "detections.txt", "tracks.jsonl"):
        with open("out/" + name, "rb") as a, open("alone/" + name, "rb") as b:
            assert a.read() == b.read(), name


def test_refusals_leave_nothing():
    for scene, said in (("synth://moon", "scene: found"), ("synth://plaza?people=many", "people: found"),
                        ("synth://plaza?folk=1", "found the key"), ("synth://plaza?size=3x3", "size: found"),
                        ("nowhere.yaml", "nowhere.yaml")):
        run("synth", scene, "-o", "out", code=3, error=said)
        if scene.startswith("synth"):
            run("track", scene, "--model", MODEL, "-o", "out", code=3, error=said)
    run("track", URL, "--fps", "5", "--model", MODEL, "-o", "out", code=3, error="fps")
    run("synth", URL, code=2, error="-o DIR")
    run("synth", code=2)
    assert os.listdir(".") == [], os.listdir(".")
    with open("file", "w", encoding="ascii"):
        pass
    run("synth", URL, "-o", "file", code=3, error="expected a folder")


if __name__ == "__main__":
    main()
