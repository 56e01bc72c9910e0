# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: running the program, pictures and videos made on the spot, checks that count.

A test program is `test_X.py PASSERBY SOURCE_ROOT BUILD_ROOT`; each function test_* runs in a folder of its own,
which goes away. Nothing outside is needed: PNG files are written with zlib, videos are made by the program itself
from such a folder.
"""
import inspect
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zlib

PASSERBY = os.path.abspath(sys.argv[1])
ROOT = os.path.abspath(sys.argv[2])
MODEL = os.path.join(ROOT, "tests/e2e/data/blob.yaml")
SKIPPED = 77  # Meson's exit code for a test that cannot run here

WIDTH, HEIGHT = 160, 128     # the blob network's own size
BLOB_W, BLOB_H = 16, 32


LONGEST_S = 300  # a program that hangs is ended; what is merely slow (sanitizers, a busy machine) is Meson's to judge


def run(*arguments, code=0, error=None, **more):
    """Runs the program; checks its exit code and, where given, texts that standard error must hold."""
    done = subprocess.run([PASSERBY, *map(str, arguments)], capture_output=True, text=True, timeout=LONGEST_S, **more)
    said = "passerby %s\nstdout: %s\nstderr: %s" % (" ".join(map(str, arguments)), done.stdout, done.stderr)
    assert done.returncode == code, "exit code %d, expected %d: %s" % (done.returncode, code, said)
    for text in [error] if isinstance(error, str) else error or []:
        assert text in done.stderr, "standard error lacks %r: %s" % (text, said)
    if code in (2, 3, 4):
        assert done.stderr.strip(), "nothing was said: " + said
    return done


def png(path, width, height, pixel_rows):
    """A grey PNG; pixel_rows: bytes of width a row."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + row for row in pixel_rows)
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                  chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b""))


def blobs_at(frame):
    """Left and top of the two blobs in frame 1, 2, ...: one walks right, one walks left further down."""
    return [(8 + 2 * (frame - 1), 16), (120 - 2 * (frame - 1), 80)]


def picture(path, blobs, width=WIDTH, height=HEIGHT):
    rows = [bytearray(width) for _ in range(height)]
    for left, top in blobs:
        for y in range(max(top, 0), min(top + BLOB_H, height)):
            for x in range(max(left, 0), min(left + BLOB_W, width)):
                rows[y][x] = 255
    png(path, width, height, [bytes(row) for row in rows])


def picture_folder(path, frames=20, every_blob=blobs_at):
    os.mkdir(path)
    for frame in range(1, frames + 1):
        picture("%s/%06d.png" % (path, frame), every_blob(frame))
    return path


def video(path="video.mp4", frames=20, fps=10):
    """A video of picture_folder's pictures, encoded by the program itself."""
    folder = tempfile.mkdtemp(dir=".")
    picture_folder(folder + "/img", frames)
    det_text(folder + "/det.txt", [(1, 0, 0, 1, 1, 0.1)])
    run("track", folder + "/img", "--fps", fps, "--detections", folder + "/det.txt", "--redact", "none",
        "--unredacted", "-q", "-o", folder + "/out")
    os.rename(folder + "/out/unredacted.mp4", path)
    shutil.rmtree(folder)
    return path


def det_text(path, rows):
    with open(path, "w") as out:
        for frame, left, top, width, height, score in rows:
            out.write("%d,-1,%g,%g,%g,%g,%g\n" % (frame, left, top, width, height, score))
    return path


def blob_detections(path="det.txt", frames=20):
    return det_text(path, [(f, x, y, BLOB_W, BLOB_H, 0.9) for f in range(1, frames + 1) for x, y in blobs_at(f)])


def mot_rows(path):
    with open(path) as text:
        rows = [line.rstrip("\n").split(",") for line in text]
    for row in rows:
        assert len(row) == 10 and row[7:] == ["-1", "-1", "-1"], row
    return [(int(r[0]), int(r[1]), *map(float, r[2:7])) for r in rows]


def json_file(path):
    with open(path) as text:
        return json.load(text)


def json_lines(path):
    with open(path) as text:
        return [json.loads(line) for line in text]


def names_in(folder):
    return sorted(os.listdir(folder))


def shared():
    """The folder of test data that is not in the repository, or None."""
    path = os.environ.get("PSB_SHARED", "")
    return path if path and os.path.isdir(os.path.join(path, "models")) else None


def main():
    """Runs the test_* functions of the calling program, each in an empty folder."""
    functions = inspect.getmembers(sys.modules["__main__"], inspect.isfunction)
    tests = [function for name, function in functions if name.startswith("test_")]
    failed = 0
    for test in sorted(tests, key=lambda f: f.__code__.co_firstlineno):
        home = tempfile.mkdtemp(prefix="passerby-e2e-")
        os.chdir(home)
        try:
            test()
            print("ok      ", test.__name__)
        except Exception:
            failed += 1
            print("FAILED  ", test.__name__)
            traceback.print_exc(file=sys.stdout)
        finally:
            os.chdir("/")
            shutil.rmtree(home)
    print("%d passed, %d failed" % (len(tests) - failed, failed))
    sys.exit(1 if failed else 0)


def blocks(pid, signal_number):
    """Whether the program is as far as keeping the signal from ending it outright: first thing in main."""
    with open("/proc/%d/status" % pid) as status:
        mask = [line.split()[1] for line in status if line.startswith("SigBlk:")]
    return bool(int(mask[0], 16) >> (signal_number - 1) & 1)


def interrupt_after(process, ready, signal_number, delay_s=0):
    """Sends the signal once ready() is true, or so much later."""
    end = time.monotonic() + LONGEST_S
    while not ready():
        assert process.poll() is None, "the program ended before it could be interrupted"
        assert time.monotonic() < end, "nothing to interrupt after %d s" % LONGEST_S
        time.sleep(0.01)
    time.sleep(delay_s)
    process.send_signal(signal_number)
