# SPDX-License-Identifier: Apache-2.0
"""What the checks share: which files there are, and a C file's text without its comments and strings.

Not a parser: the tree is formatted by clang-format, so a function's braces stand in the first column. The checks lean
on that, and `make check` holds it.
"""
import os
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def c_files(root, *folders):
    """Paths, relative to root, of all .c and .h files below the folders, sorted."""
    found = []
    for folder in folders:
        for place, names, files in os.walk(os.path.join(root, folder)):
            names.sort()
            found += [os.path.relpath(os.path.join(place, name), root)
                      for name in sorted(files) if name.endswith((".c", ".h"))]
    return found


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def bare(text):
    """The text with comments and the inside of strings blanked, line by line in their places."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[0]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, text)


def report(name, faults, count):
    """Prints each fault and one line of the whole; the program's exit code."""
    for fault in faults:
        print(fault)
    print(f"{name}: {len(faults)} faults in {count} files")
    sys.exit(1 if faults else 0)


def root_from_arguments():
    """The tree to check: the first argument, else the one this file stands in."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else here
