# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's C library through ctypes, for tests that ask what another runtime makes of a file of ours.

Functions are found by their place in the table of the C API (onnxruntime_c_api.h), to which entries are only ever
appended; src/peers/onnxruntime.c does the same.
"""
import ctypes
import glob
import os

ANY, FLOAT32 = ctypes.c_void_p, 1
PLACES = {"GetErrorMessage": 2, "CreateEnv": 3, "CreateSession": 7, "Run": 9, "CreateSessionOptions": 10,
          "SetOptimizedModelFilePath": 11, "SetSessionLogSeverityLevel": 22, "SetSessionGraphOptimizationLevel": 23,
          "SetIntraOpNumThreads": 24, "CreateTensorWithDataAsOrtValue": 49, "GetTensorMutableData": 51,
          "GetTensorShapeElementCount": 64, "GetTensorTypeAndShape": 65, "CreateCpuMemoryInfo": 69}


def library():
    """The library's path, or None: where ORT_LIB says, or below a folder named peers of the build."""
    given = os.environ.get("ORT_LIB", "")
    below = "peers/node_modules/onnxruntime-node/bin/napi-*/linux/x64/libonnxruntime.so.1"
    found = [given] if given else sorted(glob.glob("build/" + below) + glob.glob(below))
    return found[0] if found and os.path.exists(found[0]) else None


class Base(ctypes.Structure):
    _fields_ = [("get_api", ctypes.CFUNCTYPE(ANY, ctypes.c_uint32)), ("version", ANY)]


class Runtime:
    def __init__(self, path):
        entry = ctypes.CDLL(path).OrtGetApiBase
        entry.restype = ctypes.POINTER(Base)
        self.api = ctypes.cast(entry().contents.get_api(16), ctypes.POINTER(ANY))
        self.env = ANY()
        self.call("CreateEnv", ctypes.c_int(3), ctypes.c_char_p(b"test"), ctypes.byref(self.env))

    def call(self, name, *arguments):
        kinds = [type(a) if isinstance(a, (ctypes._SimpleCData, ctypes.Array)) else ANY for a in arguments]
        said = ctypes.CFUNCTYPE(ANY, *kinds)(self.api[PLACES[name]])(*arguments)
        if said:
            text = ctypes.CFUNCTYPE(ctypes.c_char_p, ANY)(self.api[PLACES["GetErrorMessage"]])(said)
            raise RuntimeError(text.decode())

    def session(self, path, optimised=None):
        """optimised: where it writes the graph that it made of the file."""
        options, session = ANY(), ANY()
        self.call("CreateSessionOptions", ctypes.byref(options))
        self.call("SetSessionGraphOptimizationLevel", options, ctypes.c_int(99))
        self.call("SetIntraOpNumThreads", options, ctypes.c_int(1))
        self.call("SetSessionLogSeverityLevel", options, ctypes.c_int(3))
        if optimised:
            self.call("SetOptimizedModelFilePath", options, ctypes.c_char_p(optimised.encode()))
        self.call("CreateSession", self.env, ctypes.c_char_p(path.encode()), options, ctypes.byref(session))
        return session

    def run(self, session, name, dims, values, outputs):
        """values: an array of c_float; gives a list of lists, one for each name in outputs."""
        memory, given = ANY(), ANY()
        self.call("CreateCpuMemoryInfo", ctypes.c_int(1), ctypes.c_int(0), ctypes.byref(memory))
        self.call("CreateTensorWithDataAsOrtValue", memory, ctypes.cast(values, ANY),
                  ctypes.c_size_t(4 * len(values)), ctypes.cast((ctypes.c_int64 * len(dims))(*dims), ANY),
                  ctypes.c_size_t(len(dims)), ctypes.c_int(FLOAT32), ctypes.byref(given))
        names = (ctypes.c_char_p * len(outputs))(*[o.encode() for o in outputs])
        made = (ANY * len(outputs))()
        self.call("Run", session, ANY(), ctypes.cast((ctypes.c_char_p * 1)(name.encode()), ANY),
                  ctypes.cast((ANY * 1)(given), ANY), ctypes.c_size_t(1), ctypes.cast(names, ANY),
                  ctypes.c_size_t(len(outputs)), ctypes.cast(made, ANY))
        return [self.floats(ANY(value)) for value in made]

    def floats(self, value):
        info, data, count = ANY(), ANY(), ctypes.c_size_t()
        self.call("GetTensorTypeAndShape", value, ctypes.byref(info))
        self.call("GetTensorShapeElementCount", info, ctypes.byref(count))
        self.call("GetTensorMutableData", value, ctypes.byref(data))
        return list(ctypes.cast(data, ctypes.POINTER(ctypes.c_float))[:count.value])
