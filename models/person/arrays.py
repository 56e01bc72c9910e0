# SPDX-License-Identifier: Apache-2.0
"""The prepared samples as files of numpy arrays, mapped into memory: larger than what a process should hold.

pictures [n, height, width, 3] and, for each of a canvas's cells, scores, weights (bytes) and boxes (half floats);
done [n] says which samples are there. Workers write disjoint parts; training reads what is done.
"""
import os

import numpy as np

from targets import cell_grid


def arrays(folder, count=0, width=0, height=0):
    """The arrays, mapped for writing; made where count is given and they are not there."""
    cells = len(cell_grid(width, height)[1]) if count else 0
    shapes = {"pictures": (np.uint8, (count, height, width, 3)), "scores": (np.uint8, (count, cells)),
              "weights": (np.uint8, (count, cells)), "boxes": (np.float16, (count, cells, 4)),
              "done": (np.uint8, (count,))}
    paths = {name: os.path.join(folder, name + ".npy") for name in shapes}
    if count and not os.path.exists(paths["done"]):
        for name, (kind, shape) in shapes.items():
            np.lib.format.open_memmap(paths[name], "w+", kind, shape).flush()
    if not os.path.exists(paths["done"]):
        raise SystemExit(f"{folder}: found no done.npy, expected prepared samples (make -C models/person prepare)")
    return {name: np.lib.format.open_memmap(path, "r+") for name, path in paths.items()}
