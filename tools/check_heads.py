#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every file opens with its licence, and every C file with its introduction (style.md, R17).

A C file's first line is the SPDX line; the comment goes on for at most 15 lines that hold at least two sentences, or
halves of one. A test may do with one: its name says the rest. Other sources (scripts, meson.build, .proto) carry
the SPDX line among their first three.
Usage: tools/check_heads.py [ROOT]
"""
import os
import re

from source import c_files, read, report, root_from_arguments

SPDX = "SPDX-License-Identifier: Apache-2.0"
MAX_LINES, MIN_SENTENCES = 15, 2
FOLDERS = ("src", "include", "models", "tests", "bench", "fuzz", "examples", "tools", ".ci", "docs")
SENTENCE_END = re.compile(r"[.!?:;](?=[\s)]|$)")


def check_c(path, text):
    if not text.startswith(f"/* {SPDX}\n"):
        return [f"{path}:1: expected \"/* {SPDX}\""]
    comment = text[:text.find("*/")] if "*/" in text else text
    lines = [line.lstrip(" *").strip() for line in comment.split("\n")[1:]]
    lines = [line for line in lines if line]
    sentences = len(SENTENCE_END.findall("\n".join(lines)))
    is_test = path.startswith("tests/")
    if len(lines) > MAX_LINES:
        return [f"{path}:1: an introduction of {len(lines)} lines, expected at most {MAX_LINES}"]
    if sentences < (1 if is_test else MIN_SENTENCES):
        return [f"{path}:1: an introduction of {sentences} sentences, expected two: what it does, and the idea"]
    return []


def needs_licence(root, path):
    name = os.path.basename(path)
    if name in ("meson.build", "meson_options.txt", "Makefile") or name.endswith((".py", ".sh", ".proto")):
        return True
    if "." in name:
        return False
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


def other_files(root):
    found = [name for name in ("Makefile", "meson.build", "meson_options.txt")
             if os.path.exists(os.path.join(root, name))]
    for folder in FOLDERS:
        for place, names, files in os.walk(os.path.join(root, folder)):
            names[:] = sorted(name for name in names if name not in ("corpus", "finds", "__pycache__"))
            found += [os.path.relpath(os.path.join(place, name), root) for name in sorted(files)]
    return [path for path in found if needs_licence(root, path)]


def check(root):
    faults, count = [], 0
    for path in c_files(root, "src", "include", "tests", "bench", "fuzz", "examples"):
        count += 1
        faults += check_c(path, read(root, path))
    for path in other_files(root):
        count += 1
        if not any(SPDX in line for line in read(root, path).split("\n")[:3]):
            faults.append(f"{path}: no \"{SPDX}\" in the first three lines")
    return faults, count


if __name__ == "__main__":
    report("check_heads", *check(root_from_arguments()))
