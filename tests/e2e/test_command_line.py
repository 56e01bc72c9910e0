#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line itself: help, versions, mistakes with their exit code 2, and help beside the manual pages."""
import json
import os
import re

from harness import MODEL, ROOT, main, names_in, run, video

def commands():
    """The commands that `passerby --help` lists, and the manual page of each: one for all with the same first word."""
    text = run("--help").stdout
    names = [name.strip() for name in re.findall(r"^  ([a-z]+ ?[a-z]*)  ", text[text.index("Commands:"):], re.M)]
    assert {"track", "detect", "model info", "model check", "model bench"} <= set(names), names
    return {name: "passerby-" + name.split()[0] for name in names}


def options_in_help(command):
    text = run(*command.split(), "--help").stdout
    options = re.findall(r"^  (?:-\w,|   ) (--[a-z-]+)", text, re.M)
    assert options, text
    return options, text


def test_help_and_version():
    assert re.fullmatch(r"passerby \d+\.\d+\.\d+\n", run("--version").stdout)
    for command in commands():
        help_text = options_in_help(command)[1]
        assert help_text.index("Examples:") < help_text.index("Options:"), help_text


def test_every_option_is_on_its_manual_page():
    for command, page in commands().items():
        with open("%s/docs/%s.1.scd" % (ROOT, page)) as source:
            manual = source.read()
        for option in options_in_help(command)[0]:
            assert "*%s*" % option in manual, "%s does not name %s of %s" % (page, option, command)


def test_manual_pages_invent_nothing():
    for page in set(commands().values()):
        with open("%s/docs/%s.1.scd" % (ROOT, page)) as source:
            named = set(re.findall(r"^(?:\*-\w\*, )?\*(--[a-z-]+)\*", source.read(), re.M))
        known = set(o for c, p in commands().items() if p == page for o in options_in_help(c)[0])
        assert named <= known, "%s names unknown options: %s" % (page, named - known)


def test_wrong_use_is_exit_2_with_one_sentence():
    for arguments, text in [
            ([], "a command is missing"),
            (["trak"], "did you mean track?"),
            (["model"], "expected one of its commands"),
            (["track", "x.mp4", "--redat", "fill", "-o", "o"], "did you mean --redact?"),
            (["track", "x.mp4", "--zzz"], "--help"),
            (["track", "x.mp4", "-z"], "-z"),
            (["track", "x.mp4", "--redact", "smear", "-o", "o"], "pixelate|fill|blur|none"),
            (["track", "x.mp4", "--every", "0", "-o", "o"], "1 to 1000000"),
            (["track", "--detections", "x.txt", "--fps", "5", "-o", "o"], "--fps needs a folder"),
            (["track", "x.mp4", "--to", "0s", "-o", "o"], "0.001 to"),
            (["track", "x.mp4", "--every", "1.5", "-o", "o"], "whole number"),
            (["track", "x.mp4", "--min-score", "nan", "-o", "o"], "a number"),
            (["track", "x.mp4", "--look-back", "soon", "-o", "o"], "duration"),
            (["track", "x.mp4", "--look-back", "61s", "-o", "o"], "60"),
            (["track", "x.mp4", "--quiet=yes", "-o", "o"], "takes no value"),
            (["track", "x.mp4", "--model"], "needs a value"),
            (["track", "x.mp4", "--model=", "-o", "o"], "found nothing"),
            (["track", "x.mp4", "--model", MODEL], "give -o DIR"),
            (["track", "x.mp4", "-o", "o", "--input-size", "640"], "640"),
            (["track", "x.mp4", "-o", "o", "--input-size", "640x384x"], "640x384x"),
            (["track", "x.mp4", "-o", "o", "--input-size", "640x9999"], "640x9999"),
            (["track", "-o", "o", "--model", MODEL], "nothing to track"),
            (["track", "x.mp4", "y.mp4", "-o", "o", "--model", MODEL], "y.mp4"),
            (["track", "x.mp4", "--model", MODEL, "--detections", "d", "-o", "o"], "exclude each other"),
            (["track", "x.mp4", "--model", MODEL, "--times", "t", "-o", "o"], "needs --detections"),
            (["track", "--detections", "d", "--unredacted", "-o", "o"], "needs an INPUT"),
            (["track", "x.mp4", "--model", MODEL, "--from", "2s", "--to", "1s", "-o", "o"], "--to"),
            (["track", "x.mp4", "--model", MODEL, "--cpu", "mmx", "-o", "o"], "mmx"),
            (["detect", "--model", MODEL], "an argument is missing"),
            (["detect", "x.mp4", "--model", MODEL, "--json"], "-o FILE"),
            (["model", "check", MODEL], "give --golden"),
    ]:
        done = run(*arguments, code=2, error=text)
        if arguments:
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert not done.stdout, done.stdout
    assert names_in(".") == []


def test_gnu_ways():
    video()
    for n, arguments in enumerate([["video.mp4", "-oout0", "--redact=none", "--model=" + MODEL, "-q"],
                                   ["-o", "out1", "-m", MODEL, "--redact", "none", "-q", "--", "video.mp4"],
                                   ["--output=out2", "video.mp4", "--model", MODEL]]):
        run("track", *arguments)
        assert "tracks.txt" in names_in("out%d" % n)


def test_json_and_quiet():
    video()
    done = run("track", "video.mp4", "--model", MODEL, "--redact", "none", "--json", "-o", "out")
    assert json.loads(done.stdout)["frames"] == 20
    assert len(done.stdout.splitlines()) == 1
    done = run("track", "video.mp4", "--model", MODEL, "--redact", "none", "--quiet", "-o", "out")
    assert done.stdout == "" and done.stderr == ""
    done = run("detect", "video.mp4", "--model", MODEL, "--json", "-o", "det.txt")
    assert json.loads(done.stdout)["detections"] == 40
    assert json.loads(run("model", "info", MODEL, "--json").stdout)["head"] == "yolox"
    assert "steps" in json.loads(run("model", "info", MODEL, "--json", "--kernels").stdout)


def test_no_progress_bar_but_on_a_terminal():
    video()
    done = run("track", "video.mp4", "--model", MODEL, "--redact", "none", "-o", "out")
    assert "\r" not in done.stderr and "\x1b" not in done.stderr and "\x1b" not in done.stdout


def test_progress_bar_on_a_terminal():
    import pty
    import subprocess
    from harness import PASSERBY
    video(frames=40)
    for no_color, has_color in [("", True), ("1", False)]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PASSERBY, "track", "video.mp4", "--model", MODEL, "--redact", "none", "-o", "out"],
                                   stderr=theirs, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": no_color})
        os.close(theirs)
        assert process.wait(60) == 0
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        assert "\r[" in shown and "%" in shown, repr(shown)
        assert ("\x1b[32m" in shown) == has_color, repr(shown)


if __name__ == "__main__":
    main()
