#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small networks of tests/nn/data: NAME.onnx, and NAME.bin with its inputs and expected outputs;
and data/bad/NAME.onnx, files that must be refused.

    make_models.py [FOLDER]          default: data/ beside this file

ONNX is written by hand (a protobuf message is a list of numbered fields), and every operator has a definition of its
own here in numpy, after ONNX's documents, in the plainest form: nothing is taken from passerby or from a runtime.
NAME.bin: float32 little endian, each input then each output, row-major. cases.txt lists the names; bad/cases.txt the
names, the status and a piece of the sentence that is expected, separated by |.
"""
import os
import struct
import sys

import numpy as np

F32, I32, I64 = 1, 6, 7


# --- protobuf ---

def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def number(field, n):
    return varint(field << 3) + varint(n)


def chunk(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name, array, typed=False):
    array = np.asarray(array)
    kind = {"float32": F32, "int64": I64, "int32": I32}[array.dtype.name]
    out = b"".join(number(1, d) for d in array.shape) + number(2, kind) + chunk(8, name)
    if not typed:
        return out + chunk(9, array.tobytes())
    if kind == F32:
        return out + chunk(4, array.tobytes())
    return out + chunk(7 if kind == I64 else 5, b"".join(varint(int(v)) for v in array.ravel()))


def attribute(name, value):
    out = chunk(1, name)
    if isinstance(value, float):
        return out + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    if isinstance(value, int):
        return out + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return out + chunk(4, value) + number(20, 3)
    if isinstance(value, np.ndarray):
        return out + chunk(5, tensor("", value)) + number(20, 4)
    return out + b"".join(number(8, v) for v in value) + number(20, 7)


def node(op, inputs, outputs, attributes, name):
    return (b"".join(chunk(1, i) for i in inputs) + b"".join(chunk(2, o) for o in outputs) + chunk(3, name)
            + chunk(4, op) + b"".join(chunk(5, attribute(k, v)) for k, v in attributes.items()))


def value_info(name, shape, kind=F32):
    dims = b"".join(chunk(1, number(1, d) if isinstance(d, int) else chunk(2, d)) for d in shape)
    return chunk(1, name) + chunk(2, chunk(1, number(1, kind) + chunk(2, dims)))


def model(nodes, initializers, inputs, outputs, opset):
    graph = (b"".join(chunk(1, n) for n in nodes) + chunk(2, "g") + b"".join(chunk(5, t) for t in initializers)
             + b"".join(chunk(11, i) for i in inputs) + b"".join(chunk(12, o) for o in outputs))
    return number(1, 6) + chunk(7, graph) + chunk(8, chunk(1, "") + number(2, opset))


# --- operators in numpy ---

def pad_picture(x, pads, value=0.0):
    t, l, b, r = (int(p) for p in pads)
    return np.pad(x, ((0, 0), (0, 0), (t, b), (l, r)), constant_values=value)


def same_pads(x, kernel, strides, dilations, upper):
    begin, end = [], []
    for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
        begin.append(total // 2 if upper else total - total // 2)
        end.append(total - begin[-1])
    return begin + end


def conv(x, w, b=None, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), group=1, auto_pad="NOTSET", **_):
    if auto_pad.startswith("SAME"):
        pads = same_pads(x, w.shape[2:], strides, dilations, auto_pad == "SAME_UPPER")
    x = pad_picture(x.astype(float), pads)
    o, c, kh, kw = w.shape
    h = (x.shape[2] - (kh - 1) * dilations[0] - 1) // strides[0] + 1
    v = (x.shape[3] - (kw - 1) * dilations[1] - 1) // strides[1] + 1
    y = np.zeros((1, o, h, v))
    for n in range(o):
        g = n // (o // group)
        for i in range(kh):
            for j in range(kw):
                part = x[0, g * c:(g + 1) * c, i * dilations[0]:, j * dilations[1]:][:, ::strides[0], ::strides[1]]
                y[0, n] += np.tensordot(w[n, :, i, j].astype(float), part[:, :h, :v], 1)
        y[0, n] += 0 if b is None else b[n]
    return y


def pool(x, kernel_shape, strides=(1, 1), pads=(0, 0, 0, 0), ceil_mode=0, count_include_pad=0, mean=False, **_):
    sizes = []
    for a in range(2):
        span = x.shape[2 + a] + pads[a] + pads[2 + a] - kernel_shape[a]
        n = (-(-span // strides[a]) if ceil_mode else span // strides[a]) + 1
        if ceil_mode and (n - 1) * strides[a] >= x.shape[2 + a] + pads[a]:
            n -= 1
        sizes.append(n)
    y = np.zeros(x.shape[:2] + tuple(sizes))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            t, l = i * strides[0] - pads[0], j * strides[1] - pads[1]
            part = x[:, :, max(t, 0):t + kernel_shape[0], max(l, 0):l + kernel_shape[1]]
            if not mean:
                y[:, :, i, j] = part.max((2, 3))
            else:
                count = kernel_shape[0] * kernel_shape[1] if count_include_pad else part.shape[2] * part.shape[3]
                y[:, :, i, j] = part.astype(float).sum((2, 3)) / count
    return y


def resize(x, roi=None, scales=None, sizes=None, mode="nearest", coordinate_transformation_mode="half_pixel",
           nearest_mode="round_prefer_floor", **_):
    scales = scales if sizes is None else [n / o for n, o in zip(sizes, x.shape)]
    out = [int(np.floor(n * s)) for n, s in zip(x.shape, scales)] if sizes is None else list(sizes)

    def source(i, n, m, s):
        kind = coordinate_transformation_mode
        if kind == "asymmetric":
            return i / s
        if kind == "align_corners":
            return i * (n - 1) / (m - 1) if m > 1 else 0.0
        if kind == "pytorch_half_pixel" and m == 1:
            return 0.0
        return (i + 0.5) / s - 0.5

    def weights(axis):
        n, m = x.shape[axis], out[axis]
        w = np.zeros((m, n))
        for i in range(m):
            at = source(i, n, m, scales[axis])
            if mode == "linear":
                at = min(max(at, 0), n - 1)
                low = int(at)
                w[i, low] += 1 - (at - low)
                w[i, min(low + 1, n - 1)] += at - low
            else:
                whole = {"floor": np.floor, "ceil": np.ceil, "round_prefer_ceil": lambda v: np.floor(v + 0.5),
                         "round_prefer_floor": lambda v: np.ceil(v - 0.5)}[nearest_mode](at)
                w[i, int(min(max(whole, 0), n - 1))] = 1
        return w
    return np.einsum("yh,nchw,xw->ncyx", weights(2), x, weights(3))


def slices(x, starts, ends, axes=None, steps=None, **_):
    axes = range(len(starts)) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    cut = [slice(None)] * x.ndim
    for s, e, a, k in zip(starts, ends, axes, steps):
        cut[a] = slice(int(s), None if k < 0 and e < -x.shape[a] else int(e), int(k))
    return x[tuple(cut)]


def reshape(x, shape):
    return x.reshape([x.shape[i] if d == 0 else d for i, d in enumerate(shape)])


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


OPS = {
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Div": lambda a, b: a / b,
    "Conv": conv,
    "BatchNormalization": lambda x, s, b, m, v, epsilon=1e-5:
        (x - m[:, None, None]) / np.sqrt(v[:, None, None] + epsilon) * s[:, None, None] + b[:, None, None],
    "Relu": lambda x: np.maximum(x, 0), "Sigmoid": sigmoid,
    "LeakyRelu": lambda x, alpha=0.01: np.where(x < 0, alpha * x, x),
    "Clip": lambda x, low=-np.inf, high=np.inf, min=None, max=None:
        np.clip(x, low if min is None else min, high if max is None else max),
    "HardSigmoid": lambda x, alpha=0.2, beta=0.5: np.clip(alpha * x + beta, 0, 1),
    "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "MaxPool": pool, "AveragePool": lambda x, **a: pool(x, mean=True, **a),
    "GlobalAveragePool": lambda x: x.astype(float).mean((2, 3), keepdims=True),
    "Pad": lambda x, pads, value=0.0, mode="constant": pad_picture(x, [pads[2], pads[3], pads[6], pads[7]], value),
    "Resize": resize, "Softmax": softmax,
    "Concat": lambda *x, axis: np.concatenate(x, axis), "Identity": lambda x: x,
    "Reshape": reshape, "Transpose": lambda x, perm=None: x.transpose(perm),
    "Flatten": lambda x, axis=1: x.reshape(int(np.prod(x.shape[:axis])), -1),
    "Squeeze": lambda x, axes=None: np.squeeze(x, None if axes is None else tuple(int(a) for a in axes)),
    "Unsqueeze": lambda x, axes: np.expand_dims(x, tuple(int(a) for a in axes)),
    "Slice": slices, "Gather": lambda x, i, axis=0: np.take(x, i, axis),
}


class Net:
    """Nodes are added and computed at the same time; a value is a name."""

    def __init__(self, name, opset=11, typed=False, list_initializers=False):
        self.name, self.opset, self.typed, self.list_initializers = name, opset, typed, list_initializers
        self.nodes, self.constants, self.inputs, self.outputs, self.values = [], [], [], [], {}
        self.rng = np.random.default_rng(sum(name.encode()))
        self.reverse = False

    def input(self, *shape, symbol=None):
        name = f"in{len(self.inputs)}"
        self.values[name] = self.rng.uniform(-2, 2, shape).astype(np.float32)
        self.inputs.append((name, [symbol or shape[0]] + list(shape[1:])))
        return name

    def constant(self, array):
        name = f"c{len(self.constants)}"
        array = np.asarray(array)
        array = array.astype(np.float32) if array.dtype.kind == "f" else array.astype(
            np.int32 if array.dtype == np.int32 else np.int64)
        self.values[name] = array
        self.constants.append((name, array))
        return name

    def weights(self, *shape):
        return self.constant(self.rng.uniform(-1, 1, shape) / np.sqrt(max(np.prod(shape[1:]), 1)))

    def __call__(self, op, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        given = [self.values[i] if i else None for i in inputs]
        while given and given[-1] is None:
            given.pop()
        if op == "Constant":
            self.values[name] = attributes["value"]
        elif op == "Clip":
            bounds = [g for g in given[1:]]
            keys = {k: v for k, v in zip(("low", "high"), bounds) if v is not None}
            self.values[name] = OPS[op](given[0], **keys, **attributes)
        else:
            self.values[name] = OPS[op](*given, **attributes)
        if self.values[name].dtype.kind == "f":
            self.values[name] = self.values[name].astype(np.float32)
        self.nodes.append(node(op, inputs, [name], attributes, f"{op}_{len(self.nodes)}"))
        return name

    def split(self, x, axis, sizes=None, parts=None):
        x_value, index = self.values[x], len(self.nodes)
        names = [f"v{index}_{p}" for p in range(parts or len(sizes))]
        cuts = np.cumsum(sizes)[:-1] if sizes else [-(-x_value.shape[axis] // parts) * p for p in range(1, parts)]
        for name, part in zip(names, np.split(x_value, cuts, axis)):
            self.values[name] = part
        attributes = {"axis": axis}
        inputs = [x]
        if sizes and self.opset < 13:
            attributes["split"] = list(sizes)
        elif sizes:
            inputs.append(self.constant(np.array(sizes)))
        self.nodes.append(node("Split", inputs, names, attributes, f"Split_{index}"))
        return names

    def conv(self, x, out_channels, kernel, bias=True, **attributes):
        channels = self.values[x].shape[1] // attributes.get("group", 1)
        w = self.weights(out_channels, channels, kernel, kernel)
        inputs = [x, w] + ([self.weights(out_channels)] if bias else [])
        return self("Conv", *inputs, kernel_shape=[kernel, kernel], **attributes)

    def done(self, *outputs):
        self.outputs = list(outputs)
        return self

    def save(self, folder):
        infos = [value_info(n, s) for n, s in self.inputs]
        if self.list_initializers:
            infos += [value_info(n, a.shape, F32 if a.dtype.kind == "f" else I64) for n, a in self.constants]
        nodes = self.nodes[::-1] if self.reverse else self.nodes
        data = model(nodes, [tensor(n, a, self.typed) for n, a in self.constants], infos,
                     [value_info(o, self.values[o].shape) for o in self.outputs], self.opset)
        with open(os.path.join(folder, self.name + ".onnx"), "wb") as file:
            file.write(data)
        with open(os.path.join(folder, self.name + ".bin"), "wb") as file:
            for name in [n for n, _ in self.inputs] + self.outputs:
                file.write(np.ascontiguousarray(self.values[name], np.float32).tobytes())


# --- the networks ---

def convolutions():
    n = Net("conv_point")
    x = n.input(1, 5, 3, 7)
    yield n.done(n("Relu", n.conv(x, 19, 1)), n.conv(x, 1, 1, bias=False))

    n = Net("conv_dense")
    x = n.input(1, 3, 11, 9)
    a = n.conv(x, 18, 3, pads=[1, 1, 1, 1], strides=[2, 2])
    b = n.conv(a, 4, 3, pads=[0, 1, 2, 0], strides=[1, 2])
    yield n.done(b, n.conv(x, 5, 6, pads=[2, 2, 2, 2], strides=[2, 2]))

    n = Net("conv_dilated")
    x = n.input(1, 4, 12, 10)
    a = n.conv(x, 6, 3, pads=[2, 2, 2, 2], dilations=[2, 2])
    yield n.done(n.conv(a, 6, 3, group=6, pads=[3, 2, 3, 2], dilations=[3, 2]))

    n = Net("conv_same")
    x = n.input(1, 2, 7, 8)
    yield n.done(n.conv(x, 3, 3, auto_pad="SAME_UPPER", strides=[2, 2]),
                 n.conv(x, 3, 4, auto_pad="SAME_LOWER"), n.conv(x, 3, 4, auto_pad="VALID"))

    n = Net("conv_depthwise")
    x = n.input(1, 21, 9, 8)
    a = n.conv(x, 21, 3, group=21, pads=[1, 1, 1, 1])
    b = n.conv(a, 21, 5, group=21, pads=[2, 2, 2, 2], strides=[2, 2])
    yield n.done(n.conv(b, 21, 3, group=21, pads=[1, 0, 0, 1], strides=[2, 1], bias=False))

    n = Net("conv_grouped")
    x = n.input(1, 6, 5, 6)
    a = n.conv(x, 12, 3, group=3, pads=[1, 1, 1, 1])       # dense groups
    b = n("Sigmoid", n.conv(a, 8, 1, group=4))             # products in groups
    yield n.done(b, n.conv(x, 12, 3, group=6))             # two outputs a channel

    n = Net("conv_stride_point")
    x = n.input(1, 7, 6, 5)
    yield n.done(n.conv(x, 9, 1, strides=[2, 2]), n.conv(x, 2, 1, pads=[0, 0, 0, 0], strides=[1, 2]))


def batch(n, x):
    c = n.values[x].shape[1]
    parts = [n.constant(n.rng.uniform(0.5, 2, c)), n.weights(c), n.weights(c), n.constant(n.rng.uniform(0.5, 2, c))]
    return n("BatchNormalization", x, *parts, epsilon=1e-3)


def fusions():
    n = Net("batch_norm")
    x = n.input(1, 6, 5, 4)
    a = batch(n, n.conv(x, 9, 3, bias=False))              # folds into the convolution
    b = batch(n, n("Relu", n.conv(x, 9, 3)))               # may not pass the activation
    yield n.done(n("LeakyRelu", a, alpha=0.1), b, batch(n, x), batch(n, n.conv(x, 5, 1)))

    n = Net("activations")
    x = n.input(1, 5, 4, 6)
    two = n.constant(np.float32(2))
    c = n.conv(x, 5, 1)
    yield n.done(n("Relu", x), n("LeakyRelu", x, alpha=0.2), n("Clip", x, n.constant(np.float32(-1)), two),
                 n("Clip", c, "", two), n("Sigmoid", n.conv(x, 3, 1)),
                 n("HardSigmoid", x, alpha=0.25, beta=0.4), n("HardSwish", n.conv(x, 4, 3)))

    n = Net("silu")
    x = n.input(1, 4, 5, 5)
    a = n.conv(x, 6, 3, pads=[1, 1, 1, 1])
    b = n("Mul", a, n("Sigmoid", a))
    c = n("Mul", n("Sigmoid", b), b)                       # silu of a computed value, other order
    gate = n("Sigmoid", c)                                 # used twice: stays a node
    yield n.done(n("Mul", c, gate), gate)

    n = Net("hard_swish")
    x = n.input(1, 4, 5, 3)
    three, zero, six = (n.constant(np.float32(v)) for v in (3, 0, 6))

    def swish(v, shift=three, low=zero, high=six, by=six):
        return n("Div", n("Mul", v, n("Clip", n("Add", v, shift), low, high)), by)
    a = swish(n.conv(x, 6, 1))
    b = n("Mul", a, n("HardSigmoid", a, alpha=0.2, beta=0.5))
    seven = n.constant(np.float32(7))
    yield n.done(b, swish(b, by=seven), swish(n("Mul", x, seven), low=n.constant(np.float32(-1)))) # look alike, are not

    n = Net("residual")
    x = n.input(1, 8, 4, 5)
    a = n("Relu", n.conv(x, 8, 1))
    b = n("Add", a, x)                                     # behind the activation
    c = n("Relu", n("Add", x, n.conv(b, 8, 1)))            # before it
    d = n.conv(c, 8, 1)
    late = n.conv(c, 8, 3, pads=[1, 1, 1, 1])
    e = n("Add", d, late)                                  # the other operand is made after the convolution
    f = n("Relu", n("Add", n("Relu", n.conv(e, 8, 1)), e)) # two activations: one stays
    g = n.conv(f, 8, 1)
    yield n.done(n("Add", g, g), n("Sub", n.conv(f, 8, 1), f))

    n = Net("residual_broadcast")                          # the convolution makes one pixel, the sum many
    x = n.input(1, 8, 9, 11)
    c = n.conv(n("GlobalAveragePool", x), 8, 1)
    yield n.done(n("Add", c, x), n("Add", x, n.conv(n("GlobalAveragePool", x), 8, 1)))

    n = Net("hard_swish_ranks")                            # a single value of rank 5 makes the result one of rank 5
    x = n.input(1, 20, 3, 2)
    shift, zero, six = (n.constant(np.full(s, v, np.float32)) for s, v in (((1,) * 5, 3), ((), 0), ((), 6)))
    three, rank_five = n.constant(np.float32(3)), n.constant(np.full((1,) * 5, 6, np.float32))
    a, b = n.conv(x, 20, 1), n.conv(x, 20, 1)
    yield n.done(n("Div", n("Mul", a, n("Clip", n("Add", a, shift), zero, six)), six),
                 n("Div", n("Mul", b, n("Clip", n("Add", b, three), zero, six)), rank_five))

    n = Net("focus_batch")                                 # looks like Focus, but takes the second of two pictures
    x = n.input(2, 3, 6, 8)

    def second(dy, dx):
        return n("Slice", x, n.constant([1, dy, dx]), n.constant([2, 99, 99]), n.constant([0, 2, 3]),
                 n.constant([1, 2, 2]))
    yield n.done(n.conv(n("Concat", second(0, 0), second(1, 0), second(0, 1), second(1, 1), axis=1), 4, 2))

    n = Net("focus_quarters")                              # the same shapes, but each part is a corner of the picture
    x = n.input(1, 3, 6, 8)

    def corner(y0, x0):
        return n("Slice", x, n.constant([y0, x0]), n.constant([y0 + 3, x0 + 4]), n.constant([2, 3]))
    shifted = [n("Slice", x, n.constant([y0, x0]), n.constant([y0 + 3, x0 + 4]), n.constant([2, 3]))
               for y0, x0 in ((0, 0), (1, 0), (0, 1), (1, 1))]
    yield n.done(n.conv(n("Concat", corner(0, 0), corner(3, 0), corner(0, 4), corner(3, 4), axis=1), 4, 3),
                 n.conv(n("Concat", *shifted, axis=1), 4, 3))

    n = Net("focus")
    x = n.input(1, 3, 12, 8)

    def part(v, dy, dx):
        rows = n("Slice", v, n.constant([dy]), n.constant([2 ** 63 - 1]), n.constant([2]), n.constant([2]))
        return n("Slice", rows, n.constant([dx]), n.constant([2 ** 63 - 1]), n.constant([3]), n.constant([2]))
    stack = n("Concat", part(x, 0, 0), part(x, 1, 0), part(x, 0, 1), part(x, 1, 1), axis=1)
    a = n("Relu", n.conv(stack, 10, 3, pads=[1, 1, 1, 1]))
    again = n("Concat", part(a, 0, 1), part(a, 1, 1), part(a, 0, 0), part(a, 1, 0), axis=1)
    yield n.done(n.conv(again, 3, 3, pads=[1, 0, 0, 1]), again)         # used twice: stays slices

    n = Net("pads")
    x = n.input(1, 3, 6, 7)
    pads = n.constant([0, 0, 1, 0, 0, 0, 1, 2])
    zero = n("Pad", x, pads, mode="constant")
    a = n("AveragePool", zero, kernel_shape=[3, 3], strides=[2, 2])
    b = n.conv(n("Pad", x, pads), 4, 3, pads=[0, 1, 0, 0])
    c = n("MaxPool", n("Pad", x, pads), kernel_shape=[3, 3])            # zeros may win: not a window's padding
    d = n.conv(n("Pad", x, pads, n.constant(np.float32(1.5))), 4, 3)
    around = n("Pad", x, n.constant([0, 0, 1, 1, 0, 0, 1, 1]))
    e = n("AveragePool", around, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)  # overhangs the padding
    yield n.done(a, b, c, d, e)


def pools():
    n = Net("pools")
    x = n.input(1, 5, 9, 10)
    outs = [n("MaxPool", x, kernel_shape=[k, k], pads=[k // 2] * 4) for k in (3, 5, 9, 13)]
    outs += [n("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
             n("MaxPool", x, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
             n("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
             n("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
             n("AveragePool", x, kernel_shape=[3, 2], pads=[1, 1, 1, 0], count_include_pad=1),
             n("GlobalAveragePool", x)]
    yield n.done(*outs)

    n = Net("squeeze_excite")
    x = n.input(1, 8, 5, 6)
    gate = n("HardSigmoid", n.conv(n("Relu", n.conv(n("GlobalAveragePool", x), 2, 1)), 8, 1), alpha=1 / 6, beta=0.5)
    yield n.done(n("Mul", x, gate), n("Mul", gate, x))


def resizes():
    n = Net("resize")
    x = n.input(1, 3, 5, 4)
    roi, up = n.constant(np.zeros(0, np.float32)), n.constant(np.float32([1, 1, 2, 2]))
    down, odd = n.constant(np.float32([1, 1, 0.5, 0.5])), n.constant(np.float32([1, 1, 1.6, 2.5]))
    kinds = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"]
    outs = []
    for kind, rounding in zip(kinds, ["round_prefer_floor", "floor", "floor", "round_prefer_ceil"]):
        outs.append(n("Resize", x, roi, odd, mode="nearest", coordinate_transformation_mode=kind,
                      nearest_mode=rounding))
        outs.append(n("Resize", x, roi, odd, mode="linear", coordinate_transformation_mode=kind))
    outs.append(n("Resize", x, roi, up, mode="nearest", coordinate_transformation_mode="asymmetric",
        nearest_mode="floor"))
    outs.append(n("Resize", x, roi, up, mode="nearest", coordinate_transformation_mode="asymmetric",
        nearest_mode="ceil"))
    outs.append(n("Resize", x, roi, down, mode="linear", coordinate_transformation_mode="pytorch_half_pixel"))
    outs.append(n("Resize", x, "", "", n.constant([1, 3, 7, 9]), mode="linear"))
    little = n.constant(np.float32([1, 1, 1.15, 1.2]))                  # the same size, other pixels
    outs.append(n("Relu", n("Resize", x, roi, little, mode="linear")))
    yield n.done(*outs)


def binaries():
    n = Net("binary")
    x, y = n.input(1, 6, 3, 4), n.input(1, 6, 3, 4)
    per_channel, per_pixel = n.weights(1, 6, 1, 1), n.weights(3, 4)
    whole, scalar = n.constant(n.rng.uniform(1, 2, (1, 6, 3, 4))), n.constant(np.float32(1.5))
    column = n("GlobalAveragePool", x)
    pixel = n.conv(y, 1, 1)
    yield n.done(n("Add", x, y), n("Sub", x, scalar), n("Sub", scalar, x), n("Mul", x, per_channel), n("Add",
        per_pixel, y),
                 n("Div", y, whole), n("Mul", column, pixel), n("Sub", pixel, x), n("Relu", n("Add", column, x)))

    n = Net("binary_ranks")
    x = n.input(3, 4, 5)
    y = n("Transpose", x, perm=[2, 0, 1])
    flat = n("Reshape", x, n.constant([60]))
    yield n.done(n("Mul", y, n.weights(4)), n("Add", y, n.weights(3, 1)), n("Add", flat, flat),
                 n("Add", x, n("Transpose", n("Transpose", x, perm=[2, 1, 0]), perm=[2, 1, 0])))


def views():
    n = Net("concat")
    x = n.input(1, 5, 4, 6)
    a, b = n.conv(x, 3, 1), n("Relu", n.conv(x, 4, 3, pads=[1, 1, 1, 1]))
    inner = n("Concat", a, b, axis=1)                       # in place inside the outer one
    outer = n("Concat", inner, x, n("MaxPool", inner, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), a, axis=1)
    rows, columns = n("Concat", b, b, axis=2), n("Concat", n.conv(x, 4, 1), b, axis=3)
    yield n.done(n.conv(outer, 6, 1), outer, rows, columns, n.conv(columns, 2, 1),
                 n("Concat", n.weights(1, 1, 4, 6), x, axis=1))

    n = Net("yolox_head")
    x = n.input(1, 4, 6, 4)
    y = n("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    levels = []
    for level in (x, y):
        box, thing = n.conv(level, 4, 1), n("Sigmoid", n.conv(level, 1, 1))
        joined = n("Concat", box, thing, n("Sigmoid", n.conv(level, 7, 1)), axis=1)
        levels.append(n("Reshape", joined, n.constant([1, 12, -1])))
    yield n.done(n("Transpose", n("Concat", *levels, axis=2), perm=[0, 2, 1]))

    n = Net("shuffle")
    x = n.input(1, 6, 4, 5)
    a = n("Relu", n.conv(x, 8, 1))
    five = n("Transpose", n("Reshape", a, n.constant([1, 2, 4, 4, 5])), perm=[0, 2, 1, 3, 4])
    shuffled = n("Reshape", five, n.constant([1, -1, 4, 5]))
    low = n("Slice", shuffled, n.constant([0]), n.constant([4]), n.constant([1]))
    high = n("Slice", shuffled, n.constant([4]), n.constant([8]), n.constant([1]), n.constant([1]))
    yield n.done(n("Concat", low, n.conv(high, 5, 1), axis=1), n.conv(low, 3, 3))

    n = Net("shuffle_gather")
    x = n.input(1, 6, 4, 5)
    three = n("Transpose", n("Reshape", n.conv(x, 8, 1), n.constant([4, 2, 20])), perm=[1, 0, 2])
    five = n("Reshape", three, n.constant([2, -1, 4, 4, 5]))
    even, odd = (n("Gather", five, n.constant(np.array(i, np.int32)), axis=0) for i in (0, -1))
    pair = n("Gather", x, n.constant([5, 3, 1]), axis=1)
    yield n.done(n("Concat", even, n("Relu", n.conv(odd, 4, 1)), axis=1), n.conv(odd, 2, 3, pads=[1, 1, 1, 1]), pair,
                 n.conv(pair, 2, 1), n("Relu", even))

    n = Net("reshapes")
    x = n.input(1, 6, 2, 4)
    flat = n("Flatten", n.conv(x, 5, 1), axis=1)
    u = n("Unsqueeze", n("Squeeze", n("GlobalAveragePool", x), axes=[2, 3]), axes=[0, -1])
    odd = n("Reshape", n("Relu", x), n.constant([0, 4, 3, -1]))
    turned = n("Reshape", n("Transpose", x, perm=[0, 3, 2, 1]), n.constant([8, 6]))
    yield n.done(flat, u, odd, n.conv(odd, 3, 1), turned, n("Flatten", x, axis=3),
                 n("Reshape", n("Transpose", odd, perm=[3, 1, 0, 2]), n.constant([2, 24])), n("Squeeze", x))

    n = Net("slices")
    x = n.input(1, 6, 7, 8)
    big = 2 ** 63 - 1

    def cut(v, starts, ends, axes, steps):
        return n("Slice", v, *[n.constant(k) for k in (starts, ends, axes, steps)])
    a = cut(x, [-1], [-big], [2], [-2])
    b = cut(x, [1, 2], [-1, 100], [1, 3], [1, 3])
    yield n.done(a, b, n.conv(a, 3, 3), n.conv(b, 2, 1), n("MaxPool", cut(x, [0], [big], [3], [2]), kernel_shape=[2,
        2]),
                 n("Sigmoid", cut(x, [5], [0], [1], [-1])), cut(x, [0], [big], [1], [1]),
                 n("Relu", cut(x, [-100], [3], [2], [1])), cut(x, [100], [-100], [3], [-3]))

    n = Net("splits")
    x = n.input(1, 10, 4, 4)
    a, b = n.split(n.conv(x, 12, 1), 1, sizes=[8, 4])
    c, d, e = n.split(x, 1, sizes=[2, 5, 3])
    f, g = n.split(x, 3, parts=2)
    yield n.done(n("Transpose", n("Reshape", n("Sigmoid", a), n.constant([1, 8, -1])), perm=[0, 2, 1]),
                 n("Transpose", n("Reshape", b, n.constant([1, 4, -1])), perm=[0, 2, 1]), n.conv(d, 3, 3),
                 n("Concat", c, e, axis=1), n("Add", f, g))

    n = Net("softmax")
    x = n.input(1, 7, 3, 4)
    turned = n("Transpose", x, perm=[0, 3, 2, 1])
    back = n("Transpose", n("Softmax", turned, axis=3), perm=[0, 3, 2, 1])
    yield n.done(n("Concat", n.conv(x, 2, 1), back, axis=1), n("Softmax", x, axis=3), n("Softmax", n("Flatten", x),
        axis=1))


def forms():
    n = Net("softmax_13", opset=13)
    x = n.input(1, 7, 3, 4)
    a, b = n.split(x, 1, sizes=[3, 4])
    yield n.done(n("Softmax", x, axis=1), n("Softmax", x, axis=-2), a,
                 n("Squeeze", n("GlobalAveragePool", b), n.constant([2, 3])), n("Unsqueeze", b, n.constant([-1])))

    n = Net("listed_initializers", list_initializers=True, typed=True)
    x = n.input(1, 3, 4, 4, symbol="batch")
    a = n("Reshape", n.conv(x, 4, 3), n.constant([1, 4, -1]))
    yield n.done(a, n("Gather", x, n.constant(np.array([2, 0], np.int32)), axis=1))

    n = Net("any_order", typed=True)
    n.reverse = True
    x = n.input(1, 3, 4, 4)
    bias = n("Constant", value=n.rng.uniform(-1, 1, 5).astype(np.float32))
    a = n("Identity", n("Conv", x, n.weights(5, 3, 1, 1), n("Reshape", bias, n.constant([5]))))
    n("Relu", n.conv(a, 100, 1))                           # needed by nobody
    yield n.done(n("Relu", a), a)

    n = Net("old_opset", opset=9)
    x = n.input(1, 4, 5, 6)
    a = n("Clip", n.conv(x, 6, 1), min=-0.5, max=0.25)
    yield n.done(n("Slice", a, starts=[1], ends=[-1], axes=[1]), n("Unsqueeze", a, axes=[0]),
                 n("Pad", x, pads=[0, 0, 1, 0, 0, 0, 0, 1], value=0.5))

    n = Net("passed_on")
    x, y = n.input(1, 2, 3, 4), n.input(1, 5)
    a = n.conv(x, 3, 1)
    b = n("Relu", a)
    yield n.done(n("Transpose", x, perm=[0, 2, 3, 1]), n("Sigmoid", y), a, b, n("Identity", b))


# --- files that must be refused ---

def one(op, inputs=("x",), constants=(), shape=(1, 4, 6, 6), opset=11, out=("y",), declared=None, kind=F32,
    **attributes):
    """A network of one node, y = op(x, constants...)."""
    given = {f"c{i}": np.asarray(c) for i, c in enumerate(constants)}
    return model([node(op, list(inputs) + list(given), list(out), attributes, "it")],
                 [tensor(k, v) for k, v in given.items()], [value_info("x", shape, kind)],
                 [value_info(declared or out[0], [1])], opset)


def chain(*nodes, initializers=(), out="y", inputs=None):
    return model(list(nodes), list(initializers), inputs or [value_info("x", (1, 4, 6, 6))], [value_info(out, [1])], 11)


def external():
    return (number(1, 4) + number(1, 4) + number(1, 1) + number(1, 1) + number(2, F32) + chunk(8, "w")
            + chunk(13, chunk(1, "location") + chunk(2, "w.bin")) + number(14, 1))


def bad_files():
    f = lambda *shape: np.zeros(shape, np.float32)
    i = lambda *v: np.array(v, np.int64)
    good = one("Conv", constants=[f(2, 4, 3, 3)])
    bad, no = "BAD_INPUT", "UNSUPPORTED"
    relu = node("Relu", ["x"], ["y"], {}, "it")
    yield "truncated", good[:len(good) * 2 // 3], bad, "not all of, an ONNX file"
    yield "text", b"not a network at all, only words\n", bad, "an ONNX file"
    yield "no_graph", number(1, 6), bad, "no nodes"
    yield "no_nodes", chain(), bad, "no nodes"
    yield "no_input", model([node("Constant", [], ["y"], {"value": f(1)}, "it")], [], [], [value_info("y", [1])], 11), \
        no, "constant"
    yield "no_output", model([relu], [], [value_info("x", (1, 4, 6, 6))], [], 11), bad, "0 outputs"
    yield "opset_missing", chunk(7, chunk(1, relu)), no, "operator set 0"
    yield "opset_new", one("Relu", opset=99), no, "operator set 99"
    yield "unknown_operator", one("Erf"), no, 'operator Erf'
    yield "subgraph", chain(node("If", ["x"], ["y"], {}, "branch")), no, "operator If"
    yield "other_domain", model([relu + chunk(7, "com.example")], [], [value_info("x", (1, 4, 6, 6))],
                                [value_info("y", [1])], 11), no, "com.example:Relu"
    yield "input_absurd", one("Relu", shape=(1, 3, 1 << 40, 1 << 40)), bad, "more than 2^31 elements"
    yield "input_negative", one("Relu", shape=(1, 3, -4, 4)), no, "not positive"
    yield "input_symbol", one("Relu", shape=(1, 3, "height", 4)), no, "a symbol"
    yield "input_scalar", one("Relu", shape=()), no, "0 dimensions"
    yield "input_rank", one("Relu", shape=(1,) * 7), no, "7 dimensions"
    yield "input_bytes", one("Relu", kind=2), no, "element type 2"
    yield "tensor_absurd", chain(relu, initializers=[number(1, 1 << 30) + number(1, 4) + number(2, F32) + chunk(8,
        "w")]), \
        bad, "at most 2^31 elements"
    yield "tensor_negative", chain(relu, initializers=[number(1, -1) + number(2, F32) + chunk(8, "w")]), bad, \
        "dimension -1"
    yield "tensor_short", chain(relu, initializers=[number(1, 4) + number(2, F32) + chunk(8, "w") + chunk(9,
        b"1234")]), \
        bad, "found 4 bytes of values, expected 16"
    yield "tensor_empty", chain(relu, initializers=[number(1, 1 << 28) + number(2, F32) + chunk(8, "w")]), bad, \
        "found 0 bytes"
    yield "tensor_double", chain(relu, initializers=[number(1, 1) + number(2, 11) + chunk(8, "w") + chunk(9,
        b"8" * 8)]), \
        no, "element type 11"
    yield "tensor_rank", chain(relu, initializers=[number(1, 1) * 7 + number(2, F32) + chunk(8, "w")]), no, \
        "7 dimensions"
    yield "external_data", chain(relu, initializers=[external()]), no, "external data"
    yield "cycle", chain(node("Add", ["x", "b"], ["a"], {}, "first"), node("Relu", ["a"], ["b"], {}, "second"),
        out="b"), \
        bad, "without cycles"
    yield "cycle_self", chain(node("Add", ["x", "y"], ["y"], {}, "it")), bad, "without cycles"
    yield "dangling", chain(node("Add", ["x", "nobody"], ["y"], {}, "it")), bad, 'input "nobody"'
    yield "strange_name", chain(node("Relu", ["no\nbody\x1b[31m"], ["y"], {}, "it\n\x1b")), bad, 'input "no?body?[31m"'
    yield "made_twice", chain(relu, relu), bad, '"y" is made twice'
    yield "output_unmade", one("Relu", declared="z"), bad, 'output "z"'
    yield "inputs_few", one("Conv"), bad, "found 1 inputs, expected 2 to 3"
    yield "inputs_many", chain(node("Concat", ["x"] * 300, ["y"], {"axis": 1}, "it")), no, "300 inputs"
    yield "outputs_many", one("Relu", out=("y", "z")), bad, "found 2 outputs"
    yield "operand_left_out", chain(node("Add", ["x", ""], ["y"], {}, "it")), bad, "input 2 is left out"
    yield "operand_integers", one("Add", constants=[i(1, 2, 3, 4, 5, 6)]), no, "found integers"
    yield "operand_empty", one("Add", constants=[f(0)]), bad, "empty tensor"
    yield "operand_shapes", one("Add", constants=[f(5)]), bad, "found operands of 1x4x6x6 and 5"
    yield "operands_constant", one("Add", inputs=(), constants=[f(5), f(5)]), no, "two constants"

    yield "attribute_type", one("Conv", constants=[f(2, 4, 3, 3)], strides=2.0), bad, "attribute strides: found float"
    yield "attribute_count", one("Conv", constants=[f(2, 4, 3, 3)], strides=[1]), no, "found 1 numbers, expected 2"
    yield "conv_stride", one("Conv", constants=[f(2, 4, 3, 3)], strides=[0, 1]), bad, "attribute strides: found 0"
    yield "conv_pads", one("Conv", constants=[f(2, 4, 3, 3)], pads=[0, -1, 0, 0]), bad, "attribute pads: found -1"
    yield "conv_pads_wide", one("Conv", constants=[f(2, 4, 3, 3)], pads=[3, 0, 0, 0]), no, "nothing but padding"
    yield "conv_window", one("Conv", constants=[f(2, 4, 7, 3)]), bad, "a window of 7 over 6 pixels"
    yield "conv_kernel_shape", one("Conv", constants=[f(2, 4, 3, 3)], kernel_shape=[5, 5]), bad, \
        "expected the weights' 3 x 3"
    yield "conv_dilated_far", one("Conv", constants=[f(70, 1, 3, 3)], shape=(1, 1, 2048, 2048),
                                  dilations=[1000, 1000]), bad, "a dilated window of 2001 x 2001"
    yield "conv_channels", one("Conv", constants=[f(2, 3, 3, 3)]), bad, "the input's 4 channels"
    yield "conv_group", one("Conv", constants=[f(2, 4, 3, 3)], group=0), bad, "in 0 groups"
    yield "conv_group_odd", one("Conv", constants=[f(3, 2, 3, 3)], group=2), bad, "in 2 groups"
    yield "conv_bias", one("Conv", constants=[f(2, 4, 3, 3), f(3)]), bad, "found 3 biases, expected 2"
    yield "conv_rank", one("Conv", constants=[f(2, 4, 3)]), no, "found 3 dimensions, expected 4"
    yield "conv_batch", one("Conv", constants=[f(2, 4, 3, 3)], shape=(2, 4, 6, 6)), no, "a batch of 2"
    yield "conv_computed_weights", one("Conv", inputs=("x", "x"), shape=(1, 1, 3, 3)), no, "found computed values"
    yield "conv_auto_pad", one("Conv", constants=[f(2, 4, 3, 3)], auto_pad="SOME"), bad, 'found "SOME"'
    yield "batch_norm_count", one("BatchNormalization", constants=[f(4), f(4), f(3), f(4)]), bad, "found 3 values"
    yield "batch_norm_training", one("BatchNormalization", constants=[f(4)] * 4, training_mode=1), no, "training_mode"
    yield "pool_no_kernel", one("MaxPool"), bad, "no attribute kernel_shape"
    yield "pool_dilated", one("MaxPool", kernel_shape=[2, 2], dilations=[2, 2]), no, "attribute dilations"
    yield "clip_bounds", one("Clip", constants=[f(2)]), bad, "found 2 values, expected one"
    yield "softmax_old_axis", one("Softmax", axis=1), no, "expected the last one"
    yield "resize_cubic", one("Resize", constants=[f(0), f(4) + 1], mode="cubic"), no, 'found "cubic"'
    yield "resize_nothing", one("Resize", constants=[f(0), f(0)]), bad, "found 0 scales and 0 sizes"
    yield "resize_nan", one("Resize", constants=[f(0), f(4) + np.float32("nan")]), no, "a factor of nan"
    yield "resize_huge", one("Resize", constants=[f(0), np.float32([1, 1, 1e30, 1])]), no, "a factor of 1e+30"
    yield "resize_antialias", one("Resize", constants=[f(0), f(4) + 1], opset=18, antialias=1), no, "antialias"
    yield "resize_axes", one("Resize", constants=[f(0), f(2) + 1], opset=18, axes=[2, 3]), no, "attribute axes"
    yield "resize_policy", one("Resize", constants=[f(0), f(4) + 1], opset=18,
                               keep_aspect_ratio_policy="not_larger"), no, 'found "not_larger"'
    yield "pad_negative", one("Pad", constants=[i(0, 0, -1, 0, 0, 0, 0, 0)]), no, "a pad of -1"
    yield "pad_reflect", one("Pad", constants=[i(0, 0, 1, 0, 0, 0, 0, 0)], mode="reflect"), no, 'found "reflect"'
    yield "reshape_count", one("Reshape", constants=[i(5, -1, 7)]), bad, "expected as many elements"
    yield "reshape_two_open", one("Reshape", constants=[i(-1, -1)]), bad, "found -1"
    yield "reshape_overflow", one("Reshape", constants=[i(1 << 62, 1 << 62)]), bad, "expected a part of 144"
    yield "reshape_rank", one("Reshape", constants=[i(1, 1, 1, 1, 1, 1, 144)]), no, "7 dimensions"
    yield "transpose_twice", one("Transpose", perm=[0, 1, 1, 2]), bad, "each of 4 axes once"
    yield "transpose_short", one("Transpose", perm=[0, 1]), bad, "found 2 axes"
    yield "concat_shapes", one("Concat", constants=[f(1, 4, 5, 6)], axis=1), bad, "input 2: found 1x4x5x6"
    yield "concat_axis", one("Concat", constants=[f(1, 4, 6, 6)], axis=4), bad, "found axis 4"
    yield "slice_step", one("Slice", constants=[i(0), i(2), i(1), i(0)]), bad, "a step of 0"
    yield "slice_lists", one("Slice", constants=[i(0, 1), i(2)]), bad, "lists of 2 and 1"
    yield "slice_empty", one("Slice", constants=[i(3), i(3), i(1)]), bad, "would be 0"
    yield "slice_computed", one("Slice", inputs=("x", "x", "x")), no, "expected integer constants"
    yield "split_sum", one("Split", out=("y", "z"), axis=1, split=[1, 2]), bad, "make up the whole"
    yield "split_count", one("Split", out=("y", "z"), axis=1, split=[4]), bad, "found 1 sizes for 2 outputs"
    yield "gather_uneven", one("Gather", constants=[i(0, 1, 3)], axis=1), no, "evenly spaced"
    yield "gather_range", one("Gather", constants=[i(4)], axis=1), bad, "found index 4"
    yield "squeeze_wide", one("Squeeze", axes=[1]), bad, "dimension 2: found 4"
    yield "unsqueeze_twice", one("Unsqueeze", axes=[1, 1]), bad, "twice"
    yield "unsqueeze_rank", one("Unsqueeze", axes=[0, 1, 2]), no, "at most 6 dimensions"
    yield "flatten_axis", one("Flatten", axis=5), bad, "found axis 5"
    yield "constant_nothing", chain(node("Constant", [], ["y"], {}, "it")), no, "no attribute value"
    yield "plan_large", one("Relu", shape=(1, 4, 8192, 8192)), bad, "more than 1073741824 bytes"
    yield "elements_large", one("Resize", constants=[f(0), np.float32([1, 1, 1 << 16, 1 << 16])], shape=(1, 4, 16,
        16)), \
        bad, "more than 2^31 elements"


def make_bad(folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "cases.txt"), "w") as cases:
        for name, data, status, words in bad_files():
            with open(os.path.join(folder, name + ".onnx"), "wb") as file:
                file.write(data)
            cases.write(f"{name}|{status}|{words}\n")


def make(folder):
    os.makedirs(folder, exist_ok=True)
    names = []
    for family in (convolutions, fusions, pools, resizes, binaries, views, forms):
        for net in family():
            net.save(folder)
            names.append(net.name)
    with open(os.path.join(folder, "cases.txt"), "w") as file:
        file.write("".join(name + "\n" for name in names))


if __name__ == "__main__":
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
    make(to)
    make_bad(os.path.join(to, "bad"))
