#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An interrupted run keeps what it has, whole, under its names; a failing one leaves nothing."""
import os
import resource
import signal
import subprocess

from harness import (LONGEST_S, MODEL, PASSERBY, blob_detections, blocks, interrupt_after, json_file, main, mot_rows,
                     names_in, run, video)

def interrupted(signal_number, *more):
    """A run over a long video that is interrupted once its temporary files are there."""
    video(frames=600)
    os.mkdir("out")
    process = subprocess.Popen([PASSERBY, "track", "video.mp4", "--model", MODEL, "-o", "out", *more],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    ready = lambda: any(name.startswith(".redacted") and os.path.getsize("out/" + name) > 0
                        for name in names_in("out") if os.path.exists("out/" + name))
    interrupt_after(process, ready, signal_number)
    said = process.communicate(timeout=LONGEST_S)[1]
    assert process.returncode == 130 and "interrupted" in said, (process.returncode, said)
    assert names_in("out") == ["detections.txt", "redacted.mp4", "summary.json", "tracks.jsonl", "tracks.txt"]
    summary = json_file("out/summary.json")
    assert summary["interrupted"] is True and 0 < summary["frames"] < 600, summary
    done = run("detect", "out/redacted.mp4", "--model", MODEL, "--every", "1000000", "-o", "d.txt")
    assert ("%d frames" % summary["frames"]) in done.stdout, (done.stdout, summary)
    assert max(row[0] for row in mot_rows("out/detections.txt")) <= summary["frames"]


def test_sigint_in_threads():
    interrupted(signal.SIGINT)


def test_sigterm_inline():
    interrupted(signal.SIGTERM, "--threads", "1")


def test_interrupted_while_opening():
    """A pipe that nobody writes: there is nothing to keep yet, so the first signal ends the process, with 130."""
    os.mkfifo("pipe")
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        for arguments in (["track", "--detections", "pipe", "-o", "out"], ["model", "info", "pipe"]):
            process = subprocess.Popen([PASSERBY, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # both signals are blocked first thing in main; before that the process would end by the signal itself
            interrupt_after(process, lambda: blocks(process.pid, signal_number), signal_number)
            assert process.wait(timeout=LONGEST_S) == 130, process.returncode
            assert names_in(".") == ["pipe"], names_in(".")


def test_full_disk_leaves_nothing():
    video(frames=60)
    os.mkdir("out")
    for limit in (0, 2000):  # bytes that any one file may have: a full disk without a disk
        def limited():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        run("track", "video.mp4", "--model", MODEL, "-o", "out", code=4, error="out/", preexec_fn=limited)
        assert names_in("out") == [], names_in("out")


def test_unwritable_folders():
    blob_detections()
    with open("file", "w") as out:
        out.write("x")
    run("track", "--detections", "det.txt", "-o", "file", code=3, error="expected a folder")
    run("track", "--detections", "det.txt", "-o", "file/below", code=3, error="file/below")
    run("track", "--detections", "det.txt", "-o", "/proc/none", code=4, error="/proc/none")
    assert open("file").read() == "x"
    # nobody may make a folder there; that nothing of the name was there before is not the reason
    done = run("track", "--detections", "det.txt", "-o", "/sys/none", code=4, error="/sys/none: making the folder")
    assert "No such file" not in done.stderr, done.stderr


def test_standard_output_that_is_full():
    blob_detections()
    with open("/dev/full", "w") as full:
        done = subprocess.run([PASSERBY, "track", "--detections", "det.txt", "--json", "-o", "out"], stdout=full,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 4 and "standard output" in done.stderr, (done.returncode, done.stderr)


if __name__ == "__main__":
    main()
