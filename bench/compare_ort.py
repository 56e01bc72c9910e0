#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our time beside ONNX Runtime's, one thread, by turns in one process, so that both meet the same machine.

    bench/compare_ort.py BUILD_DIR MODELS_DIR [--runs N] [--cpu C] NAME.onnx...

MODELS_DIR is the folder with ort.py (../shared/models); ORT_LIB names libonnxruntime. Prints one JSON line a network:
median and best of both, and the ratio of the medians. Outputs are not compared here: `passerby model check` does that.
"""
import argparse
import ctypes
import json
import os
import statistics
import sys
import time

import numpy as np


def load(build):
    library = ctypes.CDLL(os.path.join(build, "bench", "libbench_network.so"))
    library.psb_bench_open.restype = ctypes.c_void_p
    library.psb_bench_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p]
    library.psb_bench_run_ns.restype = ctypes.c_int64
    library.psb_bench_run_ns.argtypes = [ctypes.c_void_p]
    library.psb_bench_error.restype = ctypes.c_char_p
    return library


def compare(library, ort, path, runs, cpu):
    session = ort.Session(path, 1)
    values = np.random.default_rng(1).random(session.shape, np.float32)
    network = library.psb_bench_open(path.encode(), cpu.encode(), values.ctypes.data)
    if not network:
        sys.exit(library.psb_bench_error().decode())
    ours, theirs = [], []
    for run in range(runs + 5):
        own = library.psb_bench_run_ns(network) * 1e-6
        begin = time.perf_counter()
        session.run(values)
        other = (time.perf_counter() - begin) * 1e3
        if run >= 5:                                    # the first few warm caches and clocks
            ours.append(own)
            theirs.append(other)
    us, them = statistics.median(ours), statistics.median(theirs)
    return {"model": os.path.basename(path), "cpu": cpu or "all", "runs": runs,
            "ours_median_ms": round(us, 3), "ours_best_ms": round(min(ours), 3),
            "ort_median_ms": round(them, 3), "ort_best_ms": round(min(theirs), 3), "ratio": round(us / them, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("models")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--cpu", default="")
    given = parser.parse_args()
    sys.path.insert(0, given.models)
    import ort
    library = load(given.build)
    for name in given.names:
        path = name if os.path.exists(name) else os.path.join(given.models, name)
        print(json.dumps(compare(library, ort, path, given.runs, given.cpu)), flush=True)


main()
