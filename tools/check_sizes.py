#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes that a reader's patience sets (style.md, R19 and R2).

A function: at most 80 lines, 15 ways, three deep (four are a fault), six arguments. A file: at most 700 lines; tests
are exempt from that. Kernels are exempt from depth and ways: four nested loops are what a convolution is.
Ways are McCabe's (1 + each if, for, while, ?, && and ||), where a switch counts once: its cases are a table.
Depth counts the branches and loops around a branch or loop, by clang-format's indent of four.
Usage: tools/check_sizes.py [ROOT]
"""
import re

from source import bare, c_files, read, report, root_from_arguments

FOREIGN = ("tests/peers/fake_onnxruntime.c",)  # signatures of another's interface: arguments are not ours to count
MAX_LINES, MAX_WAYS, MAX_DEPTH, MAX_ARGUMENTS, MAX_FILE_LINES = 80, 15, 4, 6, 700
WAYS = re.compile(r"\b(?:if|for|while|switch)\b|\?|&&|\|\|")
NESTED = re.compile(r"^( +)(?:\} else )?(?:if|for|while|switch|do)\b")


def functions(lines):
    """(first line of the signature, its body's first and last line), by the braces in the first column."""
    begin = None
    for i, line in enumerate(lines):
        if line.rstrip() == "{" and i > 0 and lines[i - 1].rstrip().endswith(")"):
            begin = i
        elif line.startswith("}") and begin is not None:
            head = begin - 1
            while head > 0 and lines[head - 1].strip() and not lines[head - 1].startswith(("#", "}")) \
                    and not lines[head - 1].rstrip().endswith(";"):
                head -= 1
            yield head, begin, i
            begin = None


def argument_count(signature):
    """Commas at the depth of the last outer parentheses, plus one."""
    depth, count, best = 0, 0, 0
    for character in signature:
        if character == "(":
            depth += 1
            count = 1 if depth == 1 else count
        elif character == ")":
            depth -= 1
            best = count if depth == 0 else best
        elif character == "," and depth == 1:
            count += 1
    return best


def check_function(path, lines, place):
    head, begin, end = place
    signature = " ".join(lines[head:begin])
    body = lines[begin + 1:end]
    name = re.findall(r"(\w+) *\(", signature)
    where = f"{path}:{head + 1}: {name[-1] if name else '?'}"
    length = end - head + 1
    ways = 1 + sum(len(WAYS.findall(line)) for line in body if not line.startswith("#"))
    depths = [len(match.group(1)) // 4 for match in map(NESTED.match, body) if match]
    depth = max(depths, default=0)
    faults = []
    if length > MAX_LINES:
        faults.append(f"{where}: {length} lines, expected at most {MAX_LINES}")
    if argument_count(signature) > MAX_ARGUMENTS and path not in FOREIGN:
        faults.append(f"{where}: {argument_count(signature)} arguments, expected at most {MAX_ARGUMENTS}")
    if path.startswith(("src/kernels/", "tests/")):
        return faults
    if ways > MAX_WAYS:
        faults.append(f"{where}: {ways} ways, expected at most {MAX_WAYS}")
    if depth > MAX_DEPTH:
        faults.append(f"{where}: {depth} deep, expected at most {MAX_DEPTH}")
    return faults


def check(root):
    faults, count = [], 0
    for path in c_files(root, "src", "include", "tests", "bench", "fuzz", "examples"):
        count += 1
        lines = bare(read(root, path)).split("\n")
        if len(lines) - 1 > MAX_FILE_LINES and not path.startswith("tests/"):
            faults.append(f"{path}: {len(lines) - 1} lines, expected at most {MAX_FILE_LINES}")
        for place in functions(lines):
            faults += check_function(path, lines, place)
    return faults, count


if __name__ == "__main__":
    report("check_sizes", *check(root_from_arguments()))
