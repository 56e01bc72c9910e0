#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`eval tracks` and `eval detections`: figures worked out by hand, the report, bad input; and, with PSB_SHARED, every
field of TrackEval's reference tables within 1e-6."""
import json
import os
import shutil

from harness import main, run, shared

TRUTH = "1,1,10,10,20,40,1,-1,-1,-1\n2,1,12,10,20,40,1,-1,-1,-1\n"
SPLIT = "2,8,12,10,20,40,1,-1,-1,-1\n1,7,10,10,20,40,1,-1,-1,-1\n"  # rows in any order


def sequence(root, name, truth=TRUTH, frames=2):
    os.makedirs("%s/%s/gt" % (root, name))
    with open("%s/%s/gt/gt.txt" % (root, name), "w") as out:
        out.write(truth)
    with open("%s/%s/seqinfo.ini" % (root, name), "w") as out:
        out.write("[Sequence]\nname=%s\nframeRate=10\nseqLength=%d\nimWidth=640\nimHeight=480\n" % (name, frames))


def result(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open("%s/%s" % (folder, name), "w") as out:
        out.write(text)


def two_sequences():
    sequence("gt", "hall")
    sequence("gt", "gate")
    os.makedirs("gt/notes")  # passed over
    result("out", "hall-X.txt", TRUTH)
    result("out", "gate-X.txt", SPLIT)


def test_sequences_and_combined():
    two_sequences()
    done = run("eval", "tracks", "--benchmark", "mot15", "--gt", "gt", "--tracks", "out", "--suffix", "-X", "--json")
    scores = json.loads(done.stdout)
    assert list(scores["sequences"]) == ["gate", "hall"], done.stdout
    assert scores["sequences"]["hall"]["HOTA"] == 1 and scores["sequences"]["hall"]["IDSW"] == 0
    assert scores["sequences"]["gate"]["IDSW"] == 1 and scores["sequences"]["gate"]["IDF1"] == 0.5
    assert scores["combined"]["GT_Dets"] == 4 and abs(scores["combined"]["AssA"] - 0.75) < 1e-12
    assert len(scores["combined"]["HOTA_per_alpha"]) == 19
    one = run("eval", "tracks", "--benchmark", "mot15", "--gt", "gt", "--tracks", "out", "--suffix", "-X",
              "--sequences", "hall")
    assert "hall" in one.stdout and "gate" not in one.stdout and "100.00" in one.stdout


def test_the_report_is_one_file():
    two_sequences()
    run("eval", "tracks", "--benchmark", "mot15", "--gt", "gt", "--tracks", "out", "--suffix", "-X", "--report",
        "report.html")
    with open("report.html") as page:
        text = page.read()
    assert text.count("<svg") == 2 and "HOTA over alpha" in text and "gate" in text
    assert "http" not in text and "<script" not in text


def test_bad_input_is_named():
    two_sequences()
    common = ["eval", "tracks", "--benchmark", "mot15", "--gt", "gt", "--tracks", "out"]
    run(*common, code=3, error="out/gate.txt")
    result("out", "gate-Y.txt", "1,1,1,1\n")
    result("out", "hall-Y.txt", TRUTH)
    run(*common, "--suffix", "-Y", code=3, error=["gate-Y.txt:1", "width"])
    run(*common, "--suffix", "-X", "--sequences", "hall,yard", code=3, error="yard")
    run("eval", "tracks", "--benchmark", "mot99", "--gt", "gt", "--tracks", "out", code=2, error="mot99")
    run("eval", "tracks", "--gt", "gt", code=2, error="--tracks")
    run("eval", "tracks", "--gt", "out", "--tracks", "out", code=3, error="no sequence")


def test_detections_of_mot_folders():
    sequence("gt", "hall", "1,1,0,0,50,50,1,-1,-1,-1\n1,2,100,0,50,50,1,-1,-1,-1\n1,3,400,0,90,90,0,-1,-1,-1\n", 1)
    result("det", "hall.txt", "1,-1,100,0,50,50,0.7\n1,-1,0,0,50,50,0.9\n1,-1,300,0,50,50,0.8\n1,-1,410,0,50,50,0.95\n")
    scores = json.loads(run("eval", "detections", "--gt", "gt", "--detections", "det", "--json").stdout)
    assert abs(scores["sequences"]["hall"]["AP50"] - (51 + 50 * 2 / 3) / 101) < 1e-9, scores
    assert scores["mean"] == scores["sequences"]["hall"] and scores["mean"]["AP_small"] is None
    run("eval", "detections", "--gt", "gt", "--detections", "nowhere", code=3, error="hall.txt")


def test_detections_of_coco_files():
    truth = {"images": [{"id": 5}, {"id": 2}], "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "car"}],
             "annotations": [{"image_id": 2, "category_id": 1, "bbox": [0, 0, 50, 50], "area": 2000, "iscrowd": 0},
                             {"image_id": 5, "category_id": 1, "bbox": [0, 0, 20, 20], "area": 400, "iscrowd": 0},
                             {"image_id": 5, "category_id": 2, "bbox": [0, 0, 20, 20], "area": 400, "iscrowd": 0}]}
    found = [{"image_id": 2, "category_id": 1, "bbox": [0, 0, 50, 50], "score": 0.9},
             {"image_id": 5, "category_id": 1, "bbox": [200, 0, 50, 50], "score": 0.5},
             {"image_id": 5, "category_id": 2, "bbox": [0, 0, 20, 20], "score": 0.8}]
    result(".", "truth.json", json.dumps(truth))
    result(".", "found.json", json.dumps(found))
    scores = json.loads(run("eval", "detections", "--gt", "truth.json", "--detections", "found.json", "--json").stdout)
    assert scores["all"]["AP_medium"] == 1 and scores["all"]["AP_small"] == 0, scores
    assert abs(scores["all"]["AP50"] - 51 / 101) < 1e-9 and scores["all"]["recall"] == 0.5
    found[0]["bbox"] = [0, 0, 50]
    result(".", "found.json", json.dumps(found))
    run("eval", "detections", "--gt", "truth.json", "--detections", "found.json", code=3, error="results[0].bbox")
    result(".", "found.json", json.dumps(found)[:-4])
    run("eval", "detections", "--gt", "truth.json", "--detections", "found.json", code=3, error="found.json:1")


def compare_with_table(benchmark, table, gt, suffixes):
    data = shared() + "/data"
    with open("%s/reference_tables/%s/trackeval.json" % (data, table)) as text:
        expected = json.load(text)["rows"]
    checked = 0
    for suffix in suffixes:
        names = sorted(n[:len(n) - len(suffix)] for n in expected if n.endswith(suffix) and n != "COMBINED")
        suffixed = ["--suffix", suffix] if suffix else []
        scores = json.loads(run("eval", "tracks", "--benchmark", benchmark, "--gt", "%s/%s" % (data, gt), "--tracks",
                                "%s/reference_tables/%s/results" % (data, table), "--sequences", ",".join(names),
                                "--json", *suffixed).stdout)
        for name in names:
            checked += compare(expected[name + suffix], scores["sequences"][name], name + suffix)
        if len(suffixes) == 1:
            checked += compare(expected["COMBINED"], scores["combined"], "combined")
    return checked


def compare(expected, found, name):
    assert set(expected) == set(found), set(expected) ^ set(found)
    for key, value in expected.items():
        pairs = zip(value, found[key]) if isinstance(value, list) else [(value, found[key])]
        for a, b in pairs:
            assert abs(a - b) <= 1e-6, "%s %s: found %r, expected %r" % (name, key, b, a)
    return 1


def test_reference_tables():
    if not shared():
        return  # the hand-made cases above stand alone
    assert compare_with_table("mot15", "mot15_devkit", "mot15_text", [""]) == 5
    assert compare_with_table("mot17", "lif_t", "mot17_text", ["-DPM", "-FRCNN", "-SDP"]) == 12
    # all twelve runs as sequences of their own, for the combined row
    for run_name in os.listdir(shared() + "/data/reference_tables/lif_t/results"):
        shutil.copytree(shared() + "/data/mot17_text/" + run_name.rsplit("-", 1)[0], "gt/" + run_name[:-4])
    scores = json.loads(run("eval", "tracks", "--benchmark", "mot17", "--gt", "gt", "--tracks",
                            shared() + "/data/reference_tables/lif_t/results", "--json").stdout)
    with open(shared() + "/data/reference_tables/lif_t/trackeval.json") as text:
        expected = json.load(text)["rows"]
    assert len(scores["sequences"]) == 12
    compare(expected["COMBINED"], scores["combined"], "combined")


if __name__ == "__main__":
    main()
