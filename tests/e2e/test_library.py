#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libpasserby as an integrator meets it: installed, found by pkg-config, built into examples/track.c, run on a pipe."""
import json
import os
import re
import subprocess
import sys

from harness import BLOB_H, BLOB_W, HEIGHT, LONGEST_S, MODEL, ROOT, WIDTH, blobs_at, main

BUILD = os.path.abspath(sys.argv[3])


def sanitizers():
    """The flags that a program needs to be linked with a library of this build: make asan's."""
    told = out_of("meson", "introspect", "--buildoptions", BUILD)
    value = [option["value"] for option in json.loads(told) if option["name"] == "b_sanitize"][0]
    return [] if value == "none" else ["-fsanitize=" + value]


def out_of(*command, **more):
    done = subprocess.run(command, capture_output=True, timeout=LONGEST_S, **more)
    assert done.returncode == 0, "%s: %s" % (" ".join(command), done.stderr.decode())
    return done.stdout


def y4m(frames):
    """The two walking blobs as YUV4MPEG2."""
    yield b"YUV4MPEG2 W%d H%d F10000:1001 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT)
    for frame in range(1, frames + 1):
        luma = bytearray(b"\x10" * (WIDTH * HEIGHT))
        for left, top in blobs_at(frame):
            for y in range(top, top + BLOB_H):
                luma[y * WIDTH + left:y * WIDTH + left + BLOB_W] = b"\xeb" * BLOB_W
        yield b"FRAME\n" + luma + b"\x80" * (WIDTH * HEIGHT // 2)


def installed():
    """Stages an installation in this folder; gives pkg-config's environment."""
    out_of("meson", "install", "-C", BUILD, "--destdir", os.path.abspath("stage"), "--no-rebuild", "--quiet")
    paths = [folder for folder, _, names in os.walk("stage") if "passerby.pc" in names]
    assert len(paths) == 1, paths
    return {**os.environ, "PKG_CONFIG_SYSROOT_DIR": os.path.abspath("stage"),
            "PKG_CONFIG_PATH": os.path.abspath(paths[0])}


def staged():
    """The files of the staged installation."""
    found = ((folder, name) for folder, _, names in os.walk("stage") for name in names)
    return set(os.path.relpath(os.path.join(folder, name), "stage") for folder, name in found)


def check_tracks(text):
    rows = [line.split() for line in text.decode().splitlines()]
    assert len(set(row[1] for row in rows)) == 2 and len(rows) >= 34, rows
    for row in rows:
        apart = [(abs(float(row[2]) - left), abs(float(row[3]) - top)) for left, top in blobs_at(int(row[0]))]
        assert any(x < 4 and y < 4 for x, y in apart), row


def test_example_with_the_shared_library():
    environment = installed()
    flags = out_of("pkg-config", "--cflags", "--libs", "passerby", env=environment).decode().split()
    out_of("cc", "-std=c17", "-Wall", "-Wextra", "-Werror", ROOT + "/examples/track.c", "-o", "track", *flags,
           *sanitizers())
    where = [flag[2:] for flag in flags if flag.startswith("-L")][0]
    run_in = {**os.environ, "LD_LIBRARY_PATH": where}
    check_tracks(out_of("./track", MODEL, input=b"".join(y4m(20)), env=run_in))
    needed = out_of("ldd", "track", env=run_in).decode()
    assert "libpasserby.so.0" in needed and not re.search(r"lib(av|sw)\w+\.so", needed), needed
    lines = [line for line in open(ROOT + "/examples/track.c") if line.strip()]
    assert len(lines) <= 54, "the example is to stay short"


def test_example_with_the_static_library():
    environment = installed()
    flags = out_of("pkg-config", "--static", "--cflags", "--libs", "passerby", env=environment).decode().split()
    archive = [name for name in staged() if name.endswith("libpasserby.a")][0]
    flags = ["stage/" + archive if flag == "-lpasserby" else flag for flag in flags]
    out_of("cc", "-std=c17", ROOT + "/examples/track.c", "-o", "track", *flags, *sanitizers())
    check_tracks(out_of("./track", MODEL, input=b"".join(y4m(20))))


def test_what_is_installed():
    installed()
    have = staged()
    for end in ["bin/passerby", "include/passerby/passerby.h", "include/passerby/frame.h", "man1/passerby.1",
                "man1/passerby-track.1", "man1/passerby-detect.1", "man1/passerby-model.1", "libpasserby.a"]:
        assert any(name.endswith(end) for name in have), (end, have)
    assert sum(name.endswith(".h") for name in have) == len(os.listdir(ROOT + "/include/passerby")), have


def test_headers_stand_alone():
    for name in os.listdir(ROOT + "/include/passerby"):
        source = "#include <passerby/%s>\nint main(void) { return 0; }\n" % name
        out_of("cc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I" + ROOT + "/include", "-fsyntax-only",
               "-xc", "-", input=source.encode())


if __name__ == "__main__":
    main()
