#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`track` and `detect` on small videos whose truth is known: two blobs that walk towards each other."""
import os

from harness import (BLOB_H, BLOB_W, HEIGHT, MODEL, WIDTH, blob_detections, blobs_at, det_text, json_file, json_lines,
                     main, mot_rows, names_in, picture, picture_folder, run, video)

TEXTS = ["detections.txt", "summary.json", "tracks.jsonl", "tracks.txt"]


def near(row, blob, slack=4):
    left, top = blob
    return abs(row[2] - left) <= slack and abs(row[3] - top) <= slack


def test_two_people_are_found_and_followed():
    video()
    run("track", "video.mp4", "--model", MODEL, "-o", "out")
    assert names_in("out") == sorted(TEXTS + ["redacted.mp4"])
    detections = mot_rows("out/detections.txt")
    assert all(row[1] == -1 for row in detections)
    for frame in range(1, 21):
        rows = [row for row in detections if row[0] == frame and row[6] >= 0.4]
        assert len(rows) == 2 and all(any(near(row, blob, 2) for row in rows) for blob in blobs_at(frame)), rows
    tracks = mot_rows("out/tracks.txt")
    assert len(set(row[1] for row in tracks)) == 2, tracks
    for i in set(row[1] for row in tracks):
        mine = [row for row in tracks if row[1] == i]
        which = [near(mine[0], blob) for blob in blobs_at(mine[0][0])].index(True)
        assert len(mine) >= 17 and all(near(row, blobs_at(row[0])[which]) for row in mine), mine


def test_offline_fills_and_says_so():
    boxes = [(frame, left, 50, 40, 100, 0.9) for frame in range(1, 31) for left in (100 + 4 * frame, 600)
             if not 12 <= frame < 20 or left == 600]
    with open("gap.txt", "w") as to:
        to.writelines("%d,-1,%g,%g,%g,%g,%g\n" % row for row in boxes)
    run("track", "--detections", "gap.txt", "-o", "online")
    done = run("track", "--detections", "gap.txt", "--offline", "-o", "offline")
    assert "offline" in done.stdout, done.stdout
    assert json_file("offline/summary.json")["offline"] is True
    assert json_file("online/summary.json")["offline"] is False
    assert len(mot_rows("online/tracks.txt")) < 60 - 8 + 1
    assert [row[0] for row in mot_rows("offline/tracks.txt")] == [frame for frame in range(1, 31) for _ in range(2)]


def mixed_share(tracks, truth):
    """Identities on two people, each in ten frames and a tenth of theirs, among all: docs/doubt.md's share."""
    met = {}
    for row in tracks:
        near_by = [who for frame, who, left in truth if frame == row[0] and abs(left - row[2]) < 12]
        for who in near_by:
            met.setdefault(row[1], []).append(who)
    mixed = [i for i, people in met.items() if sum(
        people.count(who) >= max(10, 0.1 * len(people)) for who in set(people)) > 1]
    return len(mixed), len(met)


def test_doubt_margin_parts_who_was_merged():
    # "a" stands; "b", seen for a moment, goes behind and never returns; a stranger, "c", comes out some time later
    truth = [(frame, "a", 100) for frame in range(1, 101)] + [(frame, "b", 124) for frame in range(18, 31)]
    truth += [(frame, "c", 144) for frame in range(68, 101)]
    with open("doubt.txt", "w") as to:
        to.writelines("%d,-1,%d,100,40,%d,0.9\n" % (frame, left, {"a": 100, "b": 100, "c": 92}[who])
                      for frame, who, left in truth)
    shares = {}
    for margin in ("0", "0.05", "0.4", "1", None):
        option = ["--doubt-margin", margin] if margin else []
        run("track", "--detections", "doubt.txt", *option, "-o", "doubt%s" % margin)
        shares[margin] = mixed_share(mot_rows("doubt%s/tracks.txt" % margin), truth)
        print("doubt margin %s: %d of %d identities mix two people" % ((margin or "default",) + shares[margin]))
    assert shares["0"] == shares["0.05"] == (1, 2), shares
    assert shares["1"] == shares["0.4"] == shares[None] == (0, 3), shares


def test_summary_and_lines_have_their_form():
    video()
    run("track", "video.mp4", "--model", MODEL, "-o", "out")
    summary = json_file("out/summary.json")
    assert list(summary)[:15] == ["frames", "looked_at", "fps", "seconds", "width", "height", "decode_errors",
                                  "truncated", "stages", "model", "cpu", "peak_mb", "tracks", "outputs", "unredacted"]
    assert (summary["frames"], summary["looked_at"], summary["tracks"]) == (20, 20, 2), summary
    assert (summary["width"], summary["height"]) == (WIDTH, HEIGHT)
    assert abs(summary["fps"] - 10) < 0.01 and abs(summary["seconds"] - 2) < 0.02, summary
    assert summary["encoder"] in ("libx264", "libopenh264", "h264_vaapi", "mpeg4"), summary
    assert summary["truncated"] is False and summary["unredacted"] is False and summary["decode_errors"] == 0
    assert list(summary["stages"]) == ["decode", "prepare", "network", "head", "track", "redact", "encode"]
    for stage in summary["stages"].values():
        assert stage["count"] == 20 and 0 <= stage["p50_ms"] <= stage["p90_ms"] <= stage["p99_ms"] > 0, summary
    assert summary["model"]["name"] == "blob" and len(summary["model"]["sha256"]) == 64
    assert 0 < summary["peak_mb"] < 200
    assert sorted(summary["outputs"]) == names_in("out")

    detections = mot_rows("out/detections.txt")
    in_text = {(row[0], row[1]): row for row in mot_rows("out/tracks.txt")}
    seen = 0
    for line in json_lines("out/tracks.jsonl"):
        assert list(line) == ["frame", "time_s", "id", "box", "score", "state", "detection"], line
        assert line["state"] in ("tentative", "confirmed", "coasting") and len(line["box"]) == 4
        assert abs(line["time_s"] - (line["frame"] - 1) / 10) < 1e-3, line
        if line["detection"] >= 0:
            row = [r for r in detections if r[0] == line["frame"]][line["detection"]]
            assert abs(row[6] - line["score"]) < 1e-4, (line, row)
        if line["state"] == "confirmed":
            seen += 1
            assert abs(in_text[line["frame"], line["id"]][2] - line["box"][0]) < 0.011
    assert seen == len(in_text) > 30


def test_redaction_hides_people_from_the_detector():
    video()
    run("track", "video.mp4", "--model", MODEL, "--redact", "fill", "--unredacted", "-o", "out",
        error="unredacted.mp4")
    assert names_in("out") == sorted(TEXTS + ["redacted.mp4", "unredacted.mp4"])
    assert json_file("out/summary.json")["unredacted"] is True
    run("detect", "out/unredacted.mp4", "--model", MODEL, "-o", "seen.txt", "--min-score", "0.1")
    assert len(mot_rows("seen.txt")) >= 38  # boxes are drawn over the blobs, so their score is low
    run("detect", "out/redacted.mp4", "--model", MODEL, "-o", "hidden.txt", "--min-score", "0.1")
    assert mot_rows("hidden.txt") == []


def test_unredacted_needs_its_option():
    video()
    run("track", "video.mp4", "--model", MODEL, "--redact", "none", "-o", "out")
    assert names_in("out") == TEXTS
    run("track", "video.mp4", "--model", MODEL, "--redact", "none", "--unredacted", "-o", "out2",
        error="unredacted.mp4")
    assert names_in("out2") == sorted(TEXTS + ["unredacted.mp4"])
    assert json_file("out2/summary.json")["unredacted"] is True


def test_any_number_of_threads_gives_the_same_bytes():
    video()
    for threads in (1, 2, 5):
        run("track", "video.mp4", "--model", MODEL, "--threads", threads, "-o", "out%d" % threads)
    for name in ("detections.txt", "tracks.txt", "tracks.jsonl", "redacted.mp4"):
        first, *others = [open("out%d/%s" % (threads, name), "rb").read() for threads in (1, 2, 5)]
        assert all(other == first for other in others), name


def test_every_third_frame():
    video()
    run("track", "video.mp4", "--model", MODEL, "--every", "3", "--redact", "fill", "-o", "out")
    frames = set(row[0] for row in mot_rows("out/detections.txt"))
    assert frames == set(range(1, 21, 3)), frames
    assert set(line["frame"] for line in json_lines("out/tracks.jsonl")) <= frames
    summary = json_file("out/summary.json")
    assert (summary["frames"], summary["looked_at"]) == (20, 7)
    assert summary["stages"]["encode"]["count"] == 20
    run("detect", "out/redacted.mp4", "--model", MODEL, "-o", "hidden.txt", "--min-score", "0.1")
    assert mot_rows("hidden.txt") == []
    run("detect", "video.mp4", "--model", MODEL, "--every", "3", "-o", "det.txt")
    assert set(row[0] for row in mot_rows("det.txt")) == frames


def seen_in(video_path):
    """The frames in which the detector sees a blob."""
    run("detect", video_path, "--model", MODEL, "-o", "seen.txt", "--min-score", "0.1")
    return set(row[0] for row in mot_rows("seen.txt"))


def test_look_back_covers_who_is_found_late():
    video()
    with open("late.txt", "w") as out:  # both blobs, from frame 11 on
        for frame in range(11, 21):
            for left, top in blobs_at(frame):
                out.write("%d,-1,%d,%d,%d,%d,0.9\n" % (frame, left, top, BLOB_W, BLOB_H))
    run("track", "video.mp4", "--detections", "late.txt", "--redact", "fill", "-o", "out")
    assert not seen_in("out/redacted.mp4") & set(range(6, 21))
    run("track", "video.mp4", "--detections", "late.txt", "--redact", "fill", "--look-back", "0s", "-o", "none")
    assert seen_in("none/redacted.mp4") >= set(range(1, 11))


def test_who_is_too_weak_to_be_reported_is_covered():
    video()
    run("track", "video.mp4", "--model", MODEL, "--min-score", "1", "--redact", "fill", "-o", "out")
    assert mot_rows("out/detections.txt") == [] and mot_rows("out/tracks.txt") == []
    assert seen_in("video.mp4") == set(range(1, 21)) and not seen_in("out/redacted.mp4")


def test_frames_far_from_any_look_are_withheld():
    video(frames=30)
    blob_detections()
    with open("times.csv", "w") as out:
        out.write("frame,time_s\n1,0\n")
    run("track", "video.mp4", "--detections", "det.txt", "--times", "times.csv", "--redact", "pixelate", "-o", "out")
    summary = json_file("out/summary.json")
    assert (summary["looked_at"], summary["withheld"]) == (1, 19), summary  # all after the first second
    assert not seen_in("out/redacted.mp4") & set(range(12, 31))


def test_seqinfo_near_the_detections():
    os.makedirs("seq/det")
    blob_detections()
    for place, rate in [("seq/seqinfo.ini", 12.5), ("seq/det/seqinfo.ini", 7)]:
        os.rename("det.txt", "seq/det/det.txt")
        with open(place, "w") as out:
            out.write("[Sequence]\nframeRate=%g\n" % rate)
        run("track", "--detections", "seq/det/det.txt", "-o", "out")
        assert json_file("out/summary.json")["fps"] == rate
        os.rename("seq/det/det.txt", "det.txt")


def test_times_of_a_video():
    video()
    run("track", "video.mp4", "--model", MODEL, "--fps", "3", "-o", "all", error="--fps 3 is for folders")
    assert json_file("all/summary.json")["fps"] == 10
    run("track", "video.mp4", "--model", MODEL, "--from", "500ms", "--to", "1s", "-o", "out")
    assert set(row[0] for row in mot_rows("out/detections.txt")) == {6, 7, 8, 9, 10}
    assert json_file("out/summary.json")["frames"] == 5
    run("track", "video.mp4", "--model", MODEL, "--from", "1h", "-o", "never", code=3, error="found no frame")
    assert not os.path.exists("never")


def test_image_folder():
    picture_folder("img1")
    with open("seqinfo.ini", "w") as out:
        out.write("[Sequence]\nframeRate=12.5\n")
    run("track", "img1", "--model", MODEL, "--redact", "none", "-o", "out")
    assert json_file("out/summary.json")["fps"] == 12.5
    run("track", "img1", "--fps", "4", "--model", MODEL, "--redact", "none", "-o", "out")
    assert json_file("out/summary.json")["fps"] == 4 and len(mot_rows("out/detections.txt")) >= 40
    os.remove("seqinfo.ini")
    run("track", "img1", "--model", MODEL, "--redact", "none", "-o", "out", error="25")


def test_given_detections_need_no_model():
    video()
    blob_detections()
    run("track", "video.mp4", "--detections", "det.txt", "--redact", "fill", "-o", "out")
    assert len(set(row[1] for row in mot_rows("out/tracks.txt"))) == 2
    assert json_file("out/summary.json")["model"] == {"name": None, "sha256": None}
    run("detect", "out/redacted.mp4", "--model", MODEL, "-o", "hidden.txt", "--min-score", "0.3")
    assert mot_rows("hidden.txt") == []


def test_given_detections_need_no_pictures():
    blob_detections()
    done = run("track", "--detections", "det.txt", "-o", "out", error="30 frames/s assumed")
    assert done.stderr.count("assumed") == 1
    assert names_in("out") == TEXTS
    summary = json_file("out/summary.json")
    assert summary["width"] is None and summary["stages"]["decode"]["p50_ms"] is None  # not known is not 0
    with open("seqinfo.ini", "w") as out:
        out.write("[Sequence]\nframeRate=7.5\nseqLength=30\nimWidth=160\nimHeight=128\n")
    run("track", "--detections", "det.txt", "-o", "out2")  # seqinfo.ini lies beside
    summary = json_file("out2/summary.json")
    assert (summary["frames"], summary["looked_at"], summary["fps"], summary["width"]) == (30, 30, 7.5, 160)
    lines = json_lines("out2/tracks.jsonl")
    assert any(line["frame"] > 20 and line["state"] == "coasting" for line in lines)  # empty frames are frames, too
    assert abs(lines[-1]["time_s"] - (lines[-1]["frame"] - 1) / 7.5) < 1e-5


def test_rows_in_any_order_and_coasting():
    video()
    rows = [(f, x, y, BLOB_W, BLOB_H, 0.9) for f in range(1, 21) for x, y in blobs_at(f) if f not in (10, 11)]
    det_text("a.txt", rows)
    det_text("b.txt", rows[1::2] + rows[::2][::-1])
    for name in "ab":
        run("track", "video.mp4", "--detections", name + ".txt", "--redact", "none", "-o", name)
    assert len(set(row[1] for row in mot_rows("b/tracks.txt"))) == 2
    assert [r[:2] for r in mot_rows("a/tracks.txt")] == [r[:2] for r in mot_rows("b/tracks.txt")]
    assert not {10, 11} & set(row[0] for row in mot_rows("a/tracks.txt"))
    run("track", "video.mp4", "--detections", "a.txt", "--redact", "none", "--coast", "1s", "-o", "c")
    assert {10, 11} <= set(row[0] for row in mot_rows("c/tracks.txt"))


def test_times_say_which_frames_were_looked_at():
    blob_detections()
    with open("times.csv", "w") as out:
        out.write("frame,time_s\n1,0.0\n2,0.1\n4,0.5\n5,0.6\n")
    run("track", "--detections", "det.txt", "--times", "times.csv", "-o", "out")
    assert sorted(set(line["frame"] for line in json_lines("out/tracks.jsonl"))) == [1, 2, 4, 5]
    assert [line["time_s"] for line in json_lines("out/tracks.jsonl") if line["frame"] == 4][0] == 0.5
    video()
    run("track", "video.mp4", "--detections", "det.txt", "--times", "times.csv", "-o", "out2")
    summary = json_file("out2/summary.json")
    assert (summary["frames"], summary["looked_at"]) == (20, 4), summary


def test_odd_sizes_are_written():
    os.mkdir("img")
    for frame in range(1, 6):
        picture("img/%d.png" % frame, blobs_at(frame), 161, 127)
    run("track", "img", "--model", MODEL, "-o", "out", "--fps", "5")
    assert json_file("out/summary.json")["width"] == 161
    run("detect", "out/redacted.mp4", "--model", MODEL, "-o", "det.txt")


def test_files_of_others_stay():
    video()
    os.mkdir("out")
    for name in ("notes.txt", "tracks.txt"):
        with open("out/" + name, "w") as out:
            out.write("mine\n")
    run("track", "nothing.mp4", "--model", MODEL, "-o", "out", code=3)
    assert open("out/tracks.txt").read() == "mine\n"  # replaced only when the run ends well
    run("track", "video.mp4", "--model", MODEL, "-o", "out")
    assert open("out/notes.txt").read() == "mine\n" and mot_rows("out/tracks.txt")


if __name__ == "__main__":
    main()
