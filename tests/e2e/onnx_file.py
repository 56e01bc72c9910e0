# SPDX-License-Identifier: Apache-2.0
"""Just enough of ONNX for tests: the nodes of a file and its constants, read with the standard library alone.

Protocol buffers are a list of fields, each a number, a kind and a value (https://protobuf.dev/programming-guides/
encoding); the numbers are those of src/nn/onnx.proto.
"""
import collections
import struct

Node = collections.namedtuple("Node", "op inputs outputs integers")  # integers: attributes {name: int}
Tensor = collections.namedtuple("Tensor", "type dims raw")
Graph = collections.namedtuple("Graph", "nodes constants inputs outputs")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) of a message: integers, or bytes of whatever has a length."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            length = {1: 8, 5: 4}[kind]
            value, at = data[at:at + length], at + length
        yield number, value


def node_of(data):
    inputs, outputs, op, integers = [], [], "", {}
    for number, value in fields(data):
        if number == 1:
            inputs.append(value.decode())
        elif number == 2:
            outputs.append(value.decode())
        elif number == 4:
            op = value.decode()
        elif number == 5:
            attribute = dict(fields(value))
            if 3 in attribute:
                integers[attribute[1].decode()] = attribute[3]
    return Node(op, inputs, outputs, integers)


def constant_of(data):
    name, kind, dims, raw = "", 0, [], b""
    for number, value in fields(data):
        if number == 1:
            dims.append(value)
        elif number == 2:
            kind = value
        elif number == 8:
            name = value.decode()
        elif number == 9:
            raw = value
    return name, Tensor(kind, dims, raw)


def name_of(data):
    return dict(fields(data))[1].decode()


def read(path):
    with open(path, "rb") as file:
        model = file.read()
    (body,) = [value for number, value in fields(model) if number == 7]
    nodes, constants, inputs, outputs = [], {}, [], []
    for number, value in fields(body):
        if number == 1:
            nodes.append(node_of(value))
        elif number == 5:
            name, tensor = constant_of(value)
            constants[name] = tensor
        elif number == 11:
            inputs.append(name_of(value))
        elif number == 12:
            outputs.append(name_of(value))
    return Graph(nodes, constants, inputs, outputs)


def floats_of(tensor):
    assert tensor.type == 1, tensor
    return struct.unpack("<%df" % (len(tensor.raw) // 4), tensor.raw)
