#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages that name files are believed: each path named in docs, in the rooms' READMEs and in the README exists.

A path is what stands in backquotes and begins with a folder of ours; capital words in it (NAME, ROOM, TARGET) are
placeholders, as are <...>, * and {a,b}: then the part before them must exist. A line number after it is left out.
Usage: tools/check_pages.py [ROOT]
"""
import glob
import os
import re

from source import read, report, root_from_arguments

FOLDERS = ("src/", "include/", "tests/", "fuzz/", "bench/", "docs/", "tools/", "examples/", "models/", "share/", ".ci/")
PLACEHOLDER = re.compile(r"[A-Z]{3,}|[<*{]|\.\.\.|…")
TRUE_CAPITALS = ("README", "LICENSE", "CHANGELOG")


def named_paths(text):
    for number, line in enumerate(text.splitlines(), 1):
        for quoted in re.findall(r"`([^`]+)`", line):
            for word in quoted.split():
                word = re.sub(r"[:,;)].*$", "", word)
                if word.startswith(FOLDERS):
                    yield number, word


def must_exist(word):
    """The path, or its part before a placeholder."""
    plain = word
    for name in TRUE_CAPITALS:
        plain = plain.replace(name, name.lower())
    match = PLACEHOLDER.search(plain)
    return os.path.dirname(word[:match.start()]) if match else word


def check(root):
    pages = sorted(glob.glob(f"{root}/docs/**/*.md", recursive=True) + glob.glob(f"{root}/src/*/README.md")
                   + glob.glob(f"{root}/README.md"))
    faults = []
    for page in pages:
        path = os.path.relpath(page, root)
        if path == os.path.join("docs", "architecture.md"):
            continue  # the plan of the whole house: it names rooms that are not built yet
        for number, word in named_paths(read(root, path)):
            if not os.path.exists(os.path.join(root, must_exist(word))):
                faults.append(f"{path}:{number}: found `{word}`, which is not there")
    return faults, len(pages)


if __name__ == "__main__":
    report("check_pages", *check(root_from_arguments()))
