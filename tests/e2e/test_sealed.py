#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Networks run without a system call and without an allocation: in a process whose kernel kills it at the first one,
in floats and quantised, on the blob network and on those of the shared data.
"""
import os
import signal
import subprocess
import sys

from harness import LONGEST_S, MODEL, ROOT, main, picture_folder, run, shared

RUN_SEALED = os.path.join(os.path.abspath(sys.argv[3]), "tests/nn/run_sealed")


def sealed(*arguments):
    return subprocess.run([RUN_SEALED, *arguments], capture_output=True, text=True, timeout=LONGEST_S)


def networks():
    picture_folder("pictures", 3)
    run("model", "quantize", MODEL, "--images", "pictures", "-o", "blob.psb")
    yield from (os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "blob.psb")
    data = shared()
    if not data:
        return
    models = os.path.join(data, "models")
    for name in "fastestdet_352x352", "yolox_nano_416x416":
        run("model", "quantize", os.path.join(models, name + ".yaml"), "--images", models + "/golden/pictures",
            "--floats", "0", "-o", name + ".psb")
        yield from (os.path.join(models, name + ".onnx"), name + ".psb")


def test_no_call_and_no_allocation():
    for path in networks():
        done = sealed(path)
        assert done.returncode == 0, (path, done)


def test_the_seal_holds():
    done = sealed(os.path.join(ROOT, "tests/e2e/data/blob.onnx"), "--break")
    assert done.returncode == -signal.SIGKILL, done


if __name__ == "__main__":
    main()
