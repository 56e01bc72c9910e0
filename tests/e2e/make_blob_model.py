#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/blob.onnx: a YOLOX-shaped network that finds bright blobs on black, made by hand, not trained.

The end-to-end tests need a detector whose answer is known. A blob of known size and brightness lets everything be
linear: with p the brightness (0..1) at (x, y) around a cell's centre and A the blob's area,
    sum p / A = 1,   sum x p / A = where it is,   sum (x^2 + y^2) p / A = how far from the centre it lies.
So one wide convolution gives the box's place and a score that is best in the nearest cell. Written as protobuf by
hand, so that no package is needed; data/blob.yaml is its descriptor. Run it again after a change here:
    tests/e2e/make_blob_model.py tests/e2e/data
"""
import math
import struct
import sys

WIDTH, HEIGHT = 160, 128       # input, pixels
CELL, POOL, KERNEL = 8, 4, 11  # cells of 8 pixels; brightness is averaged over 4x4 first; the wide kernel is 11x11
BLOB_W, BLOB_H = 16, 32        # the blob it is made for, pixels of the input


def varint(n):
    out = b""
    while True:
        out += bytes([(n & 127) | (128 if n > 127 else 0)])
        n >>= 7
        if n == 0:
            return out


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    kinds = field(3, value) + field(20, 2) if isinstance(value, int) else (
        b"".join(field(8, v) for v in value) + field(20, 7))
    return field(5, field(1, name) + kinds)


def node(op, inputs, output, **attributes):
    body = b"".join(field(1, i) for i in inputs) + field(2, output) + field(3, output) + field(4, op)
    return field(1, body + b"".join(attribute(k, v) for k, v in attributes.items()))


def tensor(name, dims, values, integer=False):
    raw = struct.pack("<%d%s" % (len(values), "q" if integer else "f"), *values)
    form = b"".join(field(1, d) for d in dims) + field(2, 7 if integer else 1)
    return field(5, form + field(8, name) + field(9, raw))


def value_info(number, name, dims):
    shape = b"".join(field(1, field(1, d)) for d in dims)
    return field(number, field(1, name) + field(2, field(1, field(1, 1) + field(2, shape))))


def moment_filter(weight):
    """KERNEL x KERNEL weights over pooled pixels; (x, y) in input pixels from the cell's centre."""
    area = BLOB_W * BLOB_H / POOL ** 2
    # the kernel's middle pooled pixel of a cell begins at the cell's corner: its centre is POOL / 2 from there
    first = -(KERNEL // 2) * POOL + POOL / 2 - CELL / 2
    return [weight(first + i * POOL, first + j * POOL) / area for j in range(KERNEL) for i in range(KERNEL)]


def second_moment():
    return ((BLOB_W ** 2) + (BLOB_H ** 2)) / 12  # of the blob itself, about its centre


def main(folder):
    box = moment_filter(lambda x, y: x / CELL) + moment_filter(lambda x, y: y / CELL) + [0.0] * (2 * KERNEL ** 2)
    # score: logit 5 where a blob lies in the cell's middle, falling by 1 for each 6 square pixels off it
    score = moment_filter(lambda x, y: 10 - (x * x + y * y - second_moment()) / 6) + [0.0] * KERNEL ** 2
    graph = b"".join([
        node("Conv", ["images", "grey_w"], "grey", kernel_shape=[POOL, POOL], strides=[POOL, POOL], pads=[0, 0, 0, 0]),
        node("Conv", ["grey", "box_w", "box_b"], "box", kernel_shape=[KERNEL] * 2, strides=[2, 2], pads=[5] * 4),
        node("Conv", ["grey", "score_w", "score_b"], "logit", kernel_shape=[KERNEL] * 2, strides=[2, 2], pads=[5] * 4),
        node("Sigmoid", ["logit"], "score"),
        node("Concat", ["box", "score"], "both", axis=1),
        node("Reshape", ["both", "flat"], "columns"),
        node("Transpose", ["columns"], "output", perm=[0, 2, 1]),
        field(2, "blob"),
        tensor("grey_w", [1, 3, POOL, POOL], [1 / (3 * 255 * POOL ** 2)] * (3 * POOL ** 2)),
        tensor("box_w", [4, 1, KERNEL, KERNEL], box),
        tensor("box_b", [4], [0.5, 0.5, math.log(BLOB_W / CELL), math.log(BLOB_H / CELL)]),
        tensor("score_w", [2, 1, KERNEL, KERNEL], score),
        tensor("score_b", [2], [-5.0, 5.0]),
        tensor("flat", [3], [1, 6, -1], integer=True),
        value_info(11, "images", [1, 3, HEIGHT, WIDTH]),
        value_info(12, "output", [1, WIDTH * HEIGHT // CELL ** 2, 6]),
    ])
    model = field(1, 7) + field(2, "passerby tests") + field(7, graph) + field(8, field(1, "") + field(2, 11))
    with open(folder + "/blob.onnx", "wb") as out:
        out.write(model)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tests/e2e/data")
