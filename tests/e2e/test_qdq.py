#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`model quantize --qdq`: the quantised network as standard ONNX. What stands in the file is looked at by the standard
library alone; what another runtime makes of it, where ONNX Runtime is there (ORT_LIB, or `make peers`): it must
compute every convolution in integers, and come to what we come to.
"""
import array
import ctypes
import math
import os
import subprocess
import sys

import onnx_file
import ort_session
from harness import LONGEST_S, MODEL, ROOT, main, picture_folder, run, shared

RUN_NETWORK = os.path.join(os.path.abspath(sys.argv[3]), "tests/nn/run_network")
FLOAT, UINT8, INT8, INT32 = 1, 2, 3, 6


def quantised(model=MODEL, *options, images="pictures"):
    """Writes q.psb and q.onnx."""
    if not os.path.isdir(images):
        picture_folder(images, 6)
    run("model", "quantize", model, "--images", images, "-o", "q.psb", "--qdq", "q.onnx", *options)
    return onnx_file.read("q.onnx")


def check_quantised_conv(graph, conv, makers):
    data, weights, *bias = [makers[name] for name in conv.inputs]
    assert [part.op for part in (data, weights, *bias)] == ["DequantizeLinear"] * len(conv.inputs), conv
    quantise = makers[data.inputs[0]]
    assert quantise.op == "QuantizeLinear" and quantise.inputs[1:] == data.inputs[1:], (conv, quantise)
    scale, zero = (graph.constants[name] for name in data.inputs[1:])
    assert (scale.dims, zero.dims, zero.type) == ([], [], UINT8), "activations: uint8 per tensor"
    values, scales, zeros = (graph.constants[name] for name in weights.inputs)
    assert values.type == zeros.type == INT8 and set(zeros.raw) == {0}, "weights: symmetric"
    assert scales.dims == zeros.dims == [values.dims[0]] and min(onnx_file.floats_of(scales)) > 0, "for each channel"
    assert all(part.integers == {"axis": 0} for part in (weights, *bias)), "output channels"
    assert 0x80 not in values.raw, "-128 has no opposite"
    for part in bias:
        numbers, units = (graph.constants[name] for name in part.inputs)
        assert numbers.type == INT32 and numbers.dims == units.dims == scales.dims
        unit = onnx_file.floats_of(scale)[0] * onnx_file.floats_of(scales)[0]
        assert math.isclose(onnx_file.floats_of(units)[0], unit, rel_tol=1e-6)


def convolutions(graph):
    return [node for node in graph.nodes if node.op == "Conv"]


def makers_and_readers(graph):
    makers = {name: node for node in graph.nodes for name in node.outputs}
    readers = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    return makers, readers


def test_what_stands_in_the_file():
    graph = quantised(MODEL, "--floats", "0")
    makers, readers = makers_and_readers(graph)
    assert len(makers) == len(graph.nodes), "one name, one value"
    assert (graph.inputs, graph.outputs) == (["images"], ["output"])
    assert len(convolutions(graph)) == 3
    for conv in convolutions(graph):
        check_quantised_conv(graph, conv, makers)
        assert [node.op for node in readers[conv.outputs[0]]] == ["QuantizeLinear"], "right behind it"
    known = set(graph.inputs) | set(graph.constants)
    for node in graph.nodes:  # in an order in which each input is made before it is used
        assert all(name in known or not name for name in node.inputs), node
        known.update(node.outputs)
    pairs = sum(node.op == "QuantizeLinear" for node in graph.nodes)
    constant = sum(node.inputs[0] in graph.constants for node in graph.nodes if node.op == "DequantizeLinear")
    assert sum(node.op == "DequantizeLinear" for node in graph.nodes) == pairs + constant


def test_the_same_twice_and_nothing_after_a_failure():
    quantised()
    with open("q.onnx", "rb") as file:
        first = file.read()
    quantised()
    with open("q.onnx", "rb") as file:
        assert file.read() == first
    run("model", "quantize", MODEL, "--images", "nowhere", "-o", "n.psb", "--qdq", "n.onnx", code=3, error="nowhere")
    run("model", "quantize", MODEL, "--images", "pictures", "-o", "n.psb", "--qdq", "none/n.onnx", code=4,
        error="none/n.onnx")
    assert not os.path.exists("n.psb") and not os.path.exists("n.onnx")


# --- Beside ONNX Runtime ---

def our_outputs(path, values):
    """What a network of ours makes of these values: all outputs' one after another."""
    done = subprocess.run([RUN_NETWORK, path], input=bytes(values), capture_output=True, timeout=LONGEST_S)
    assert done.returncode == 0, done.stderr
    return list(array.array("f", done.stdout))


def signal_to_noise_db(exact, other):
    signal = sum(x * x for x in exact)
    noise = sum((x - y) ** 2 for x, y in zip(exact, other))
    return 10 * math.log10(signal / max(noise, signal * 1e-12))


def pixels(width, height):
    """A picture of soft stripes with edges, as a network's input; its range is that of the pixels."""
    plane = [(128 + 90 * math.sin(x / 9 + y / 31) if (x // 40 + y // 40) % 2 else x % 256)
             for y in range(height) for x in range(width)]
    return (ctypes.c_float * (3 * width * height))(*(plane * 3))


def check_beside_runtime(graph, dims, least_db):
    runtime = ort_session.Runtime(ort_session.library())
    session = runtime.session("q.onnx", "optimised.onnx")
    optimised = onnx_file.read("optimised.onnx")
    floating = [node for node in optimised.nodes if node.op.endswith("Conv") and node.op != "QLinearConv"]
    assert not floating, "%d convolutions stay in floating point: %s" % (len(floating), floating[:3])
    assert sum(node.op == "QLinearConv" for node in optimised.nodes) == len(convolutions(graph))
    values = pixels(dims[3], dims[2])
    theirs = runtime.run(session, graph.inputs[0], dims, values, graph.outputs)
    ours = our_outputs("q.psb", values)
    assert len(ours) == sum(map(len, theirs))
    for name, values in zip(graph.outputs, theirs):
        found_db = signal_to_noise_db(ours[:len(values)], values)
        assert found_db >= least_db, "%s: ours and theirs at %.1f dB, expected %g" % (name, found_db, least_db)
        ours = ours[len(values):]


def test_onnx_runtime_computes_the_same_in_integers():
    if not ort_session.library():
        print("no ONNX Runtime here")
        return
    check_beside_runtime(quantised(MODEL, "--floats", "0"), [1, 3, 128, 160], 30)
    data = shared()
    if not data:
        return
    # last layers are rounded to bytes there and are floats here: at 8 bits of a range that is about 30 dB
    for name, dims in ("fastestdet_352x352", [1, 3, 352, 352]), ("yolo_fastest_body_512x320", [1, 3, 320, 512]):
        path = os.path.join(data, "models", name + ".yaml")
        pictures = os.path.join(data, "models", "golden", "pictures")
        check_beside_runtime(quantised(path, "--floats", "0", images=pictures), dims, 20)


def test_a_layer_in_floats_stays_so():
    graph = quantised(os.path.join(ROOT, "tests/e2e/data/blob.yaml"), "--floats", "64")
    makers, _ = makers_and_readers(graph)
    for conv in convolutions(graph):
        if conv.inputs[1] in graph.constants:
            assert graph.constants[conv.inputs[1]].type == FLOAT
        else:
            check_quantised_conv(graph, conv, makers)


if __name__ == "__main__":
    main()
